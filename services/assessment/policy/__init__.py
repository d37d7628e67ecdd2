"""How people are examined here, by figures that an authority sets; the TOML files beside this are what is shipped.

A rule is looked up by the day it applies to.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from services.vocabulary import tenths
from services.vocabulary.education import Degree, TitleRank
from services.vocabulary.level import Level
from services.vocabulary.policy import Dated, in_force, read, started

SHIPPED = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Staffing(Dated):
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
class Scoring(Dated):
    """Score in tenths of a point that each part must reach."""

    theory_pass: int
    ability_pass: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Marking(Dated):
    """Largest deviation of two marks in tenths of a point, and how three become one."""

    largest_deviation: int
    final_of_three: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Publicity(Dated):
    """Working days during which published results are open to objection."""

    working_days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Separation(Dated):
    """Whether a body that trained a candidate is refused as its examiner."""

    refused: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Integrity(Dated):
    """Years of an integrity record by tier; 0 is long term, an absent tier leaves none."""

    years: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One alternative of a level; None, 0 and False state no condition."""

    level: Level
    key: str
    text: str
    title: TitleRank | None = None
    title_years: int = 0
    degree: Degree | None = None
    related: bool = False
    graduating: bool = False
    state_rule: bool = False
    work_years: int = 0
    certificate: Level | None = None
    certificate_years: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class EligibilityTable(Dated):
    """The decision table of one occupation ("*" for all), with where it comes from."""

    occupation: str
    graduating_months: int
    routes: tuple[Route, ...]


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
        tables = started([t for t in self.eligibility_tables if t.occupation == occupation], day)
        general = [t for t in self.eligibility_tables if t.occupation == "*"]
        return in_force(tables or general, day, f"eligibility in {occupation}")


def policy_of(documents: Mapping[str, Mapping[str, Any]]) -> Policy:
    """Return the policy of parsed documents, by the names of their files; raises KeyError, TypeError, ValueError."""
    rules = {name: document.get("rule", ()) for name, document in documents.items()}
    return Policy(
        staffing_rules=read(Staffing, rules["staffing"]),
        scoring_rules=tuple(
            Scoring(**_scores(rule, "theory_pass", "ability_pass")) for rule in rules["scoring"]
        ),
        marking_rules=tuple(Marking(**_scores(rule, "largest_deviation")) for rule in rules["marking"]),
        publicity_rules=read(Publicity, rules["publicity"]),
        separation_rules=read(Separation, rules["separation"]),
        integrity_rules=read(Integrity, rules["integrity"]),
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


@cache
def load(folder: Path = SHIPPED) -> Policy:
    """Return the policy in the TOML files of `folder`; raises OSError and what `policy_of` raises."""
    return policy_of({path.stem: tomllib.loads(path.read_text("utf-8")) for path in folder.glob("*.toml")})
