"""A client that is slow to send or to read is cut off; one that is only slow to think is not."""

import asyncio

import pytest

from services.kit.waiting import happens
from tests.service.kit.http.shop import (
    GET,
    LARGE,
    POST,
    answered,
    connected,
    ended,
    serving,
    trickle,
)


async def test_a_head_that_drips_is_cut_off():
    async with serving() as shop, connected(shop) as (reader, writer):
        dripping = asyncio.create_task(trickle(writer, GET * 100, 0.02))
        assert await ended(reader, 2)
        dripping.cancel()


async def test_a_head_in_two_parts_is_answered():
    """The negative control: it is the time that counts, not the number of parts."""
    async with serving() as shop, connected(shop) as (reader, writer):
        for _ in range(5):  # together longer than patience
            await trickle(writer, GET[:5], 0.02)
            writer.write(GET[5:])
            assert (await answered(reader))[0] == 200


async def test_who_says_nothing_at_all_is_cut_off():
    async with serving() as shop, connected(shop) as (reader, _):
        assert await ended(reader, 2)


async def test_an_idle_connection_is_closed_and_one_that_is_used_is_not():
    async with serving(idle=0.3) as shop, connected(shop) as (reader, writer):
        for _ in range(4):
            writer.write(GET)
            assert (await answered(reader))[0] == 200
            await asyncio.sleep(0.15)
        assert await ended(reader, 2)


async def test_a_body_that_drips_is_cut_off_and_the_application_is_told():
    async with serving(slowest=1000) as shop, connected(shop) as (reader, writer):
        writer.write(POST % 1000)
        dripping = asyncio.create_task(trickle(writer, b"x" * 1000, 0.02))
        assert await ended(reader, 2)
        assert await happens(shop.left, 2)
        dripping.cancel()


async def test_a_body_that_takes_long_at_a_fair_rate_is_taken():
    async with serving() as shop, connected(shop) as (reader, writer):
        writer.write(POST % 50)
        await trickle(writer, b"x" * 50, 0.02)  # 50 bytes a second, over three times patience
        assert (await answered(reader))[2] == b"50"


@pytest.mark.parametrize("path", ["large", "stream"])
async def test_who_does_not_read_the_answer_is_cut_off(path):
    async with serving() as shop, connected(shop, limit=2**10) as (_, writer):
        writer.transport.pause_reading()
        writer.write(GET.replace(b"/ ", f"/{path} ".encode(), 1))
        for _ in range(100):
            await asyncio.sleep(0.05)
            if shop.running.server.server_state.connections:
                break
        await asyncio.sleep(1.2)
        assert not shop.running.server.server_state.connections


@pytest.mark.parametrize("path", ["large", "stream"])
async def test_who_reads_a_large_answer_in_steps_gets_all_of_it(path):
    async with serving(slowest=20_000) as shop, connected(shop, limit=2**16) as (reader, writer):
        writer.write(GET.replace(b"/ HTTP/1.1", f"/{path} HTTP/1.0".encode(), 1))
        got = 0
        while part := await reader.read(2**17):
            got += len(part)
            await asyncio.sleep(0.02)  # over many times patience
        assert got > len(LARGE)


async def test_the_application_may_take_its_time():
    async with serving() as shop, connected(shop) as (reader, writer):
        writer.write(GET.replace(b"/ ", b"/slow ", 1))
        await asyncio.sleep(1)
        shop.release.set()
        assert (await answered(reader))[2] == b"done"


async def test_an_application_that_lets_a_body_wait_is_not_held_against_the_client():
    async with serving(body_bytes=2**20, slowest=1000) as shop, connected(shop) as (reader, writer):
        writer.write(POST.replace(b"/echo", b"/later") % 2**19 + b"x" * 2**19)
        await asyncio.sleep(1)
        shop.release.set()
        assert (await answered(reader))[2] == b"524288"


async def test_requests_that_are_sent_ahead_have_their_time_each():
    async with serving() as shop, connected(shop) as (reader, writer):
        for _ in range(10):
            writer.write(GET[5:] + GET[:5] if _ else GET + GET[:5])
            assert (await answered(reader))[0] == 200
            await asyncio.sleep(0.1)
