"""Figures that an authority sets: by date, each with its source and how sure we are of it.

Nothing here is law: an entry marked UNCONFIRMED is a default, to be replaced by the authority's own figure.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from services.kit.errors import precondition
from services.vocabulary.reasons import Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """What every entry states: from which day it applies, where it comes from, CONFIRMED or UNCONFIRMED."""

    effective_from: date
    source: str
    mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure(Dated):
    """One number: working days, months, or tenths of a score."""

    value: int


Entry = TypeVar("Entry", bound=Dated)


def started(entries: Iterable[Entry], day: date) -> list[Entry]:
    """Return the entries that apply on `day` or did before."""
    return [entry for entry in entries if entry.effective_from <= day]


def in_force(entries: Iterable[Entry], day: date, subject: str) -> Entry:
    """Return the latest entry that applies on `day`; raises NO_POLICY that names `subject`."""
    found = started(entries, day)
    if not found:
        raise precondition(
            Reason.NO_POLICY, f"No policy for {subject} is in force on {day}.", subject=subject
        )
    return max(found, key=lambda entry: entry.effective_from)


def read(kind: type[Entry], rows: Iterable[Mapping[str, Any]]) -> tuple[Entry, ...]:
    """Return the entries of a policy file's rows; raises TypeError where a row lacks something or has too much."""
    return tuple(kind(**row) for row in rows)
