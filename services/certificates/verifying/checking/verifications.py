"""Verification, for anyone: reads only, signs nothing.

A wrong name costs and answers what an unknown number does: the name is folded and compared in either case.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from hmac import compare_digest
from typing import NamedTuple

from services.certificates.document.domain.holder import comparable
from services.certificates.document.domain.numbering import normalize
from services.certificates.document.domain.verification import (
    BY_DOCUMENT,
    BY_NUMBER,
    Check,
    Outcome,
    checks_of,
    standing,
)
from services.certificates.log.ledger.log import Position
from services.certificates.proofs.signing.verifier import DocumentVerifier
from services.certificates.verifying.storage.verifications import Entry, Register
from services.kit.clock import Clock

NOBODY = b"\0"


class Finding(NamedTuple):
    """The answer; `entry` only where the certificate was found and the asker knew it."""

    outcome: Outcome
    checked: tuple[Check, ...]
    entry: Entry | None = None
    verification_method: str = ""


UNKNOWN = Finding(Outcome.NOT_FOUND_OR_NAME_MISMATCH, BY_NUMBER)
FIRST_CHECK_THAT_FAILS = {Outcome.UNKNOWN_ISSUER: BY_DOCUMENT[:1], Outcome.BAD_SIGNATURE: BY_DOCUMENT[:2]}


class Verifications:
    """Answers verifiers from the register and from the document itself."""

    def __init__(
        self,
        register: Register,
        verifier: DocumentVerifier,
        clock: Clock,
        below: Mapping[str, str],
    ) -> None:
        self.register = register
        self.verifier = verifier
        self.clock = clock
        self.below = {key_id: Position.parse(text) for key_id, text in below.items()}

    async def by_number(self, number: str, holder_name: str) -> Finding:
        """Verify what is printed on a certificate."""
        entry = await self.register.find(normalize(number))
        return _judge(entry, comparable(holder_name), self.clock.now())

    async def by_numbers(self, rows: Sequence[tuple[str, str]]) -> list[Finding]:
        """Verify many, given as number and name; the answers are in the same order."""
        numbers = [normalize(number) for number, _ in rows]
        entries, now = await self.register.find_all(numbers), self.clock.now()
        names = (comparable(name) for _, name in rows)
        return [_judge(entries.get(number), name, now) for number, name in zip(numbers, names, strict=True)]

    async def by_document(self, raw: bytes) -> Finding:
        """Verify a signed document: issuer and signature, then that the register holds exactly it, then status."""
        examined = self.verifier.begin(raw)
        method = examined.verification_method
        if examined.outcome is not Outcome.VALID:
            return Finding(examined.outcome, FIRST_CHECK_THAT_FAILS[examined.outcome])
        entry = await self.register.find(_number(examined.document))
        held = entry is not None and entry.document_sha256 == examined.document_sha256
        if self.verifier.finish(examined, _rdf_digest(entry) if held else b"") is not Outcome.VALID:
            return Finding(Outcome.BAD_SIGNATURE, FIRST_CHECK_THAT_FAILS[Outcome.BAD_SIGNATURE])
        if entry is None or not held:
            return Finding(Outcome.NOT_FOUND_OR_NAME_MISMATCH, BY_DOCUMENT, None, method)
        if not self._signed_in_time(method, entry.log_position):
            return Finding(Outcome.BAD_SIGNATURE, FIRST_CHECK_THAT_FAILS[Outcome.BAD_SIGNATURE])
        outcome = standing(entry.state, entry.valid_from, entry.valid_until, self.clock.now())
        return Finding(outcome, checks_of(BY_DOCUMENT, outcome), entry, method)

    def _signed_in_time(self, key_id: str, position: str) -> bool:
        """Tell whether a certificate was logged before its key was compromised, if it ever was."""
        end = self.below.get(key_id)
        return end is None or (bool(position) and Position.parse(position) < end)


def _judge(entry: Entry | None, name: str, now: datetime) -> Finding:
    known = entry.holder_key.encode() if entry is not None else NOBODY
    same = compare_digest(known, name.encode())
    if entry is None or not same:
        return UNKNOWN
    outcome = standing(entry.state, entry.valid_from, entry.valid_until, now)
    return Finding(outcome, checks_of(BY_NUMBER, outcome), entry)


def _rdf_digest(entry: Entry | None) -> bytes:
    """Return the digest of the RDF form as the issuer kept it, so that verifying need not canonicalize."""
    return bytes.fromhex(entry.rdf_sha256) if entry is not None else b""


def _number(document: dict) -> str:
    subject = document.get("credentialSubject")
    return str(subject.get("licenseNumber", "")) if isinstance(subject, dict) else ""
