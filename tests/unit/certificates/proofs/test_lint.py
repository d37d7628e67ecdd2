"""The lint: what may be signed passes, and every way to be wrong is named before a key is used."""

import json

import pytest

from services.certificates.proofs.signing import lint as module
from services.certificates.proofs.signing.lint import lint, messages_of, official_validator
from services.certificates.proofs.signing.suites import JCS
from tests.support.documents import candidate, documents


@pytest.mark.parametrize("shape", documents())
def test_what_we_build_passes(shape):
    found = lint(candidate(documents()[shape]))
    assert found.problems == []
    assert [len(message) for message in found.messages] == [64, 64]
    assert found.messages == messages_of(candidate(documents()[shape]))
    assert found.rdf_digest == found.messages[0][32:]


@pytest.mark.parametrize("shape", documents())
def test_the_official_schema_accepts_it_with_and_without_proofs(shape):
    document = documents()[shape]
    options = [json.loads(text) for text in candidate(document).proof_options]
    proofs = [one | {"proofValue": "z3abc"} for one in options]
    assert list(official_validator().iter_errors(document)) == []
    assert list(official_validator().iter_errors(document | {"proof": proofs})) == []


@pytest.mark.parametrize("shape", documents())
def test_the_profile_accepts_the_signed_document_too(shape):
    document = documents()[shape]
    options = [json.loads(text) for text in candidate(document).proof_options]
    signed = document | {"proof": [one | {"proofValue": "z3abc"} for one in options]}
    assert list(module.profile_validator().iter_errors(signed)) == []


def put(path, value):
    def change(document):
        *above, last = path
        place = document
        for step in above:
            place = place[step]
        if value is None:
            del place[last]
        else:
            place[last] = value

    return change


def paths(value, here=()):
    if isinstance(value, dict):
        yield here
        for key, member in value.items():
            yield from paths(member, (*here, key))
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from paths(member, (*here, index))


@pytest.mark.parametrize("path", list(paths(documents()["grade"])), ids=str)
def test_an_unknown_member_is_refused_anywhere(path):
    document = documents()["grade"]
    put((*path, "unknown"), "x")(document)
    assert any("profile" in problem for problem in lint(candidate(document)).problems)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("validFrom",), "2026-05-20T01:02:03.5Z"),
        (("validFrom",), "2026-05-20T09:02:03+08:00"),
        (("awardedDate",), "2026-02-30T00:00:00Z"),
        (("name",), "x\x07"),
        (("name",), "e\u0301"),
        (("name",), ""),
        (("credentialSubject", "licenseNumber"), 12),
        (("credentialSubject", "result", 0, "value"), 81),
        (("credentialSubject", "result", 0, "value"), "81.55"),
        (("credentialSubject", "id"), "did:example:1"),
        (("credentialStatus",), [{"type": "BitstringStatusListEntry"}]),
        (("credentialStatus", "statusPurpose"), "suspension"),
        (("credentialStatus", "statusListIndex"), "007"),
        (("credentialSchema",), None),
        (("credentialStatus",), None),
        (("@context",), ["https://www.w3.org/ns/credentials/v2"]),
        (("type",), ["VerifiableCredential", "OpenBadgeCredential", "Other"]),
        (("issuer",), "did:web:certificates.example"),
    ],
    ids=str,
)
def test_what_leaves_the_profile_is_refused(path, value):
    document = documents()["grade"]
    whole = candidate(document)
    put(path, value)(document)
    raw = json.dumps(document, ensure_ascii=False).encode()
    changed = whole._replace(document=raw, document_sha256=module.sha256(raw).hexdigest())
    found = lint(changed)
    assert found.problems and not found.messages


@pytest.mark.parametrize(
    ("record", "named"),
    [
        ({"number": "DE2600000000000000"}, "number"),
        ({"holder_name": "张三"}, "holder's name"),
        ({"status_index": 7}, "status index"),
        ({"valid_from": "2026-05-20T01:02:04Z"}, "start of validity"),
        ({"valid_until": "2029-05-20T01:02:03Z"}, "end of validity"),
    ],
    ids=str,
)
def test_a_document_that_does_not_say_what_the_register_says_is_refused(record, named):
    (problem,) = lint(candidate(documents()["grade"], **record)).problems
    assert named in problem


def test_a_text_that_the_page_cannot_show_is_refused_and_the_character_named():
    def problems(change, shape="grade", **record):
        document = documents()[shape]
        change(document)
        return lint(candidate(document, **record)).problems

    name, body = "张\U000323af", put(("credentialSubject", "source", "name"), "机构\U000323b0")
    shown = put(("credentialSubject", "identifier", 0, "identityHash"), name)
    (told,) = problems(shown, holder_name=name)
    assert "GLYPH_MISSING" in told and "U+323AF" in told and "U+5F20" not in told
    assert "U+323B0" in problems(body)[0]
    assert "U+323AF" in problems(lambda _: None, "without a name", holder_name=name)[0]
    assert problems(lambda _: None, "without a name", holder_name="张\U00020bb7") == []


def test_dates_in_the_wrong_order_are_refused():
    early = documents()["grade"] | {"validUntil": "2020-01-01T00:00:00Z"}
    assert any("validUntil" in problem for problem in lint(candidate(early)).problems)
    late = documents()["grade"] | {"awardedDate": "2020-01-01T00:00:00Z"}
    assert any("awardedDate" in problem for problem in lint(candidate(late)).problems)


def test_bytes_other_than_the_drafted_ones_are_refused():
    whole = candidate(documents()["grade"])
    assert lint(whole._replace(document=whole.document.replace(b"76.5", b"96.5"))).problems


def test_one_proof_alone_does_not_pass():
    assert lint(candidate(documents()["grade"], suites=(JCS,))).problems == [
        "our own verifier does not accept the rehearsed signature"
    ]


@pytest.mark.parametrize(
    "change",
    [
        put(("credentialStatus",), [{"id": "x", "type": "y"}]),
        put(("awardedDate",), "2026-02-30T00:00:00Z"),
        put(("credentialSubject", "achievement", "criteria"), None),
        put(("credentialSubject", "achievement", "achievementType"), "Unheard"),
        put(("credentialSubject", "identifier", 0, "hashed"), "false"),
        put(("credentialSubject", "achievement", "resultDescription", 0, "resultType"), "Other"),
    ],
)
def test_the_official_schema_refuses_what_breaks_it(change):
    document = documents()["grade"]
    change(document)
    assert list(official_validator().iter_errors(document))
