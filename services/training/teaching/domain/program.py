"""Programs: what a training for occupation × direction × level must hold on a given day.

Hours and content follow the national standard of the occupation (管理办法(试行) 2024-08-22, art. 2).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from services.kit.errors import not_found, precondition
from services.training.names import PROGRAM
from services.training.policy import Content, Figure, Hours, Policy
from services.training.reasons import Reason
from services.vocabulary import occupations
from services.vocabulary.level import Level
from services.vocabulary.occupations import OCCUPATIONS
from services.vocabulary.policy import in_force, started
from services.vocabulary.qualification import Qualification


@dataclass(frozen=True, slots=True)
class ContentItem:
    """One content item with the least hours that it needs, in tenths."""

    key: str
    name_zh: str
    hours: int


@dataclass(frozen=True, slots=True)
class Program:
    """The requirements of one qualification, and the policy entries that they come from."""

    qualification: Qualification
    hours: Hours
    content: Content
    pass_score: Figure

    @property
    def name(self) -> str:
        """Resource name."""
        return name_of(self.qualification)

    @property
    def items(self) -> tuple[ContentItem, ...]:
        """The content items with their hours."""
        return tuple(ContentItem(i.key, i.name_zh, self.hours.each_item) for i in self.content.items)

    @property
    def keys(self) -> frozenset[str]:
        """Keys of the content items."""
        return frozenset(item.key for item in self.content.items)


def name_of(qualification: Qualification) -> str:
    """Return the name of the program that leads to a qualification."""
    parts = (qualification.occupation, qualification.direction, qualification.level.name.lower())
    return PROGRAM.format(program="--".join(part for part in parts if part))


def find(policy: Policy, qualification: Qualification, day: date) -> Program | None:
    """Return the program in force on `day`, None where policy lacks a part of it."""
    level, occupation = qualification.level.name.lower(), qualification.occupation
    hours = [entry for entry in policy.hours if entry.level == level]
    content = [entry for entry in policy.content if entry.occupation == occupation and level in entry.levels]
    if not all(started(part, day) for part in (hours, content, policy.pass_score)):
        return None
    name = name_of(qualification)
    return Program(
        qualification,
        in_force(hours, day, name),
        in_force(content, day, name),
        in_force(policy.pass_score, day, name),
    )


def require(policy: Policy, qualification: Qualification, day: date) -> Program:
    """Return the program in force on `day`; raises NO_PROGRAM."""
    found = find(policy, qualification, day)
    if found is None:
        message = f"no policy is in force for {name_of(qualification)} on {day}."
        raise precondition(Reason.NO_PROGRAM, message)
    return found


def every(policy: Policy, day: date) -> Iterator[Program]:
    """Yield every program in force on `day`, by name."""
    known = (
        Qualification(occupation.key, direction, level)
        for occupation in OCCUPATIONS.values()
        for direction in ("", *(d.key for d in occupation.directions))
        for level in Level
    )
    for qualification in sorted(known, key=name_of):
        if (found := find(policy, qualification, day)) is not None:
            yield found


def parse(name: str) -> Qualification:
    """Return the qualification of a program name; raises INVALID_NAME or RESOURCE_NOT_FOUND."""
    match PROGRAM.parse(name)["program"].split("--"):
        case [occupation, level]:
            direction = ""
        case [occupation, direction, level]:
            pass
        case _:
            raise not_found(name)
    return _qualification(name, occupation, direction, level)


def _qualification(name: str, occupation: str, direction: str, level: str) -> Qualification:
    words = {each.name.lower(): each for each in Level}
    if level not in words or occupations.problems(occupation, direction):
        raise not_found(name)
    return Qualification(occupation, direction, words[level])
