"""Revoking one certificate inside somebody's transaction: state, reason, moment and fact, all or nothing."""

from services.certificates.domain.certificate import TRANSITIONS, Action, Kind, RevocationReason
from services.certificates.domain.facts import CertificateRevoked
from services.certificates.storage.rows import CertificateRow
from services.kit.clock import local_day
from services.kit.storage.store import Transaction
from services.kit.values.lifecycle import advance

LONGEST_NOTE = 1000


async def revoke_row(
    tx: Transaction, row: CertificateRow, reason: RevocationReason, note: str
) -> CertificateRow:
    """Revoke a locked row; raises WRONG_STATE where it has ended already."""
    row.state = advance(TRANSITIONS, row.state, Action.REVOKE, row.name).value
    row.revocation_reason = reason.value
    row.revocation_note = note[:LONGEST_NOTE]
    row.revoked_at = int(tx.now.timestamp())
    await tx.save(row)
    tx.record(
        CertificateRevoked(row.name, Kind(row.kind), row.person, row.source, reason, local_day(tx.now)),
    )
    return row
