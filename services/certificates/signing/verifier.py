"""Verification of a signed document in numbered steps, sharing nothing with the signing but the format.

1. read strictly (no duplicate members, no numbers)  2. the issuer is ours  3. every proof: known suite,
for assertion, by one of our keys, and carries the document's context  4. every signature is right.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from services.certificates.domain.document import faults
from services.certificates.domain.verification import Outcome
from services.certificates.signing import multibase

MEMBERS = {
    "@context", "type", "cryptosuite", "created", "verificationMethod", "proofPurpose", "proofValue",
}  # fmt: skip
MOST_PROOFS = 4


@dataclass(frozen=True, slots=True)
class Examined:
    """What the document itself shows; `outcome` VALID means: read on in the register."""

    outcome: Outcome
    document: dict[str, Any]
    document_sha256: str = ""
    verification_method: str = ""


class DocumentVerifier:
    """Verifies documents of one issuer; `keys` maps key ids to raw public keys."""

    def __init__(self, did: str, keys: Mapping[str, bytes]) -> None:
        self.did = did
        self.keys = {key_id: Ed25519PublicKey.from_public_bytes(raw) for key_id, raw in keys.items()}

    def examine(self, raw: bytes) -> Examined:
        """Return what the document shows; a document that cannot be read has a bad signature."""
        document = read_strictly(raw)
        if document is None:
            return Examined(Outcome.BAD_SIGNATURE, {})
        if _issuer(document) != self.did:
            return Examined(Outcome.UNKNOWN_ISSUER, document)
        unsecured = {key: value for key, value in document.items() if key != "proof"}
        given = document.get("proof")
        proofs = given[:MOST_PROOFS] if isinstance(given, list) else []
        outcome = self._proofs(unsecured, proofs) if proofs == given else Outcome.BAD_SIGNATURE
        method = str(proofs[0].get("verificationMethod", "")) if outcome is Outcome.VALID else ""
        return Examined(outcome, unsecured, sha256(rfc8785.dumps(unsecured)).hexdigest(), method)

    def _proofs(self, unsecured: dict[str, Any], proofs: list[Any]) -> Outcome:
        found = [self._proof(unsecured, proof) for proof in proofs] or [Outcome.BAD_SIGNATURE]
        return next((outcome for outcome in found if outcome is not Outcome.VALID), Outcome.VALID)

    def _proof(self, unsecured: dict[str, Any], proof: Any) -> Outcome:
        if not isinstance(proof, dict) or set(proof) != MEMBERS or not _fits(proof, unsecured):
            return Outcome.BAD_SIGNATURE
        method = proof["verificationMethod"]
        key = self.keys.get(method) if isinstance(method, str) else None
        if key is None:
            return Outcome.UNKNOWN_ISSUER
        options = {name: value for name, value in proof.items() if name != "proofValue"}
        message = sha256(rfc8785.dumps(options)).digest() + sha256(rfc8785.dumps(unsecured)).digest()
        try:
            key.verify(multibase.decode(str(proof["proofValue"])), message)
        except (InvalidSignature, ValueError):
            return Outcome.BAD_SIGNATURE
        return Outcome.VALID


def _fits(proof: dict[str, Any], unsecured: dict[str, Any]) -> bool:
    suite = proof["type"], proof["cryptosuite"], proof["proofPurpose"]
    expected = "DataIntegrityProof", "eddsa-jcs-2022", "assertionMethod"
    return suite == expected and proof["@context"] == unsecured.get("@context")


def _issuer(document: dict[str, Any]) -> str:
    issuer = document.get("issuer")
    return str(issuer.get("id", "")) if isinstance(issuer, dict) else str(issuer or "")


def read_strictly(raw: bytes) -> dict[str, Any] | None:
    """Return the members of a JSON object within the closed profile, None for anything else."""
    try:
        document = json.loads(raw.decode("utf-8"), object_pairs_hook=_unique)
        well_formed = isinstance(document, dict) and next(faults(document), None) is None
    except (ValueError, RecursionError):
        return None
    return document if well_formed else None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member occurs twice")
    return members
