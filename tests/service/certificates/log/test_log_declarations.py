"""Keys and rules in the log: each before its first use, once, and again only where something about it changes."""

import json
import shutil
from datetime import date

import pytest
from shuzheng.certificates.v1 import log_service_pb2 as messages
from shuzheng.certificates.v1.log_service_pb2_grpc import LogServiceStub
from shuzheng.certificates.v1.verification_service_pb2 import GetDidDocumentRequest
from sqlalchemy import select
from sqlmodel import col

from services.certificates.log.ledger.leaf import LeafType, commitment, digest, leaf_from
from services.certificates.log.storage.log import openings as opened
from services.certificates.log.storage.rows.log import LogLeafRow
from services.certificates.log.usecases.declarations import Declaration, Declarations, log_keys_of
from services.certificates.proofs.signing.keys import create_first_key
from services.verifier.offline import base64url


async def openings(world, year=2026):
    """Return what the public leaves say, by index, each one opened from the published file."""
    stub = world.opened.stub(LogServiceStub)
    answer = await stub.GetLogFile(messages.GetLogFileRequest(path=f"{year}/openings.json"))
    async with world.service.store.read() as tx:
        of_year = select(LogLeafRow).where(col(LogLeafRow.origin).endswith(f"/{year}"))
        rows = {row.leaf_index: row.leaf for row in await tx.all(of_year)}
    found = {}
    for one in json.loads(answer.content)["openings"]:
        leaf = leaf_from(rows[int(one["index"])])
        assert leaf.type == one["type"]
        assert leaf.commitment == commitment(base64url(one["nonce"]), digest(one["says"]))
        assert leaf.commitment != commitment(
            base64url(one["nonce"]), digest(one["says"] | {"state": "other"})
        )
        found[int(one["index"])] = one["says"]
    return found


async def test_every_key_and_rule_file_has_a_leaf_before_anything_else(life):
    world = await life()
    found = await openings(world)
    assert sorted(found) == list(range(9))
    purposes = [says["purpose"] for says in found.values() if "purpose" in says]
    assert sorted(purposes) == ["credential", "disclosure", "log", "log", "qr", "report", "status"]
    assert {says["policy"] for says in found.values() if "policy" in says} == {"certificates", "employers"}
    document = await world.public.GetDidDocument(GetDidDocumentRequest())
    methods = {
        one["id"]: one["publicKeyMultibase"] for one in json.loads(document.content)["verificationMethod"]
    }
    told = {
        says["key"]: says["publicKeyMultibase"] for says in found.values() if "publicKeyMultibase" in says
    }
    assert methods.items() <= told.items()


async def test_a_second_start_adds_nothing(life):
    before = await openings(await life())
    assert await openings(await life()) == before


async def test_a_new_a_retired_and_a_compromised_key_are_told(life, tmp_path):
    world = await life()
    before = await openings(world)
    folder = tmp_path / "data" / "keys" / "certificates"
    (old,) = folder.glob("*.pem")
    create_first_key(tmp_path / "more", date(2030, 1, 1), "credential-next")
    shutil.move(tmp_path / "more" / "credential-next-20300101.pem", folder)
    old.with_suffix(".below").write_text("certificates.example/log/2026#3\n")
    found = await openings(await life())
    fresh = [says for index, says in found.items() if index not in before]
    assert [(says["key"].rpartition("#")[2], says["state"], says.get("below")) for says in fresh] == [
        (old.stem, "compromised", "certificates.example/log/2026#3"),
        ("credential-next-20300101", "active", None),
    ]


async def test_changed_rules_are_told_and_those_that_come_back_too(life, expiring_policy):
    before = await openings(await life())
    changed = await openings(await life(policy_file=expiring_policy))
    back = await openings(await life())
    digests = [
        [s["sha256"] for s in f.values() if s.get("policy") == "certificates"]
        for f in (before, changed, back)
    ]
    assert [len(each) for each in digests] == [1, 2, 3]
    assert digests[2][0] == digests[2][2] != digests[2][1]


async def test_a_start_where_nothing_is_new_reads_once_and_writes_nothing(life, monkeypatch):
    store = (await life()).service.store
    async with store.read() as tx:
        wanted = [
            Declaration(LeafType(one.type), one.subject, one.says)
            for one in await opened(tx, ["key", "policy"])
        ]
    monkeypatch.setattr(store, "write", None)
    assert await Declarations(store, None).declare(wanted) == 0
    with pytest.raises(TypeError):
        await Declarations(store, None).declare([wanted[0]._replace(says={"key": "another"})])


async def test_the_keys_of_a_new_years_log_are_told_in_it(life, clock):
    world = await life()
    before = await openings(world)
    clock.advance(days=365)
    (run,) = [one for one in world.service.background if one.__qualname__ == "Declarations.run"]
    declarations = run.__self__
    assert await declarations.declare(list(log_keys_of(declarations.log.vkeys()))) == 2
    assert [says["key"].split("+")[0] for says in (await openings(world, 2027)).values()] == [
        "certificates.example/log/2027"
    ] * 2
    assert await openings(world) == before
