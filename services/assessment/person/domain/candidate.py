"""考生: what a candidate declares, and whether the declared dates can be."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.assessment.reasons import Reason
from services.kit.errors import Violation
from services.vocabulary.education import Degree, TitleRank


@dataclass(frozen=True, slots=True)
class Education:
    """One education; `graduated_on` may lie ahead, `state_rule` admits 技工院校."""

    degree: Degree
    graduated_on: date
    related: bool = False
    state_rule: str = ""


@dataclass(frozen=True, slots=True)
class Title:
    """One professional title."""

    rank: TitleRank
    obtained_on: date


@dataclass(frozen=True, slots=True)
class OccupationStart:
    """Since when somebody works in an occupation."""

    occupation: str
    started_on: date


def declaration_problems(
    titles: Sequence[Title], starts: Sequence[OccupationStart], born: date | None, today: date
) -> list[Violation]:
    """Return every declared date that lies in the future or before the person's birth."""
    dated = [(f"candidate.titles[{i}].obtained_on", title.obtained_on) for i, title in enumerate(titles)]
    dated += [(f"candidate.occupation_starts[{i}].started_on", s.started_on) for i, s in enumerate(starts)]
    return [
        Violation(field, f"{day} lies in the future or before the birth.", Reason.INVALID_DECLARATION)
        for field, day in dated
        if day > today or (born is not None and day <= born)
    ]
