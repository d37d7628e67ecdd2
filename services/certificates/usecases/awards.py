"""Completions and results as they become known: a certificate is drafted, or ends, in the same transaction."""

from collections.abc import Callable, Sequence

from services.certificates.domain.award import Award, Withdrawal, earns_certificate
from services.certificates.domain.certificate import WITHDRAWAL_REASON
from services.certificates.storage import awards as storage
from services.certificates.storage import certificates
from services.certificates.usecases.drafts import Drafter
from services.certificates.usecases.journal import Journal
from services.certificates.usecases.revocation import revoke_row
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
            await certificates.insert_drafts(tx, await self.drafter.draft(tx, due))
            tx.after_commit(self.drafted)

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
            await revoke_row(tx, row, WITHDRAWAL_REASON[withdrawal.kind], withdrawal.note, self.journal)
