"""Publishing status lists: on every change at once, and anew before they become stale.

A list is built from one snapshot, signed, and committed with its log leaf only where no other process published
meanwhile; the files follow the database and never run ahead of it.
"""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple, NoReturn

from services.certificates.document.domain.certificate import State
from services.certificates.document.domain.document import status_list_url
from services.certificates.log.ledger.journal import Journal
from services.certificates.log.ledger.leaf import LeafType, new_nonce
from services.certificates.names import STATUS_LIST
from services.certificates.proofs.signing.signer import Signer
from services.certificates.standing.lists import files
from services.certificates.standing.lists.credential import Period, credential, secured
from services.certificates.standing.lists.packing import TokenStatus, bitstring, tokens
from services.certificates.standing.lists.token import token, token_url
from services.certificates.standing.storage import statuses
from services.certificates.standing.storage.rows.statuses import StatusListRow
from services.certificates.standing.storage.statuses import Told
from services.kit.errors import AppError
from services.kit.errors import Kind as ErrorKind
from services.kit.resource import Resource
from services.kit.storage.store import Store, Transaction
from services.kit.waiting import happens, to_the_end

PAUSE = 0.2  # seconds between rounds, however many changes come meanwhile
TOKEN_STATUS = {
    State.REVOKED: TokenStatus.INVALID,
    State.HELD: TokenStatus.SUSPENDED,
    State.SUPERSEDED: TokenStatus.SUPERSEDED,
}


class Authority(NamedTuple):
    """Who publishes: identity, address, key, and for how long one version may be believed."""

    did: str
    public_url: str
    signer: Signer
    validity: timedelta


class Version(NamedTuple):
    """A list that was built and signed, and is not published yet; `after` is the sequence it follows."""

    name: str
    after: int
    period: Period
    packed_sha256: str
    credential: bytes
    token: bytes


class Statuses(Resource[StatusListRow]):
    """The status lists of one issuer; `run` keeps them fresh in the background."""

    row, pattern = StatusListRow, STATUS_LIST

    def __init__(
        self, store: Store, authority: Authority, journal: Journal, folder: Path, interval: float
    ) -> None:
        super().__init__(store)
        self.authority = authority
        self.journal = journal
        self.folder = folder
        self.interval = interval
        self.nudged = asyncio.Event()

    def nudge(self) -> None:
        """Say that a status has changed."""
        self.nudged.set()

    async def run(self) -> NoReturn:
        """Publish until cancelled: at once when nudged, and every `interval` seconds what others changed."""
        while True:
            self.nudged.clear()
            await to_the_end(self.publish())
            await asyncio.sleep(PAUSE)
            await happens(self.nudged, self.interval)

    async def publish(self) -> int:
        """Publish every list that has changed or grows old; returns how many."""
        versions = [await asyncio.to_thread(build) for build in await self._due()]
        done = [await self._commit(version) for version in versions]
        await self._write_files()
        return sum(done)

    async def _due(self) -> list[Callable[[], Version]]:
        """Return how to build each list that differs from what is published, from one snapshot."""
        async with self.store.read() as tx:
            published = await statuses.published(tx)
            found = {
                STATUS_LIST.child("", each): await statuses.told(tx, each)
                for each in await statuses.lists(tx)
            }
        due: list[Callable[[], Version]] = []
        for name, told in found.items():
            packed, row = _packed(told), published.get(name)
            if row is None or row.packed_sha256 != _digest(packed) or self._is_old(row):
                due.append(partial(self._build, name, row.sequence if row else 0, told, packed))
        return due

    def _is_old(self, row: StatusListRow) -> bool:
        return self.store.clock.now() >= row.expires_at - self.authority.validity / 2

    def _build(self, name: str, after: int, told: list[Told], packed: bytes) -> Version:
        start = self.store.clock.now().replace(microsecond=0)
        period = Period(start, start + self.authority.validity)
        did, signer = self.authority.did, self.authority.signer
        url = status_list_url(self.authority.public_url, name.rpartition("/")[2])
        revoked = bitstring(entry.place for entry in told if entry.state == State.REVOKED)
        signed = secured(credential(url, did, revoked, period), signer, start)
        made = token(token_url(url), did, packed, period, signer)
        return Version(name, after, period, _digest(packed), signed, made)

    async def _commit(self, version: Version) -> bool:
        """Publish a version; False where another process was faster, whose version the next round looks at."""
        try:
            async with self.store.write() as tx:
                await self._save(tx, version)
        except AppError as error:
            if error.kind not in (ErrorKind.CONFLICT, ErrorKind.ALREADY_EXISTS):
                raise
            return False
        return True

    async def _save(self, tx: Transaction, version: Version) -> None:
        row = await statuses.lock_at(tx, version.name, version.after)
        nonce = new_nonce()
        position = await self._log(tx, version, nonce)
        if row is None:
            await tx.insert(_published(StatusListRow(name=version.name, parent=""), version, nonce, position))
        else:
            await tx.save(_published(row, version, nonce, position))

    async def _log(self, tx: Transaction, version: Version, nonce: bytes) -> str:
        return await self.journal.add(
            tx,
            LeafType.STATUS,
            nonce,
            logged(version.name, version.credential, version.token),
            f"{version.name}@{version.after + 1}",
        )

    async def _write_files(self) -> None:
        """Bring the files to what the database has; one process at a time, so that none writes an older version."""
        lock = files.exclusive(self.folder)
        await asyncio.to_thread(lock.__enter__)
        try:
            async with self.store.read() as tx:
                rows = (await statuses.published(tx)).values()
            for row in rows:
                await asyncio.to_thread(
                    files.store, self.folder, row.name.rpartition("/")[2], row.credential, row.token
                )
        finally:
            await asyncio.to_thread(lock.__exit__, None, None, None)


def _published(row: StatusListRow, version: Version, nonce: bytes, position: str) -> StatusListRow:
    row.sequence = version.after + 1
    row.credential = version.credential
    row.token = version.token
    row.packed_sha256 = version.packed_sha256
    row.published_at, row.expires_at = version.period.start, version.period.end
    row.nonce = nonce
    row.log_position = position
    return row


def logged(name: str, credential: bytes, token: bytes) -> dict[str, str]:
    """Return what a `status` leaf commits to."""
    return {
        "credentialSha256": sha256(credential).hexdigest(),
        "statusList": name,
        "tokenSha256": sha256(token).hexdigest(),
    }


def _packed(told: list[Told]) -> bytes:
    return tokens({entry.place: TOKEN_STATUS[entry.state] for entry in told})


def _digest(packed: bytes) -> str:
    return sha256(packed).hexdigest()
