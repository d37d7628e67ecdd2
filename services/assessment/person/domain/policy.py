"""Numbers and switches that the law, or nobody yet, has fixed: effective-dated, each with its source.

A rule is looked up by the day it applies to; `mark` says whether its source was seen (CONFIRMED) or not.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from services.assessment.person.domain.candidate import Degree, TitleRank
from services.assessment.person.domain.eligibility import EligibilityTable, Route
from services.kit.errors import precondition
from services.vocabulary import tenths
from services.vocabulary.level import Level
from services.vocabulary.reasons import Reason as Shared


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What every rule states of itself."""

    effective_from: date
    source: str
    mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Staffing(Rule):
    """Proctors and examiners that an exam needs."""

    candidates_per_proctor: int
    least_proctors: int
    candidates_per_examiner: int
    least_examiners: int
    odd_examiners: bool

    def proctors(self, capacity: int) -> int:
        """Return the least number of proctors for so many seats."""
        return max(self.least_proctors, -(-capacity // self.candidates_per_proctor))

    def examiners(self, capacity: int) -> int:
        """Return the least number of examiners for so many seats."""
        return max(self.least_examiners, -(-capacity // self.candidates_per_examiner))


@dataclass(frozen=True, slots=True, kw_only=True)
class Scoring(Rule):
    """Score in tenths of a point that each part must reach."""

    theory_pass: int
    ability_pass: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Marking(Rule):
    """Largest deviation of two marks in tenths of a point, and how three become one."""

    largest_deviation: int
    final_of_three: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Publicity(Rule):
    """Working days during which published results are open to objection."""

    working_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Separation(Rule):
    """Whether a body that trained a candidate is refused as its examiner."""

    refused: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Integrity(Rule):
    """Years of an integrity record by tier; 0 is long term, an absent tier leaves none."""

    years: Mapping[str, int]


Dated = TypeVar("Dated", bound=Rule | EligibilityTable)


def in_force(rules: Iterable[Dated], day: date, subject: str) -> Dated:
    """Return the latest rule that is in force on `day`; raises NO_POLICY."""
    found = max(
        (rule for rule in rules if rule.effective_from <= day),
        key=lambda rule: rule.effective_from,
        default=None,
    )
    if found is None:
        raise precondition(Shared.NO_POLICY, f"No rule for {subject} is in force on {day}.", subject=subject)
    return found


@dataclass(frozen=True)
class Policy:
    """All rules of the service."""

    staffing_rules: tuple[Staffing, ...]
    scoring_rules: tuple[Scoring, ...]
    marking_rules: tuple[Marking, ...]
    publicity_rules: tuple[Publicity, ...]
    separation_rules: tuple[Separation, ...]
    integrity_rules: tuple[Integrity, ...]
    eligibility_tables: tuple[EligibilityTable, ...]

    def staffing(self, day: date) -> Staffing:
        """Return the staffing rule of an exam day."""
        return in_force(self.staffing_rules, day, "staffing")

    def scoring(self, day: date) -> Scoring:
        """Return the pass marks of an exam day."""
        return in_force(self.scoring_rules, day, "scoring")

    def marking(self, day: date) -> Marking:
        """Return the marking rule of an exam day."""
        return in_force(self.marking_rules, day, "marking")

    def publicity(self, day: date) -> Publicity:
        """Return the publicity rule of a publication day."""
        return in_force(self.publicity_rules, day, "publicity")

    def separation(self, day: date) -> Separation:
        """Return the switch of 培考分离 on an exam day."""
        return in_force(self.separation_rules, day, "separation")

    def integrity(self, day: date) -> Integrity:
        """Return the rule of integrity records on the day of a decision."""
        return in_force(self.integrity_rules, day, "integrity")

    def eligibility(self, occupation: str, day: date) -> EligibilityTable:
        """Return the table of an occupation on a day; the one for all occupations where it has none."""
        tables = [
            t for t in self.eligibility_tables if t.occupation == occupation and t.effective_from <= day
        ]
        general = [t for t in self.eligibility_tables if t.occupation == "*"]
        return in_force(tables or general, day, f"eligibility in {occupation}")


def read(documents: Mapping[str, Mapping[str, Any]]) -> Policy:
    """Return the policy of parsed documents, by the names of their files; raises KeyError, TypeError, ValueError."""
    rules = {name: document.get("rule", ()) for name, document in documents.items()}
    return Policy(
        staffing_rules=tuple(Staffing(**rule) for rule in rules["staffing"]),
        scoring_rules=tuple(
            Scoring(**_scores(rule, "theory_pass", "ability_pass")) for rule in rules["scoring"]
        ),
        marking_rules=tuple(Marking(**_scores(rule, "largest_deviation")) for rule in rules["marking"]),
        publicity_rules=tuple(Publicity(**rule) for rule in rules["publicity"]),
        separation_rules=tuple(Separation(**rule) for rule in rules["separation"]),
        integrity_rules=tuple(Integrity(**rule) for rule in rules["integrity"]),
        eligibility_tables=tuple(_table(table) for table in documents["eligibility"]["table"]),
    )


def _scores(rule: Mapping[str, Any], *fields: str) -> dict[str, Any]:
    return {key: tenths.parse(value) if key in fields else value for key, value in rule.items()}


def _table(table: Mapping[str, Any]) -> EligibilityTable:
    stated = {key: value for key, value in table.items() if key != "route"}
    return EligibilityTable(**stated, routes=tuple(_route(route) for route in table["route"]))


def _route(route: Mapping[str, Any]) -> Route:
    kinds: dict[str, Any] = {"level": Level, "certificate": Level, "degree": Degree, "title": TitleRank}
    return Route(
        **{
            key: kinds[key][value.upper().replace("-", "_")] if key in kinds else value
            for key, value in route.items()
        }
    )
