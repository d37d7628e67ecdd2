"""Batches: one person proposes what waits, another one releases exactly that, and only then is it signed.

The release is in the log before any certificate of the batch is, because issuance signs nothing that awaits release.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any, NamedTuple

from services.certificates.issuing.domain.batch import (
    ENDED,
    LARGEST,
    TRANSITIONS,
    BatchAction,
    BatchState,
    digest_of,
    require_digest,
    require_second_person,
    require_size,
)
from services.certificates.issuing.storage import batches, owned
from services.certificates.issuing.storage.batches import Choice, Counts
from services.certificates.issuing.storage.rows.batches import BatchRow
from services.certificates.log.ledger.journal import Journal
from services.certificates.log.ledger.leaf import LeafType, new_nonce
from services.certificates.names import BATCH
from services.certificates.reasons import Reason
from services.kit.errors import Unmet, precondition
from services.kit.storage.commands import command
from services.kit.storage.operations import Operation, OperationState
from services.kit.storage.pages import Page, matching
from services.kit.storage.store import Store, Transaction
from services.kit.values.ids import new_id
from services.kit.values.lifecycle import advance
from services.kit.work.operations import Asked, Operations

BATCH_RELEASE = "batch_release"  # the kind of operation
PAUSE = 0.5  # seconds between two looks at a batch that somebody follows
SHOWN = 20  # listed certificates that a refusal names


class Seen(NamedTuple):
    """A batch and how far it is."""

    row: BatchRow
    counts: Counts

    @property
    def moves(self) -> bool:
        """Whether it may come further by itself; what the lint refuses waits for people."""
        done = sum(self.counts) == self.row.certificate_count
        return self.row.state not in ENDED and not (self.counts.refused and done)


class Batches:
    """Batches for owners and the authority; `owner`, where given, must be the batch's."""

    def __init__(
        self, store: Store, journal: Journal, released: Callable[[], None], operations: Operations
    ) -> None:
        self.store = store
        self.journal = journal
        self.released = released
        self.operations = operations
        operations.derived[BATCH_RELEASE] = release_progress

    @command
    async def create(self, tx: Transaction, choice: Choice, note: str, proposer: str) -> BatchRow:
        """Propose to release what waits; raises NOTHING_WAITS, NOT_WAITING, BATCH_TOO_LARGE."""
        found = await batches.waiting(tx, choice, LARGEST + 1)
        _require_all(choice, found)
        require_size(len(found))
        row = BatchRow(
            name=BATCH.child("", new_id()),
            owner=choice.owner,
            state=BatchState.PROPOSED,
            certificate_count=len(found),
            digest=digest_of(found.values()),
            note=note,
            proposed_by=proposer,
            nonce=new_nonce(),
        )
        tx.act.reason = note
        await tx.insert(row)
        await batches.put(tx, row.name, list(found))
        return row

    @command
    async def approve(
        self, tx: Transaction, name: str, owner: str, etag: str, digest: str, approver: str
    ) -> BatchRow:
        """Release a batch as the second person.

        Raises NOT_FOUND, STALE_ETAG, WRONG_STATE, SAME_PERSON, OTHER_CONTENT.
        """
        row = await self._decided(tx, name, owner, etag, BatchAction.APPROVE, approver)
        require_second_person(name, row.proposed_by, approver)
        require_digest(name, row.digest, digest, digest_of(await batches.digests(tx, name)))
        await batches.release(tx, name)
        row.log_position = await self._tell(tx, row)
        row.operation = (await self._begin(tx, row, approver)).name
        tx.after_commit(self.released)
        return await tx.save(row)

    @command
    async def reject(
        self, tx: Transaction, name: str, owner: str, etag: str, reason: str, subject: str
    ) -> BatchRow:
        """Reject a batch and free its certificates; raises NOT_FOUND, STALE_ETAG, WRONG_STATE."""
        row = await self._decided(tx, name, owner, etag, BatchAction.REJECT, subject)
        row.reject_reason = tx.act.reason = reason
        await batches.free(tx, name)
        return await tx.save(row)

    async def get(self, name: str, owner: str) -> Seen:
        """Return one batch; raises NOT_FOUND."""
        async with self.store.read() as tx:
            row = await owned.get(tx, BatchRow, name, owner)
            (seen,) = await _seen(tx, [row])
        return seen

    async def page(self, size: int, token: str, **filters: Any) -> Page[Seen]:
        """Return one page of those whose columns equal `filters`, oldest first; raises INVALID_PAGE_TOKEN."""
        async with self.store.read() as tx:
            page = await tx.page(matching(BatchRow, **filters), BatchRow, size, token)
            return Page(await _seen(tx, page.rows), page.next_page_token)

    async def watch(self, name: str, owner: str) -> AsyncIterator[Seen]:
        """Yield a batch now and whenever it has come further, until it comes no further; raises NOT_FOUND."""
        last = None
        while True:
            seen = await self.get(name, owner)
            if (now := (seen.row.state, seen.counts)) != last:
                yield seen
            if not seen.moves:
                return
            last = now
            await asyncio.sleep(PAUSE)

    async def _decided(
        self, tx: Transaction, name: str, owner: str, etag: str, action: BatchAction, subject: str
    ) -> BatchRow:
        row = await owned.lock(tx, BatchRow, name, owner, etag)
        row.state = advance(TRANSITIONS, row.state, action, name)
        row.decided_by, row.decided_at = subject, tx.now
        return row

    async def _begin(self, tx: Transaction, row: BatchRow, approver: str) -> Operation:
        """Make the release an operation to watch; issuance does it here, where the keys are, and nobody can stop it."""
        asked = Asked(BATCH_RELEASE, row.owner, row.name, approver)
        running = {"state": OperationState.RUNNING, "start_time": tx.now, "cancellable": False}
        return await self.operations.put(tx, asked, total=row.certificate_count, **running)

    async def _tell(self, tx: Transaction, row: BatchRow) -> str:
        """Commit to digest and size in the log; it says no more of the batch than that there is one."""
        said = {"act": LeafType.BATCH.value, "digest": row.digest, "count": str(row.certificate_count)}
        return await self.journal.add(tx, LeafType.BATCH, row.nonce, said, f"batch:{row.name}")


async def release_progress(tx: Transaction, operation: Operation) -> tuple[str, int, int]:
    """Return how far a release is: what it waits for, how many certificates are signed or withdrawn, of how many."""
    found = (await batches.counts(tx, [operation.resource])).get(operation.resource, Counts())
    return "REFUSED" if found.refused else "SIGNING", found.issued + found.withdrawn, operation.total


async def _seen(tx: Transaction, rows: Sequence[BatchRow]) -> list[Seen]:
    found = await batches.counts(tx, [row.name for row in rows])
    return [Seen(row, found.get(row.name, Counts())) for row in rows]


def _require_all(choice: Choice, found: dict[str, str]) -> None:
    missing = [name for name in dict.fromkeys(choice.names) if name not in found]
    if missing:
        message = f"{len(missing)} of the listed certificates do not wait to be released."
        unmet = [Unmet(Reason.NOT_WAITING, f"{name} does not wait.", name) for name in missing[:SHOWN]]
        raise precondition(Reason.NOT_WAITING, message, *unmet)
