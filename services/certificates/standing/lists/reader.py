"""Reading a published list as a verifier must: by one of the issuer's keys, in time, the right list, or no answer.

Whatever is wrong with a list, the answer is INDETERMINATE and never VALID.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import rfc8785

from services.certificates.document.domain.verification import Outcome
from services.certificates.proofs.signing import multibase
from services.certificates.proofs.signing.did import speaks_for
from services.certificates.proofs.signing.suites import BOTH, SUITES, PublicKey
from services.certificates.standing.lists.credential import PURPOSE
from services.certificates.standing.lists.packing import decoded_list, is_set

LONGEST_INDEX = 9
UNREADABLE = (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError)


@dataclass(frozen=True, slots=True)
class Reading:
    """VALID, REVOKED or INDETERMINATE; `problem` says why it is the last, `time` is when the list was made."""

    outcome: Outcome
    time: str = ""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class StatusReader:
    """Reads the lists of one issuer; `keys` are its status keys by key id, raw."""

    did: str
    keys: Mapping[str, bytes]

    def read(self, published: bytes, entry: Mapping[str, Any], now: datetime) -> Reading:
        """Return what `published` says at `now` of a certificate whose `credentialStatus` is `entry`."""
        try:
            document = self._document(published)
            _require(document, entry, now)
            packed = decoded_list(document["credentialSubject"]["encodedList"])
            revoked = is_set(packed, _index(entry["statusListIndex"]))
        except UNREADABLE as error:
            return Reading(Outcome.INDETERMINATE, problem=str(error) or "no list that can be read")
        return Reading(Outcome.REVOKED if revoked else Outcome.VALID, document["validFrom"])

    def _document(self, published: bytes) -> dict[str, Any]:
        """Return the list where every proof of it is right; raises ValueError."""
        document = json.loads(published, object_pairs_hook=_unique)
        proofs = document.pop("proof")
        if document["issuer"] != self.did:
            raise ValueError("the list is of another issuer")
        if sorted(proof["cryptosuite"] for proof in proofs) != sorted(BOTH):
            raise ValueError("the list does not carry exactly the two proofs of the issuer")
        canonical = rfc8785.dumps(document)
        if not all(self._holds(canonical, proof) for proof in proofs):
            raise ValueError("the list does not carry the issuer's signature")
        return document

    def _holds(self, canonical: bytes, proof: dict[str, Any]) -> bool:
        suite, key_id = SUITES[proof["cryptosuite"]], proof["verificationMethod"]
        raw = self.keys.get(key_id) if speaks_for(key_id, self.did) else None
        options = {key: value for key, value in proof.items() if key != "proofValue"}
        if raw is None or (options["type"], options["proofPurpose"]) != (
            "DataIntegrityProof",
            "assertionMethod",
        ):
            return False
        message = suite.message(canonical, options)
        return PublicKey(raw).verifies(suite, multibase.decode(proof["proofValue"]), message)


def _require(document: dict[str, Any], entry: Mapping[str, Any], now: datetime) -> None:
    """Raise ValueError where the list is not the one the certificate names, or `now` is outside its time."""
    if document["id"] != entry["statusListCredential"]:
        raise ValueError("the certificate names another list")
    if not entry["statusPurpose"] == document["credentialSubject"]["statusPurpose"] == PURPOSE:
        raise ValueError("the list tells of something else than revocation")
    if now < _moment(document["validFrom"]):
        raise ValueError("the list begins in the future")
    if now >= _moment(document["validUntil"]):
        raise ValueError(f"the list is stale: it was good until {document['validUntil']}")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member occurs twice")
    return members


def _moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def _index(text: object) -> int:
    """Return a `statusListIndex`, which is text: nothing but ASCII digits."""
    if not isinstance(text, str) or not text.isascii() or not text.isdigit() or len(text) > LONGEST_INDEX:
        raise ValueError("statusListIndex is no decimal text")
    return int(text)
