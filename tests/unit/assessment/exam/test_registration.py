"""Seats, tickets, and the reasons to refuse an application."""

from datetime import date

from services.assessment.exam.domain.registration import (
    Application,
    free_seat,
    is_ticket_number,
    refusals,
    ticket_number,
)
from services.assessment.person.domain.candidate import Title
from services.assessment.person.domain.eligibility import Case, Dossier, Proof, decide
from services.assessment.person.domain.integrity_record import Term
from services.assessment.policy import Separation, load
from services.vocabulary.education import TitleRank
from services.vocabulary.level import Level
from services.vocabulary.qualification import Qualification

ON = date(2026, 6, 1)
BIG_DATA = Qualification("big-data", "", Level.JUNIOR)
PROOF = Proof(BIG_DATA, date(2026, 5, 1), "c", "institutions/i", "911100001000000001")
REFUSED = Separation(effective_from=date(2021, 1, 1), source="s", mark="UNCONFIRMED", refused=True)
ALLOWED = Separation(effective_from=date(2021, 1, 1), source="s", mark="UNCONFIRMED", refused=False)


def application(**changes) -> Application:
    dossier = Dossier(titles=(Title(TitleRank.TECHNICIAN, date(2020, 1, 1)),), completions=(PROOF,))
    decision = decide(Case(dossier, BIG_DATA, ON, load().eligibility("big-data", ON)))
    values = {
        "decision": decision,
        "completions": (PROOF,),
        "body": "bodies/b",
        "body_uscc": "OTHER",
        "body_institution": "",
        "separation": REFUSED,
        "records": (),
        "examined_on": ON,
    }
    return Application(**values | changes)


def reasons(**changes) -> list[str]:
    return [u.reason for u in refusals(application(**changes))]


def test_the_lowest_free_seat_is_given():
    assert free_seat([]) == 1
    assert free_seat([1, 2, 3]) == 4
    assert free_seat([1, 3]) == 2


def test_a_ticket_number_carries_day_series_and_serial_and_checks_itself():
    number = ticket_number(ON, 7, 42)
    assert number.startswith("20260601" + "0007" + "00042")
    assert is_ticket_number(number)


def test_every_single_wrong_digit_of_a_ticket_number_is_noticed():
    number = ticket_number(ON, 7, 42)
    for place in range(len(number)):
        for digit in "0123456789":
            changed = number[:place] + digit + number[place + 1 :]
            assert is_ticket_number(changed) == (changed == number)


def test_a_clean_application_has_no_refusal():
    assert reasons() == []


def test_a_body_with_the_code_of_the_institution_trained_the_candidate():
    assert reasons(body_uscc="911100001000000001") == ["BODY_TRAINED_CANDIDATE"]


def test_a_body_that_names_the_institution_as_its_own_trained_the_candidate():
    assert reasons(body_institution="institutions/i") == ["BODY_TRAINED_CANDIDATE"]


def test_the_separation_can_be_switched_off_by_policy():
    assert reasons(body_uscc="911100001000000001", separation=ALLOWED) == []


def test_bodies_without_a_code_match_nobody():
    nameless = Proof(BIG_DATA, date(2026, 5, 1), "c", "institutions/i", "")
    assert reasons(body_uscc="", completions=(nameless,)) == []


def test_an_integrity_record_bars_while_it_is_in_force():
    assert reasons(records=(Term(date(2025, 1, 1), date(2029, 12, 31)),)) == ["INTEGRITY_RECORD_IN_FORCE"]
    assert reasons(records=(Term(date(2025, 1, 1), None),)) == ["INTEGRITY_RECORD_IN_FORCE"]
    assert reasons(records=(Term(date(2020, 1, 1), date(2026, 5, 31)),)) == []


def test_an_institution_applies_only_for_those_it_trained():
    assert reasons(institution="institutions/i") == []
    assert reasons(institution="institutions/other") == ["NOT_TRAINED_BY_INSTITUTION"]


def test_all_refusals_come_at_once():
    assert reasons(
        body_uscc="911100001000000001", records=(Term(date(2025, 1, 1), None),), institution="institutions/x"
    ) == ["INTEGRITY_RECORD_IN_FORCE", "BODY_TRAINED_CANDIDATE", "NOT_TRAINED_BY_INSTITUTION"]
