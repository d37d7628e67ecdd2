"""What is too large is refused, however it comes."""

import asyncio
from contextlib import suppress

import pytest

from tests.service.kit.http.shop import (
    POST,
    answered,
    ask,
    connected,
    get,
    serving,
)


@pytest.mark.parametrize(("size", "status"), [(900, 200), (3000, 431), (100_000, 431)])
async def test_a_head_that_is_too_large_is_refused_however_it_comes(size, status):
    async with serving(head_bytes=2**10) as shop:
        assert (await get(shop, "/", f"X: {'x' * size}"))[0] == status  # in one part
        async with connected(shop) as (reader, writer):
            request = f"GET / HTTP/1.1\r\nHost: x\r\nX: {'x' * size}\r\n\r\n".encode()
            answer = asyncio.create_task(answered(reader))
            for start in range(0, len(request), 700):
                if not answer.done():
                    writer.write(request[start : start + 700])
                    await asyncio.sleep(0.02)
            assert (await answer)[0] == status


@pytest.mark.parametrize(("size", "status"), [(1000, 200), (1001, 413)])
async def test_a_body_that_is_too_large_is_refused_whether_its_length_is_told_or_not(size, status):
    async with serving(body_bytes=1000) as shop:
        assert (await ask(shop, POST % size + b"x" * size))[0] == status
        head = b"POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
        chunks = b"".join(b"%x\r\n%s\r\n" % (n, b"x" * n) for n in (600, size - 600))
        answer, headers, _ = await ask(shop, head + chunks + b"0\r\n\r\n")
        assert answer == status
        assert (headers.get("connection") == "close") == (status == 413)


async def test_a_body_that_nobody_asked_for_is_not_read_for_ever():
    head = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
    async with serving(slowest=1) as shop, connected(shop) as (reader, writer):
        writer.write(head)
        assert (await answered(reader))[0] == 405
        sent = 0
        with suppress(ConnectionError):
            while sent < 4 * 2**20:
                writer.write(b"400\r\n" + b"x" * 2**10 + b"\r\n")
                await writer.drain()
                sent += 2**10
        assert sent < 4 * 2**20
