"""Issuance: sign what was drafted, then make it ISSUED; the only use of a private key.

A crash between the steps loses nothing: the bytes to sign are stored before, so that whoever finishes later, once
or several times, makes the very same signature, and only one of them makes the certificate ISSUED.
"""

import asyncio
import contextlib
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, NoReturn

from services.certificates.domain.certificate import Kind
from services.certificates.domain.facts import CertificateIssued
from services.certificates.signing import proof
from services.certificates.signing.keys import Keyring
from services.certificates.storage import certificates
from services.certificates.storage.certificates import Unsigned
from services.kit.clock import local_day
from services.kit.logs import logger
from services.kit.storage.store import Store
from services.kit.values.level import Level

INTENT_ALTERED = "intent_altered"
KEY_MISSING = "key_missing"
BATCH = 500
log = logger("issuance")


class Issuance:
    """Finishes drafted certificates: at once when nudged, and every `interval` seconds whatever a crash left."""

    def __init__(self, store: Store, keyring: Keyring, interval: float) -> None:
        self.store = store
        self.keyring = keyring
        self.interval = interval
        self.waiting = asyncio.Event()

    def nudge(self) -> None:
        """Say that a draft was committed."""
        self.waiting.set()

    async def run(self) -> NoReturn:
        """Finish drafts until cancelled."""
        while True:
            self.waiting.clear()
            await self.finish()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.waiting.wait(), self.interval)

    async def finish(self) -> int:
        """Sign and issue everything that waits; returns how many this call made ISSUED."""
        issued, last = 0, ""
        while batch := await self._waiting(last):
            issued += await self._issue(self.sign(batch))
            last = batch[-1].name
        return issued

    async def _waiting(self, after: str) -> list[Unsigned]:
        async with self.store.read() as tx:
            return await certificates.unsigned(tx, after, BATCH)

    def sign(self, batch: list[Unsigned]) -> dict[str, list[dict]]:
        """Return the proofs by certificate name; what must not be signed is logged and left out."""
        return {row.name: proofs for row in batch if (proofs := self._proofs(row))}

    def _proofs(self, row: Unsigned) -> list[dict]:
        intents = [proof.Intent(row.document, options.encode()) for options in row.proof_options]
        if sha256(row.document).hexdigest() != row.document_sha256:
            log.error(INTENT_ALTERED, certificate=row.name)
            return []
        signers = [self.keyring.signers.get(proof.key_of(intent)) for intent in intents]
        if None in signers:
            log.error(KEY_MISSING, certificate=row.name)
            return []
        return [proof.sign(intent, signer) for intent, signer in zip(intents, signers, strict=True) if signer]

    async def _issue(self, proofs: dict[str, list[dict]]) -> int:
        if not proofs:
            return 0
        async with self.store.write() as tx:
            rows = await certificates.store_proofs(tx, proofs)
            for row in rows:
                tx.record(_issued(row))
        return len(rows)


def _issued(row: Any) -> CertificateIssued:
    return CertificateIssued(
        certificate=row.name,
        kind=Kind(row.kind),
        person=row.person,
        occupation=row.occupation,
        direction=row.direction,
        level=Level(row.level),
        source=row.source,
        issued_on=local_day(datetime.fromtimestamp(row.valid_from, UTC)),
    )
