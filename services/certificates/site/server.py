"""The running server: its socket is open before it says so, and on stop running answers are finished."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from services.certificates.site.addresses import Addresses
from services.certificates.site.application import application
from services.certificates.site.config import FilesConfig
from services.kit import logs

AT_ONCE = 1000  # answers under way; more are told 503
IDLE = 15  # seconds that a connection may stay open without a request


class _Server(uvicorn.Server):
    """Leaves signals to whoever runs it."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class FilesServer:
    """The public files of one issuer; `stop()` it when done."""

    name = "certificates files"

    def __init__(self, config: FilesConfig) -> None:
        self.host, _, port = config.files_listen.rpartition(":")
        self.socket = _bound(self.host, int(port), config.reuse_port)
        self.port = self.socket.getsockname()[1]
        self.server = _Server(
            uvicorn.Config(
                application(Addresses(config.public_url, config.folders)),
                http="h11",
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                limit_concurrency=AT_ONCE,
                timeout_keep_alive=IDLE,
                timeout_graceful_shutdown=round(config.grace),
                ssl_certfile=config.tls_cert_file,
                ssl_keyfile=config.tls_key_file,
            )
        )
        self.task = asyncio.create_task(self.server.serve(sockets=[self.socket]))
        logs.logger("files").info(logs.SERVICE_READY, service=self.name, address=self.address)

    @property
    def address(self) -> str:
        """Where it listens: host:port."""
        return f"{self.host}:{self.port}"

    async def stop(self) -> None:
        """Finish what is under way, then close."""
        self.server.should_exit = True
        await self.task
        self.socket.close()


def _bound(host: str, port: int, shared: bool) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host.strip("[]"), port), family=family, reuse_port=shared, backlog=2048)


async def open(config: FilesConfig) -> FilesServer:
    """Start to serve."""
    return FilesServer(config)
