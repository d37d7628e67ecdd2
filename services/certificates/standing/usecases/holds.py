"""Holds: a certificate out of force for a while, seen by every online verifier at once, undone without a trace left."""

from services.certificates.document.domain.certificate import TRANSITIONS, Action, HoldReason
from services.certificates.issuing.storage import holds, owned
from services.certificates.issuing.storage.rows.certificates import CertificateRow
from services.certificates.issuing.storage.rows.holds import HoldRow
from services.certificates.log.ledger.journal import Journal
from services.certificates.log.ledger.leaf import LeafType, new_nonce
from services.certificates.names import HOLD
from services.kit.storage.commands import command
from services.kit.storage.pages import Page
from services.kit.storage.store import Store, Transaction
from services.kit.values.ids import new_id
from services.kit.values.lifecycle import advance


class Holds:
    """Holds and releases for owners and the authority; `owner`, where given, must be the certificate's."""

    def __init__(self, store: Store, journal: Journal) -> None:
        self.store = store
        self.journal = journal

    @command
    async def hold(
        self, tx: Transaction, name: str, owner: str, etag: str, reason: HoldReason, note: str
    ) -> CertificateRow:
        """Put a certificate out of force; raises NOT_FOUND, STALE_ETAG, WRONG_STATE."""
        row = await owned.lock(tx, CertificateRow, name, owner, etag)
        row.state = advance(TRANSITIONS, row.state, Action.HOLD, name)
        tx.act.reason = f"{reason}: {note}"
        await tx.save(row)
        hold = HoldRow(
            name=HOLD.child(name, new_id()),
            parent=name,
            reason=reason,
            note=note,
            held_at=tx.now,
            nonce=new_nonce(),
        )
        await tx.insert(hold)
        await self._tell(tx, LeafType.HOLD, row, hold)
        return row

    @command
    async def release(self, tx: Transaction, name: str, owner: str, etag: str, note: str) -> CertificateRow:
        """Put a held certificate in force again; raises NOT_FOUND, STALE_ETAG, WRONG_STATE."""
        row = await owned.lock(tx, CertificateRow, name, owner, etag)
        row.state = advance(TRANSITIONS, row.state, Action.RELEASE, name)
        tx.act.reason = note
        await tx.save(row)
        if (hold := await holds.end(tx, name, note)) is not None:
            await self._tell(tx, LeafType.RELEASE, row, hold)
        return row

    async def page(self, certificate: str, owner: str, size: int, token: str) -> Page[HoldRow]:
        """Return one page of the holds of a certificate; raises NOT_FOUND."""
        async with self.store.read() as tx:
            await owned.get(tx, CertificateRow, certificate, owner)
            return await holds.page(tx, certificate, size, token)

    async def _tell(self, tx: Transaction, act: LeafType, row: CertificateRow, hold: HoldRow) -> None:
        said = {"act": act.value, "document": row.document_sha256, "hold": hold.name.rpartition("/")[2]}
        await self.journal.add(tx, act, hold.nonce, said, f"{hold.name}#{act}")
