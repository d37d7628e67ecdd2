"""Each invariant sees the violation that it is there for: planted in a copy of a finished journey's databases."""

import asyncio
import copy

import pytest

from tests.support import invariants
from tests.support.journey import Journey
from tests.support.people import national_id
from tests.support.system import opened


@pytest.fixture(scope="module")
def finished(sqlite_databases, tmp_path_factory):
    """A finished journey with a withdrawn completion, as a snapshot."""
    return asyncio.run(finish(sqlite_databases, tmp_path_factory.mktemp("finished")))


async def finish(databases, folder):
    async with opened(databases, folder) as system:
        journey = Journey(system.stub, size=4)
        completions = await journey.to_completions()
        await journey.to_results()
        await journey.withdraw(completions[0])
        return await invariants.check(system.urls, journey.ledger)


def certificates(snapshot):
    return snapshot.rows("certificates", "certificates")


def first(snapshot, state="ISSUED"):
    return next(row for row in certificates(snapshot) if row["state"] == state)


def issue_twice(snapshot):
    row = dict(first(snapshot), name="certificates/x", number="X", revision=9)
    certificates(snapshot).append(row)
    document = next(
        d for d in snapshot.rows("certificates", "documents") if d["name"] == first(snapshot)["name"]
    )
    snapshot.rows("certificates", "documents").append(dict(document, name="certificates/x"))


def issue_for_nothing(snapshot):
    first(snapshot)["source"] = "institutions/i1/completions/none"


def issue_to_another_person(snapshot):
    first(snapshot)["person"] = "p-other"


def lose_a_certificate(snapshot):
    certificates(snapshot).remove(first(snapshot))


def forget_a_revocation(snapshot):
    first(snapshot, "REVOKED")["state"] = "ISSUED"


def give_a_number_twice(snapshot):
    one, other = certificates(snapshot)[:2]
    one["number"] = other["number"]


def leave_a_fact_unpublished(snapshot):
    snapshot.rows("training", "outbox")[0]["published_at"] = None


def lose_an_event(snapshot):
    snapshot.rows("certificates", "inbox").pop()


def leave_an_intent(snapshot):
    first(snapshot)["state"] = "INTENT"


def park(snapshot):
    event = dict(snapshot.rows("certificates", "inbox")[0], reason="planted")
    snapshot.rows("certificates", "parked").append(event)


def change_a_document(snapshot):
    snapshot.rows("certificates", "documents")[0]["document"] += b" "


def lose_a_proof(snapshot):
    name = first(snapshot)["name"]
    next(row for row in snapshot.rows("certificates", "documents") if row["name"] == name)["proofs"] = []


def lose_an_acknowledged_completion(snapshot):
    snapshot.rows("training", "completions").pop()


def lose_an_answer(snapshot):
    snapshot.rows("assessment", "answers").pop()


def take_back_a_withdrawal(snapshot):
    row = next(row for row in snapshot.rows("training", "completions") if row["state"] == "WITHDRAWN")
    row["state"] = "REGISTERED"


def miss_evidence(snapshot):
    snapshot.rows("assessment", "evidence").pop(0)


def seat_two(snapshot):
    one, other = snapshot.rows("assessment", "registrations")[:2]
    one["seat"] = other["seat"]


def log_a_number(snapshot):
    snapshot.log += f'{{"holder": "{national_id(7)}"}}'


def publish_a_number(snapshot):
    snapshot.rows("training", "outbox")[0]["payload"] += national_id(7).encode()


PLANTED = {
    issue_twice: "issued_once",
    issue_for_nothing: "certificates_have_facts",
    issue_to_another_person: "certificates_have_facts",
    lose_a_certificate: "facts_have_certificates",
    forget_a_revocation: "ended_facts_have_none",
    give_a_number_twice: "issued_once",
    leave_a_fact_unpublished: "at_rest",
    lose_an_event: "at_rest",
    leave_an_intent: "at_rest",
    park: "nothing_parked",
    change_a_document: "documents_are_signed",
    lose_a_proof: "documents_are_signed",
    lose_an_acknowledged_completion: "acknowledged_exists",
    lose_an_answer: "answers_kept",
    take_back_a_withdrawal: "acknowledged_exists",
    miss_evidence: "evidence_follows_completions",
    seat_two: "seats_are_real",
    log_a_number: "no_national_id",
    publish_a_number: "no_national_id",
}


@pytest.mark.parametrize("plant", PLANTED, ids=lambda plant: plant.__name__)
def test_a_planted_violation_is_seen(finished, plant):
    planted = copy.deepcopy(finished)
    plant(planted)
    assert any(text.startswith(f"{PLANTED[plant]}:") for text in invariants.problems(planted))


def test_nothing_is_wrong_without_one_and_every_rule_has_its_violation(finished):
    assert invariants.problems(finished) == []
    assert {rule.__name__ for rule in invariants.RULES} == set(PLANTED.values())
