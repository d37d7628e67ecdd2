"""What the demo expects of an answer, of a refusal, and of what comes about in the background."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from services.kit.errors import AppError


class Unexpected(Exception):
    """A step did not give what it had to give."""


async def refused(call: Awaitable[Any], *reasons: str) -> AppError:
    """Return the refusal of a call that must be refused; raises Unexpected where it is not, or for another reason."""
    try:
        await call
    except AppError as error:
        if error.reason not in reasons:
            raise Unexpected(f"refused for {error.reason} ({error.message}), not for {reasons}") from None
        return error
    raise Unexpected(f"was to be refused for {reasons} and was not")


async def until(fetch: Callable[[], Awaitable[Any]], fits: Callable[[Any], bool], what: str) -> Any:
    """Ask again until the answer fits; raises Unexpected after 20 seconds."""
    deadline = asyncio.get_running_loop().time() + 20
    while not fits(found := await fetch()):
        if asyncio.get_running_loop().time() > deadline:
            raise Unexpected(f"{what}: still not so after 20 s")
        await asyncio.sleep(0.02)
    return found


def expect(what: str, found: Any, wanted: Any) -> None:
    """Raise Unexpected where two values differ."""
    if found != wanted:
        raise Unexpected(f"{what}: found {found!r}, wanted {wanted!r}")
