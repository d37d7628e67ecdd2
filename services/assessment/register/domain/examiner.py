"""Lifecycle of an examiner (考评员) and whether the person may mark an occupation on a day."""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any

from services.assessment.reasons import Reason
from services.kit.errors import Unmet


class ExaminerState(StrEnum):
    """Where an examiner stands."""

    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    RETIRED = "RETIRED"


class ExaminerAction(StrEnum):
    """What can be done to an examiner."""

    SUSPEND = "suspend"
    RESTORE = "restore"
    RETIRE = "retire"


TRANSITIONS = {
    (ExaminerState.ACTIVE, ExaminerAction.SUSPEND): ExaminerState.SUSPENDED,
    (ExaminerState.SUSPENDED, ExaminerAction.RESTORE): ExaminerState.ACTIVE,
    (ExaminerState.ACTIVE, ExaminerAction.RETIRE): ExaminerState.RETIRED,
    (ExaminerState.SUSPENDED, ExaminerAction.RETIRE): ExaminerState.RETIRED,
}
# Each entry: occupation, credential, valid_from and valid_to as ISO days ("" is open).
Qualifications = Iterable[Mapping[str, Any]]


def qualified(qualifications: Qualifications, occupation: str, day: date) -> bool:
    """Tell whether one qualification covers the occupation on that day."""
    return any(entry["occupation"] == occupation and _covers(entry, day) for entry in qualifications)


def _covers(entry: Mapping[str, Any], day: date) -> bool:
    last = entry["valid_to"]
    return date.fromisoformat(entry["valid_from"]) <= day and (not last or day <= date.fromisoformat(last))


def unqualified(
    name: str, state: str, qualifications: Qualifications, occupation: str, day: date
) -> list[Unmet]:
    """Return why the examiner may not mark `occupation` on `day`; empty when they may."""
    problems = []
    if state != ExaminerState.ACTIVE:
        problems.append(f"{name} is {state}, not ACTIVE")
    if not qualified(qualifications, occupation, day):
        problems.append(f"{name} is not qualified for {occupation} on {day}")
    return [Unmet(Reason.EXAMINER_NOT_QUALIFIED, problem, name) for problem in problems]
