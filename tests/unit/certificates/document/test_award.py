"""When a completion or result earns a certificate."""

import json
from dataclasses import replace
from datetime import date

import pytest

from services.certificates.document.domain.award import (
    Award,
    earns_certificate,
    from_json,
    require_known_qualification,
    to_json,
)
from services.certificates.document.domain.certificate import Kind
from services.kit.errors import AppError
from services.vocabulary.level import Level

AWARD = Award(
    source="bodies/b1/results/r1",
    kind=Kind.GRADE,
    person="p-abc",
    holder_name="古丽·买买提",
    owner="bodies/b1",
    owner_display_name="示例评价机构",
    owner_uscc="",
    listing="bodies/b1/listings/l1",
    listing_batch="2026-1",
    occupation="artificial-intelligence",
    direction="computer-vision",
    level=Level.MID,
    achieved_on=date(2026, 5, 9),
    awarded_on=date(2026, 5, 20),
    theory_score="81",
    ability_score="76.5",
)


def test_a_passed_result_that_stands_earns_one_certificate():
    assert earns_certificate(AWARD, withdrawn=False, certificates=0)


@pytest.mark.parametrize(
    ("award", "withdrawn", "certificates"),
    [
        (None, False, 0),
        (None, True, 0),
        (AWARD, True, 0),
        (AWARD, False, 1),
        (replace(AWARD, passed=False), False, 0),
    ],
    ids=["unseen", "withdrawn before seen", "withdrawn", "has one", "failed"],
)
def test_nothing_else_does(award, withdrawn, certificates):
    assert not earns_certificate(award, withdrawn, certificates)


def test_an_award_is_kept_as_plain_json_without_loss():
    assert from_json(json.loads(json.dumps(to_json(AWARD)))) == AWARD


def test_text_of_an_award_is_in_form_nfc():
    assert replace(AWARD, holder_name="Jose\u0301").holder_name == "José"


@pytest.mark.parametrize(("occupation", "direction"), [("alchemy", ""), ("big-data", "alchemy")])
def test_an_unknown_qualification_is_refused_by_reason(occupation, direction):
    with pytest.raises(AppError, match="UNKNOWN_QUALIFICATION"):
        require_known_qualification(replace(AWARD, occupation=occupation, direction=direction))
