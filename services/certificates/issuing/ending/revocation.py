"""Revoking one certificate inside somebody's transaction: state, reason, moment, fact, end of a hold, all or none."""

from collections.abc import Mapping

from services.certificates.document.domain.certificate import SIGNED, TRANSITIONS, Action, RevocationReason
from services.certificates.facts import CertificateRevoked
from services.certificates.issuing.storage import certificates, holds
from services.certificates.issuing.storage.rows.certificates import CertificateRow
from services.certificates.log.ledger.journal import Journal
from services.certificates.log.ledger.leaf import LeafType
from services.kit.clock import local_day
from services.kit.storage.store import Transaction
from services.kit.values.lifecycle import advance

LONGEST_NOTE = 1000


async def tell(
    tx: Transaction, row: CertificateRow, act: LeafType, said: Mapping[str, str], journal: Journal
) -> None:
    """Commit in the log to what ends a certificate, blinded by the certificate's own nonce."""
    nonce = await certificates.nonce_of(tx, row.name)
    said = {"act": act.value, "document_sha256": row.document_sha256, **said}
    await journal.add(tx, act, nonce, said, f"{act}:{row.name}")


async def revoke(
    tx: Transaction, row: CertificateRow, reason: RevocationReason, note: str, journal: Journal
) -> CertificateRow:
    """Revoke a locked row; raises WRONG_STATE where it has ended already. What was never signed leaves no leaf."""
    signed = row.state in SIGNED
    row.state = advance(TRANSITIONS, row.state, Action.REVOKE, row.name)
    row.revocation_reason, row.revocation_note = reason, note[:LONGEST_NOTE]
    row.revoked_at = at = tx.now.replace(microsecond=0)
    tx.act.reason = f"{reason}: {row.revocation_note}"
    await tx.save(row)
    await holds.end(tx, row.name, row.revocation_note)
    if signed:
        said = {"reason": reason.value, "at": str(int(at.timestamp()))}
        await tell(tx, row, LeafType.REVOKE, said, journal)
    tx.record(CertificateRevoked(row.name, row.kind, row.person, row.source, reason, local_day(tx.now)))
    return row
