"""The document keeps to its closed profile and says what the award says."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from services.certificates.document.domain.award import Award
from services.certificates.document.domain.certificate import Kind
from services.certificates.document.domain.document import (
    CONTEXT,
    Issuer,
    Particulars,
    StatusEntry,
    build,
    faults,
)
from services.certificates.document.domain.policy import Disclosure
from services.vocabulary.level import Level
from services.vocabulary.occupations import OCCUPATIONS

ISSUER = Issuer("did:web:certificates.example", "数证示例证书服务", "https://certificates.example")
PARTICULARS = Particulars(
    number="DE2612345678901236",
    subject="urn:uuid:6a0d4a3e-3f5e-4b5e-9d70-3f4d1f1e0c11",
    valid_from=datetime(2026, 5, 20, 1, 2, 3, 456789, tzinfo=UTC),
    valid_until=None,
    holder_name=Disclosure.PLAIN,
    status=StatusEntry("2026-1", 94567),
)
GRADE = Award(
    source="bodies/b1/results/r1", kind=Kind.GRADE, person="p-abc", holder_name="古丽·买买提",
    owner="bodies/b1", owner_display_name="示例评价机构", owner_uscc="", listing="bodies/b1/listings/l1",
    listing_batch="2026-1", occupation="artificial-intelligence", direction="computer-vision", level=Level.MID,
    achieved_on=date(2026, 5, 9), awarded_on=date(2026, 5, 20), theory_score="81", ability_score="76.5",
)  # fmt: skip
TRAINING = replace(
    GRADE, source="institutions/i1/completions/c1", kind=Kind.TRAINING, owner="institutions/i1",
    owner_uscc="91330100799655058B", theory_score="", ability_score="", hours="80.5",
)  # fmt: skip


def members(value, path=""):
    if isinstance(value, dict):
        for key, member in value.items():
            yield from members(member, f"{path}.{key}")
    elif isinstance(value, list):
        for member in value:
            yield from members(member, path)
    else:
        yield path, value


@pytest.mark.parametrize("award", [GRADE, TRAINING], ids=["grade", "training"])
def test_every_member_is_text(award):
    document = build(award, PARTICULARS, ISSUER)
    assert list(faults(document)) == []
    assert {path for path, value in members(document) if not isinstance(value, str)} == {
        ".credentialSubject.identifier.hashed"
    }


def test_the_frame_is_a_credential_of_both_standards():
    document = build(GRADE, PARTICULARS, ISSUER)
    assert document["@context"] == CONTEXT
    assert document["type"] == ["VerifiableCredential", "OpenBadgeCredential"]
    assert document["id"] == "https://certificates.example/c/DE2612345678901236"
    assert document["issuer"]["id"] == ISSUER.did
    assert document["validFrom"] == "2026-05-20T01:02:03Z"
    assert document["awardedDate"] == "2026-05-19T16:00:00Z"  # midnight in China
    assert "validUntil" not in document


def described(results):
    return [result["resultDescription"] for result in results]


def test_a_grade_certificate_shows_both_scores_and_both_occupation_codes():
    subject = build(GRADE, PARTICULARS, ISSUER)["credentialSubject"]
    achievement = subject["achievement"]
    assert [result["value"] for result in subject["result"]] == ["81", "76.5"]
    assert described(subject["result"]) == [entry["id"] for entry in achievement["resultDescription"]]
    assert [entry["identifier"] for entry in achievement["otherIdentifier"]] == ["2-02-10-09", "2-02-38-01"]
    assert achievement["id"].endswith("/achievements/grade/artificial-intelligence/computer-vision/mid")
    assert achievement["name"] == "人工智能工程技术人员（计算机视觉产品实现） 中级 专业技术等级证书"


def test_a_training_certificate_shows_hours_and_the_institution_with_its_listing():
    subject = build(TRAINING, PARTICULARS, ISSUER)["credentialSubject"]
    assert [result["value"] for result in subject["result"]] == ["80.5"]
    assert subject["source"]["id"] == "https://certificates.example/institutions/i1"
    assert [entry["identifier"] for entry in subject["source"]["otherIdentifier"]] == [
        "91330100799655058B", "bodies/b1/listings/l1", "2026-1",
    ]  # fmt: skip


def test_the_name_is_shown_as_policy_says_and_the_person_never():
    plain = build(GRADE, PARTICULARS, ISSUER)
    hidden = build(GRADE, replace(PARTICULARS, holder_name=Disclosure.OMIT), ISSUER)
    assert plain["credentialSubject"]["identifier"][0]["identityHash"] == "古丽·买买提"
    assert "identifier" not in hidden["credentialSubject"]
    assert "p-abc" not in str(plain) and "买买提" not in str(hidden)


def test_an_end_of_validity_is_written():
    until = datetime(2029, 5, 20, 1, 2, 3, tzinfo=UTC)
    document = build(GRADE, replace(PARTICULARS, valid_until=until), ISSUER)
    assert document["validUntil"] == "2029-05-20T01:02:03Z"


FORBIDDEN = ["中华人民共和国", "中国", "中华", "国家", "全国", "职业资格", "执业资格", "人员资格", "岗位合格"]


@pytest.mark.parametrize("occupation", list(OCCUPATIONS))
@pytest.mark.parametrize("award", [GRADE, TRAINING], ids=["grade", "training"])
def test_no_occupation_brings_a_forbidden_word_into_a_certificate(occupation, award):
    for direction in ("", *(d.key for d in OCCUPATIONS[occupation].directions)):
        text = str(build(replace(award, occupation=occupation, direction=direction), PARTICULARS, ISSUER))
        assert not [word for word in FORBIDDEN if word in text]


@pytest.mark.parametrize("wrong", [{"a": 1}, {"a": [1.5]}, {"a": None}, {"a": "x\x07"}, {"e\u0301": "x"}])
def test_what_leaves_the_profile_is_named(wrong):
    assert list(faults(wrong))
