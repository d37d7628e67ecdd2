"""Certificates come of facts: in any order, any number of times, and never for what is withdrawn."""

from itertools import permutations

import pytest
from shuzheng.certificates.v1 import certificate_pb2 as pb
from shuzheng.certificates.v1 import events_pb2
from stdnum.iso7064 import mod_97_10

from tests.support.acts import acts_of


async def test_a_completion_gives_a_training_certificate(world):
    await world.deliver(world.completion(1))
    found = await world.certificate()
    assert found.kind == events_pb2.CERTIFICATE_KIND_TRAINING
    assert found.state == pb.CERTIFICATE_STATE_ISSUED
    assert (found.owner, found.source) == ("institutions/i1", "institutions/i1/completions/c1")
    assert (found.hours, found.theory_score) == ("80.5", "")
    assert found.name == f"certificates/{found.number.lower()}"
    assert await world.facts() == [("issued", found.name)]


async def test_a_certificate_is_drafted_by_the_event_and_issued_by_the_service(world):
    await world.deliver(world.completion(1), event_id="e-1")
    found = await world.certificate()
    drafted, issued = await acts_of(world.service.store, found.name)
    event = "event:training.v1.completion.registered", "certificates-from-training", "e-1"
    assert (drafted.subject, drafted.method, drafted.request_id) == event
    assert (issued.subject, issued.request_id) == ("service:certificates", None)
    assert drafted.moves + issued.moves == [[found.name, "", "INTENT"], [found.name, "INTENT", "ISSUED"]]


async def test_a_revocation_says_who_and_why(world):
    await world.deliver(world.completion(1), world.withdrawal(1))
    found = await world.certificate()
    *_, act = await acts_of(world.service.store, found.name)
    assert act.subject == "event:training.v1.completion.withdrawn"
    assert act.reason.startswith("COMPLETION_WITHDRAWN: ")


async def test_a_passed_result_gives_a_grade_certificate_and_a_failed_one_none(world):
    await world.deliver(world.result(1), world.result(2, passed=False))
    found = await world.certificate()
    assert found.kind == events_pb2.CERTIFICATE_KIND_GRADE
    assert found.source == "bodies/b1/results/r1"
    assert (found.theory_score, found.ability_score) == ("81", "76.5")


async def test_every_order_of_facts_ends_in_the_same(world):
    orders = list(permutations(["registered", "withdrawn", "published", "annulled"]))
    for number, order in enumerate(orders):
        make = {
            "registered": world.completion(number),
            "withdrawn": world.withdrawal(number),
            "published": world.result(number),
            "annulled": world.annulment(number),
        }
        await world.deliver(*(make[fact] for fact in order))
    assert {c.state for c in await world.certificates()} == {pb.CERTIFICATE_STATE_REVOKED}
    sources = [c.source for c in await world.certificates()]
    assert len(sources) == len(set(sources)) == len(orders)  # half of the orders of each kind
    await world.deliver(*(world.completion(number) for number in range(len(orders))))
    assert len(await world.certificates()) == len(orders)


async def test_what_is_withdrawn_before_it_is_known_gets_no_certificate(world):
    await world.deliver(world.withdrawal(1), world.annulment(1), world.completion(1), world.result(1))
    assert await world.certificates() == []
    assert await world.facts() == []


@pytest.mark.parametrize("same_event", [True, False], ids=["redelivered", "republished as another event"])
async def test_a_fact_told_twice_issues_once(world, same_event):
    for _ in range(3):
        await world.deliver(world.completion(1), event_id="e-1" if same_event else "")
    found = await world.certificate()
    assert await world.facts() == [("issued", found.name)]


async def test_a_withdrawal_told_twice_revokes_once(world):
    await world.deliver(world.completion(1), world.withdrawal(1), world.withdrawal(1), world.completion(1))
    found = await world.certificate()
    assert found.revocation_reason == pb.REVOCATION_REASON_COMPLETION_WITHDRAWN
    assert found.revocation_note == "登记有误"
    assert [kind for kind, _ in await world.facts()].count("revoked") == 1


async def test_an_annulled_result_revokes_its_certificate_only(world):
    await world.deliver(world.result(1), world.result(2), world.annulment(1))
    states = {c.source: c.state for c in await world.certificates()}
    assert states == {
        "bodies/b1/results/r1": pb.CERTIFICATE_STATE_REVOKED,
        "bodies/b1/results/r2": pb.CERTIFICATE_STATE_ISSUED,
    }


async def test_an_unknown_occupation_is_refused_with_its_reason_and_leaves_nothing(world):
    strange = world.completion(1)
    strange.qualification.occupation = "alchemy"
    with pytest.raises(Exception, match="UNKNOWN_QUALIFICATION"):
        await world.deliver(strange)
    assert await world.certificates() == []


async def test_a_result_that_passes_after_all_gets_its_certificate(world):
    await world.deliver(world.result(1, passed=False, theory_score="59"))
    await world.deliver(world.result(1, theory_score="61"))
    assert (await world.certificate()).theory_score == "61"


async def test_the_same_completion_many_times_in_one_batch_issues_once(world):
    messages = [world.completion(number % 3) for number in range(12)]
    await world.deliver_together(*messages, world.withdrawal(1), world.completion(1))
    found = await world.certificates()
    assert len(found) == 3
    assert [c.state for c in found].count(pb.CERTIFICATE_STATE_REVOKED) == 1


async def test_a_thousand_certificates_have_a_thousand_numbers_with_check_digits(world):
    await world.deliver_together(*(world.completion(number) for number in range(1000)))
    found = await world.certificates()
    numbers = {c.number for c in found}
    assert len(numbers) == 1000
    assert {c.state for c in found} == {pb.CERTIFICATE_STATE_ISSUED}
    assert all(number.startswith("DE26") and mod_97_10.is_valid(number) for number in numbers)
