"""So many connections at once, in all and from one address, and so many requests a second."""

import asyncio
import resource
import socket
from contextlib import contextmanager

import pytest

from services.kit.config.parts import networks
from services.kit.http.limits import client, within
from tests.service.kit.http.shop import (
    GET,
    answered,
    ask,
    connected,
    ended,
    get,
    serving,
)


async def test_connections_from_one_address_are_counted_and_places_come_free():
    async with serving(connections_per_address=2, patience=5) as shop:
        async with connected(shop) as (reader, writer), connected(shop):
            assert (await ask(shop))[0] == 429
            writer.write(GET)
            assert (await answered(reader))[0] == 200
        for _ in range(100):
            if (await ask(shop))[0] == 200:
                return
            await asyncio.sleep(0.02)
        raise AssertionError("no place came free")


@pytest.mark.parametrize("limits", [{"connections_per_address": 0}, {"proxies": networks("127.0.0.0/8")}])
async def test_nobody_is_counted_where_there_is_no_limit_or_a_proxy_in_front(limits):
    found = {"connections_per_address": 2, "patience": 5, **limits}
    async with serving(**found) as shop, connected(shop), connected(shop), connected(shop):
        assert (await ask(shop))[0] == 200


async def test_connections_are_counted_in_all():
    limits = {"connections": 2, "connections_per_address": 0, "patience": 5}
    async with serving(**limits) as shop, connected(shop) as (reader, writer), connected(shop):
        assert (await ask(shop))[0] == 503
        writer.write(GET)
        assert (await answered(reader))[0] == 200


async def test_a_handshake_that_never_ends_has_its_place_and_ends(tls):
    config, _ = tls
    async with (
        serving(config, connections_per_address=1, patience=0.5) as shop,
        connected(shop) as (reader, _),
    ):
        async with connected(shop) as (second, _):
            assert await ended(second, 0.4)
        assert await ended(reader, 3)


async def test_requests_from_one_address_have_a_rate_and_a_time_to_wait():
    async with serving(rate=2) as shop:
        answers = [await ask(shop) for _ in range(6)]
    assert [status for status, _, _ in answers][:4] == [200] * 4
    status, headers, _ = answers[-1]
    assert (status, headers["retry-after"]) == (429, "1")


async def test_the_address_behind_a_proxy_is_believed_from_a_proxy_only():
    said = "X-Forwarded-For: 203.0.113.9"
    async with serving(proxies=networks("127.0.0.1")) as shop:
        assert (await get(shop, "/who", said))[2] == b"203.0.113.9"
    async with serving(proxies=networks("10.0.0.0/8")) as shop:
        assert (await get(shop, "/who", said))[2] == b"127.0.0.1"


def test_one_client_is_an_ipv4_address_or_a_network_of_ipv6():
    assert client("::ffff:192.0.2.1") == client("192.0.2.1") == "192.0.2.1"
    assert client("2001:db8::1") == client("2001:db8::ffff:1") != client("2001:db8:0:1::1")
    assert client("unknown") == "unknown"
    assert within("192.0.2.1", networks("2001:db8::/32, 192.0.2.0/24"))
    assert not within("192.0.3.1", networks("2001:db8::/32, 192.0.2.0/24"))
    with pytest.raises(ValueError, match="nowhere"):
        networks("nowhere")


@contextmanager
def no_file_left():
    """Let this process open no file more; those that are open stay so."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(
        resource.RLIMIT_NOFILE, (3, hard)
    )  # standard input, output and error have these numbers
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


async def test_where_no_more_files_can_be_opened_clients_wait_outside_until_they_can():
    async with serving(patience=5) as shop:
        with socket.socket() as here:
            here.setblocking(False)
            loop = asyncio.get_running_loop()
            with no_file_left():
                await loop.sock_connect(here, ("127.0.0.1", shop.port))
                await loop.sock_sendall(here, GET)
                await asyncio.sleep(0.3)
                with pytest.raises(BlockingIOError):
                    here.recv(1)
            async with asyncio.timeout(5):
                assert (await loop.sock_recv(here, 100)).startswith(b"HTTP/1.1 200")
