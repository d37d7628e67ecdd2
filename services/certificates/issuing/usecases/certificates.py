"""Reading, revoking, correcting and exporting certificates."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import NamedTuple

from services.certificates.document.domain.award import Award, from_json
from services.certificates.document.domain.certificate import TRANSITIONS, Action, Kind, RevocationReason
from services.certificates.document.domain.holder import printable
from services.certificates.facts import CertificateSuperseded
from services.certificates.issuing.drafting.drafts import Drafter
from services.certificates.issuing.drafting.revocation import revoke_row, tell
from services.certificates.issuing.storage import certificates, owned
from services.certificates.issuing.storage.certificates import Filter
from services.certificates.issuing.storage.rows.certificates import AwardRow, CertificateRow
from services.certificates.log.ledger.journal import Journal
from services.certificates.log.ledger.leaf import LeafType
from services.certificates.proofs.signing import proof
from services.certificates.reasons import Reason
from services.kit.clock import local_day
from services.kit.errors import precondition
from services.kit.storage.commands import command
from services.kit.storage.pages import Page
from services.kit.storage.store import Store, Transaction
from services.kit.values.lifecycle import advance
from services.kit.values.names import Pattern

CERTIFICATE = Pattern("certificates/{certificate}")
EXPORT_BATCH = 500


class Exported(NamedTuple):
    """A signed document with what its holder needs to open its leaf of the log."""

    name: str
    content: bytes
    log_position: str
    log_nonce: bytes


class Certificates:
    """Certificates for their issuers; `owner`, where given, must be the certificate's."""

    def __init__(
        self,
        store: Store,
        drafter: Drafter,
        drafted: Callable[[], None],
        journal: Journal,
        ready: Callable[[], None] = lambda: None,
    ) -> None:
        self.store = store
        self.drafter = drafter
        self.drafted = drafted
        self.journal = journal
        self.ready = ready

    async def get(self, name: str, owner: str) -> CertificateRow:
        """Return one certificate; raises NOT_FOUND."""
        async with self.store.read() as tx:
            return await owned.get(tx, CertificateRow, name, owner)

    async def page(self, wanted: Filter, size: int, token: str) -> Page[CertificateRow]:
        """Return one page of the certificates that `wanted` lets through."""
        async with self.store.read() as tx:
            return await certificates.page(tx, wanted, size, token)

    async def document(self, name: str, owner: str) -> bytes:
        """Return the signed document; raises NOT_FOUND and NOT_SIGNED_YET."""
        await self.get(name, owner)
        async with self.store.read() as tx:
            found = await certificates.document_of(tx, name)
        if not found.proofs:
            raise precondition(Reason.NOT_SIGNED_YET, f"{name} carries no signature.", name=name)
        return proof.secured(found.document, found.proofs)

    async def export(self, wanted: Filter) -> AsyncIterator[list[Exported]]:
        """Yield signed documents, some hundred at a time, in the order of names."""
        last = ""
        while batch := await self._signed(wanted, last):
            yield [_exported(row) for row in batch if row.proofs]
            last = batch[-1].name

    async def _signed(self, wanted: Filter, after: str) -> list[certificates.Signed]:
        async with self.store.read() as tx:
            return await certificates.signed(tx, wanted, after, EXPORT_BATCH)

    @command
    async def revoke(
        self, tx: Transaction, name: str, owner: str, etag: str, reason: RevocationReason, note: str
    ) -> CertificateRow:
        """Revoke for ever; raises NOT_FOUND, STALE_ETAG, WRONG_STATE."""
        row = await owned.lock(tx, CertificateRow, name, owner, etag)
        return await revoke_row(tx, row, reason, note, self.journal)

    @command
    async def supersede(
        self, tx: Transaction, name: str, owner: str, etag: str, holder_name: str
    ) -> CertificateRow:
        """Replace a certificate by one with a corrected name.

        Raises NOT_FOUND, STALE_ETAG, WRONG_STATE, NAME_UNCHANGED, TEXT_NOT_PRINTABLE, ISSUER_LOCKED.
        """
        self.ready()
        old = await owned.lock(tx, CertificateRow, name, owner, etag)
        old.state = advance(TRANSITIONS, old.state, Action.SUPERSEDE, name).value
        award = await self._corrected(tx, old, holder_name)
        (draft,) = await self.drafter.draft(tx, [award], old.revision + 1)
        new = await tx.insert(CertificateRow(**draft.values | {"supersedes": old.name}))
        await certificates.insert_documents(tx, [draft])
        old.superseded_by = new.name
        await tx.save(old)
        await tell(tx, old, LeafType.SUPERSEDE, {"by_document_sha256": new.document_sha256}, self.journal)
        tx.record(_superseded(old, tx))
        tx.after_commit(self.drafted)
        return new

    async def _corrected(self, tx: Transaction, old: CertificateRow, holder_name: str) -> Award:
        printed = printable(holder_name)
        if printed == old.holder_name:
            raise precondition(
                Reason.NAME_UNCHANGED, "The corrected name equals the printed one.", name=old.name
            )
        award = await tx.get(AwardRow, old.source)
        return replace(from_json(award.award or {}), holder_name=printed)


def _exported(row: certificates.Signed) -> Exported:
    content = proof.secured(row.document, row.proofs)
    return Exported(row.name, content, row.log_position, row.nonce)


def _superseded(old: CertificateRow, tx: Transaction) -> CertificateSuperseded:
    kind, day = Kind(old.kind), local_day(tx.now)
    return CertificateSuperseded(old.name, old.superseded_by, kind, old.person, old.source, day)
