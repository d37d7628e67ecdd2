"""Completions and results as they become known: a certificate is drafted, or ends, in the same transaction.

What earns a certificate is committed to in the log in that transaction too; the certificate is signed and logged in a
later one, so that its `issue` leaf always comes after the `result` leaf.
"""

from collections.abc import Callable, Sequence

from services.certificates.document.domain.award import Award, Withdrawal, earns_certificate, to_json
from services.certificates.document.domain.certificate import WITHDRAWAL_REASON
from services.certificates.issuing.drafting.drafts import Drafter
from services.certificates.issuing.ending import revocation
from services.certificates.issuing.storage import awards as storage
from services.certificates.issuing.storage import certificates
from services.certificates.log.ledger.journal import Journal, Said
from services.certificates.log.ledger.leaf import LeafType, new_nonce
from services.kit.storage.commands import command
from services.kit.storage.store import Store, Transaction


class Awards:
    """Takes in awards and withdrawals, in any order and any number of times."""

    def __init__(self, store: Store, drafter: Drafter, drafted: Callable[[], None], journal: Journal) -> None:
        self.store = store
        self.drafter = drafter
        self.drafted = drafted
        self.journal = journal

    @command
    async def grant(self, tx: Transaction, awards: Sequence[Award]) -> None:
        """Store awards and draft the certificates that are due; `drafted` is called after COMMIT."""
        if due := await self._due(tx, {award.source: award for award in awards}):
            drafts = await self.drafter.draft(tx, due)
            await self._log(tx, due)  # numbers first, then the log, as every use case locks them
            await certificates.insert_drafts(tx, drafts)
            tx.after_commit(self.drafted)

    async def _log(self, tx: Transaction, due: Sequence[Award]) -> None:
        """Commit to what earns a certificate, with one nonce each: deleting it is the erasure."""
        said = [Said(f"result:{award.source}", new_nonce(), to_json(award)) for award in due]
        positions = await self.journal.add_all(tx, LeafType.RESULT, said)
        pairs = zip(due, said, positions, strict=True)
        await storage.store_positions(
            tx, [storage.Logged(award.source, one.nonce, position) for award, one, position in pairs]
        )

    async def _due(self, tx: Transaction, awards: dict[str, Award]) -> list[Award]:
        """Store awards by source; returns those that a certificate is due for."""
        kept = await storage.keep_awards(tx, list(awards.values()))
        again = [source for source, known in kept.items() if known.seen_before and not known.withdrawn]
        existing = await storage.certificates_of(tx, again)
        for source in again:
            if source not in existing:  # what came before earned nothing
                await storage.replace_award(tx, awards[source])
        return [
            award
            for source, award in awards.items()
            if earns_certificate(award, kept[source].withdrawn, existing.get(source, 0))
        ]

    @command
    async def withdraw(self, tx: Transaction, withdrawal: Withdrawal) -> None:
        """Store a withdrawal and revoke what rests on the award."""
        await storage.keep_withdrawal(tx, withdrawal)
        for row in await certificates.lock_standing(tx, withdrawal.source):
            reason = WITHDRAWAL_REASON[withdrawal.kind]
            await revocation.revoke(tx, row, reason, withdrawal.reason, self.journal)
