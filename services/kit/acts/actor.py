"""Who acts: said for each call by the chain, for each event by the consumer, for each task by the runtime."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(slots=True)
class Actor:
    """A subject with what it may do, and the method it calls.

    `request_id` and `fingerprint` (a digest of the content) are what makes a request the same request. A call may
    run several commands one after the other: `finished` counts those that are done, so that each has a step of its
    own and a repeat of the call finds every one of them.
    """

    subject: str
    method: str
    roles: frozenset[str] = frozenset()
    tenant: str = ""
    duties: frozenset[str] = frozenset()
    request_id: str = ""
    fingerprint: bytes = b""
    finished: int = 0


ACTOR: ContextVar[Actor | None] = ContextVar("actor", default=None)


@contextmanager
def acting(actor: Actor) -> Iterator[None]:
    """Let what is done inside the block be done by `actor`."""
    before = ACTOR.set(actor)
    try:
        yield
    finally:
        ACTOR.reset(before)
