"""Question banks (题库) and the tree of knowledge points: function > work item > point.

A point's code repeats between directions and levels, so its key names occupation, direction and level too.
"""

from collections.abc import Collection
from enum import StrEnum

from services.assessment.reasons import Reason
from services.kit.errors import Violation, precondition


class BankState(StrEnum):
    """Where a bank stands."""

    OPEN = "OPEN"
    CLOSED = "CLOSED"


class BankAction(StrEnum):
    """What can be done to a bank."""

    CLOSE = "close"


TRANSITIONS = {(BankState.OPEN, BankAction.CLOSE): BankState.CLOSED}


def point_id(code: str) -> str:
    """Return "1.2.10" as "01-02-10", which sorts as the standard does."""
    return "-".join(f"{int(number):02d}" for number in code.split("."))


def canonical_code(code: str) -> str:
    """Return "01.2" as "1.2"."""
    return ".".join(str(int(number)) for number in code.split("."))


def point_key(occupation: str, direction: str, level: int, code: str) -> str:
    """Return the key of a point across all standards."""
    return f"{occupation}/{direction or '-'}/{level}/{code}"


def function_of(code: str) -> str:
    """Return the function that a code lies in: "1.2.3" → "1"."""
    return code.split(".", 1)[0]


def parent_of(code: str) -> str:
    """Return the code above: "1.2.3" → "1.2"; "" above a function."""
    return code.rpartition(".")[0]


def orphans(codes: Collection[str], known: Collection[str]) -> list[Violation]:
    """Return one violation for each new code whose parent is in neither collection."""
    present = {*codes, *known}
    return [
        Violation(
            f"points[{index}].code",
            f"{code} needs {parent_of(code)}, which is missing",
            Reason.ORPHAN_KNOWLEDGE_POINT,
        )
        for index, code in enumerate(codes)
        if parent_of(code) and parent_of(code) not in present
    ]


def require_open(name: str, state: str) -> None:
    """Raise BANK_CLOSED unless items may be added."""
    if state != BankState.OPEN:
        raise precondition(Reason.BANK_CLOSED, f"{name} is closed.", name=name)
