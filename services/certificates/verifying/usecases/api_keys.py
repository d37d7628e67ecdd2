"""The keys of employers' programs: made and revoked by the employers."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from services.certificates.names import API_KEY
from services.certificates.verifying.domain.api_key import digest, shown
from services.certificates.verifying.domain.employer import EmployerRule, end_of_key, require_room_for_key
from services.certificates.verifying.storage import api_keys
from services.certificates.verifying.storage.rows.api_keys import ApiKeyRow
from services.certificates.verifying.storage.rows.employers import EmployerRow
from services.kit.clock import local_day
from services.kit.storage.commands import command
from services.kit.storage.pages import Page, matching
from services.kit.storage.store import Store, Transaction
from services.kit.values.ids import new_id
from services.vocabulary.policy import in_force

SECRET_BYTES = 32


class MadeKey(NamedTuple):
    """A key; `secret` is empty where a call was repeated."""

    key: ApiKeyRow
    secret: str


class ApiKeys:
    """Commands and questions about API keys."""

    def __init__(self, store: Store, rules: Sequence[EmployerRule]) -> None:
        self.store = store
        self.rules = rules

    async def create(self, employer: str, display_name: str, end: datetime | None) -> MadeKey:
        """Make a key; raises NOT_FOUND, NO_POLICY, API_KEY_TERM, TOO_MANY_API_KEYS."""
        secret = secrets.token_urlsafe(SECRET_BYTES)
        row = await self._insert(employer, display_name, end, digest(secret))
        return MadeKey(row, shown(row.name, secret) if row.secret_sha256 == digest(secret) else "")

    @command
    async def _insert(
        self, tx: Transaction, employer: str, display_name: str, end: datetime | None, secret_sha256: str
    ) -> ApiKeyRow:
        await tx.lock(EmployerRow, employer)
        rule = in_force(self.rules, local_day(tx.now), "employers")
        expires_at = end_of_key(end, tx.now, rule)
        require_room_for_key(await api_keys.valid(tx, employer, tx.now), rule)
        key = ApiKeyRow(
            name=API_KEY.child(employer, new_id()),
            parent=employer,
            display_name=display_name,
            secret_sha256=secret_sha256,
            expires_at=expires_at,
        )
        return await tx.insert(key)

    @command
    async def revoke(self, tx: Transaction, name: str) -> ApiKeyRow:
        """Revoke a key for ever; raises NOT_FOUND."""
        key = await tx.lock(ApiKeyRow, name)
        if key.revoked_at is None:
            key.revoked_at = tx.now
            await tx.save(key)
        return key

    async def page(self, employer: str, size: int, token: str) -> Page[ApiKeyRow]:
        """Return one page of the keys of an employer, oldest first; raises NOT_FOUND."""
        async with self.store.read() as tx:
            await tx.get(EmployerRow, employer)
            return await tx.page(matching(ApiKeyRow, parent=employer), ApiKeyRow, size, token)
