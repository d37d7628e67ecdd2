"""申报条件: years from dates, every route, every explanation."""

from datetime import date

import pytest

from services.assessment.person.domain.candidate import Education, OccupationStart, Title
from services.assessment.person.domain.eligibility import Case, Dossier, Proof, decide
from services.assessment.policy import load
from services.vocabulary.calendar import add_years, full_years
from services.vocabulary.education import Degree, TitleRank
from services.vocabulary.level import Level
from services.vocabulary.qualification import Qualification

OCCUPATION = "intelligent-manufacturing"
ON = date(2026, 6, 1)
TABLE = load().eligibility(OCCUPATION, ON)


def qualification(level: Level) -> Qualification:
    return Qualification(OCCUPATION, "application", level)


def proof(level: Level, held_on: date = date(2026, 5, 1)) -> Proof:
    return Proof(qualification(level), held_on, "institutions/i/completions/c", "institutions/i")


def check(level: Level, *, on: date = ON, completion: bool = True, **dossier: tuple):
    completions = (proof(level),) if completion else ()
    return decide(Case(Dossier(completions=completions, **dossier), qualification(level), on, TABLE))


def reasons(decision, key: str) -> list[str]:
    return [u.reason for finding in decision.routes if finding.key == key for u in finding.unmet]


@pytest.mark.parametrize(
    ("since", "until", "years"),
    [
        (date(2020, 2, 29), date(2021, 2, 27), 0),
        (date(2020, 2, 29), date(2021, 2, 28), 1),
        (date(2020, 2, 29), date(2024, 2, 28), 3),
        (date(2020, 2, 29), date(2024, 2, 29), 4),
        (date(2023, 6, 1), date(2026, 5, 31), 2),
        (date(2023, 6, 1), date(2026, 6, 1), 3),
        (date(2027, 1, 1), date(2026, 1, 1), 0),
    ],
)
def test_full_years_count_to_the_same_day(since, until, years):
    assert full_years(since, until) == years


def test_the_leap_day_ends_on_the_last_day_of_february():
    assert add_years(date(2020, 2, 29), 1) == date(2021, 2, 28)


LEAST = [
    (Level.JUNIOR, "junior-title", {"titles": (Title(TitleRank.TECHNICIAN, ON),)}),
    (Level.JUNIOR, "junior-bachelor", {"educations": (Education(Degree.BACHELOR, date(2026, 7, 1), True),)}),
    (
        Level.JUNIOR,
        "junior-associate",
        {
            "educations": (Education(Degree.ASSOCIATE, date(2020, 7, 1), True),),
            "starts": (OccupationStart(OCCUPATION, date(2025, 6, 1)),),
        },
    ),
    (
        Level.JUNIOR,
        "junior-technical-school",
        {
            "educations": (
                Education(Degree.TECHNICAL_SCHOOL, date(2020, 7, 1), state_rule="人社部发〔2023〕1号"),
            )
        },
    ),
    (Level.MID, "mid-title", {"titles": (Title(TitleRank.ASSISTANT_ENGINEER, date(2024, 6, 1)),)}),
    (
        Level.MID,
        "mid-bachelor",
        {
            "educations": (Education(Degree.ASSOCIATE, date(2015, 7, 1)),),
            "certificates": (proof(Level.JUNIOR, date(2023, 6, 1)),),
        },
    ),
    (
        Level.MID,
        "mid-master",
        {
            "educations": (Education(Degree.SECOND_BACHELOR, date(2015, 7, 1)),),
            "certificates": (proof(Level.JUNIOR, date(2025, 6, 1)),),
        },
    ),
    (Level.MID, "mid-doctor", {"educations": (Education(Degree.DOCTOR, ON, True),)}),
    (Level.SENIOR, "senior-title", {"titles": (Title(TitleRank.ENGINEER, date(2023, 6, 1)),)}),
    (
        Level.SENIOR,
        "senior-bachelor",
        {
            "educations": (Education(Degree.BACHELOR, date(2015, 7, 1)),),
            "certificates": (proof(Level.MID, date(2022, 6, 1)),),
        },
    ),
    (
        Level.SENIOR,
        "senior-doctor",
        {
            "educations": (Education(Degree.DOCTOR, date(2015, 7, 1)),),
            "certificates": (proof(Level.MID, date(2025, 6, 1)),),
        },
    ),
]


@pytest.mark.parametrize(("level", "route", "dossier"), LEAST, ids=[key for _, key, _ in LEAST])
def test_each_route_is_met_by_exactly_its_least(level, route, dossier):
    decision = check(level, **dossier)
    assert decision.eligible
    assert decision.route == route


@pytest.mark.parametrize(("level", "route", "dossier"), LEAST, ids=[key for _, key, _ in LEAST])
def test_no_route_helps_without_the_learning_proof_of_the_level(level, route, dossier):
    decision = check(level, completion=False, **dossier)
    assert not decision.eligible
    assert [u.reason for u in decision.unmet()] == ["LEARNING_PROOF_MISSING"]


def test_one_day_too_early_is_too_early_and_says_from_when():
    decision = check(Level.SENIOR, titles=(Title(TitleRank.ENGINEER, date(2023, 6, 2)),))
    assert not decision.eligible
    assert "2026-06-02" in decision.routes[0].unmet[0].message
    assert reasons(decision, "senior-title") == ["TITLE_TOO_RECENT"]


def test_every_unmet_route_is_explained():
    decision = check(Level.MID)
    assert {finding.key for finding in decision.routes if finding.unmet} == {
        "mid-title",
        "mid-bachelor",
        "mid-master",
        "mid-doctor",
        "mid-technical-school",
    }
    assert reasons(decision, "mid-bachelor") == ["DEGREE_MISSING", "PRIOR_CERTIFICATE_MISSING"]
    assert {u.subject for u in decision.unmet()} == {f"route/{f.key}" for f in decision.routes}


def test_an_unrelated_major_does_not_open_the_junior_route():
    decision = check(Level.JUNIOR, educations=(Education(Degree.MASTER, date(2020, 7, 1)),))
    assert reasons(decision, "junior-bachelor") == ["MAJOR_NOT_RELATED"]


def test_a_student_who_graduates_in_two_years_is_no_graduating_student():
    decision = check(Level.JUNIOR, educations=(Education(Degree.BACHELOR, date(2028, 7, 1), True),))
    assert reasons(decision, "junior-bachelor") == ["NOT_GRADUATED"]


def test_a_higher_title_includes_the_lower_one():
    assert check(Level.JUNIOR, titles=(Title(TitleRank.ENGINEER, date(2025, 1, 1)),)).eligible


def test_a_certificate_of_another_occupation_does_not_count():
    other = Proof(Qualification("big-data", "", Level.JUNIOR), date(2020, 1, 1))
    decision = check(
        Level.MID, educations=(Education(Degree.BACHELOR, date(2015, 7, 1)),), certificates=(other,)
    )
    assert reasons(decision, "mid-bachelor") == ["PRIOR_CERTIFICATE_MISSING"]


def test_a_completion_of_another_level_or_direction_is_no_learning_proof():
    dossier = Dossier(
        completions=(proof(Level.JUNIOR),), titles=(Title(TitleRank.ENGINEER, date(2015, 1, 1)),)
    )
    assert not decide(Case(dossier, qualification(Level.MID), ON, TABLE)).eligible
    elsewhere = Qualification(OCCUPATION, "operation", Level.JUNIOR)
    assert not decide(Case(dossier, elsewhere, ON, TABLE)).eligible


def test_other_occupations_use_the_template_and_say_that_it_is_unconfirmed():
    assert load().eligibility("big-data", ON).mark == "UNCONFIRMED"
    assert TABLE.mark == "CONFIRMED"
