"""Waiting for an event, but not for ever."""

import asyncio


async def happens(event: asyncio.Event, within: float | None) -> bool:
    """Wait until `event` is set, at most `within` seconds (None: as long as it takes); returns whether it was.

    `asyncio.wait_for` of Python 3.11 loses a cancellation that meets the event, and its task then never ends.
    """
    try:
        async with asyncio.timeout(within):
            return await event.wait()
    except TimeoutError:
        return False
