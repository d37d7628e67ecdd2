"""What other people's verifiers say of certificates that the service issued, and where that is less than it seems."""

import copy
import json
from datetime import timedelta

import pytest
from did_webvh.core.proof import di_jcs_verify

from services.certificates.document.domain.verification import Outcome
from services.certificates.proofs.signing.suites import BOTH, JCS, RDFC
from services.certificates.proofs.signing.verifier import DocumentVerifier
from services.verifier import offline

CORE = {"valid_signature": True, "revocation_status": True, "expiration": True, "registered_issuer": True}
DID_FILE = "https://certificates.example/.well-known/did.json"
LIST = "https://certificates.example/status/1"
CONTEXT = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"


def changed(document):
    """By what was done to it: documents that nobody may believe."""

    def another(change):
        made = copy.deepcopy(document)
        change(made)
        return json.dumps(made, ensure_ascii=False)

    return {
        "another name": another(lambda it: it.update(name="高级证书")),
        "another achievement": another(lambda it: it["credentialSubject"]["achievement"].update(name="别的")),
        "another time": another(lambda it: it.update(validFrom="2026-03-01T01:00:00Z")),
        "another subject": another(lambda it: it["credentialSubject"].update(id="urn:uuid:" + "0" * 32)),
        "an unknown member": another(lambda it: it["credentialSubject"].update(unknown="x")),
        "both proofs wrong": another(
            lambda it: [one.update(created="2026-03-01T01:00:00Z") for one in it["proof"]]
        ),
        "no proof": another(lambda it: it.pop("proof")),
    }


def with_one_wrong(document, suite):
    """The document with a proof of `suite` that does not hold, beside one that does."""
    made = copy.deepcopy(document)
    (proof,) = [one for one in made["proof"] if one["cryptosuite"] == suite]
    proof["created"] = "2026-03-01T01:00:00Z"
    return json.dumps(made, ensure_ascii=False)


def keys_of(did):
    return {
        method["id"]: offline.multikey(method["publicKeyMultibase"])
        for method in did["verificationMethod"]
        if method["id"] in did["assertionMethod"]
    }


def ours(stock, text):
    return DocumentVerifier(stock.did["id"], keys_of(stock.did)).examine(text.encode()).outcome


def test_digital_bazaar_verifies_every_certificate_by_both_proofs(stock, judge):
    assert len(stock.good) == 5
    for said in judge("digital_bazaar", *stock.good.values()):
        assert said == {
            "verified": True,
            "errors": [],
            "proofs": dict.fromkeys(BOTH, True),
            "status": {"verified": True, "errors": [], "bits": [False]},
            "reached": [],
        }


def test_digital_bazaar_refuses_every_change(stock, judge):
    for what, text in (cases := changed(stock.one)).items():
        assert ours(stock, text) is not Outcome.VALID, what
    for what, said in zip(cases, judge("digital_bazaar", *cases.values()), strict=True):
        assert said["verified"] is False, what
        assert said["reached"] == [], what


def test_digital_bazaar_accepts_a_set_of_which_one_proof_holds_and_ours_does_not(stock, judge):
    """Who uses this library must look at every result, not at `verified`."""
    texts = {suite: with_one_wrong(stock.one, suite) for suite in BOTH}
    for suite, said in zip(BOTH, judge("digital_bazaar", *texts.values()), strict=True):
        assert said["verified"] is True
        assert said["proofs"] == {each: each != suite for each in BOTH}
        assert ours(stock, texts[suite]) is Outcome.BAD_SIGNATURE


def test_digital_bazaar_refuses_it_by_the_suite_that_is_wrong(stock, judge):
    good = json.dumps(stock.one, ensure_ascii=False)
    texts = [text for suite in BOTH for text in (good, with_one_wrong(stock.one, suite))]
    asked = [{"text": text, "suites": [BOTH[number // 2]]} for number, text in enumerate(texts)]
    assert [said["verified"] for said in judge("digital_bazaar", *asked)] == [True, False, True, False]


def test_digital_bazaar_says_verified_of_a_revoked_certificate_and_shows_its_bit_only(stock, judge):
    """Who uses this library must look at the bits, not at `verified`."""
    (said,) = judge("digital_bazaar", stock.credentials[stock.revoked])
    assert said["verified"] is True and said["status"]["verified"] is True
    assert said["status"]["bits"] == [True]
    keys = offline.Keys().add(stock.did)
    status = stock.files[LIST][0].read_bytes()
    raw = stock.credentials[stock.revoked].encode()
    assert offline.verify(raw, keys, stock.now, status=status).outcome == "REVOKED"


@pytest.mark.parametrize("broken", ["another bit", "stale", "missing"])
def test_digital_bazaar_refuses_by_a_list_that_is_not_to_be_believed(stock, judge, tmp_path, broken):
    now, files = stock.now, {}
    if broken == "stale":
        now += timedelta(days=2)
    else:
        document = json.loads(stock.files[LIST][0].read_text("utf-8"))
        document["credentialSubject"]["encodedList"] += "A"
        (tmp_path / "list").write_text(json.dumps(document), "utf-8")
        files = {LIST: (tmp_path / "list", "application/json") if broken == "another bit" else None}
    (said,) = judge("digital_bazaar", json.dumps(stock.one), now=now, files=files)
    assert said["verified"] is False
    assert set(said["proofs"].values()) == {True}
    assert said["status"]["errors"] and said["status"]["bits"] == []


@pytest.mark.parametrize("missing", [CONTEXT, DID_FILE])
@pytest.mark.parametrize("program", ["digital_bazaar", "verifier_core"])
def test_what_is_not_pinned_is_asked_for_and_not_found(stock, judge, program, missing):
    """The seal holds: without a file nothing verifies by it, and the attempt to fetch it is told."""
    asked = {"text": json.dumps(stock.one), "suites": [RDFC]}
    (said,) = judge(program, asked, files={missing: None})
    if (program, missing) == ("verifier_core", CONTEXT):  # it brings the context with it
        assert said["steps"] == CORE and said["reached"] == []
    else:
        assert not said.get("verified") and said["errors"]
        assert missing in said["reached"]


def test_verifier_core_passes_every_step_of_every_certificate(stock, judge):
    for said in judge("verifier_core", *stock.good.values()):
        assert said == {"steps": CORE, "errors": [], "schemas": [True], "reached": []}


def test_verifier_core_sees_the_revocation(stock, judge):
    (said,) = judge("verifier_core", stock.credentials[stock.revoked])
    assert said["steps"] == CORE | {"revocation_status": False}


def test_verifier_core_sees_a_stale_list_and_an_unknown_issuer(stock, judge, tmp_path):
    (tmp_path / "registry").write_text('{"registry": {}}')
    registry = {"https://registry.example/registry.json": (tmp_path / "registry", "application/json")}
    text = json.dumps(stock.one)
    (said,) = judge("verifier_core", text, now=stock.now + timedelta(days=2), files=registry)
    assert said["steps"] == CORE | {"revocation_status": "status_list_expired", "registered_issuer": False}


def test_verifier_core_refuses_every_change_that_its_proof_covers(stock, judge):
    cases = changed(stock.one) | {"the RDF proof wrong": with_one_wrong(stock.one, RDFC)}
    for what, said in zip(cases, judge("verifier_core", *cases.values()), strict=True):
        assert said["errors"] and not said["steps"].get("valid_signature"), what


def test_verifier_core_knows_no_jcs_and_does_not_miss_it(stock, judge):
    """It ignores proofs that it does not know; ours wants both."""
    text = with_one_wrong(stock.one, JCS)
    (said,) = judge("verifier_core", text)
    assert said["steps"] == CORE
    assert ours(stock, text) is Outcome.BAD_SIGNATURE


def test_the_official_schema_accepts_every_certificate(stock, judge):
    for said in judge("schema", *stock.credentials.values()):
        assert said == {"valid": True, "errors": [], "reached": []}


def test_the_official_schema_refuses_what_it_should(stock, judge):
    one = stock.one
    status = one["credentialStatus"]
    cases = {
        "/credentialStatus": one | {"credentialStatus": [status, status]},
        "/validFrom": one | {"validFrom": "today"},
        "": {name: value for name, value in one.items() if name != "issuer"},
        "/credentialSubject": one | {"credentialSubject": one["credentialSubject"] | {"achievement": {}}},
    }
    for where, said in zip(cases, judge("schema", *map(json.dumps, cases.values())), strict=True):
        assert said["valid"] is False
        assert any(error.startswith((f"{where} ", f"{where}/")) for error in said["errors"]), said


def by_did_webvh(stock, document):
    """Check the JCS proof as did-webvh checks the entries of its own logs; raises ValueError."""
    (proof,) = [one for one in document["proof"] if one["cryptosuite"] == JCS]
    (method,) = [one for one in stock.did["verificationMethod"] if one["id"] == proof["verificationMethod"]]
    di_jcs_verify(document, proof, method)


def test_did_webvh_verifies_the_jcs_proofs_and_refuses_every_change(stock):
    for text in stock.credentials.values():
        by_did_webvh(stock, json.loads(text))
    for what, text in changed(stock.one).items():
        with pytest.raises((ValueError, KeyError)):
            by_did_webvh(stock, json.loads(text))
            pytest.fail(what)
