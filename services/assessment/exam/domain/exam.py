"""考试: its lifecycle, and the rules that a schedule must meet, evaluated all at once."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from services.assessment.bank.domain.paper import PaperState
from services.assessment.policy import Staffing
from services.assessment.reasons import Reason
from services.assessment.register.domain.examiner import unqualified
from services.assessment.register.domain.site import unauthorized
from services.kit.errors import Unmet
from services.kit.values.rules import Rule, unmet
from services.vocabulary.qualification import Qualification
from services.vocabulary.reasons import Reason as Shared


class ExamState(StrEnum):
    """Where an exam stands."""

    SCHEDULED = "SCHEDULED"
    OPEN = "OPEN"
    CLOSED = "CLOSED"
    IN_PROGRESS = "IN_PROGRESS"
    MARKING = "MARKING"
    RESULTS_CONFIRMED = "RESULTS_CONFIRMED"
    PUBLISHED = "PUBLISHED"
    CANCELLED = "CANCELLED"


class ExamAction(StrEnum):
    """What can be done to an exam."""

    OPEN = "open"
    CLOSE = "close"
    BEGIN = "begin"
    MARK = "mark"
    CONFIRM_RESULTS = "confirm results"
    PUBLISH_RESULTS = "publish results"
    CANCEL = "cancel"


TRANSITIONS = {
    (ExamState.SCHEDULED, ExamAction.OPEN): ExamState.OPEN,
    (ExamState.OPEN, ExamAction.CLOSE): ExamState.CLOSED,
    (ExamState.CLOSED, ExamAction.BEGIN): ExamState.IN_PROGRESS,
    (ExamState.IN_PROGRESS, ExamAction.MARK): ExamState.MARKING,
    (ExamState.MARKING, ExamAction.CONFIRM_RESULTS): ExamState.RESULTS_CONFIRMED,
    (ExamState.RESULTS_CONFIRMED, ExamAction.PUBLISH_RESULTS): ExamState.PUBLISHED,
    **{
        (state, ExamAction.CANCEL): ExamState.CANCELLED
        for state in (ExamState.SCHEDULED, ExamState.OPEN, ExamState.CLOSED)
    },
}
MARKABLE = frozenset({ExamState.IN_PROGRESS, ExamState.MARKING})  # examiners may give marks


@dataclass(frozen=True, slots=True)
class Window:
    """From `start` up to, not including, `end`."""

    start: datetime
    end: datetime

    def holds(self, moment: datetime) -> bool:
        """Tell whether a moment lies inside."""
        return self.start <= moment < self.end


@dataclass(frozen=True, slots=True)
class Appointee:
    """A proctor or examiner as the body keeps them; `state` is "" for a person that the body does not have."""

    name: str
    state: str = ""
    proctor: bool = False
    qualifications: Sequence[dict[str, str]] = ()


@dataclass(frozen=True, slots=True)
class PlannedSite:
    """The site as it stands."""

    name: str
    state: str
    occupations: Sequence[str]
    seats: int


@dataclass(frozen=True, slots=True)
class PlannedPaper:
    """The paper as it stands."""

    state: str
    qualification: Qualification


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Everything that the schedule rules look at; None stands for what does not exist in this body."""

    body: str
    qualification: Qualification
    examined_on: date
    theory: Window
    theory_minutes: int
    ability: Window
    registration_close: datetime
    capacity: int
    listing: str
    site: PlannedSite | None
    paper: PlannedPaper | None
    proctors: Sequence[Appointee]
    examiners: Sequence[Appointee]
    staffing: Staffing
    now: datetime


SCHEDULE_RULES: tuple[Rule[Plan], ...] = (
    Rule(
        Shared.NOT_LISTED,
        lambda p: f"{p.body} is not listed for {p.qualification.occupation} on {p.examined_on}.",
        lambda p: bool(p.listing),
    ),
    Rule(Reason.FOREIGN_SITE, "The body has no such site.", lambda p: p.site is not None),
    Rule(
        Reason.SITE_TOO_SMALL,
        lambda p: f"The site has {p.site.seats if p.site else 0} seats, the exam {p.capacity}.",
        lambda p: p.site is None or p.site.seats == 0 or p.site.seats >= p.capacity,
    ),
    Rule(
        Reason.PAPER_UNFIT,
        "The body has no such paper for this occupation, direction and level.",
        lambda p: p.paper is not None and p.paper.qualification == p.qualification,
    ),
    Rule(
        Reason.PAPER_NOT_SEALED,
        "The paper must be sealed before an exam is scheduled with it.",
        lambda p: p.paper is None or p.paper.state in (PaperState.SEALED, PaperState.RELEASED),
    ),
    Rule(
        Reason.INVALID_WINDOW,
        "The theory window must end after it starts and hold the minutes of the theory part.",
        lambda p: p.theory.start + timedelta(minutes=p.theory_minutes) <= p.theory.end,
    ),
    Rule(
        Reason.INVALID_WINDOW,
        "The ability window must end after it starts.",
        lambda p: p.ability.start < p.ability.end,
    ),
    Rule(
        Reason.INVALID_WINDOW,
        "The theory window must not be over when the exam is scheduled.",
        lambda p: p.now < p.theory.end,
    ),
    Rule(
        Reason.INVALID_WINDOW,
        "Registration must end before the theory window does.",
        lambda p: p.registration_close < p.theory.end,
    ),
    Rule(
        Reason.TOO_FEW_PROCTORS,
        lambda p: (
            f"{p.capacity} seats need {p.staffing.proctors(p.capacity)} proctors, "
            f"{len(p.proctors)} are named ({p.staffing.mark}: {p.staffing.source})."
        ),
        lambda p: len(p.proctors) >= p.staffing.proctors(p.capacity),
    ),
    Rule(
        Reason.TOO_FEW_EXAMINERS,
        lambda p: (
            f"{p.capacity} seats need {p.staffing.examiners(p.capacity)} examiners, "
            f"{len(p.examiners)} are named ({p.staffing.mark}: {p.staffing.source})."
        ),
        lambda p: len(p.examiners) >= p.staffing.examiners(p.capacity),
    ),
    Rule(
        Reason.EVEN_EXAMINERS,
        lambda p: f"The number of examiners must be odd ({p.staffing.mark}: {p.staffing.source}).",
        lambda p: not p.staffing.odd_examiners or len(p.examiners) % 2 == 1,
    ),
    Rule(
        Reason.STAFF_TWICE,
        lambda p: f"Appointed more than once: {', '.join(_twice(p))}.",
        lambda p: not _twice(p),
    ),
)


def unmet_schedule_rules(plan: Plan) -> list[Unmet]:
    """Return every rule that the plan does not meet; empty when the exam may be scheduled."""
    return [
        *unmet(SCHEDULE_RULES, plan, plan.body),
        *_site_unmet(plan),
        *_proctors_unmet(plan),
        *_examiners_unmet(plan),
    ]


def _site_unmet(plan: Plan) -> list[Unmet]:
    site = plan.site
    if site is None:
        return []
    return unauthorized(site.name, site.state, site.occupations, plan.qualification.occupation)


def _proctors_unmet(plan: Plan) -> list[Unmet]:
    return [
        Unmet(Reason.PROCTOR_NOT_ALLOWED, f"{who.name} is no active proctor of the body.", who.name)
        for who in plan.proctors
        if who.state != "ACTIVE" or not who.proctor
    ]


def _examiners_unmet(plan: Plan) -> list[Unmet]:
    occupation, day = plan.qualification.occupation, plan.examined_on
    return [
        problem
        for who in plan.examiners
        for problem in unqualified(who.name, who.state or "unknown", who.qualifications, occupation, day)
    ]


def _twice(plan: Plan) -> list[str]:
    names = [who.name for who in (*plan.proctors, *plan.examiners)]
    return sorted({name for name in names if names.count(name) > 1}) if len(set(names)) < len(names) else []


def staff_names(*groups: Iterable[str]) -> list[str]:
    """Return all names of several groups, each once."""
    return list(dict.fromkeys(name for group in groups for name in group))
