"""Waiting for an event, but not for ever; and for work that must end, also when cancelled meanwhile."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")


async def happens(event: asyncio.Event, within: float | None) -> bool:
    """Wait until `event` is set, at most `within` seconds (None: as long as it takes); returns whether it was.

    `asyncio.wait_for` of Python 3.11 loses a cancellation that meets the event, and its task then never ends.
    """
    try:
        async with asyncio.timeout(within):
            return await event.wait()
    except TimeoutError:
        return False


async def to_the_end(work: Awaitable[T]) -> T:
    """Wait for `work` also when cancelled meanwhile, then be cancelled: nothing is left half done behind it."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise
