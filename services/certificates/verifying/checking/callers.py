"""Which employer a call comes from: by the key of a program, or by the token of a person."""

from hmac import compare_digest
from typing import NamedTuple

from services.certificates.names import EMPLOYER
from services.certificates.verifying.domain import api_key
from services.certificates.verifying.storage.rows.api_keys import ApiKeyRow
from services.certificates.verifying.storage.rows.employers import EmployerRow
from services.kit.errors import AppError, forbidden, unauthenticated
from services.kit.storage.store import Store


class Credential(NamedTuple):
    """What a call shows of its caller: an API key, an employer's tenant from a token, the authority's role."""

    api_key: str = ""
    tenant: str = ""
    supervisor: bool = False


class Callers:
    """Knows employers by what a call shows."""

    def __init__(self, store: Store) -> None:
        self.store = store

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
        if (found := api_key.read(given)) is None:
            return ""
        name, secret = found
        async with self.store.read() as tx:
            key = await tx.find(ApiKeyRow, name)
        kept = key.secret_sha256 if key is not None else api_key.digest("")
        same = compare_digest(api_key.digest(secret), kept)
        return key.parent if key is not None and same and key.valid_at(self.store.clock.now()) else ""


def _nobody() -> AppError:
    return unauthenticated(
        "This method needs an API key that is valid now (x-api-key), or an employer's token."
    )
