"""Figures that an authority sets: dated, with source and mark, looked up by the day of the event.

Nothing here is law: an entry marked UNCONFIRMED is a default to be replaced by the authority's own figure.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from services.training import tenths


@dataclass(frozen=True, slots=True)
class Dated:
    """What every entry has: from which day it applies, where it comes from, and how sure it is."""

    effective_from: date
    source: str
    mark: str


@dataclass(frozen=True, slots=True)
class Hours(Dated):
    """学时 that a level needs in all, and at least in each content item, in tenths."""

    level: str
    total: int
    each_item: int


@dataclass(frozen=True, slots=True)
class Item:
    """One content item (职业功能)."""

    key: str
    name_zh: str


@dataclass(frozen=True, slots=True)
class Content(Dated):
    """Content items of an occupation at some levels."""

    occupation: str
    levels: tuple[str, ...]
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Figure(Dated):
    """One number: a score in tenths, working days, or months."""

    value: int


D = TypeVar("D", bound=Dated)


def in_force(entries: Iterable[D], day: date) -> D | None:
    """Return the latest entry that applies on `day`, None where none does."""
    started = [entry for entry in entries if entry.effective_from <= day]
    return max(started, key=lambda entry: entry.effective_from, default=None)


@dataclass(frozen=True, slots=True)
class Policy:
    """All figures of training."""

    hours: tuple[Hours, ...]
    content: tuple[Content, ...]
    pass_score: tuple[Figure, ...]
    filing_working_days: tuple[Figure, ...]
    listing_months: tuple[Figure, ...]

    @classmethod
    def of(cls, data: Mapping[str, list[dict[str, Any]]]) -> "Policy":
        """Return the policy of parsed TOML; raises KeyError, TypeError or ValueError where it is wrong."""
        return cls(
            hours=tuple(_hours(**entry) for entry in data["training_hours"]),
            content=tuple(_content(**entry) for entry in data["content"]),
            pass_score=tuple(_score(**entry) for entry in data["pass_score"]),
            filing_working_days=tuple(Figure(**entry) for entry in data["filing_working_days"]),
            listing_months=tuple(Figure(**entry) for entry in data["listing_months"]),
        )


def _hours(total: str, each_item: str, **rest: Any) -> Hours:
    return Hours(total=tenths.parse(total), each_item=tenths.parse(each_item), **rest)


def _content(levels: list[str], items: list[dict[str, str]], **rest: Any) -> Content:
    return Content(levels=tuple(levels), items=tuple(Item(**item) for item in items), **rest)


def _score(value: str, **rest: Any) -> Figure:
    return Figure(value=tenths.parse(value), **rest)
