"""Deadlines of calls whose client set none: one look a second ends what runs too long.

A timer a call would cost as much as reading a row. The client's own deadline is kept by gRPC itself.
"""

import asyncio
import time

from services.kit.rpc.call import Call

LOOK = 1.0  # seconds between two looks, so a call may run that much longer than allowed


class Deadlines:
    """The calls under way and the moments (monotonic seconds) at which they must end."""

    def __init__(self) -> None:
        self.running: dict[Call, tuple[float, asyncio.Task[object] | None]] = {}

    def begin(self, call: Call, seconds: float) -> None:
        """Note that a call may take `seconds` from now."""
        self.running[call] = (time.monotonic() + seconds, asyncio.current_task())

    def end(self, call: Call) -> None:
        """Note that it has ended."""
        self.running.pop(call, None)

    def look(self) -> None:
        """Cancel what is overdue."""
        now = time.monotonic()
        for call, (limit, task) in list(self.running.items()):
            if now >= limit and not call.overdue and task is not None:
                call.overdue = True
                task.cancel()

    async def run(self) -> None:
        """Look for ever."""
        while True:
            await asyncio.sleep(LOOK)
            self.look()
