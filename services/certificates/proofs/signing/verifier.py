"""Verification of a signed document in numbered steps, sharing nothing with the signing but the format.

1. read strictly (no duplicate members, no numbers)  2. the issuer is ours  3. every proof: known suite, for
assertion, by a key of ours that speaks for that issuer  4. the set is whole: JCS always, both suites where the closed
profile is named  5. every signature is right. RDF proofs are looked at last, because canonicalizing costs a
millisecond: whoever has the digest of the RDF form from the register hands it over.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, NamedTuple

from services.certificates.document.domain import profile
from services.certificates.document.domain.document import faults
from services.certificates.document.domain.verification import Outcome
from services.certificates.proofs.signing import jcs, multibase
from services.certificates.proofs.signing.did import speaks_for
from services.certificates.proofs.signing.suites import BOTH, JCS, RDFC, SUITES, PublicKey, Suite

MEMBERS = {"type", "cryptosuite", "created", "verificationMethod", "proofPurpose", "proofValue"}
MOST_PROOFS = 4


class Signed(NamedTuple):
    """One proof, ready to be checked."""

    suite: Suite
    key: PublicKey
    options: dict[str, Any]
    signature: bytes


@dataclass(frozen=True, slots=True)
class Examined:
    """What the document itself shows; `outcome` VALID means: read on, in `waiting` and in the register."""

    outcome: Outcome
    document: dict[str, Any]
    document_sha256: str = ""
    verification_method: str = ""
    waiting: tuple[Signed, ...] = ()


class DocumentVerifier:
    """Verifies documents of one issuer; `keys` maps key ids to raw public keys."""

    def __init__(self, did: str, keys: Mapping[str, bytes]) -> None:
        self.did = did
        self.keys = {key_id: PublicKey(raw) for key_id, raw in keys.items()}

    def examine(self, raw: bytes) -> Examined:
        """Return what the document shows, with every proof checked; what cannot be read has a bad signature."""
        begun = self.begin(raw)
        outcome = self.finish(begun) if begun.outcome is Outcome.VALID else begun.outcome
        method = begun.verification_method if outcome is Outcome.VALID else ""
        return Examined(outcome, begun.document, begun.document_sha256, method)

    def begin(self, raw: bytes) -> Examined:
        """Check all but the RDF proofs, which are left in `waiting` for `finish`."""
        document = read_strictly(raw)
        if document is None:
            return Examined(Outcome.BAD_SIGNATURE, {})
        if _issuer(document) != self.did:
            return Examined(Outcome.UNKNOWN_ISSUER, document)
        given = document.pop("proof", None)
        canonical = jcs.profile_form(document)
        digest = sha256(canonical).hexdigest()
        found = self._read(document, given)
        if isinstance(found, Outcome):
            return Examined(found, document, digest)
        now = [one for one in found if one.suite.name != RDFC]
        if not all(_holds(one, one.suite.document_digest(canonical)) for one in now):
            return Examined(Outcome.BAD_SIGNATURE, document, digest)
        waiting = tuple(one for one in found if one.suite.name == RDFC)
        return Examined(Outcome.VALID, document, digest, found[0].options["verificationMethod"], waiting)

    def finish(self, begun: Examined, rdf_digest: bytes = b"") -> Outcome:
        """Check the RDF proofs of what `begin` found good; `rdf_digest` is that of exactly this document."""
        if not begun.waiting:
            return Outcome.VALID
        try:
            digest = rdf_digest or begun.waiting[0].suite.document_digest(jcs.profile_form(begun.document))
        except ValueError:
            return Outcome.BAD_SIGNATURE
        good = all(_holds(one, digest) for one in begun.waiting)
        return Outcome.VALID if good else Outcome.BAD_SIGNATURE

    def _read(self, document: dict[str, Any], given: Any) -> list[Signed] | Outcome:
        if not isinstance(given, list) or not 0 < len(given) <= MOST_PROOFS:
            return Outcome.BAD_SIGNATURE
        found = []
        for proof in given:
            one = self._proof(document, proof)
            if isinstance(one, Outcome):
                return one
            found.append(one)
        suites = [one.suite.name for one in found]
        needed = (
            BOTH if profile.is_claimed(document) else (JCS,)
        )  # an RDF proof alone covers no unknown member
        whole = set(needed) <= set(suites) and len(set(suites)) == len(suites)
        return found if whole else Outcome.BAD_SIGNATURE

    def _proof(self, document: dict[str, Any], proof: Any) -> Signed | Outcome:
        suite = _suite(proof)
        if suite is None or not _fits(suite, proof, document):
            return Outcome.BAD_SIGNATURE
        method = proof["verificationMethod"]
        if not isinstance(method, str) or not speaks_for(method, self.did):
            return Outcome.UNKNOWN_ISSUER
        if (key := self.keys.get(method)) is None:
            return Outcome.UNKNOWN_ISSUER
        try:
            signature = multibase.decode(str(proof["proofValue"]))
        except ValueError:
            return Outcome.BAD_SIGNATURE
        return Signed(suite, key, {n: v for n, v in proof.items() if n != "proofValue"}, signature)


def _suite(proof: Any) -> Suite | None:
    name = proof.get("cryptosuite") if isinstance(proof, dict) else None
    return SUITES.get(name) if isinstance(name, str) else None


def _fits(suite: Suite, proof: dict[str, Any], document: dict[str, Any]) -> bool:
    members = MEMBERS | {"@context"} if suite.shows_context else MEMBERS
    if set(proof) != members or (proof["type"], proof["proofPurpose"]) != (
        "DataIntegrityProof",
        "assertionMethod",
    ):
        return False
    if not isinstance(proof["created"], str):
        return False
    return not suite.shows_context or proof["@context"] == document.get("@context")


def _holds(one: Signed, document_digest: bytes) -> bool:
    try:
        message = one.suite.options_digest(one.options) + document_digest
    except ValueError:
        return False
    return one.key.verifies(one.suite, one.signature, message)


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
