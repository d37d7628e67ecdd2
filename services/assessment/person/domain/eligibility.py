"""申报条件: decides by a table whether a candidate may be examined, and explains every route.

Years are counted between dates (民法典 art. 202: where the month has no such day, its last day counts).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from services.assessment.person.domain.candidate import Education, OccupationStart, Title
from services.assessment.policy import EligibilityTable, Route
from services.assessment.reasons import Reason
from services.kit.errors import Unmet
from services.vocabulary.calendar import add_months, add_years, full_years
from services.vocabulary.education import Degree
from services.vocabulary.qualification import Qualification


@dataclass(frozen=True, slots=True)
class Proof:
    """A standing piece of evidence: a completion or a grade certificate."""

    qualification: Qualification
    held_on: date
    source: str = ""
    institution: str = ""
    institution_uscc: str = ""


@dataclass(frozen=True, slots=True)
class Dossier:
    """What is known of a candidate."""

    educations: Sequence[Education] = ()
    titles: Sequence[Title] = ()
    starts: Sequence[OccupationStart] = ()
    completions: Sequence[Proof] = ()
    certificates: Sequence[Proof] = ()


@dataclass(frozen=True, slots=True)
class Case:
    """One candidate, one qualification, one day to which years count."""

    dossier: Dossier
    qualification: Qualification
    on: date
    table: EligibilityTable


@dataclass(frozen=True, slots=True)
class Finding:
    """A requirement or route with everything that is missing."""

    key: str
    text: str
    unmet: tuple[Unmet, ...]

    @property
    def met(self) -> bool:
        """Whether nothing is missing."""
        return not self.unmet


@dataclass(frozen=True, slots=True)
class Decision:
    """All requirements and at least one route must be met."""

    requirements: tuple[Finding, ...]
    routes: tuple[Finding, ...]
    table: EligibilityTable

    @property
    def eligible(self) -> bool:
        """Whether the candidate may be examined."""
        return all(f.met for f in self.requirements) and any(f.met for f in self.routes)

    @property
    def route(self) -> str:
        """Key of the first route that is met, "" where none is."""
        return next((f.key for f in self.routes if f.met), "")

    def unmet(self) -> list[Unmet]:
        """Return what is missing in the requirements and, where no route is met, in every route."""
        routes = () if self.route else self.routes
        return [u for finding in (*self.requirements, *routes) for u in finding.unmet]


def decide(case: Case) -> Decision:
    """Evaluate the requirement and every route of the level completely."""
    routes = [route for route in case.table.routes if route.level == case.qualification.level]
    return Decision((_learning_proof(case),), tuple(_examine(route, case) for route in routes), case.table)


def usable_completions(case: Case) -> list[Proof]:
    """Return the learning proofs of exactly this occupation, direction and level, by the day that counts."""
    return [
        p for p in case.dossier.completions if p.qualification == case.qualification and p.held_on <= case.on
    ]


def _learning_proof(case: Case) -> Finding:
    message = f"没有 {case.qualification} 的培训学时证明 (no standing completion of this level)."
    missing = (
        () if usable_completions(case) else (Unmet(Reason.LEARNING_PROOF_MISSING, message, "learning-proof"),)
    )
    return Finding("learning-proof", "取得本等级培训学时证明", missing)


def _examine(route: Route, case: Case) -> Finding:
    missing = [
        Unmet(reason, message, f"route/{route.key}")
        for condition in CONDITIONS
        if (failure := condition(route, case)) is not None
        for reason, message in (failure,)
    ]
    return Finding(route.key, route.text, tuple(missing))


Failure = tuple[Reason, str] | None


def _title(route: Route, case: Case) -> Failure:
    if route.title is None:
        return None
    since = [t.obtained_on for t in case.dossier.titles if t.rank >= route.title and t.obtained_on <= case.on]
    if not since:
        return Reason.TITLE_MISSING, f"未取得{route.title.zh}职称."
    return _years_failure(
        Reason.TITLE_TOO_RECENT, f"取得{route.title.zh}职称", min(since), route.title_years, case.on
    )


def _degree(route: Route, case: Case) -> Failure:
    if route.degree is None:
        return None
    enough = [e for e in case.dossier.educations if _reaches(e.degree, route.degree)]
    if not enough:
        return (
            Reason.DEGREE_MISSING,
            f"不具备{route.degree.zh}{'' if route.state_rule else '及以上'}学历或学位.",
        )
    latest = add_months(case.on, case.table.graduating_months) if route.graduating else case.on
    finished = [e for e in enough if e.graduated_on <= latest]
    if not finished:
        return Reason.NOT_GRADUATED, f"至{latest}尚未毕业."
    if route.related and not any(e.related for e in finished):
        return Reason.MAJOR_NOT_RELATED, "所学不是相关专业."
    if route.state_rule and not any(e.state_rule for e in finished):
        return Reason.STATE_RULE_NOT_RECORDED, "没有登记允许该技工院校学历申报的国家有关规定."
    return None


def _reaches(degree: Degree, least: Degree) -> bool:
    """Technical schools stand outside the ladder of degrees."""
    return degree == least if Degree.TECHNICAL_SCHOOL in (degree, least) else degree >= least


def _work(route: Route, case: Case) -> Failure:
    if not route.work_years:
        return None
    since = [s.started_on for s in case.dossier.starts if s.occupation == case.qualification.occupation]
    if not since:
        return Reason.TOO_FEW_WORK_YEARS, f"未申报从事本职业工作的起始日期, 需满{route.work_years}年."
    return _years_failure(Reason.TOO_FEW_WORK_YEARS, "从事本职业工作", min(since), route.work_years, case.on)


def _certificate(route: Route, case: Case) -> Failure:
    if route.certificate is None:
        return None
    occupation = case.qualification.occupation
    since = [
        proof.held_on
        for proof in case.dossier.certificates
        if proof.qualification.occupation == occupation
        and proof.qualification.level == route.certificate
        and proof.held_on <= case.on
    ]
    if not since:
        return Reason.PRIOR_CERTIFICATE_MISSING, f"未取得本职业{route.certificate.zh}专业技术等级证书."
    what = f"取得{route.certificate.zh}专业技术等级证书"
    return _years_failure(
        Reason.PRIOR_CERTIFICATE_TOO_RECENT, what, min(since), route.certificate_years, case.on
    )


def _years_failure(reason: Reason, what: str, since: date, years: int, on: date) -> Failure:
    due = add_years(since, years)
    if due <= on:
        return None
    return reason, f"{since}{what}, 至{on}满{full_years(since, on)}年, 需满{years}年 ({due}起)."


CONDITIONS: tuple[Callable[[Route, Case], Failure], ...] = (_title, _degree, _work, _certificate)
