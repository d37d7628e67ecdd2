"""A made-up issuer: its keys, a signed certificate in every form it is handed out in, and a status list."""

import gzip
import json
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any, ClassVar

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.certificates.document.domain.award import Award
from services.certificates.document.domain.certificate import Kind
from services.certificates.log.ledger.checkpoint import Checkpoint
from services.certificates.log.ledger.leaf import Leaf, LeafType, commitment
from services.certificates.log.ledger.merkle import leaf_hash, node_hash
from services.certificates.log.ledger.note import Note
from services.certificates.log.ledger.proof import proof_text
from services.certificates.log.ledger.signatures import Ed25519NoteSigner
from services.certificates.paper.printing import claims, cose, qr
from services.certificates.paper.printing.sheet import Attachment, Layout, Particulars, sheet
from services.certificates.paper.printing.typesetter import Typesetter
from services.certificates.proofs.signing import proof
from services.certificates.proofs.signing.did import did_document
from services.certificates.proofs.signing.signer import FileSigner
from services.vocabulary.level import Level

DID = "did:web:certificates.example"
ISSUED = datetime(2026, 3, 1, 4, 0, tzinfo=UTC)
LIST = "https://certificates.example/status/1"
AWARD = Award(
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
    direction="computer-vision",
    level=Level.MID,
    achieved_on=date(2026, 2, 21),
    awarded_on=date(2026, 2, 28),
    theory_score="81",
    ability_score="76.5",
)


def signer(name: str, seed: int) -> FileSigner:
    return FileSigner(f"{DID}#{name}", Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32))


CREDENTIAL, QR, STATUS, FOREIGN = (
    signer(name, seed)
    for seed, name in enumerate(("credential-2026", "qr-20260101", "status-2026", "credential-2026"), 1)
)


RIVAL_DID = "did:web:rival.example"
RIVAL = {
    purpose: FileSigner(f"{RIVAL_DID}#{name}", Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32))
    for seed, (purpose, name) in enumerate(
        (("credential", "credential-2026"), ("qr", "qr-20260101"), ("status", "status-2026")), 21
    )
}


def document(**changes: Any) -> dict[str, Any]:
    """A certificate without its proof, in the members of the closed profile."""
    achievement = "https://certificates.example/achievements/grade"
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": "https://certificates.example/c/DE2612345678901234",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": "人工智能工程技术人员 中级 专业技术等级证书",
        "issuer": {"id": DID, "type": ["Profile"], "name": "数证示例证书服务"},
        "validFrom": "2026-03-01T04:00:00Z",
        "validUntil": "2029-03-01T04:00:00Z",
        "awardedDate": "2026-02-27T16:00:00Z",
        "credentialStatus": {
            "id": f"{LIST}#7",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": "7",
            "statusListCredential": LIST,
        },
        "credentialSubject": {
            "id": "urn:uuid:5e8f1cde-0000-4000-8000-000000000000",
            "type": ["AchievementSubject"],
            "licenseNumber": "DE2612345678901234",
            "source": {"name": "示例评价机构"},
            "identifier": [
                {"type": "IdentityObject", "identityType": "name", "identityHash": "张\U00020bb7"}
            ],
            "achievement": {"resultDescription": [{"id": f"{achievement}#theory", "name": "理论知识考试"}]},
            "result": [{"resultDescription": f"{achievement}#theory", "value": "81"}],
        },
    } | changes


def secured(content: dict[str, Any], key: FileSigner = CREDENTIAL) -> bytes:
    """The signed form of a document, by the code that issues certificates."""
    intent = proof.intend(content, key.key_id, ISSUED)
    return proof.secured(intent.document, [proof.sign(intent, key)])


def status_list(revoked: tuple[int, ...] = (), key: FileSigner = STATUS, **changes: Any) -> bytes:
    """A signed list of 131,072 certificates."""
    bits = bytearray(131_072 // 8)
    for index in revoked:
        bits[index // 8] |= 0x80 >> index % 8
    packed = urlsafe_b64encode(gzip.compress(bytes(bits), mtime=0)).rstrip(b"=").decode()
    content = {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": LIST,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": DID,
        "validFrom": "2026-05-01T00:00:00Z",
        "validUntil": "2026-05-02T00:00:00Z",
        "credentialSubject": {
            "id": f"{LIST}#list",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "ttl": 30000,
            "encodedList": f"u{packed}",
        },
    } | changes
    return secured(content, key)


LOG = Ed25519NoteSigner("certificates.example/log/2026", signer("log-2026", 9))
NONCE = bytes(range(32))


def log_proof(content: dict[str, Any], log: Ed25519NoteSigner = LOG, **wrong: Any) -> str:
    """The proof that a document's leaf is the second of five."""
    blinded = commitment(wrong.get("nonce", NONCE), sha256(rfc8785.dumps(content)).digest())
    leaf = Leaf(wrong.get("type", LeafType.ISSUE), blinded).encode()
    a, b, c, d, e = (leaf_hash(each) for each in (b"0", leaf, b"2", b"3", b"4"))
    root = node_hash(node_hash(node_hash(a, b), node_hash(c, d)), e)
    text = Checkpoint(log.key.name, 5, root).text
    note = Note(text, (LOG_OTHER.sign(text, 0), log.sign(text, 0)))
    return proof_text(wrong.get("index", 1), [a, node_hash(c, d), e], str(note), NONCE + leaf)


LOG_OTHER = Ed25519NoteSigner("witness.example", signer("log-other", 8))


def code_text(key: FileSigner = QR, **changes: Any) -> bytes:
    """The text of a QR code."""
    values = {
        "issuer": DID,
        "number": "DE2612345678901234",
        "holder": AWARD.holder_name,
        "kind": AWARD.kind,
        "occupation": AWARD.occupation,
        "direction": AWARD.direction,
        "level": AWARD.level,
        "issued": date(2026, 3, 1),
        "document": sha256(rfc8785.dumps(document())).digest()[: claims.HASH],
        "valid_until": int((ISSUED + timedelta(days=1096)).timestamp()),
    }
    message = cose.sign1(claims.encode(claims.Claims(**values | changes)), key)
    return qr.address("https://certificates.example", message).encode()


def pdf_file(*attached: tuple[str, bytes]) -> bytes:
    """A page with files attached."""
    particulars = Particulars("DE2612345678901234", date(2026, 3, 1), None, "0" * 64, "数证示例证书服务", DID)
    files = [Attachment(name, "application/json", "", content.decode()) for name, content in attached]
    typesetter = Typesetter()
    try:
        return typesetter.set(sheet(AWARD, particulars, Layout.PRINT), qr.svg("x"), files)
    finally:
        typesetter.close()


@dataclass(frozen=True)
class Issuer:
    """What an issuer hands out, and how to make it otherwise."""

    did: dict[str, Any]
    credential: bytes
    code: bytes
    pdf: bytes
    fresh: bytes
    document = staticmethod(document)
    secured = staticmethod(secured)
    status_list = staticmethod(status_list)
    code_text = staticmethod(code_text)
    log_proof = staticmethod(log_proof)
    vkey = LOG.key.vkey
    another_log = Ed25519NoteSigner("certificates.example/log/2026", signer("log-2026", 7))
    pdf_file = staticmethod(pdf_file)
    signer = staticmethod(signer)
    keys: ClassVar = {"credential": CREDENTIAL, "qr": QR, "status": STATUS, "foreign": FOREIGN}
    rival: ClassVar = RIVAL
    rival_log = Ed25519NoteSigner("rival.example/log/2026", RIVAL["status"])

    @property
    def rival_did(self) -> dict[str, Any]:
        """The DID document of a second issuer, whose keys are as good as those of the first."""
        return did_of_keys(RIVAL_DID, RIVAL["credential"], RIVAL["status"], qr=RIVAL["qr"])

    def bundle(self, **members: Any) -> bytes:
        """A bundle with the credential and whatever else."""
        content = {"credential": json.loads(self.credential), "didDocument": self.did}
        return json.dumps(content | members, ensure_ascii=False, indent=1).encode()


def did_of_keys(did: str, *signers: FileSigner, qr: FileSigner) -> dict[str, Any]:
    """A DID document."""
    keys = {key.key_id: key.public_key for key in signers}
    content: dict[str, Any] = json.loads(did_document(did, keys, {qr.key_id: qr.public_key}))
    return content


@pytest.fixture(scope="session")
def issuer() -> Issuer:
    did = did_of_keys(DID, CREDENTIAL, STATUS, qr=QR)
    credential = secured(document())
    return Issuer(did, credential, code_text(), pdf_file(("credential.json", credential)), status_list())
