"""What an audit reads out of the log: a log that the issuer itself rewrote, and signed again, is found out."""

import json

import pytest

from services.certificates.log.ledger.keys import LogKeys
from services.certificates.log.ledger.merkle import leaf_hash
from services.certificates.log.ledger.shard import Shard, empty_state
from services.certificates.log.storage.log import Stored
from services.cli.audit import lines
from services.verifier import audit, offline
from services.verifier import log as log_files
from tests.support.exports import export

ORIGIN = "certificates.example/log/2026"


@pytest.fixture
async def exported(world, tmp_path):
    """Three certificates, of which one is corrected and one revoked: five leaves of results and acts, four issued."""
    await world.deliver(*(world.result(number) for number in range(3)))
    first, second, _ = await world.certificates()
    await world.supervisor.SupersedeCertificate(correction(first))
    await world.deliver(world.annulment(int(second.source[-1])))
    await world.certificates()
    return await export(world, tmp_path / "export")


def correction(certificate):
    from shuzheng.certificates.v1.certificate_service_pb2 import SupersedeCertificateRequest

    return SupersedeCertificateRequest(name=certificate.name, etag=certificate.etag, holder_name="欧阳改名")


def problems(folder):
    return audit.examine(folder, [folder / "did.json"]).problems


def rewrite(world, folder, change):
    """Let the issuer write another log with its own keys; `change` gets the leaves and returns others."""
    year = folder / "log" / "2026"
    size = log_files.read_head(year / "checkpoint").size
    leaves = change([json.loads(leaf) for leaf in log_files.entries(year, size)])
    entries = [offline.jcs(leaf) for leaf in leaves]
    for file in [*year.rglob("tile/**/*"), year / "checkpoint"]:
        if file.is_file():
            file.unlink()
    shard = Shard(ORIGIN, year, LogKeys(world.service.config.log_keys), lambda: 1_800_000_000)
    shard.open(0)
    shard.publish(empty_state(ORIGIN), [Stored(entry, leaf_hash(entry)) for entry in entries])


def where(leaves, leaf_type):
    return [at for at, leaf in enumerate(leaves) if leaf["t"] == leaf_type]


async def test_an_export_is_tied_to_its_log_whole(world, exported):
    found = audit.examine(exported, [exported / "did.json"])
    assert found.problems == []
    assert found.checked | {"status": 0} == {
        "jcs": 4, "rdfc": 4, "issue": 4, "status": 0, "key": 7, "policy": 2, "result": 3,
    }  # fmt: skip
    assert found.checked["status"] >= 1
    told = list(lines(found))
    assert any("证书与日志条目一一对应 certificates tied to their own leaf: 4" in line for line in told)
    assert found.as_json()["checked"] == found.checked
    rewrite(world, exported, lambda leaves: leaves)  # the same leaves, signed again: nothing is wrong
    assert problems(exported) == []


async def test_swapped_leaves_are_found(world, exported):
    def swapped(leaves):
        first, second, *_ = where(leaves, "issue")
        leaves[first], leaves[second] = leaves[second], leaves[first]
        return leaves

    rewrite(world, exported, swapped)
    found = problems(exported)
    assert len(found) == 2
    assert all("commits to something else" in problem for problem in found)


@pytest.mark.parametrize("gone", ["result", "supersede"])
async def test_a_missing_result_leaf_is_found(world, exported, gone):
    def without(leaves):
        leaves[where(leaves, gone)[0]]["t"] = "hold"
        return leaves

    rewrite(world, exported, without)
    (found,) = problems(exported)
    assert "was issued when" in found


async def test_results_that_come_after_their_certificates_are_found(world, exported):
    def late(leaves):
        for at in where(leaves, "result"):
            leaves[at]["t"] = "hold"
        return [*leaves, *({**leaves[0], "t": "result"} for _ in range(9))]

    rewrite(world, exported, late)
    assert any("certificate 1 was issued when 0 results" in problem for problem in problems(exported))


@pytest.mark.parametrize("change", ["flip", "drop"])
async def test_a_broken_rdfc_proof_alone_is_found(exported, change):
    file = next((exported / "credentials").iterdir())
    document = json.loads(file.read_bytes())
    (proof,) = [one for one in document["proof"] if one["cryptosuite"] == "eddsa-rdfc-2022"]
    if change == "drop":
        document["proof"].remove(proof)
    else:
        proof["proofValue"] = proof["proofValue"][:-2] + ("11" if proof["proofValue"][-2:] != "11" else "22")
    file.write_bytes(offline.jcs(document))
    assert (
        offline.verify(file.read_bytes(), offline.read_keys([exported / "did.json"])).outcome
        != "BAD_SIGNATURE"
    )
    (found,) = problems(exported)
    word = "WRONG_SIGNATURE" if change == "flip" else "NO_PROOF"
    assert found == f"{file.name}: BAD_SIGNATURE {word} eddsa-rdfc-2022"


async def test_a_wrong_or_missing_opening_is_found(exported):
    first, second, *_ = sorted((exported / "openings" / "credentials").iterdir())
    one, other = json.loads(first.read_bytes()), json.loads(second.read_bytes())
    first.write_text(json.dumps(one | {"nonce": other["nonce"]}))
    second.unlink()
    assert problems(exported) == [
        f"openings/credentials/{first.name}: leaf {one['position']} commits to something else",
        f"openings/credentials/{second.name}: is missing",
    ]


async def test_keys_without_their_leaf_are_found(world, exported):
    file = exported / "log" / "2026" / "openings.json"
    opened = json.loads(file.read_bytes())
    credential = next(o for o in opened["openings"] if o["says"].get("purpose") == "credential")
    file.write_text(json.dumps({"openings": [o for o in opened["openings"] if o is not credential]}))
    found = " ".join(problems(exported))
    assert f"does not open leaf {credential['index']}, a key leaf" in found
    assert f"did.json: no key leaf tells of {credential['says']['key']}" in found
    assert "which no key leaf before leaf" in found
    credential["says"]["publicKeyMultibase"] = "z6Mk"
    file.write_text(json.dumps(opened))
    assert f"leaf {ORIGIN}#{credential['index']} commits to something else" in " ".join(problems(exported))


async def test_what_a_compromised_key_signed_too_late_is_found(exported):
    from services.verifier.ledger import Ledger, Position, certificate
    from services.verifier.log import read_log

    year = exported / "log" / "2026"
    leaves = read_log(year, (year / "vkeys").read_text().split()).entries
    file = next((exported / "credentials").iterdir())
    document = json.loads(file.read_bytes())
    at = int(
        json.loads((exported / "openings" / "credentials" / file.name).read_bytes())["position"].split("#")[1]
    )
    key = document["proof"][0]["verificationMethod"]

    def told(below):
        from services.verifier.ledger import KeyState

        says = {"below": f"{ORIGIN}#{below}"}
        ledger = Ledger({ORIGIN: leaves}, {key: [KeyState(Position(ORIGIN, 0), says)]})
        return list(certificate(exported, file.stem, document, ledger))

    assert told(at + 1) == []
    assert told(at) == [
        f"{file.name}: leaf {at} is not below {ORIGIN}#{at}, from which on {key} counts for nothing"
    ]


async def test_a_status_list_without_its_leaf_is_found(exported):
    file = next((exported / "status").glob("*.jwt"))
    file.write_bytes(file.read_bytes()[:-1])
    (found,) = problems(exported)
    assert found.startswith(f"status/{file.stem}.json: leaf {ORIGIN}#")
