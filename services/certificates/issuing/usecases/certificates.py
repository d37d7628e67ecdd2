"""Reading, revoking, correcting and exporting certificates."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any, NamedTuple

from services.certificates.document.domain.award import Award, from_json
from services.certificates.document.domain.certificate import TRANSITIONS, Action, RevocationReason
from services.certificates.document.domain.holder import printable
from services.certificates.facts import CertificateSuperseded
from services.certificates.issuing.drafting.drafts import Drafter
from services.certificates.issuing.ending import revocation
from services.certificates.issuing.storage import certificates, owned
from services.certificates.issuing.storage.rows.awards import AwardRow
from services.certificates.issuing.storage.rows.certificates import CertificateRow
from services.certificates.log.ledger.journal import Journal
from services.certificates.log.ledger.leaf import LeafType
from services.certificates.names import CERTIFICATE
from services.certificates.reasons import Reason
from services.kit.clock import local_day
from services.kit.errors import precondition
from services.kit.resource import Resource
from services.kit.storage.commands import command
from services.kit.storage.store import Store, Transaction
from services.kit.values.lifecycle import advance

EXPORT_BATCH = 500


class Exported(NamedTuple):
    """A signed document with what its holder needs to open its leaf of the log."""

    name: str
    content: bytes
    log_position: str
    log_nonce: bytes


class Certificates(Resource[CertificateRow]):
    """Certificates for their issuers; `owner`, where given, must be the certificate's.

    `drafted` is called after the COMMIT of a draft; `ready` raises where nothing may be signed.
    """

    row, pattern = CertificateRow, CERTIFICATE

    def __init__(
        self,
        store: Store,
        drafter: Drafter,
        drafted: Callable[[], None],
        journal: Journal,
        ready: Callable[[], None],
    ) -> None:
        super().__init__(store)
        self.drafter = drafter
        self.drafted = drafted
        self.journal = journal
        self.ready = ready

    async def get(self, name: str, owner: str = "") -> CertificateRow:
        """Return one certificate; raises NOT_FOUND."""
        async with self.store.read() as tx:
            return await owned.get(tx, CertificateRow, name, owner)

    async def document(self, name: str, owner: str) -> bytes:
        """Return the signed document; raises NOT_FOUND and NOT_SIGNED_YET."""
        async with self.store.read() as tx:
            await owned.get(tx, CertificateRow, name, owner)
            return await certificates.signed_document(tx, name)

    async def export(self, **filters: Any) -> AsyncIterator[list[Exported]]:
        """Yield signed documents, some hundred at a time, in the order of names; `filters` are as of `page`."""
        last = ""
        while batch := await self._signed(last, filters):
            yield [_exported(row) for row in batch if row.proofs]
            last = batch[-1].name

    async def _signed(self, after: str, filters: dict[str, Any]) -> list[certificates.Signed]:
        async with self.store.read() as tx:
            return await certificates.signed(tx, after, EXPORT_BATCH, **filters)

    @command
    async def revoke(
        self, tx: Transaction, name: str, owner: str, etag: str, reason: RevocationReason, note: str
    ) -> CertificateRow:
        """Revoke for ever; raises NOT_FOUND, STALE_ETAG, WRONG_STATE."""
        row = await owned.lock(tx, CertificateRow, name, owner, etag)
        return await revocation.revoke(tx, row, reason, note, self.journal)

    @command
    async def supersede(
        self, tx: Transaction, name: str, owner: str, etag: str, holder_name: str
    ) -> CertificateRow:
        """Replace a certificate by one with a corrected name.

        Raises NOT_FOUND, STALE_ETAG, WRONG_STATE, NAME_UNCHANGED, TEXT_NOT_PRINTABLE, ISSUER_LOCKED.
        """
        self.ready()
        old = await owned.lock(tx, CertificateRow, name, owner, etag)
        old.state = advance(TRANSITIONS, old.state, Action.SUPERSEDE, name)
        award = await self._corrected(tx, old, holder_name)
        (draft,) = await self.drafter.draft(tx, [award], old.revision + 1)
        new = await tx.insert(CertificateRow(**draft.values | {"supersedes": old.name}))
        await certificates.insert_documents(tx, [draft])
        old.superseded_by = new.name
        await tx.save(old)
        await revocation.tell(
            tx, old, LeafType.SUPERSEDE, {"by_document_sha256": new.document_sha256}, self.journal
        )
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
    return Exported(row.name, row.content, row.log_position, row.nonce)


def _superseded(old: CertificateRow, tx: Transaction) -> CertificateSuperseded:
    day = local_day(tx.now)
    return CertificateSuperseded(old.name, old.superseded_by, old.kind, old.person, old.source, day)
