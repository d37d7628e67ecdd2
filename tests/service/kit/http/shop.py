"""A small application behind limits, and clients that speak to it byte by byte."""

import asyncio
import socket
from contextlib import asynccontextmanager, suppress

from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route

from services.kit.config import Socket
from services.kit.errors import precondition
from services.kit.http import server
from services.kit.http.answers import conditional
from services.kit.http.application import application
from services.kit.http.headers import policy
from services.kit.http.limits import Limits

LARGE = b"x" * (8 * 2**20)  # more than the buffers of both ends hold
GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
POST = b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n"


class Shop:
    """An application with a route for each case; `left` and `release` let a test look inside."""

    def __init__(self):
        self.left = asyncio.Event()
        self.entered = asyncio.Event()
        self.release = asyncio.Event()
        self.ready = True

    async def home(self, request):
        return conditional(
            request, b"home", "text/plain", {"Content-Security-Policy": policy(script_src="'self'")}
        )

    async def echo(self, request):
        try:
            return PlainTextResponse(str(len(await request.body())))
        except HTTPException:
            raise
        except Exception:
            self.left.set()
            raise

    async def large(self, _request):
        return PlainTextResponse(LARGE)

    async def stream(self, _request):
        async def parts():
            for start in range(0, len(LARGE), 2**16):
                yield LARGE[start : start + 2**16]

        return StreamingResponse(parts())

    async def slow(self, _request):
        self.entered.set()
        await self.release.wait()
        return PlainTextResponse("done")

    async def later(self, request):
        self.entered.set()
        await self.release.wait()
        return PlainTextResponse(str(len(await request.body())))

    async def who(self, request):
        return PlainTextResponse(request.client.host)

    async def fault(self, _request):
        raise RuntimeError("secret")

    async def unmet(self, _request):
        raise precondition("CLOSED", "The shop is closed.")

    async def is_ready(self):
        return self.ready

    def routes(self):
        paths = ("large", "stream", "slow", "who", "fault", "unmet")
        more = [Route(f"/{name}", getattr(self, name)) for name in paths]
        taking = [Route(f"/{name}", getattr(self, name), methods=["POST"]) for name in ("echo", "later")]
        return [Route("/", self.home), *taking, *more]


@asynccontextmanager
async def serving(config=None, **limits):
    shop = Shop()
    found = Limits(**{"patience": 0.3, "slowest": 20, **limits})
    app = application(shop.routes(), found, ready=shop.is_ready)
    running = server.HttpServer("shop", "127.0.0.1:0", app, found, config or Socket(grace=5))
    shop.running, shop.port = running, running.port
    try:
        yield shop
    finally:
        shop.release.set()
        await running.stop()


@asynccontextmanager
async def connected(shop, **options):
    here = socket.socket()
    here.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2**16)  # so that a reader is felt who does not read
    here.setblocking(False)
    await asyncio.get_running_loop().sock_connect(here, ("127.0.0.1", shop.port))
    reader, writer = await asyncio.open_connection(sock=here, **options)
    try:
        yield reader, writer
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


async def answered(reader):
    """Read one answer: status, headers, content."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
    content = await reader.readexactly(int(headers["content-length"])) if "content-length" in headers else b""
    return int(head[0].split()[1]), headers, content


async def ask(shop, request=GET, **options):
    async with connected(shop, **options) as (reader, writer):
        writer.write(request)
        return await answered(reader)


async def ended(reader, seconds=5.0):
    """Tell whether the other side closes within so many seconds."""
    try:
        async with asyncio.timeout(seconds):
            while await reader.read(2**16):
                pass
            return True
    except ConnectionError:
        return True
    except TimeoutError:
        return False


async def get(shop, path, *headers):
    lines = [f"GET {path} HTTP/1.1", "Host: x", *headers]
    return await ask(shop, ("\r\n".join([*lines, "", ""])).encode())


async def trickle(writer, data, pause):
    with suppress(ConnectionError):
        for byte in data:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(pause)
