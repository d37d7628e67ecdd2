"""The connection to the broker: made in the background, kept for ever, so that a service runs without a broker."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import nats
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import DiscardPolicy, RetentionPolicy, StorageType, StreamConfig
from nats.js.errors import BadRequestError, NotFoundError

RETRY = 0.5  # seconds between attempts to connect
DUPLICATE_WINDOW = 120.0  # seconds in which the broker drops a repeated message id


class Connection:
    """One connection to NATS; `jetstream()` waits until it is there."""

    def __init__(self, url: str, name: str, credentials: Path | None = None) -> None:
        self.url = url
        self.name = name
        self.credentials = credentials
        self.client: Client | None = None
        self.connected = asyncio.Event()
        self.on_reconnect: list[Callable[[], None]] = []

    @property
    def up(self) -> bool:
        """Whether the broker is connected now."""
        return self.client is not None and self.client.is_connected

    async def open(self) -> None:
        """Try until the broker answers; later losses are repaired by the client itself."""
        while self.client is None:
            try:
                self.client = await self._connect()
            except (OSError, nats.errors.Error, TimeoutError):
                await asyncio.sleep(RETRY)
        self.connected.set()

    async def _connect(self) -> Client:
        options: dict[str, Any] = {"user_credentials": str(self.credentials)} if self.credentials else {}
        return await nats.connect(
            self.url,
            name=self.name,
            allow_reconnect=True,
            max_reconnect_attempts=-1,
            reconnect_time_wait=RETRY,
            connect_timeout=2,
            error_cb=_ignore,
            reconnected_cb=self._reconnected,
            pending_size=64 * 2**20,
            **options,
        )

    async def _reconnected(self) -> None:
        for callback in self.on_reconnect:
            callback()

    async def jetstream(self) -> JetStreamContext:
        """Return the JetStream context, waiting for the first connection."""
        await self.connected.wait()
        assert self.client is not None
        return self.client.jetstream(timeout=5, publish_async_max_pending=4096)

    async def ensure_stream(self, service: str) -> str:
        """Make the stream of a service's facts where it is missing; returns its name."""
        jetstream = await self.jetstream()
        name = service.upper()
        try:
            await jetstream.stream_info(name)
        except NotFoundError:
            with suppress(BadRequestError):  # another service made it at the same moment
                await jetstream.add_stream(stream_config(service))
        return name

    async def close(self) -> None:
        """Disconnect."""
        if self.client is not None:
            with suppress(nats.errors.Error, OSError):
                await self.client.close()


def stream_config(service: str) -> StreamConfig:
    """Return the stream of a service: its subjects on disk, nothing thrown away."""
    return StreamConfig(
        name=service.upper(),
        subjects=[f"{service}.>"],
        storage=StorageType.FILE,
        retention=RetentionPolicy.LIMITS,
        discard=DiscardPolicy.NEW,
        duplicate_window=DUPLICATE_WINDOW,
    )


async def _ignore(_error: Exception) -> None:
    """Connection troubles show in `up` and in the outbox lag; the client repairs them."""
