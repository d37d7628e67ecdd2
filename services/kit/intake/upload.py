"""Files as they arrive: a stream of messages, of which the first says what the file is, becomes bytes."""

from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Any, Generic, TypeVar

from services.kit.errors import Violation, invalid
from services.kit.intake.refusal import too_large

M = TypeVar("M")


class Upload(Generic[M]):
    """A file on its way: `first` is the message that it began with."""

    def __init__(self, first: M, rest: AsyncIterator[M], same: tuple[str, ...]) -> None:
        self.first = first
        self.rest = rest
        self.same = same

    @classmethod
    async def begin(cls, requests: AsyncIterator[M], *same: str) -> "Upload[M]":
        """Wait for the first message, after which the fields `same` must not change; raises INVALID_FIELD for none."""
        first = await anext(requests, None)
        if first is None:
            raise invalid("INVALID_FIELD", "The stream holds no message.")
        return cls(first, requests, same)

    async def content(self, largest: int) -> bytes:
        """Return the whole file; raises FILE_TOO_LARGE above `largest` bytes, INVALID_FIELD where `same` differ.

        Read it before anything is refused: clients of asyncio that still send lose the reason.
        """
        found = bytearray(self._chunk(self.first))
        async for message in self.rest:
            self._require_same(message)
            found += self._chunk(message)
            if len(found) > largest:
                break
        if len(found) > largest:
            raise too_large(f"The file is larger than {largest // 2**20} MiB; split it.", limit=str(largest))
        return bytes(found)

    def _chunk(self, message: Any) -> bytes:
        return bytes(message.chunk)

    def _require_same(self, message: M) -> None:
        for field in self.same:
            if getattr(message, field) != getattr(self.first, field):
                text = "differs from the first message"
                raise invalid("INVALID_FIELD", f"{field} {text}.", Violation(field, text, "INVALID_FIELD"))


def digest(content: bytes) -> str:
    """Return the SHA-256 of a file, hexadecimal."""
    return sha256(content).hexdigest()
