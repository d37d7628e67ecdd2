"""Issuance: examine what was drafted, store the intent, sign, log, then make it ISSUED; the only use of a private key.

A crash between the steps loses nothing: the document is stored with its number, the messages before they are signed,
so that whoever finishes later, once or several times, works on the very same bytes, and only one of them makes the
certificate ISSUED. Bytes that differ from the examined ones lock the issuer: it answers and reads, and signs nothing.
"""

import asyncio
from collections.abc import Sequence
from typing import Any, NoReturn

from services.certificates.facts import CertificateIssued
from services.certificates.issuing.ending import batches as ending
from services.certificates.issuing.storage import batches, certificates
from services.certificates.issuing.storage.certificates import Made, Passed, Unsigned
from services.certificates.issuing.storage.rows.certificates import REFUSAL
from services.certificates.log.ledger.journal import Leaves
from services.certificates.log.ledger.leaf import Leaf, LeafType, commitment
from services.certificates.log.ledger.log import Entry
from services.certificates.proofs.signing import proof
from services.certificates.proofs.signing.keys import Keyring
from services.certificates.proofs.signing.lint import Candidate, Linted, record_of
from services.certificates.proofs.signing.workshop import Workshop
from services.certificates.reasons import Reason
from services.kit.clock import local_day
from services.kit.errors import precondition
from services.kit.logs import logger
from services.kit.storage.store import Store, Transaction
from services.kit.waiting import happens
from services.vocabulary.level import Level
from services.vocabulary.qualification import Qualification

LINT_FAILED = "lint_failed"
INTENT_ALTERED = "intent_altered"
KEY_MISSING = "key_missing"
BATCH = 250  # certificates that are issued in one transaction: progress is seen in such steps
PORTION = 25  # certificates that are signed before other calls get their turn
log = logger("issuance")


class AlteredError(Exception):
    """The bytes to sign are not those that were examined."""


class Issuance:
    """Finishes drafted certificates: at once when nudged, and every `interval` seconds whatever a crash left."""

    def __init__(
        self,
        store: Store,
        keyring: Keyring,
        interval: float,
        leaves: Leaves | None = None,
        workshop: Workshop | None = None,
    ) -> None:
        self.store = store
        self.keyring = keyring
        self.interval = interval
        self.leaves = leaves
        self.workshop = workshop or Workshop()
        self.waiting = asyncio.Event()
        self.locked = ""

    def nudge(self) -> None:
        """Say that a draft was committed."""
        self.waiting.set()

    def require_unlocked(self) -> None:
        """Raise ISSUER_LOCKED where nothing is signed any more."""
        if self.locked:
            message = f"Nothing is signed until an operator has looked into {self.locked}."
            raise precondition(Reason.ISSUER_LOCKED, message, name=self.locked)

    async def run(self) -> NoReturn:
        """Finish drafts until cancelled."""
        try:
            while True:
                self.waiting.clear()
                await self.finish()
                await happens(self.waiting, self.interval)
        finally:
            self.workshop.close()

    async def finish(self) -> int:
        """Sign and issue everything that may be signed; returns how many this call made ISSUED."""
        issued: list[Any] = []
        last, more = "", True
        while more and not self.locked and (batch := await self._waiting(last)):
            try:
                issued += await self._issue(await self.sign(await self.examine(batch)))
            except AlteredError as error:
                self.locked = str(error)
                log.error(INTENT_ALTERED, certificate=self.locked)
            last, more = batch[-1].name, len(batch) == BATCH  # what is drafted meanwhile comes with a nudge
        if not issued or any(row.batch for row in issued):
            await self._finish_batches()
        return len(issued)

    async def _finish_batches(self) -> None:
        """Look first: nearly always there is none, and a look locks nothing."""
        async with self.store.read() as tx:
            waiting = await batches.finished(tx)
        if waiting:
            async with self.store.write() as tx:
                await ending.finish(tx)

    async def _waiting(self, after: str) -> list[Unsigned]:
        async with self.store.read() as tx:
            return await certificates.unsigned(tx, after, BATCH)

    async def examine(self, batch: list[Unsigned]) -> list[Unsigned]:
        """Return what may be signed, its messages stored; why others may not is stored too. Raises AlteredError."""
        found = await self.workshop.lint([_candidate(row) for row in batch])
        passed = [one for row, linted in zip(batch, found, strict=True) if (one := _passed(row, linted))]
        fresh = {row.name for row in batch if not row.messages}
        await self._store([one for one in passed if one.name in fresh], _changed_refusals(batch, found))
        messages = {one.name: one.messages for one in passed}
        return [row._replace(messages=messages[row.name]) for row in batch if row.name in messages]

    async def _store(self, passed: list[Passed], refusals: dict[str, str]) -> None:
        if passed or refusals:
            async with self.store.write() as tx:
                await certificates.store_examined(tx, passed, refusals)
        for name, refusal in refusals.items():
            if refusal:
                log.error(LINT_FAILED, certificate=name, refusal=refusal)

    async def sign(self, batch: list[Unsigned]) -> dict[str, Made]:
        """Return what was made, by certificate name; raises AlteredError. What has no key is logged and left out."""
        found: dict[str, Made] = {}
        for start in range(0, len(batch), PORTION):
            found |= {row.name: made for row in batch[start : start + PORTION] if (made := self._made(row))}
            await asyncio.sleep(0)
        return found

    def _made(self, row: Unsigned) -> Made | None:
        intents = [proof.Intent(row.document, options.encode()) for options in row.proof_options]
        if not proof.agree(intents, row.document_sha256, row.messages):
            raise AlteredError(row.name)
        signers = [self.keyring.signers.get(proof.key_of(intent)) for intent in intents]
        if None in signers:
            log.error(KEY_MISSING, certificate=row.name)
            return None
        pairs = zip(intents, signers, row.messages, strict=True)
        proofs = [
            proof.finished(intent.options, signer.sign(bytes.fromhex(message)))
            for intent, signer, message in pairs
            if signer
        ]
        return Made(proofs, proof.rdf_digest(intents, row.messages), row.nonce)

    async def _issue(self, made: dict[str, Made]) -> list[Any]:
        if not made:
            return []
        async with self.store.write() as tx:
            rows = await certificates.lock_unissued(tx, list(made))
            if rows:
                positions = await self._log(tx, rows, made)
                still = {row.name: made[row.name] for row in rows}
                await certificates.store_proofs(tx, still, positions)
            for row in rows:
                tx.record(_issued(row))
        return rows

    async def _log(self, tx: Transaction, rows: Sequence[Any], made: dict[str, Made]) -> dict[str, str]:
        """Append a leaf for each certificate, in the transaction that makes it ISSUED; returns the positions."""
        if self.leaves is None:
            return {}
        entries = [
            Entry(
                Leaf(LeafType.ISSUE, commitment(made[row.name].nonce, bytes.fromhex(row.document_sha256))),
                f"issue:{row.name}",
            )
            for row in rows
        ]
        positions = await self.leaves.add_all(tx, entries)
        return {row.name: str(position) for row, position in zip(rows, positions, strict=True)}


def _candidate(row: Unsigned) -> Candidate:
    record = record_of(row.number, row.holder_name, row.status_index or 0, row.valid_from, row.valid_until)
    return Candidate(row.document, row.document_sha256, row.proof_options, record)


def _passed(row: Unsigned, linted: Linted) -> Passed | None:
    """Return what was found good; raises AlteredError where it once was good and no longer is, or is another."""
    messages = [message.hex() for message in linted.messages]
    if row.messages and messages != row.messages:
        raise AlteredError(row.name)
    return Passed(row.name, messages) if not linted.problems else None


def _changed_refusals(batch: Sequence[Unsigned], found: Sequence[Linted]) -> dict[str, str]:
    """Return by name what the lint says other than when it last looked: it looks again and again, and is heard once."""
    said = [(row, "; ".join(linted.problems)[:REFUSAL]) for row, linted in zip(batch, found, strict=True)]
    return {row.name: refusal for row, refusal in said if refusal != row.refusal}


def _issued(row: Any) -> CertificateIssued:
    return CertificateIssued(
        certificate=row.name,
        kind=row.kind,
        person=row.person,
        qualification=Qualification(row.occupation, row.direction, Level(row.level)),
        source=row.source,
        issued_on=local_day(row.valid_from),
    )
