"""One connection: what is too slow on it is cut off, what is no HTTP is refused.

uvicorn closes connections that are idle. What it leaves open is a client that always sends or takes a little. Here a
request's headers have `patience` seconds, and for as long as a body comes or an answer is read, each further `patience`
seconds must move `slowest` bytes a second.
"""

import asyncio
import sys
from collections.abc import Callable
from enum import Enum, auto
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from services.kit.http.headers import bare_refusal
from services.kit.http.limits import Limits

LINGER = 64 * 2**10  # bytes of a body that are read although its answer is out


class Wait(Enum):
    """What of the client a connection is waiting for."""

    NOTHING = auto()
    HEAD = auto()
    BODY = auto()
    READER = auto()


class Connection(H11Protocol):
    """uvicorn's connection with an eye on the client; calls `gone` when it ends."""

    def __init__(self, *, limits: Limits, gone: Callable[[], None], **settings: Any) -> None:
        super().__init__(**settings)
        self.limits = limits
        self.gone = gone
        self.waits = Wait.NOTHING
        self.timer: asyncio.TimerHandle | None = None
        self.received = 0
        self.surplus = 0
        self.mark = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for a head."""
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Take bytes in, unless they belong to a body that was answered long ago."""
        self.received += len(data)
        super().data_received(data)
        self._watch()
        answered = self.conn.our_state is h11.DONE and self.conn.their_state is h11.SEND_BODY
        self.surplus = self.surplus + len(data) if answered else 0
        if self.surplus > LINGER:
            self.transport.abort()

    def pause_writing(self) -> None:
        """Wait for the reader."""
        super().pause_writing()
        self._watch()

    def resume_writing(self) -> None:
        """Count anew: the reader took what was there."""
        super().resume_writing()
        self._stop_watching()
        self._watch()

    def on_response_complete(self) -> None:
        """Wait for the reader of what is still unsent."""
        super().on_response_complete()
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Give the place free."""
        self._stop_watching()
        super().connection_lost(exc)
        self.gone()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP, or has a head that is too large; called while that error is handled."""
        if self.cycle is not None and not self.cycle.response_complete:
            self.transport.abort()  # the application is told that the client left
            return
        self.transport.write(bare_refusal(getattr(sys.exc_info()[1], "error_status_hint", 400)))
        self.transport.close()

    def _waits_for(self) -> Wait:
        if self.transport.get_write_buffer_size():
            return Wait.READER
        if self.conn.their_state is h11.SEND_BODY:
            return Wait.BODY
        begun = self.cycle is None or self.conn.trailing_data[0]
        return Wait.HEAD if begun and self.conn.their_state is h11.IDLE else Wait.NOTHING

    def _watch(self) -> None:
        """Give the client its time whenever something else is waited for; between two requests nothing is."""
        waits = self._waits_for()
        if waits is self.waits:
            return
        self._stop_watching()
        if waits is not Wait.NOTHING:
            self.waits = waits
            self.mark = self._progress()
            self.timer = asyncio.get_running_loop().call_later(self.limits.patience, self._look)

    def _stop_watching(self) -> None:
        self.waits = Wait.NOTHING
        if self.timer is not None:
            self.timer.cancel()

    def _look(self) -> None:
        """Cut the client off, or give it as much time again."""
        if self._waits_for() is self.waits and self._too_slow():
            self.transport.abort()
            return
        self._stop_watching()
        self._watch()

    def _too_slow(self) -> bool:
        if self.waits is Wait.HEAD:
            return True
        if self.waits is Wait.BODY and self.flow.read_paused:
            return False  # it is the application that takes its time
        return self._progress() - self.mark < self.limits.patience * self.limits.slowest

    def _progress(self) -> int:
        """Return a count of bytes that grows as the client does its part."""
        reading = self.waits is Wait.READER
        return -self.transport.get_write_buffer_size() if reading else self.received
