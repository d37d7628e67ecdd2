"""Waking workers by the broker, so that they need not look often.

A message holds nothing and is not kept: what there is to do stands in the database, where every worker looks once a
second anyway. Losing one costs a second, getting one twice costs a look.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import nats

from services.kit.events.connection import Connection


class Wakening:
    """Wakes the workers of one service in this process and elsewhere."""

    def __init__(self, service: str, connection: Connection) -> None:
        self.subject = f"work.{service}"
        self.connection = connection
        self.callbacks: list[Callable[[], None]] = []
        self.asked = asyncio.Event()

    def wake(self) -> None:
        """Tell that there is something to do."""
        self.asked.set()
        self._hear()

    def _hear(self) -> None:
        for callback in self.callbacks:
            callback()

    async def publish(self) -> None:
        """Pass every `wake` on, for ever."""
        while True:
            await self.asked.wait()
            self.asked.clear()
            if self.connection.client is not None and self.connection.up:
                with suppress(nats.errors.Error, OSError):
                    await self.connection.client.publish(self.subject)

    async def listen(self) -> None:
        """Hear what others pass on; the client subscribes anew by itself after an outage."""
        await self.connection.connected.wait()
        assert self.connection.client is not None

        async def heard(_message: Any) -> None:
            self._hear()

        await self.connection.client.subscribe(self.subject, cb=heard)
        await asyncio.Event().wait()
