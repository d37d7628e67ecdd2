"""TLS, the start and the stop of an HTTP server."""

import asyncio
import ssl

import pytest

from services.kit.config import Socket, Unusable
from services.kit.http import server
from tests.service.kit.http.shop import (
    GET,
    answered,
    ask,
    connected,
    ended,
    serving,
    trickle,
)


async def test_tls_is_spoken_with_who_trusts_the_authority(tls):
    config, root = tls
    trusting = ssl.create_default_context(cafile=root)
    async with serving(config) as shop:
        assert (await ask(shop, ssl=trusting, server_hostname="127.0.0.1"))[0] == 200
        with pytest.raises(ssl.SSLCertVerificationError):
            await ask(shop, ssl=ssl.create_default_context(), server_hostname="127.0.0.1")


async def test_tls_clients_that_are_slow_are_cut_off_too(tls):
    config, root = tls
    options = {"ssl": ssl.create_default_context(cafile=root), "server_hostname": "127.0.0.1"}
    async with serving(config) as shop, connected(shop, **options) as (reader, writer):
        dripping = asyncio.create_task(trickle(writer, GET * 100, 0.02))
        assert await ended(reader, 2)
        dripping.cancel()


async def test_files_that_are_no_certificate_are_named(tmp_path):
    (tmp_path / "x").write_text("x")
    with pytest.raises(Unusable, match="no certificate"):
        async with serving(Socket(tls_cert_file=tmp_path / "x", tls_key_file=tmp_path / "x")):
            pass


async def test_a_taken_port_stops_the_start():
    async with serving() as shop:
        with pytest.raises(OSError, match="in use"):
            server._bound("127.0.0.1", shop.port, False)


async def test_stopping_finishes_answers_that_run_and_lets_nobody_in():
    async with serving() as shop, connected(shop) as (reader, writer), connected(shop) as (idle, _):
        writer.write(GET.replace(b"/ ", b"/slow ", 1))
        await shop.entered.wait()
        stopping = asyncio.create_task(shop.running.stop())
        assert await ended(idle, 2)
        with pytest.raises(OSError):
            await ask(shop)
        shop.release.set()
        assert (await answered(reader))[2] == b"done"
        await stopping


async def test_stopping_waits_no_longer_than_it_is_granted():
    async with serving(Socket(grace=0.3)) as shop, connected(shop) as (reader, writer):
        writer.write(GET.replace(b"/ ", b"/slow ", 1))
        await shop.entered.wait()
        async with asyncio.timeout(3):
            await shop.running.stop()
        assert await ended(reader, 1)
