"""Made-up awards, a QR key, and pages of them."""

from dataclasses import replace
from datetime import date
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.certificates.document.domain.award import Award
from services.certificates.document.domain.certificate import Kind
from services.certificates.paper.printing import claims
from services.certificates.paper.printing.sheet import Layout, Particulars, sheet
from services.certificates.paper.printing.typesetter import Typesetter
from services.vocabulary.level import Level

DID = "did:web:certificates.example"
DOCUMENT = sha256(b"a document")
GRADE = Award(
    source="bodies/b1/results/r1",
    kind=Kind.GRADE,
    person="p-1",
    holder_name="张\U00020bb7",
    owner="bodies/b1",
    owner_display_name="示例评价机构",
    owner_uscc="91330100799655058B",
    listing="bodies/b1/listings/l1",
    listing_batch="2026-1",
    occupation="artificial-intelligence",
    direction="natural-language-and-speech",
    level=Level.MID,
    achieved_on=date(2026, 2, 21),
    awarded_on=date(2026, 2, 28),
    theory_score="81",
    ability_score="76.5",
)
TRAINING = replace(
    GRADE, kind=Kind.TRAINING, holder_name="阿依古丽·买买提", theory_score="", ability_score="", hours="80.5"
)


class Key:
    """A key that signs QR codes."""

    def __init__(self, seed: int = 1) -> None:
        private = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
        self.public_key = private.public_key().public_bytes_raw()
        self.sign = private.sign


def claims_of(award: Award, **changes) -> claims.Claims:
    values = {
        "issuer": DID,
        "number": "DE2612345678901234",
        "holder": award.holder_name,
        "kind": award.kind,
        "occupation": award.occupation,
        "direction": award.direction,
        "level": award.level,
        "issued": date(2026, 3, 1),
        "document": DOCUMENT.digest()[: claims.HASH],
    }
    return claims.Claims(**values | changes)


def sheet_of(award: Award, layout: Layout = Layout.PRINT):
    day = date(2026, 3, 1)
    particulars = Particulars("DE2612345678901234", day, None, DOCUMENT.hexdigest(), "数证示例证书服务", DID)
    return sheet(award, particulars, layout)


@pytest.fixture(scope="session")
def typesetter():
    """One typesetter for all tests."""
    made = Typesetter()
    yield made
    made.close()


@pytest.fixture(params=[GRADE, TRAINING], ids=["grade", "training"])
def award(request) -> Award:
    return request.param


@pytest.fixture
def key() -> Key:
    return Key()


@pytest.fixture
def another_key() -> Key:
    return Key(2)


@pytest.fixture
def claimed():
    return claims_of


@pytest.fixture
def page():
    return sheet_of
