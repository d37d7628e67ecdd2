"""Share links: whoever has the signed document, or staff at the holder's wish, makes one; anyone with it opens it.

A token has 128 random bits and is told once; what is kept is its digest.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import NamedTuple

from services.certificates.document.domain.certificate import STANDING, State
from services.certificates.document.domain.holder import printable
from services.certificates.document.domain.verification import Outcome, standing
from services.certificates.issuing.storage import owned
from services.certificates.issuing.storage.rows.certificates import CertificateRow
from services.certificates.names import CERTIFICATE, SHARE
from services.certificates.reasons import Reason
from services.certificates.verifying.checking.verifications import Verifications
from services.certificates.verifying.domain.share import MOST_A_DAY, SharedField, require_term
from services.certificates.verifying.storage import shares
from services.certificates.verifying.storage.rows.shares import ShareRow
from services.kit.errors import exhausted, invalid, not_found, precondition
from services.kit.storage.commands import command
from services.kit.storage.pages import Page, matching
from services.kit.storage.store import Store, Transaction
from services.kit.values.ids import new_id

TOKEN_BYTES = 16
DAY = timedelta(days=1)
SHAREABLE = STANDING - {State.INTENT}


@dataclass(frozen=True, slots=True)
class Terms:
    """What for, what is shown, and the first moment at which nothing is shown any more."""

    purpose: str
    shown: Sequence[SharedField]
    expire: datetime


class Made(NamedTuple):
    """A link; `token` is empty where a call was repeated."""

    share: ShareRow
    token: str
    url: str


class Opened(NamedTuple):
    """What a link leads to, and whether it stands now."""

    share: ShareRow
    certificate: CertificateRow
    outcome: Outcome


class Shares:
    """Links for holders, and their opening for everyone."""

    def __init__(self, store: Store, verifications: Verifications, public_url: str) -> None:
        self.store = store
        self.verifications = verifications
        self.public_url = public_url

    async def create(self, certificate: str, owner: str, terms: Terms) -> Made:
        """Make a link at the holder's wish; raises NOT_FOUND, SHARE_TERM, WRONG_STATE."""
        return await self._create(certificate, owner, terms, by_holder=False)

    async def create_by_holder(self, document: bytes, terms: Terms) -> Made:
        """Make a link with the document; raises DOCUMENT_NOT_HELD, SHARE_TERM, WRONG_STATE, TOO_MANY_SHARES."""
        return await self._create(await self._certificate_of(document), "", terms, by_holder=True)

    async def _create(self, certificate: str, owner: str, terms: Terms, *, by_holder: bool) -> Made:
        token = secrets.token_urlsafe(TOKEN_BYTES)
        share = await self._insert(certificate, owner, terms, token, by_holder)
        told = token if share.token_sha256 == _digest(token) else ""
        return Made(share, told, f"{self.public_url}/s/{told}" if told else "")

    @command
    async def _insert(
        self, tx: Transaction, certificate: str, owner: str, terms: Terms, token: str, by_holder: bool
    ) -> ShareRow:
        row = await owned.lock(tx, CertificateRow, certificate, owner, "")
        require_term(terms.expire, tx.now)
        _require_shareable(row)
        if by_holder:
            await _require_few(tx, certificate)
        share = ShareRow(
            name=SHARE.child(certificate, new_id()),
            parent=certificate,
            token_sha256=_digest(token),
            purpose=printable(terms.purpose, "terms.purpose"),
            shown=list(terms.shown),
            by_holder=by_holder,
            expires_at=terms.expire,
        )
        return await tx.insert(share)

    async def page(self, certificate: str, owner: str, size: int, token: str) -> Page[ShareRow]:
        """Return one page of the links of a certificate; raises NOT_FOUND."""
        async with self.store.read() as tx:
            await owned.get(tx, CertificateRow, certificate, owner)
            return await tx.page(matching(ShareRow, parent=certificate), ShareRow, size, token)

    @command
    async def end(self, tx: Transaction, name: str, owner: str) -> ShareRow:
        """End a link, for ever; raises NOT_FOUND. Ending it again changes nothing."""
        await owned.get(tx, CertificateRow, SHARE.parent(name), owner)
        share = await tx.lock(ShareRow, name)
        if share.ended_at is None:
            share.ended_at = tx.now
            await tx.save(share)
        return share

    async def end_by_holder(self, name: str, document: bytes) -> ShareRow:
        """End a link with the document; raises NOT_FOUND, DOCUMENT_NOT_HELD."""
        if await self._certificate_of(document) != SHARE.parent(name):
            raise not_found(name)
        return await self.end(name, "")

    async def open(self, token: str) -> Opened:
        """Return what a link leads to; raises NOT_FOUND for no link or an ended one, and SHARE_EXPIRED."""
        now = self.store.clock.now()
        async with self.store.read() as tx:
            share = await shares.by_digest(tx, _digest(token))
            if share is None or share.ended_at is not None:
                raise not_found("shares/-")
            if now >= share.expires_at:
                raise precondition(Reason.SHARE_EXPIRED, "The time of this link is over; ask for a new one.")
            row = await tx.get(CertificateRow, share.parent)
        return Opened(share, row, standing(row.state, row.valid_from, row.valid_until, now))

    async def _certificate_of(self, document: bytes) -> str:
        """Return the name of the certificate whose signed document this is; raises DOCUMENT_NOT_HELD."""
        finding = await self.verifications.by_document(document)
        if finding.entry is None:
            message = "The document is not one that this service signed and holds."
            raise invalid(Reason.DOCUMENT_NOT_HELD, message, outcome=finding.outcome.name)
        return CERTIFICATE.child("", finding.entry.number.lower())


def _require_shareable(row: CertificateRow) -> None:
    if row.state not in SHAREABLE:
        message = f"{row.name} is {row.state}; only a certificate that stands or is on hold can be shared."
        raise precondition("WRONG_STATE", message, name=row.name, state=row.state)


async def _require_few(tx: Transaction, certificate: str) -> None:
    if await shares.made_by_holder_since(tx, certificate, tx.now - DAY) >= MOST_A_DAY:
        message = f"{MOST_A_DAY} links were made for this certificate within a day."
        raise exhausted(Reason.TOO_MANY_SHARES, message, DAY)


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()
