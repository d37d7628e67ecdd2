"""Programs: what a training for occupation × direction × level must hold on a given day.

Hours and content follow the national standard of the occupation (管理办法(试行) 2024-08-22, art. 2).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from services.kit.errors import Violation, invalid, not_found, precondition
from services.kit.values.names import Pattern
from services.training import policy
from services.training.policy import Content, Figure, Hours, Policy
from services.training.reasons import Reason
from services.vocabulary import occupations
from services.vocabulary.level import Level
from services.vocabulary.occupations import OCCUPATIONS

PROGRAM = Pattern("programs/{program}")


@dataclass(frozen=True, slots=True)
class Qualification:
    """Occupation × direction ("" for none) × level."""

    occupation: str
    direction: str
    level: Level

    @property
    def program_name(self) -> str:
        """Name of the program that leads to it."""
        parts = (self.occupation, self.direction, self.level.name.lower())
        return PROGRAM.format(program="--".join(part for part in parts if part))


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
        return self.qualification.program_name

    @property
    def items(self) -> tuple[ContentItem, ...]:
        """The content items with their hours."""
        return tuple(ContentItem(i.key, i.name_zh, self.hours.each_item) for i in self.content.items)

    @property
    def keys(self) -> frozenset[str]:
        """Keys of the content items."""
        return frozenset(item.key for item in self.content.items)


def check(qualification: Qualification, field: str) -> None:
    """Raise UNKNOWN_QUALIFICATION where occupation or direction does not exist."""
    if problems := occupations.problems(qualification.occupation, qualification.direction):
        violations = (Violation(field, text, Reason.UNKNOWN_QUALIFICATION) for text in problems)
        raise invalid(Reason.UNKNOWN_QUALIFICATION, f"{'; '.join(problems)}.", *violations)


def find(rules: Policy, qualification: Qualification, day: date) -> Program | None:
    """Return the program in force on `day`, None where policy has none."""
    level = qualification.level.name.lower()
    hours = policy.in_force((h for h in rules.hours if h.level == level), day)
    content = policy.in_force(
        (c for c in rules.content if c.occupation == qualification.occupation and level in c.levels), day
    )
    pass_score = policy.in_force(rules.pass_score, day)
    if hours and content and pass_score:
        return Program(qualification, hours, content, pass_score)
    return None


def require(rules: Policy, qualification: Qualification, day: date) -> Program:
    """Return the program in force on `day`; raises NO_PROGRAM."""
    found = find(rules, qualification, day)
    if found is None:
        message = f"no policy is in force for {qualification.program_name} on {day}."
        raise precondition(Reason.NO_PROGRAM, message)
    return found


def every(rules: Policy, day: date) -> Iterator[Program]:
    """Yield every program in force on `day`, by name."""
    known = (
        Qualification(occupation.key, direction, level)
        for occupation in OCCUPATIONS.values()
        for direction in ("", *(d.key for d in occupation.directions))
        for level in Level
    )
    for qualification in sorted(known, key=lambda q: q.program_name):
        if (found := find(rules, qualification, day)) is not None:
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
