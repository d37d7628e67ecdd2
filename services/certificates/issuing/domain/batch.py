"""The life of a batch: certificates that are signed only once a second person has agreed to all of them.

Whoever proposes a batch is the first person; its content is named by one digest, so that nobody agrees to another one.
"""

from collections.abc import Iterable
from enum import StrEnum
from hashlib import sha256

from services.certificates.reasons import Reason
from services.kit.errors import conflict, precondition

LARGEST = 20_000  # certificates


class BatchState(StrEnum):
    """Where a batch is in its life."""

    PROPOSED = "PROPOSED"
    RELEASED = "RELEASED"
    ISSUED = "ISSUED"
    REJECTED = "REJECTED"


class BatchAction(StrEnum):
    """What can happen to a batch; FINISH is what issuance does when no certificate of it waits any more."""

    APPROVE = "approve"
    REJECT = "reject"
    FINISH = "finish"


TRANSITIONS: dict[tuple[BatchState, BatchAction], BatchState] = {
    (BatchState.PROPOSED, BatchAction.APPROVE): BatchState.RELEASED,
    (BatchState.PROPOSED, BatchAction.REJECT): BatchState.REJECTED,
    (BatchState.RELEASED, BatchAction.FINISH): BatchState.ISSUED,
}
ENDED = frozenset({BatchState.ISSUED, BatchState.REJECTED})


def digest_of(documents: Iterable[str]) -> str:
    """Return the digest of a batch: SHA-256 of its documents' digests in hexadecimal, sorted, one a line."""
    return sha256("".join(f"{digest}\n" for digest in sorted(documents)).encode()).hexdigest()


def require_size(count: int) -> None:
    """Raise NOTHING_WAITS for no certificate, BATCH_TOO_LARGE for too many."""
    if not count:
        raise precondition(Reason.NOTHING_WAITS, "No certificate that fits waits to be released.")
    if count > LARGEST:
        message = f"More than {LARGEST} certificates fit; narrow the choice."
        raise precondition(Reason.BATCH_TOO_LARGE, message, limit=str(LARGEST))


def require_second_person(batch: str, proposer: str, approver: str) -> None:
    """Raise SAME_PERSON unless somebody else than the proposer approves; other roles make nobody another person."""
    if proposer == approver:
        message = f"{approver} proposed {batch}; another person has to approve it."
        raise precondition(Reason.SAME_PERSON, message, name=batch)


def require_digest(batch: str, kept: str, seen: str, found: str) -> None:
    """Raise OTHER_CONTENT unless the digest that the approver saw is the kept one, and that of what is there now."""
    if not kept == seen == found:
        message = f"The digest is not that of {batch}; look at it again."
        raise conflict(Reason.OTHER_CONTENT, message, name=batch)
