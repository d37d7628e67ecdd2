"""The one exception that leaves a use case: what went wrong, why, and what the caller can do.

A message here reaches the caller, so it never holds a driver's text or a secret.
"""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Kind(StrEnum):
    """What sort of refusal this is; `kit.rpc.status` maps each to one gRPC code."""

    INVALID = "invalid"
    NOT_FOUND = "not_found"
    ALREADY_EXISTS = "already_exists"
    PRECONDITION = "precondition"
    CONFLICT = "conflict"
    FORBIDDEN = "forbidden"
    UNAUTHENTICATED = "unauthenticated"
    EXHAUSTED = "exhausted"
    UNAVAILABLE = "unavailable"
    DEADLINE = "deadline"
    CANCELLED = "cancelled"  # somebody ended it early


@dataclass(frozen=True, slots=True)
class Violation:
    """One field that is wrong: `field` is its dotted path in the request."""

    field: str
    message: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Unmet:
    """One rule that does not hold: `subject` is the resource name it speaks of."""

    reason: str
    message: str
    subject: str = ""


class AppError(Exception):
    """A refusal with a machine reason (a value of an `ErrorReason` enum) and a sentence for people."""

    def __init__(
        self,
        kind: Kind,
        reason: str,
        message: str,
        *,
        metadata: dict[str, str] | None = None,
        violations: tuple[Violation, ...] = (),
        unmet: tuple[Unmet, ...] = (),
        retry_after: timedelta | None = None,
    ) -> None:
        super().__init__(f"{reason}: {message}")
        self.kind = kind
        self.reason = str(reason)
        self.message = message
        self.metadata = metadata or {}
        self.violations = violations
        self.unmet = unmet
        self.retry_after = retry_after


def invalid(reason: str, message: str, *violations: Violation, **metadata: str) -> AppError:
    """The request itself is wrong; the same call can never succeed."""
    return AppError(Kind.INVALID, reason, message, violations=violations, metadata=metadata)


def not_found(name: str, reason: str = "RESOURCE_NOT_FOUND") -> AppError:
    """No resource of that name."""
    return AppError(Kind.NOT_FOUND, reason, f"{name} does not exist.", metadata={"name": name})


def already_exists(name: str, reason: str = "RESOURCE_EXISTS", message: str = "") -> AppError:
    """A resource of that name, or of that natural key, exists."""
    return AppError(
        Kind.ALREADY_EXISTS, reason, message or f"{name} exists already.", metadata={"name": name}
    )


def precondition(reason: str, message: str, *unmet: Unmet, **metadata: str) -> AppError:
    """The state of the system forbids it; `unmet` lists every rule that does not hold."""
    return AppError(Kind.PRECONDITION, reason, message, unmet=unmet, metadata=metadata)


def conflict(reason: str, message: str, **metadata: str) -> AppError:
    """Something changed in between: read again, decide anew, retry."""
    return AppError(Kind.CONFLICT, reason, message, metadata=metadata)


def forbidden(reason: str, message: str, **metadata: str) -> AppError:
    """The caller is known and may not do this."""
    return AppError(Kind.FORBIDDEN, reason, message, metadata=metadata)


def unauthenticated(message: str) -> AppError:
    """The caller is not known."""
    return AppError(Kind.UNAUTHENTICATED, "UNAUTHENTICATED", message)


def exhausted(reason: str, message: str, retry_after: timedelta | None = None, **metadata: str) -> AppError:
    """A limit is reached: a rate, a quota, a capacity."""
    return AppError(Kind.EXHAUSTED, reason, message, retry_after=retry_after, metadata=metadata)


def unavailable(message: str, retry_after: timedelta | None = None) -> AppError:
    """Not now: retry."""
    return AppError(Kind.UNAVAILABLE, "UNAVAILABLE", message, retry_after=retry_after)


def deadline(message: str) -> AppError:
    """The time allowed for the call is over."""
    return AppError(Kind.DEADLINE, "DEADLINE_EXCEEDED", message)
