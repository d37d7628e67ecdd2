"""The door of an HTTP server: so many connections are let in at once, and so many from one address.

Counting starts before TLS does, so that handshakes that never end have their places too.
"""

import asyncio
import socket
import ssl
from collections import Counter
from collections.abc import Callable
from contextlib import suppress

from services.kit.http.connection import Connection
from services.kit.http.headers import bare_refusal
from services.kit.http.limits import Limits, client

BREATH = 0.5  # seconds before the next try where no connection can be accepted (too many open files)
AT_A_TIME = 64  # connections that are accepted before those inside are served again
MakeConnection = Callable[[Callable[[], None]], Connection]


class Door:
    """Opens at once, on the running loop; uvicorn closes it as if it were an asyncio server."""

    def __init__(
        self,
        listening: socket.socket,
        limits: Limits,
        tls: ssl.SSLContext | None,
        connection: MakeConnection,
    ) -> None:
        listening.setblocking(False)
        self.listening = listening
        self.limits = limits
        self.tls = tls
        self.connection = connection
        self.inside: Counter[str] = Counter()
        self.visits: set[asyncio.Task[None]] = set()
        self.loop = asyncio.get_running_loop()
        self.closed = False
        self._open()

    def _open(self) -> None:
        if not self.closed:
            self.loop.add_reader(self.listening, self._answer)

    def close(self) -> None:
        """Let nobody in any more."""
        self.closed = True
        self.loop.remove_reader(self.listening)
        self.listening.close()

    async def wait_closed(self) -> None:
        """Wait until everybody left."""
        await asyncio.gather(*self.visits, return_exceptions=True)

    def _answer(self) -> None:
        """Meet those who wait outside; where the system has no place for them, after a breath."""
        try:
            for _ in range(AT_A_TIME):
                accepted, peer = self.listening.accept()
                accepted.setblocking(False)
                self._meet(accepted, peer[0])
        except (BlockingIOError, ConnectionAbortedError):
            return
        except OSError:
            self.loop.remove_reader(self.listening)
            self.loop.call_later(BREATH, self._open)

    def _meet(self, accepted: socket.socket, address: str) -> None:
        """Let a client in or turn it away."""
        name = client(address)
        if refusal := self._refusal(name, address):
            with accepted, suppress(OSError):
                if self.tls is None:
                    accepted.send(bare_refusal(refusal))
            return
        self.inside[name] += 1
        visit = asyncio.create_task(self._visit(accepted, name))
        self.visits.add(visit)
        visit.add_done_callback(self.visits.discard)

    def _refusal(self, name: str, address: str) -> int:
        """Return the status that turns a client away, 0 where it may come in."""
        if len(self.visits) >= self.limits.connections:
            return 503
        most = self.limits.connections_per_address
        return 429 if most and self.inside[name] >= most and not self.limits.proxied(address) else 0

    async def _visit(self, accepted: socket.socket, name: str) -> None:
        """Last as long as a connection does."""
        gone = asyncio.Event()
        patience = None if self.tls is None else self.limits.patience
        try:
            with suppress(OSError):  # a handshake that failed or took too long; nobody is there to be told
                await self.loop.connect_accepted_socket(
                    lambda: self.connection(gone.set), accepted, ssl=self.tls, ssl_handshake_timeout=patience
                )
                await gone.wait()
        finally:
            self.inside[name] -= 1
            if not self.inside[name]:
                del self.inside[name]
