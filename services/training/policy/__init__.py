"""What a training must hold, and other figures that an authority sets; `training.toml` is what is shipped."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from services.vocabulary import tenths
from services.vocabulary.policy import Dated, Figure, read

SHIPPED = Path(__file__).with_name("training.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Content(Dated):
    """Content items of an occupation at some levels."""

    occupation: str
    levels: tuple[str, ...]
    items: tuple[Item, ...]


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
            filing_working_days=read(Figure, data["filing_working_days"]),
            listing_months=read(Figure, data["listing_months"]),
        )


def _hours(total: str, each_item: str, **rest: Any) -> Hours:
    return Hours(total=tenths.parse(total), each_item=tenths.parse(each_item), **rest)


def _content(levels: list[str], items: list[dict[str, str]], **rest: Any) -> Content:
    return Content(levels=tuple(levels), items=tuple(Item(**item) for item in items), **rest)


def _score(value: str, **rest: Any) -> Figure:
    return Figure(value=tenths.parse(value), **rest)


def load(file: Path = SHIPPED) -> Policy:
    """Return the policy in a TOML file; raises OSError and what `Policy.of` raises."""
    return Policy.of(tomllib.loads(file.read_text("utf-8")))
