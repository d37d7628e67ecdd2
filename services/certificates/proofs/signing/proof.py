"""Data Integrity proofs: what exactly is signed, and the proofs that come of it.

The bytes to sign are the digest of the proof options followed by that of the document; they are fixed and kept
before any key is used. JCS options carry the document's `@context`, RDFC options do not: so other verifiers want it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

import rfc8785

from services.certificates.document.domain.document import Json, moment
from services.certificates.proofs.signing import jcs, multibase
from services.certificates.proofs.signing.signer import Signer
from services.certificates.proofs.signing.suites import BOTH, JCS, RDFC, SUITES


@dataclass(frozen=True, slots=True)
class Intent:
    """What is to be signed, for ever the same: canonical document (JCS) and canonical proof options."""

    document: bytes
    options: bytes

    @property
    def document_sha256(self) -> str:
        """Digest of the canonical document, in hexadecimal."""
        return sha256(self.document).hexdigest()

    @property
    def message(self) -> bytes:
        """The 64 bytes that the key signs; an RDF suite canonicalizes for it."""
        options = json.loads(self.options)
        return SUITES[options["cryptosuite"]].message(self.document, options)


def options(document: Json, key_id: str, created: datetime, suite: str = JCS) -> Json:
    """Return the proof options for a document."""
    context = {"@context": document["@context"]} if SUITES[suite].shows_context else {}
    return context | {
        "type": "DataIntegrityProof",
        "cryptosuite": suite,
        "created": moment(created),
        "verificationMethod": key_id,
        "proofPurpose": "assertionMethod",
    }


def intend(document: Json, key_id: str, created: datetime, suite: str = JCS) -> Intent:
    """Fix the bytes to sign with one suite."""
    return Intent(rfc8785.dumps(document), rfc8785.dumps(options(document, key_id, created, suite)))


def key_of(intent: Intent) -> str:
    """Return the key id that an intent is bound to."""
    return str(json.loads(intent.options)["verificationMethod"])


def agree(intents: Sequence[Intent], document_sha256: str, messages: Sequence[str]) -> bool:
    """Tell whether messages (in hexadecimal) are still those of the documents that were examined.

    What costs nothing is computed again: the document's digest, and whole messages but those of RDF suites.
    """
    if len(intents) != len(messages) or not intents:
        return False
    same = all(intent.document_sha256 == document_sha256 for intent in intents)
    pairs = zip(intents, messages, strict=True)
    return same and all(_suite(i) == RDFC or i.message.hex() == message for i, message in pairs)


def rdf_digest(intents: Sequence[Intent], messages: Sequence[str]) -> str:
    """Return the digest of the RDF form, as the message of its proof ends; empty where there is no such proof."""
    found = (message for intent, message in zip(intents, messages, strict=True) if _suite(intent) == RDFC)
    return next(found, "")[64:]


def _suite(intent: Intent) -> str:
    return str(json.loads(intent.options)["cryptosuite"])


def sign(intent: Intent, signer: Signer) -> Json:
    """Return the finished proof."""
    return finished(intent.options, signer.sign(intent.message))


def finished(options: bytes | str, signature: bytes) -> Json:
    """Return a proof from its options and the signature over its message."""
    return json.loads(options) | {"proofValue": multibase.encode(signature)}


def proofs(document: Json, signer: Signer, created: datetime) -> list[Json]:
    """Return the set of proofs that every document of the issuer carries."""
    return [sign(intend(document, signer.key_id, created, suite), signer) for suite in BOTH]


def secured(document: bytes, proofs: list[Json]) -> bytes:
    """Return the signed document; `proof` is a list, so that further suites can stand beside."""
    return jcs.profile_form(json.loads(document) | {"proof": proofs})
