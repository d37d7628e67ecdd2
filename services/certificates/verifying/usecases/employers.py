"""Registering employers, and the keys of their programs.

A secret has 256 random bits and is told once; what is kept is its digest, so nobody can read a key from the database.
"""

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from hashlib import sha256
from hmac import compare_digest
from typing import NamedTuple

from services.certificates.verifying.domain.employer import (
    API_KEY,
    EMPLOYER,
    EmployerRule,
    end_of_key,
    require_room_for_key,
    rule_on,
)
from services.certificates.verifying.storage import employers
from services.certificates.verifying.storage.rows.employers import ApiKeyRow, EmployerRow
from services.kit.clock import Clock, local_day
from services.kit.errors import AppError, forbidden, unauthenticated
from services.kit.storage.commands import command
from services.kit.storage.pages import Page
from services.kit.storage.store import Store, Transaction
from services.kit.values.ids import new_id
from services.vocabulary import uscc

SECRET_BYTES = 32
MARK = "szk"  # what every secret begins with, so that scanners for leaked secrets know it
LONGEST_SECRET = 250


class Credential(NamedTuple):
    """What a call shows of its caller: an API key, an employer's tenant from a token, the authority's role."""

    api_key: str = ""
    tenant: str = ""
    supervisor: bool = False


class MadeKey(NamedTuple):
    """A key; `secret` is empty where a call was repeated."""

    key: ApiKeyRow
    secret: str


class Employers:
    """Commands and look-ups of employers and their keys."""

    def __init__(self, store: Store, clock: Clock, rules: Sequence[EmployerRule]) -> None:
        self.store = store
        self.clock = clock
        self.rules = rules

    @command
    async def create(self, tx: Transaction, identifier: str, display_name: str, code: str) -> EmployerRow:
        """Register an employer; a failed check digit of its USCC is recorded, not refused."""
        row = EmployerRow(name=EMPLOYER.child("", identifier or new_id()), display_name=display_name, uscc="")
        set_uscc(row, code)
        return await tx.insert(row)

    @command
    async def update(
        self, tx: Transaction, name: str, etag: str, change: Callable[[EmployerRow], None]
    ) -> EmployerRow:
        """Change an employer; raises NOT_FOUND, STALE_ETAG."""
        row = await tx.lock(EmployerRow, name, etag)
        change(row)
        return await tx.save(row)

    async def get(self, name: str) -> EmployerRow:
        """Return an employer; raises NOT_FOUND."""
        async with self.store.read() as tx:
            return await tx.get(EmployerRow, name)

    async def page(self, size: int, token: str) -> Page[EmployerRow]:
        """Return one page of employers."""
        async with self.store.read() as tx:
            return await employers.page(tx, size, token)

    async def create_key(self, employer: str, display_name: str, end: datetime | None) -> MadeKey:
        """Make a key; raises NOT_FOUND, API_KEY_TERM, TOO_MANY_API_KEYS."""
        secret = secrets.token_urlsafe(SECRET_BYTES)
        row = await self._insert_key(employer, display_name, end, _digest(secret))
        fresh = row.secret_sha256 == _digest(secret)
        return MadeKey(row, "_".join((MARK, *API_KEY.parse(row.name).values(), secret)) if fresh else "")

    @command
    async def _insert_key(
        self, tx: Transaction, employer: str, display_name: str, end: datetime | None, digest: str
    ) -> ApiKeyRow:
        await tx.lock(EmployerRow, employer)
        rule = rule_on(self.rules, local_day(tx.now))
        expires_at = int(end_of_key(end, tx.now, rule).timestamp())
        require_room_for_key(await employers.valid_keys(tx, employer, int(tx.now.timestamp())), rule)
        key = ApiKeyRow(
            name=API_KEY.child(employer, new_id()),
            parent=employer,
            display_name=display_name,
            secret_sha256=digest,
            expires_at=expires_at,
        )
        return await tx.insert(key)

    @command
    async def revoke_key(self, tx: Transaction, name: str) -> ApiKeyRow:
        """Revoke a key for ever; raises NOT_FOUND."""
        key = await tx.lock(ApiKeyRow, name)
        if not key.revoked_at:
            key.revoked_at = int(tx.now.timestamp())
            await tx.save(key)
        return key

    async def keys(self, employer: str, size: int, token: str) -> Page[ApiKeyRow]:
        """Return one page of the keys of an employer; raises NOT_FOUND."""
        async with self.store.read() as tx:
            await tx.get(EmployerRow, employer)
            return await employers.page_of_keys(tx, employer, size, token)

    async def known(self, shown: Credential) -> EmployerRow:
        """Return the employer behind a call; raises UNAUTHENTICATED, for a wrong key as for an unknown one."""
        name = await self._owner_of(shown.api_key) if shown.api_key else shown.tenant
        if not EMPLOYER.matches(name):
            raise _nobody()
        async with self.store.read() as tx:
            row = await tx.find(EmployerRow, name)
        if row is None:
            raise _nobody()
        return row

    async def require_may_read(self, shown: Credential, employer: str) -> None:
        """Raise UNAUTHENTICATED or OTHER_TENANT unless the caller is that employer or the authority."""
        if shown.supervisor and not shown.api_key:
            return
        known = await self.known(shown)
        if known.name != employer:
            raise forbidden("OTHER_TENANT", f"{employer[:240]} is not {known.name}.")

    async def _owner_of(self, given: str) -> str:
        """Return the employer of a key that is valid now, "" for any other text."""
        mark, *identifiers = given[:LONGEST_SECRET].split("_", 3)
        if mark != MARK or len(identifiers) != 3:
            return ""
        employer, identifier, secret = identifiers
        name = f"employers/{employer}/apiKeys/{identifier}"
        if not API_KEY.matches(name):
            return ""
        async with self.store.read() as tx:
            key = await tx.find(ApiKeyRow, name)
        valid = key is not None and not key.revoked_at and self._now() < key.expires_at
        same = compare_digest(_digest(secret), key.secret_sha256 if key is not None else _digest(""))
        return key.parent if key is not None and valid and same else ""

    def _now(self) -> int:
        return int(self.clock.now().timestamp())


def set_uscc(row: EmployerRow, code: str) -> None:
    """Write a USCC with what is wrong with it."""
    row.uscc, row.uscc_problems = uscc.normalize(code), uscc.problems(code)


def _digest(secret: str) -> str:
    return sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


def _nobody() -> AppError:
    return unauthenticated(
        "This method needs an API key that is valid now (x-api-key), or an employer's token."
    )
