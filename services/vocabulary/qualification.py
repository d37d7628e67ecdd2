"""What a person is trained, examined and certified for: occupation × direction × level."""

from dataclasses import dataclass

from services.kit.errors import Violation, invalid
from services.vocabulary import occupations
from services.vocabulary.level import Level
from services.vocabulary.reasons import Reason


@dataclass(frozen=True, slots=True)
class Qualification:
    """Occupation × direction × level; `direction` is "" where the occupation has none."""

    occupation: str
    direction: str
    level: Level

    def __str__(self) -> str:
        direction = f" / {self.direction}" if self.direction else ""
        return f"{self.occupation}{direction} {self.level.zh}"


def check(qualification: Qualification, field: str) -> None:
    """Raise UNKNOWN_QUALIFICATION where occupation or direction does not exist; `field` is that of the whole."""
    check_occupation(qualification.occupation, f"{field}.occupation")
    _check(qualification.occupation, qualification.direction, f"{field}.direction")


def check_occupation(occupation: str, field: str) -> None:
    """Raise UNKNOWN_QUALIFICATION that names `field` where there is no such occupation."""
    _check(occupation, "", field)


def _check(occupation: str, direction: str, field: str) -> None:
    if problems := occupations.problems(occupation, direction):
        violations = (Violation(field, text, Reason.UNKNOWN_QUALIFICATION) for text in problems)
        raise invalid(Reason.UNKNOWN_QUALIFICATION, f"{'; '.join(problems)}.", *violations)
