"""What is looked at before a document may be signed; nothing here reads a clock, a database or a real key.

A document that passes is inside the closed profile, accepted by the official Open Badges schema, says what the
register says, can be printed without an empty box, and has been signed with a throw-away key and verified as others
will do it.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jsonschema_rs import Draft201909Validator, ValidationError

from services.certificates.document.domain.document import Json, faults, moment
from services.certificates.document.domain.profile import SCHEMA
from services.certificates.document.domain.verification import Outcome
from services.certificates.proofs.signing import glyphs, proof
from services.certificates.proofs.signing.signer import FileSigner
from services.certificates.proofs.signing.suites import RDFC, SUITES
from services.certificates.proofs.signing.verifier import DocumentVerifier
from services.certificates.reasons import Reason

OFFICIAL = "ob-3.0-achievementcredential.json"
OFFICIAL_SHA256 = "b7358e895f492e74055dc6bfc7ffc420d0e497f90c4579fb83d9519b86d393ea"


@dataclass(frozen=True, slots=True)
class Record:
    """What the register says of a certificate, as the document must say it; moments as in the document."""

    number: str
    holder_name: str
    status_index: int
    valid_from: str
    valid_until: str


def record_of(
    number: str, holder_name: str, status_index: int, valid_from: datetime, valid_until: datetime | None
) -> Record:
    """Return the record of a row."""
    end = moment(valid_until) if valid_until is not None else ""
    return Record(number, holder_name, status_index, moment(valid_from), end)


class Candidate(NamedTuple):
    """A document that is to be signed: canonical bytes, options of its proofs, and its record."""

    document: bytes
    document_sha256: str
    proof_options: Sequence[str]
    record: Record


class Linted(NamedTuple):
    """The messages to sign, one a proof, or why nothing may be signed; `rdf_digest` is that of the RDF form."""

    messages: list[bytes]
    rdf_digest: bytes
    problems: list[str]


def lint(candidate: Candidate) -> Linted:
    """Examine a document; where `problems` are found, there are no messages."""
    try:
        problems = list(_problems(candidate))
        messages = [] if problems else _messages(candidate)
    except (ValueError, KeyError, TypeError) as error:
        return Linted([], b"", [f"{type(error).__name__}: {error}"])
    if problems:
        return Linted([], b"", problems)
    names = [json.loads(options)["cryptosuite"] for options in candidate.proof_options]
    rdf_digest = messages[names.index(RDFC)][32:] if RDFC in names else b""
    wrong = _rehearse(candidate, messages, rdf_digest)
    return Linted([], b"", [wrong]) if wrong else Linted(messages, rdf_digest, [])


def messages_of(candidate: Candidate) -> list[bytes]:
    """Canonicalize again: what must equal the linted messages when the real key signs."""
    return _messages(candidate)


def _messages(candidate: Candidate) -> list[bytes]:
    options = [json.loads(text) for text in candidate.proof_options]
    return [SUITES[one["cryptosuite"]].message(candidate.document, one) for one in options]


def _problems(candidate: Candidate) -> Iterator[str]:
    document = json.loads(candidate.document)
    if sha256(candidate.document).hexdigest() != candidate.document_sha256:
        yield "the document is not the one that was drafted"
    yield from faults(document)
    yield from _told("profile", profile_validator().iter_errors(document))
    yield from _told("Open Badges 3.0", official_validator().iter_errors(document))
    yield from _dates(document)
    yield from _differences(document, candidate.record)
    if unshown := glyphs.missing(candidate.document.decode() + candidate.record.holder_name):
        yield f"{Reason.GLYPH_MISSING}: no font of the page shows {glyphs.named(unshown)}"


def _told(schema: str, errors: Iterable[ValidationError]) -> Iterator[str]:
    for error in errors:
        path = "/".join(str(step) for step in error.instance_path)
        yield f"{schema}: /{path}: {error.message[:200]}"


def _dates(document: Json) -> Iterator[str]:
    start, end = document["validFrom"], document.get("validUntil", "9")
    if not start < end:
        yield "$.validUntil is not after $.validFrom"
    if document["credentialSubject"]["activityEndDate"] > document["awardedDate"]:
        yield "$.awardedDate is before the end of the activity"


def _differences(document: Json, record: Record) -> Iterator[str]:
    subject, status = document["credentialSubject"], document["credentialStatus"]
    shown = [entry["identityHash"] for entry in subject.get("identifier", ())]
    pairs: dict[str, tuple[Any, Any]] = {
        "number": (subject["licenseNumber"], record.number),
        "holder's name": (shown, [record.holder_name] if shown else []),
        "status index": (status["statusListIndex"], str(record.status_index)),
        "start of validity": (document["validFrom"], record.valid_from),
        "end of validity": (document.get("validUntil", ""), record.valid_until),
    }
    for what, (said, kept) in pairs.items():
        if said != kept:
            yield f"the {what} is not that of the register"


def _rehearse(candidate: Candidate, messages: list[bytes], rdf_digest: bytes) -> str:
    """Sign with a key that nobody keeps, and verify."""
    document, key = json.loads(candidate.document), Ed25519PrivateKey.generate()
    ed25519 = [
        proof.finished(options, key.sign(message))
        for options, message in zip(candidate.proof_options, messages, strict=True)
        if SUITES[json.loads(options)["cryptosuite"]].algorithm == "Ed25519"
    ]
    methods = {entry["verificationMethod"] for entry in ed25519}
    signer = FileSigner("", key)
    verifier = DocumentVerifier(document["issuer"]["id"], dict.fromkeys(methods, signer.public_key))
    begun = verifier.begin(proof.secured(candidate.document, ed25519))
    good = begun.outcome is Outcome.VALID and verifier.finish(begun, rdf_digest) is Outcome.VALID
    return "" if good else "our own verifier does not accept the rehearsed signature"


@cache
def profile_validator() -> Draft201909Validator:
    """Return the validator of our closed profile."""
    return Draft201909Validator(SCHEMA)


@cache
def official_validator() -> Draft201909Validator:
    """Return the validator of 1EdTech's schema."""
    data = files(__package__).joinpath("schemas", OFFICIAL).read_bytes()
    if sha256(data).hexdigest() != OFFICIAL_SHA256:
        raise RuntimeError(f"signing/schemas/{OFFICIAL} is not the file that is pinned")
    return Draft201909Validator(json.loads(data), validate_formats=True)
