"""What a page carries along beside the signed document, each from a source of its own.

The twin is made once and stays as it is; the proof of the log and the stapled status are those of the moment of print.
"""

from collections.abc import Awaitable, Callable, Sequence

from services.certificates.issuing.storage import certificates
from services.certificates.issuing.storage.rows.certificates import CertificateRow
from services.certificates.log.ledger.errors import UnverifiedError
from services.certificates.log.ledger.log import Log
from services.certificates.log.ledger.proof import proof_from, proof_text
from services.certificates.log.ledger.proving import Position
from services.certificates.names import STATUS_LIST
from services.certificates.paper.disclosure.disclosures import Disclosures
from services.certificates.paper.printing.sheet import Attachment
from services.certificates.standing.storage.rows.statuses import StatusListRow
from services.kit.storage.store import Store

Source = Callable[[CertificateRow], Awaitable[Sequence[Attachment]]]


class Twin:
    """The selective twin, of which the holder can show single facts."""

    def __init__(self, disclosures: Disclosures) -> None:
        self.disclosures = disclosures

    async def __call__(self, row: CertificateRow) -> Sequence[Attachment]:
        """Return the twin; nothing for a certificate without a place in a status list."""
        if row.status_index is None:
            return []
        text = (await self.disclosures.twin(row.name, row.owner)).decode()
        return [Attachment("credential.sd-jwt", "application/dc+sd-jwt", "SD-JWT VC 可选择披露的证书", text)]


class StapledStatus:
    """The status list that covers the certificate: until it ends, revocation can be seen offline."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def __call__(self, row: CertificateRow) -> Sequence[Attachment]:
        """Return the newest published version; nothing before the first, and nothing that is out of date."""
        if row.status_index is None:
            return []
        async with self.store.read() as tx:
            found = await tx.find(StatusListRow, STATUS_LIST.child("", row.status_list))
        if found is None or found.expires_at <= self.store.clock.now():
            return []
        text = found.credential.decode()
        return [Attachment("status.json", "application/vc", "Status list 打印时的状态列表", text)]


class LogEvidence:
    """The proof that a certificate is in the log; its `extra` opens the leaf: 32 bytes of nonce, then the leaf."""

    def __init__(self, store: Store, log: Log) -> None:
        self.store = store
        self.log = log

    async def __call__(self, row: CertificateRow) -> Sequence[Attachment]:
        """Return the proof; nothing while the leaf is not published."""
        if not row.log_position:
            return []
        try:
            found = await self.log.inclusion(Position.parse(row.log_position))
        except UnverifiedError:
            return []
        async with self.store.read() as tx:
            nonce = (await certificates.nonces(tx, [row.name]))[row.name]
        path = proof_from(found.proof).path
        text = proof_text(found.position.index, path, found.checkpoint, nonce + found.leaf)
        return [Attachment("proof.tlog-proof", "text/plain", "Proof of inclusion 透明日志证明", text)]
