"""成绩: when a result passes, how it becomes public, and what its annulment voids (人社部令第31号)."""

from enum import StrEnum

from services.assessment.person.domain.integrity_record import Tier
from services.assessment.policy import Scoring
from services.assessment.reasons import Reason
from services.kit.errors import Violation, invalid


class ResultState(StrEnum):
    """Where a result stands."""

    PENDING = "PENDING"
    MARKED = "MARKED"
    CONFIRMED = "CONFIRMED"
    PUBLISHED = "PUBLISHED"
    ANNULLED = "ANNULLED"


class ResultAction(StrEnum):
    """What can be done to a result."""

    MARK = "mark"
    CONFIRM = "confirm"
    PUBLISH = "publish"
    ANNUL = "annul"


TRANSITIONS = {
    (ResultState.PENDING, ResultAction.MARK): ResultState.MARKED,
    (ResultState.MARKED, ResultAction.CONFIRM): ResultState.CONFIRMED,
    (ResultState.CONFIRMED, ResultAction.PUBLISH): ResultState.PUBLISHED,
    **{
        (state, ResultAction.ANNUL): ResultState.ANNULLED
        for state in (ResultState.PENDING, ResultState.MARKED, ResultState.CONFIRMED, ResultState.PUBLISHED)
    },
}
PUBLIC = frozenset({ResultState.PUBLISHED, ResultState.ANNULLED})


class Part(StrEnum):
    """The two parts (subjects) of an exam."""

    THEORY = "THEORY"
    ABILITY = "ABILITY"


def passes(theory: int | None, ability: int | None, scoring: Scoring) -> bool:
    """Tell whether both parts (tenths of a point) reach the pass marks of the exam day."""
    if theory is None or ability is None:
        return False
    return theory >= scoring.theory_pass and ability >= scoring.ability_pass


def void_parts(tier: Tier, part: Part | None) -> tuple[Part, ...]:
    """Return what a breach voids: A the part it happened in, B and C the sitting; raises PART_REQUIRED."""
    if tier != Tier.A:
        return (Part.THEORY, Part.ABILITY)
    if part is None:
        message = "Tier A voids one part; name it."
        raise invalid(Reason.PART_REQUIRED, message, Violation("part", message, Reason.PART_REQUIRED))
    return (part,)
