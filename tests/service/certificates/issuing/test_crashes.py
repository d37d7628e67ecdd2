"""A crash between any two steps of issuing: the next start finishes with the same bytes, exactly once."""

import asyncio
from datetime import date

import pytest
from grpc.aio import AioRpcError
from shuzheng.certificates.v1 import certificate_pb2 as pb
from shuzheng.certificates.v1.certificate_service_pb2 import (
    ListCertificatesRequest,
    SupersedeCertificateRequest,
)
from sqlalchemy import select

from services.certificates.issuing.storage import certificates as storage
from services.certificates.issuing.storage.rows.certificates import CertificateRow, DocumentRow
from services.certificates.issuing.usecases.issuance import Issuance
from services.certificates.log.storage.rows.log import LogLeafRow
from services.certificates.proofs.signing.keys import create_first_key, open_keyring
from services.kit.errors import AppError
from tests.support.crashes import Crash, dies


async def rows(world):
    async with world.service.store.read() as tx:
        return list(await tx.all(select(CertificateRow)))


async def documents(world):
    async with world.service.store.read() as tx:
        return list(await tx.all(select(DocumentRow)))


async def test_a_crash_before_the_draft_is_committed_leaves_nothing(life, monkeypatch):
    world = await life()
    monkeypatch.setattr("services.certificates.issuing.drafting.drafts.Drafter.draft", dies)
    with pytest.raises(Crash):
        await world.deliver(world.completion(1), event_id="e-1")
    monkeypatch.undo()
    world = await life()
    assert await rows(world) == []
    await world.deliver(world.completion(1), event_id="e-1")  # the inbox forgot it too
    assert (await world.certificate()).state == pb.CERTIFICATE_STATE_ISSUED


async def test_a_crash_before_signing_is_made_good_at_the_next_start(life, monkeypatch):
    world = await life()
    monkeypatch.setattr(Issuance, "sign", dies)
    await world.deliver(world.completion(1), world.result(1))
    before = {row.name: (row.document, row.proof_options) for row in await documents(world)}
    assert [row.state for row in await rows(world)] == ["INTENT", "INTENT"]
    monkeypatch.undo()
    world = await life()
    await world.certificates()
    assert {row.name: (row.document, row.proof_options) for row in await documents(world)} == before
    assert sorted(await world.facts()) == sorted(("issued", name) for name in before)


async def test_a_crash_before_the_lint_is_made_good_at_the_next_start(life, unexamined, monkeypatch):
    world = await life()
    monkeypatch.setattr(Issuance, "examine", dies)
    await world.deliver(world.completion(1))
    (before,) = await documents(world)
    assert before.messages == [] and before.proofs == []
    monkeypatch.undo()
    world = await life()
    await world.certificates()
    (row,) = await documents(world)
    assert row.document == before.document and row.proof_options == before.proof_options
    assert len(row.messages) == len(row.proofs) == 2


async def test_a_crash_between_lint_and_intent_examines_again(life, unexamined, monkeypatch):
    world = await life()
    monkeypatch.setattr(storage, "store_examined", dies)
    await world.deliver(world.completion(1))
    (before,) = await documents(world)
    assert before.messages == []
    monkeypatch.undo()
    world = await life()
    assert (await world.certificate()).state == pb.CERTIFICATE_STATE_ISSUED


async def test_a_crash_between_leaf_and_commit_leaves_neither(life, monkeypatch):
    world = await life()
    monkeypatch.setattr(storage, "store_proofs", dies)
    await world.deliver(world.completion(1))
    await until_linted(world)
    assert [row.state for row in await rows(world)] == ["INTENT"]
    assert await leaves(world) == []
    monkeypatch.undo()
    world = await life()
    found = await world.certificate()
    assert await leaves(world) == [f"issue:{found.name}"]


async def test_whatever_is_issued_has_its_leaf_and_the_other_way_round(life):
    world = await life()
    await world.deliver(*(world.completion(number) for number in range(5)), world.result(1))
    found = await world.certificates()
    assert sorted(await leaves(world)) == sorted(f"issue:{c.name}" for c in found)
    assert len({row.log_position for row in await rows(world)} - {""}) == 6


async def leaves(world):
    """What was logged of certificates; keys, rules, results and published status lists have leaves too."""
    async with world.service.store.read() as tx:
        rows = await tx.all(select(LogLeafRow))
        return [row.source for row in rows if row.type in {"issue", "revoke", "supersede"}]


async def test_a_crash_after_signing_signs_the_same_bytes_again(life, monkeypatch):
    world, made = await life(), []

    async def lost(tx, signed, positions):
        made.append({name: one.proofs for name, one in signed.items()})
        raise Crash

    monkeypatch.setattr(storage, "store_proofs", lost)
    await world.deliver(world.completion(1))
    while not made:
        await world._list()
    assert await world.facts() == []
    monkeypatch.undo()
    world = await life()
    await world.certificates()
    (row,) = await documents(world)
    assert all(proofs == {row.name: row.proofs} for proofs in made)
    assert await world.facts() == [("issued", row.name)]


async def test_a_crash_inside_the_second_transaction_issues_neither_half(life, monkeypatch):
    world = await life()
    monkeypatch.setattr("services.certificates.issuing.usecases.issuance._issued", dies)
    await world.deliver(world.completion(1))
    assert [row.state for row in await rows(world)] == ["INTENT"]
    assert [row.proofs for row in await documents(world)] == [[]] and await world.facts() == []
    monkeypatch.undo()
    world = await life()
    found = await world.certificate()
    assert await world.facts() == [("issued", found.name)]


async def test_a_withdrawal_between_draft_and_signature_wins(life, monkeypatch):
    world = await life()
    monkeypatch.setattr(Issuance, "sign", dies)
    await world.deliver(world.completion(1), world.withdrawal(1))
    monkeypatch.undo()
    world = await life()
    found = await world.certificate()
    assert found.state == pb.CERTIFICATE_STATE_REVOKED
    assert await world.facts() == [("revoked", found.name)]
    assert (await documents(world))[0].proofs == []


@pytest.fixture
def unexamined(monkeypatch):
    """Leave the lint to the finisher, as for a batch of many."""
    monkeypatch.setattr("services.certificates.issuing.drafting.drafts.FEW", 0)


async def alter(world, name):
    async with world.service.store.write() as tx:
        row = await tx.session.get(DocumentRow, name)
        row.document = row.document.replace(b"80.5", b"99.5")


async def until_issued(world, name):
    states = {}
    while states.get(name) != "ISSUED":
        states = {row.name: row.state for row in await rows(world)}
    return states


async def test_a_draft_that_was_altered_before_its_lint_is_left_out(life, unexamined, monkeypatch):
    world = await life()
    monkeypatch.setattr(Issuance, "examine", dies)
    await world.deliver(world.completion(1), world.completion(2))
    first, second = await rows(world)
    await alter(world, first.name)
    monkeypatch.undo()
    world = await life()
    states = await until_issued(world, second.name)
    assert states[first.name] == "INTENT"
    assert [row.proofs for row in await documents(world) if row.name == first.name] == [[]]


@pytest.mark.parametrize("what", ["document", "message"])
async def test_bytes_that_changed_after_the_lint_lock_the_issuer(life, monkeypatch, what):
    world = await life()
    monkeypatch.setattr(Issuance, "sign", dies)
    await world.deliver(world.completion(1), world.completion(2))
    first, second = await until_linted(world)
    if what == "document":
        await alter(world, first.name)
    else:
        async with world.service.store.write() as tx:
            row = await tx.session.get(DocumentRow, first.name)
            row.messages = ["00" * 64, *row.messages[1:]]
    monkeypatch.undo()
    world = await life()
    keyring = open_keyring(world.service.config.signing_keys, "did:web:certificates.example")
    issuance = Issuance(world.service.store, keyring, 1)
    assert await issuance.finish() == 0
    assert issuance.locked == first.name
    with pytest.raises(AppError, match="ISSUER_LOCKED"):
        issuance.require_unlocked()
    assert {row.state for row in await rows(world)} == {"INTENT"}
    request = SupersedeCertificateRequest(name=second.name, holder_name="改名")
    with pytest.raises(AioRpcError, match="Nothing is signed"):
        await until_refused(world, request)
    assert (
        await world.supervisor.ListCertificates(ListCertificatesRequest())
    ).certificates  # it still answers


async def until_refused(world, request):
    """Ask for a correction until the issuer has noticed; a certificate in state INTENT cannot be corrected either."""
    while True:
        try:
            await world.supervisor.SupersedeCertificate(request)
        except AioRpcError as error:
            if "Nothing is signed" in error.details():
                raise
        await asyncio.sleep(0.01)


async def until_linted(world):
    while not all(row.messages for row in await documents(world)):
        await world._list()
    return await rows(world)


async def test_many_finishers_at_once_issue_once(life, clock, monkeypatch):
    world = await life()
    monkeypatch.setattr(Issuance, "sign", dies)
    await world.deliver(*(world.completion(number) for number in range(20)))
    monkeypatch.undo()
    keyring = open_keyring(world.service.config.signing_keys, "did:web:certificates.example")
    finishers = [Issuance(world.service.store, keyring, 1) for _ in range(4)]
    issued = await asyncio.gather(*(finisher.finish() for finisher in finishers))
    found = await world.certificates()
    assert sum(issued) <= len(found) == 20
    assert sorted(await world.facts()) == sorted(("issued", c.name) for c in found)


async def test_a_key_change_leaves_drafts_to_the_key_they_are_bound_to(life, monkeypatch, tmp_path):
    world = await life()
    monkeypatch.setattr(Issuance, "sign", dies)
    await world.deliver(world.completion(1))
    folder = tmp_path / "data" / "keys" / "certificates"
    (old,) = folder.glob("*.pem")
    create_first_key(tmp_path / "new", date(2030, 1, 1))
    (tmp_path / "new" / "credential-20300101.pem").rename(folder / "credential-20300101.pem")
    monkeypatch.undo()
    world = await life()
    await world.deliver(world.completion(2))
    await world.certificates()
    methods = sorted(row.proofs[0]["verificationMethod"].partition("#")[2] for row in await documents(world))
    assert methods == [old.stem, "credential-20300101"]


async def test_what_ends_a_certificate_leaves_a_leaf_unless_it_was_never_signed(life, monkeypatch):
    world = await life()
    await world.deliver(world.completion(1), world.result(1))
    first, second = sorted(await world.certificates(), key=lambda c: c.source)
    await world.deliver(world.annulment(1))
    request = SupersedeCertificateRequest(name=second.name, etag=second.etag, holder_name="改名")
    await world.supervisor.SupersedeCertificate(request)
    await world.certificates()
    assert {f"revoke:{first.name}", f"supersede:{second.name}"} < set(await leaves(world))
    assert len(await leaves(world)) == 5
    monkeypatch.setattr(Issuance, "sign", dies)
    await world.deliver(world.completion(2), world.withdrawal(2))
    assert len(await leaves(world)) == 5
