"""A running HTTP server: its socket is open before it says so, and on stop running answers are finished."""

import asyncio
import logging
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

import uvicorn

from services.kit import logs
from services.kit.config import Socket, Unusable
from services.kit.http.connection import Connection
from services.kit.http.door import Door
from services.kit.http.limits import Limits

Application = Callable[..., Awaitable[None]]
logging.getLogger("uvicorn").setLevel(
    logging.CRITICAL
)  # what matters is said by `application` and by the runtime
logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)


class HttpServer:
    """Serves an application until it is stopped; start it inside a running loop."""

    def __init__(
        self,
        name: str,
        listen: str,
        application: Application,
        limits: Limits,
        config: Socket,
        closing: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """Bind `listen` (host:port; port 0 takes a free one); raises OSError where it is taken, Unusable for TLS."""
        self.name = name
        self.closing = closing
        tls = context(config)
        self.host, _, port = listen.rpartition(":")
        listening = _bound(self.host, int(port), config.reuse_port)
        self.port: int = listening.getsockname()[1]
        self.server = _Server(_uvicorn(application, limits, config.grace), listening, limits, tls)
        self.task = asyncio.create_task(self.server.serve())
        logs.logger("http").info(logs.SERVICE_READY, service=name, address=self.address)

    @property
    def address(self) -> str:
        """Where it listens: host:port."""
        return f"{self.host}:{self.port}"

    async def stop(self) -> None:
        """Finish what is under way for as long as the settings grant, then close."""
        logs.logger("http").info(logs.SERVICE_STOPPING, service=self.name)
        self.server.should_exit = True
        await self.task
        self.server.hang_up()
        if self.closing is not None:
            await self.closing()
        logs.logger("http").info(logs.SERVICE_STOPPED, service=self.name)


class _Server(uvicorn.Server):
    """uvicorn behind our door; it leaves signals to whoever runs it."""

    def __init__(
        self, config: uvicorn.Config, listening: socket.socket, limits: Limits, tls: ssl.SSLContext | None
    ) -> None:
        super().__init__(config)
        self.listening = listening
        self.limits = limits
        self.tls = tls

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: Any = None) -> None:
        """Open the door."""
        self.servers: list[Any] = [Door(self.listening, self.limits, self.tls, self._connection)]
        self.started = True

    def _connection(self, gone: Callable[[], None]) -> Connection:
        state: MutableMapping[str, Any] = {}
        return Connection(
            config=self.config, server_state=self.server_state, app_state=state, limits=self.limits, gone=gone
        )

    def hang_up(self) -> None:
        """Close the connections whose clients did not come to an end in time."""
        for connection in list(self.server_state.connections):
            connection.transport.abort()


def _uvicorn(application: Application, limits: Limits, grace: float) -> uvicorn.Config:
    return uvicorn.Config(
        application,
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(limits.proxies),
        forwarded_allow_ips=[str(network) for network in limits.proxies],
        timeout_keep_alive=limits.idle,  # type: ignore[arg-type]  # it takes fractions of a second as well
        timeout_graceful_shutdown=grace,  # type: ignore[arg-type]
        h11_max_incomplete_event_size=limits.head_bytes,
    )


def context(config: Socket) -> ssl.SSLContext | None:
    """Return what TLS is served with, None without a certificate; raises Unusable where the files are none."""
    if config.tls_cert_file is None:
        return None
    found = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        found.load_cert_chain(config.tls_cert_file, config.tls_key_file)
        if config.tls_client_ca_file is not None:
            found.verify_mode = ssl.CERT_REQUIRED
            found.load_verify_locations(config.tls_client_ca_file)
    except OSError as error:  # ssl.SSLError is one
        named = f"{config.tls_cert_file} and {config.tls_key_file}"
        raise Unusable(
            [f"tls_cert_file, tls_key_file: {named} are no certificate and its key ({error})"]
        ) from error
    return found


def _bound(host: str, port: int, shared: bool) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host.strip("[]"), port), family=family, reuse_port=shared, backlog=2048)
