"""Drawing a paper: a pure function of blueprint, active items and seed, so that a draw can be repeated.

Items are ordered by a hash of seed and name; within a section the knowledge points take turns, so that one
point does not crowd out the others.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest

from services.assessment.bank.domain.bank import function_of
from services.assessment.bank.domain.blueprint import Part, Section
from services.assessment.bank.domain.item import PAPER_ORDER, ItemType
from services.assessment.reasons import Reason
from services.kit.errors import Unmet, precondition


@dataclass(frozen=True, slots=True)
class Drawable:
    """An active item: what the draw needs to know of it."""

    name: str
    type: ItemType
    knowledge_point: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """One drawn item; `points` in tenths."""

    name: str
    points: int


Shelf = dict[tuple[str, ItemType], list[Drawable]]


def draw(bank: str, parts: Sequence[Part], items: Iterable[Drawable], seed: str) -> tuple[Drawn, ...]:
    """Return the items in the order of the paper; raises BANK_LACKS_ITEMS that names every lack."""
    shelf = _shelve(items)
    if lacks := lacking(parts, shelf):
        message = f"{bank} has too few active items for {len(lacks)} sections of the blueprint."
        raise precondition(Reason.BANK_LACKS_ITEMS, message, *lacks, bank=bank)
    return tuple(
        Drawn(item.name, section.points)
        for part, section in _paper_order(parts)
        for item in pick(shelf[part.function, section.type], section.count, seed)
    )


def _shelve(items: Iterable[Drawable]) -> Shelf:
    shelf: Shelf = defaultdict(list)
    for item in items:
        shelf[function_of(item.knowledge_point), item.type].append(item)
    return shelf


def lacking(parts: Sequence[Part], shelf: Shelf) -> list[Unmet]:
    """Return one entry for each section that the bank cannot fill; short, so that all fit into one answer."""
    return [
        Unmet(
            Reason.BANK_LACKS_ITEMS,
            f"function {part.function} needs {section.count} active {section.type}, the bank has {have}",
        )
        for part in parts
        for section in part.sections
        if (have := len(shelf.get((part.function, section.type), ()))) < section.count
    ]


def _paper_order(parts: Sequence[Part]) -> list[tuple[Part, Section]]:
    pairs = [(part, section) for part in parts for section in part.sections]
    return sorted(pairs, key=lambda pair: PAPER_ORDER[pair[1].type])


def pick(items: Iterable[Drawable], count: int, seed: str) -> list[Drawable]:
    """Return `count` of the items; the knowledge points take turns in an order that the seed decides."""
    by_point: dict[str, list[Drawable]] = defaultdict(list)
    for item in sorted(items, key=lambda item: _rank(seed, item.name)):
        by_point[item.knowledge_point].append(item)
    turns = sorted(by_point, key=lambda point: _rank(seed, point))
    rounds = zip_longest(*(by_point[point] for point in turns))
    return [item for item in chain.from_iterable(rounds) if item is not None][:count]


def _rank(seed: str, name: str) -> bytes:
    return hashlib.sha256(f"{seed}\n{name}".encode()).digest()
