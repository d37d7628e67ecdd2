"""报考: lifecycle of a registration, its seat and its admission ticket number."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.assessment.person.domain.eligibility import Decision, Proof
from services.assessment.person.domain.integrity_record import Term
from services.assessment.policy import Separation
from services.assessment.reasons import Reason
from services.kit.errors import Unmet


class RegistrationState(StrEnum):
    """Where a registration stands."""

    ADMITTED = "ADMITTED"
    CHECKED_IN = "CHECKED_IN"
    ABSENT = "ABSENT"
    CANCELLED = "CANCELLED"


class RegistrationAction(StrEnum):
    """What can be done to a registration."""

    CHECK_IN = "check in"
    MISS = "miss"
    CANCEL = "cancel"


TRANSITIONS = {
    (RegistrationState.ADMITTED, RegistrationAction.CHECK_IN): RegistrationState.CHECKED_IN,
    (RegistrationState.ADMITTED, RegistrationAction.MISS): RegistrationState.ABSENT,
    (RegistrationState.ADMITTED, RegistrationAction.CANCEL): RegistrationState.CANCELLED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """A candidate about to be registered; `institution` is the one that applies for them, "" otherwise."""

    decision: Decision
    completions: Sequence[Proof]
    body: str
    body_uscc: str
    body_institution: str
    separation: Separation
    records: Sequence[Term]
    examined_on: date
    institution: str = ""


def refusals(application: Application) -> list[Unmet]:
    """Return every reason to refuse the application; empty when the candidate may have a seat."""
    eligibility = [] if application.decision.eligible else application.decision.unmet()
    return [*eligibility, *_bars(application), *_conflicts(application), *_foreign(application)]


def _bars(application: Application) -> list[Unmet]:
    day = application.examined_on
    return [
        Unmet(
            Reason.INTEGRITY_RECORD_IN_FORCE,
            f"诚信档案 in force from {term.starts_on} {f'to {term.ends_on}' if term.ends_on else 'long term'}.",
            "integrity-record",
        )
        for term in application.records
        if term.holds(day)
    ]


def _conflicts(application: Application) -> list[Unmet]:
    rule = application.separation
    if not rule.refused:
        return []
    return [
        Unmet(
            Reason.BODY_TRAINED_CANDIDATE,
            f"{application.body} trained this candidate ({proof.institution}); who trains does not examine "
            f"(培考分离, {rule.mark}: {rule.source}).",
            proof.institution,
        )
        for proof in application.completions
        if _same_organization(proof, application)
    ]


def _same_organization(proof: Proof, application: Application) -> bool:
    own = application.body_uscc.strip().upper()
    same_code = bool(own) and proof.institution_uscc.strip().upper() == own
    return same_code or (
        bool(application.body_institution) and proof.institution == application.body_institution
    )


def _foreign(application: Application) -> list[Unmet]:
    institution = application.institution
    if not institution or any(proof.institution == institution for proof in application.completions):
        return []
    message = f"{institution} has no standing completion of this candidate for this qualification."
    return [Unmet(Reason.NOT_TRAINED_BY_INSTITUTION, message, institution)]


def free_seat(taken: Collection[int]) -> int:
    """Return the lowest seat, from 1, that nobody has."""
    occupied = set(taken)
    return next(seat for seat in range(1, len(occupied) + 2) if seat not in occupied)


def ticket_number(examined_on: date, series: int, serial: int) -> str:
    """Return a 准考证号: exam day, number of the exam on that day, serial in the exam, Luhn check digit."""
    digits = f"{examined_on:%Y%m%d}{series:04d}{serial:05d}"
    return digits + luhn_digit(digits)


def luhn_digit(digits: str) -> str:
    """Return the check digit (ISO/IEC 7812-1 annex B) that completes `digits`."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def is_ticket_number(number: str) -> bool:
    """Tell whether the check digit fits."""
    return number.isdigit() and len(number) == 18 and luhn_digit(number[:-1]) == number[-1]
