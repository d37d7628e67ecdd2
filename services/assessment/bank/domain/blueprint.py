"""Blueprints (命题细目表): the weight table of a theory paper; its weights sum to 100 exactly."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from services.assessment.bank.domain.item import ItemType
from services.assessment.reasons import Reason
from services.kit.errors import Violation, invalid
from services.vocabulary import tenths


class BlueprintState(StrEnum):
    """Where a blueprint stands."""

    DRAFT = "DRAFT"
    ADOPTED = "ADOPTED"
    RETIRED = "RETIRED"


class BlueprintAction(StrEnum):
    """What can be done to a blueprint."""

    EDIT = "edit"
    ADOPT = "adopt"
    RETIRE = "retire"


TRANSITIONS = {
    (BlueprintState.DRAFT, BlueprintAction.EDIT): BlueprintState.DRAFT,
    (BlueprintState.DRAFT, BlueprintAction.ADOPT): BlueprintState.ADOPTED,
    (BlueprintState.ADOPTED, BlueprintAction.RETIRE): BlueprintState.RETIRED,
}


@dataclass(frozen=True, slots=True)
class Section:
    """So many items of one type; `points` of each in tenths."""

    type: ItemType
    count: int
    points: int


@dataclass(frozen=True, slots=True)
class Part:
    """One function of the standard; `weight` in tenths of a percent, equal to the points of its sections."""

    function: str
    weight: int
    sections: tuple[Section, ...]

    @property
    def points(self) -> int:
        """Points of all items of this part, in tenths."""
        return sum(section.count * section.points for section in self.sections)


def to_json(parts: Iterable[Part]) -> list[dict[str, Any]]:
    """Return the parts as plain values."""
    return [asdict(part) for part in parts]


def from_json(value: Iterable[dict[str, Any]]) -> tuple[Part, ...]:
    """Return the parts that `to_json` wrote."""
    return tuple(
        Part(part["function"], part["weight"], tuple(_section(section) for section in part["sections"]))
        for part in value
    )


def _section(value: dict[str, Any]) -> Section:
    return Section(ItemType(value["type"]), value["count"], value["points"])


def check(parts: Sequence[Part], functions: Collection[str]) -> None:
    """Raise INVALID_BLUEPRINT with everything that is wrong; `functions` are those of the bank."""
    found = [
        Violation(field, message, Reason.INVALID_BLUEPRINT) for field, message in problems(parts, functions)
    ]
    if found:
        summary = "; ".join(violation.message for violation in found)
        raise invalid(Reason.INVALID_BLUEPRINT, f"The blueprint does not add up: {summary}.", *found)


def problems(parts: Sequence[Part], functions: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield (field, message) for everything that is wrong with a blueprint."""
    total = sum(part.weight for part in parts)
    if total != tenths.FULL_MARK:
        yield "parts", f"the weights sum to {tenths.show(total)}, not 100"
    seen: set[str] = set()
    for at, part in enumerate(parts):
        if part.function in seen:
            yield f"parts[{at}].function", f"function {part.function} comes twice"
        seen.add(part.function)
        yield from _part_problems(f"parts[{at}]", part, functions)


def _part_problems(field: str, part: Part, functions: Collection[str]) -> Iterator[tuple[str, str]]:
    if part.function not in functions:
        yield f"{field}.function", f"the bank has no function {part.function}"
    if part.points != part.weight:
        filled, weight = tenths.show(part.points), tenths.show(part.weight)
        message = f"the items of function {part.function} make {filled} points, its weight is {weight}"
        yield f"{field}.sections", message
    types = [section.type for section in part.sections]
    for item_type in sorted({t for t in types if types.count(t) > 1}):
        yield f"{field}.sections", f"function {part.function} has two sections of {item_type}"
    if any(section.points <= 0 for section in part.sections):
        yield f"{field}.sections", f"function {part.function} has items of no points"
