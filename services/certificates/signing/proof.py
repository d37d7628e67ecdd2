"""Data Integrity proofs with `eddsa-jcs-2022`: what exactly is signed, and the proof that comes of it.

The bytes to sign are SHA-256(JCS(proof options)) followed by SHA-256(JCS(document)); they are fixed and kept
before any key is used. The options carry the document's `@context`, which other verifiers require.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import rfc8785

from services.certificates.domain.document import Json, moment
from services.certificates.signing import multibase
from services.certificates.signing.signer import Signer

CRYPTOSUITE = "eddsa-jcs-2022"


@dataclass(frozen=True, slots=True)
class Intent:
    """What is to be signed, for ever the same: canonical document and canonical proof options."""

    document: bytes
    options: bytes

    @property
    def document_sha256(self) -> str:
        """Digest of the canonical document, in hexadecimal."""
        return sha256(self.document).hexdigest()

    @property
    def message(self) -> bytes:
        """The 64 bytes that the key signs."""
        return sha256(self.options).digest() + sha256(self.document).digest()


def options(document: Json, key_id: str, created: datetime) -> Json:
    """Return the proof options for a document."""
    return {
        "@context": document["@context"],
        "type": "DataIntegrityProof",
        "cryptosuite": CRYPTOSUITE,
        "created": moment(created),
        "verificationMethod": key_id,
        "proofPurpose": "assertionMethod",
    }


def intend(document: Json, key_id: str, created: datetime) -> Intent:
    """Fix the bytes to sign."""
    return Intent(rfc8785.dumps(document), rfc8785.dumps(options(document, key_id, created)))


def key_of(intent: Intent) -> str:
    """Return the key id that an intent is bound to."""
    return str(json.loads(intent.options)["verificationMethod"])


def sign(intent: Intent, signer: Signer) -> Json:
    """Return the finished proof."""
    return json.loads(intent.options) | {"proofValue": multibase.encode(signer.sign(intent.message))}


def secured(document: bytes, proofs: list[Json]) -> bytes:
    """Return the signed document; `proof` is a list, so that further suites can stand beside."""
    return rfc8785.dumps(json.loads(document) | {"proof": proofs})
