"""Completions and results as they become known: a certificate is drafted, or ends, in the same transaction."""

from collections.abc import Callable

from services.certificates.domain.award import Award, Withdrawal, earns_certificate
from services.certificates.domain.certificate import WITHDRAWAL_REASON
from services.certificates.storage import awards, certificates
from services.certificates.storage.rows import CertificateRow
from services.certificates.usecases.drafts import Drafter
from services.certificates.usecases.revocation import revoke_row
from services.kit.storage.commands import command
from services.kit.storage.store import Store, Transaction


class Awards:
    """Takes in awards and withdrawals, in any order and any number of times."""

    def __init__(self, store: Store, drafter: Drafter, drafted: Callable[[], None]) -> None:
        self.store = store
        self.drafter = drafter
        self.drafted = drafted

    @command
    async def grant(self, tx: Transaction, award: Award) -> None:
        """Store an award and draft its certificate if one is due; `drafted` is called after COMMIT."""
        withdrawn = await awards.keep_award(tx, award)
        existing = await certificates.count_of(tx, award.source)
        if earns_certificate(award, withdrawn, existing):
            await tx.bulk_insert(CertificateRow, [self.drafter.draft(award, tx.now)])
            tx.after_commit(self.drafted)

    @command
    async def withdraw(self, tx: Transaction, withdrawal: Withdrawal) -> None:
        """Store a withdrawal and revoke what rests on the award."""
        await awards.keep_withdrawal(tx, withdrawal)
        for row in await certificates.lock_standing(tx, withdrawal.source):
            await revoke_row(tx, row, WITHDRAWAL_REASON[withdrawal.kind], withdrawal.note)
