"""What one act changed and why: gathered while its transaction runs, read again for as long as acts are kept."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

MOST_SHOWN = 50  # names and moves that an act itself holds; it is found under every name


@dataclass(slots=True)
class Act:
    """An act under way: the use case says `reason` and `details`, the rest is noted by the transaction.

    `moves` has name → state before and after; a state is "" where the resource was not there, or is no more.
    """

    reason: str = ""
    details: dict[str, Any] = field(default_factory=dict)
    names: dict[str, None] = field(default_factory=dict)
    moves: dict[str, tuple[str, str]] = field(default_factory=dict)
    under_way: bool = False

    def touch(self, name: str, before: str = "", after: str = "") -> None:
        """Note that the resource of that name was changed, and its states where they differ.

        The session does so for rows; a statement that changes rows past it says so by itself.
        """
        self.names[name] = None
        if before != after:
            self.moves[name] = (self.moves.get(name, (before, ""))[0], after)

    def copy(self) -> "Act":
        """Return the act as it is now, for a part that may be rolled back alone."""
        return replace(self, details=dict(self.details), names=dict(self.names), moves=dict(self.moves))


@dataclass(frozen=True, slots=True)
class DoneAct:
    """An act that was done: who, when, what, why, under which request.

    `names` and `moves` (name, state before, state after) are the first `MOST_SHOWN`; `name_count` counts them all.
    """

    position: int
    time: datetime
    subject: str
    roles: Sequence[str]
    tenant: str
    duties: Sequence[str]
    method: str
    request_id: str | None
    names: Sequence[str]
    name_count: int
    moves: Sequence[Sequence[str]]
    reason: str
    details: dict[str, Any]
