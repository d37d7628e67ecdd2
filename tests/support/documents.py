"""Documents of made-up certificates, with the options of their proofs, for tests that need no service."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import rfc8785

from services.certificates.document.domain.award import Award
from services.certificates.document.domain.certificate import Kind
from services.certificates.document.domain.document import (
    Issuer,
    Json,
    Particulars,
    StatusEntry,
    build,
    moment,
)
from services.certificates.document.domain.policy import Disclosure
from services.certificates.proofs.signing import proof
from services.certificates.proofs.signing.lint import Candidate, Record
from services.certificates.proofs.signing.suites import BOTH
from services.vocabulary.level import Level

ISSUER = Issuer("did:web:certificates.example", "数证示例证书服务", "https://certificates.example")
KEY_ID = f"{ISSUER.did}#credential-20260302"
START = datetime(2026, 5, 20, 1, 2, 3, tzinfo=UTC)
PARTICULARS = Particulars(
    number="DE2612345678901236",
    subject="urn:uuid:6a0d4a3e-3f5e-4b5e-9d70-3f4d1f1e0c11",
    valid_from=START,
    valid_until=None,
    holder_name=Disclosure.PLAIN,
    status=StatusEntry("1", 94567),
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


def documents() -> dict[str, Json]:
    """Return one document of every shape that the profile allows."""
    until = replace(PARTICULARS, valid_until=datetime(2029, 5, 20, 1, 2, 3, tzinfo=UTC))
    hidden = replace(PARTICULARS, holder_name=Disclosure.OMIT)
    bare = replace(TRAINING, direction="", owner_uscc="", listing="", listing_batch="")
    return {
        "grade": build(GRADE, PARTICULARS, ISSUER),
        "training": build(TRAINING, PARTICULARS, ISSUER),
        "expiring": build(GRADE, until, ISSUER),
        "without a name": build(GRADE, hidden, ISSUER),
        "as little as possible": build(bare, hidden, ISSUER),
    }


def candidate(document: Json, suites: Sequence[str] = BOTH, **record: Any) -> Candidate:
    """Return a document as the lint takes it; `record` changes what the register says."""
    subject = document["credentialSubject"]
    kept = Record(
        number=subject["licenseNumber"],
        holder_name=GRADE.holder_name,
        status_index=int(document["credentialStatus"]["statusListIndex"]),
        valid_from=moment(START),
        valid_until=document.get("validUntil", ""),
    )
    options = [rfc8785.dumps(proof.options(document, KEY_ID, START, suite)).decode() for suite in suites]
    intent = proof.intend(document, KEY_ID, START)
    return Candidate(intent.document, intent.document_sha256, options, replace(kept, **record))
