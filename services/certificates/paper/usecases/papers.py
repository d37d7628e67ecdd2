"""The certificate as a page: set anew at each request from what was signed, with the same bytes for the same inputs."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from services.certificates.document.domain.award import Award
from services.certificates.document.domain.certificate import State
from services.certificates.document.domain.document import Issuer
from services.certificates.issuing.storage import certificates, owned
from services.certificates.issuing.storage.rows.certificates import CertificateRow
from services.certificates.paper.printing import claims, cose, qr
from services.certificates.paper.printing.enclosures import Source
from services.certificates.paper.printing.sheet import Attachment, Layout, Particulars, sheet
from services.certificates.paper.printing.typesetter import Typesetter
from services.certificates.proofs.signing.keys import Keyring
from services.certificates.proofs.signing.signer import Signer
from services.certificates.reasons import Reason
from services.kit.clock import local_day
from services.kit.errors import precondition
from services.kit.storage.store import Store


class Papers:
    """Pages for those who may fetch the document.

    `always` are the sources of what never changes once it is there, `more` those of evidence, as it stands at print.
    """

    def __init__(
        self,
        store: Store,
        issuer: Issuer,
        keyring: Keyring | None,
        typesetter: Typesetter,
        always: Sequence[Source] = (),
        more: Sequence[Source] = (),
    ) -> None:
        self.store = store
        self.issuer = issuer
        self.keyring = keyring
        self.typesetter = typesetter
        self.always = always
        self.more = more

    async def pdf(self, name: str, owner: str, layout: Layout, evidence: bool = False) -> bytes:
        """Return the page of an ISSUED certificate, with `evidence` as it stands now if wanted.

        Raises NOT_FOUND, NOT_SIGNED_YET, WRONG_STATE, GLYPH_MISSING, PAPER_NOT_INSTALLED, PAPER_KEY_MISSING.
        """
        async with self.store.read() as tx:
            row = await owned.get(tx, CertificateRow, name, owner)
            document = await certificates.signed_document(tx, name)
        _require_issued(row)
        code = qr.svg(self._address(row, json.loads(document)))
        attachments = [_credential(document)]
        for source in (*self.always, *(self.more if evidence else ())):
            attachments += await source(row)
        return await self.typesetter.pdf(
            sheet(award_of(row), self._particulars(row), layout), code, attachments
        )

    def _address(self, row: CertificateRow, document: dict[str, Any]) -> str:
        claimed = claims_of(row, self.issuer.did, "identifier" in document["credentialSubject"])
        signer = self._signer(claimed.issued)
        return qr.address(self.issuer.url, cose.sign1(claims.encode(claimed), signer))

    def _signer(self, issued: date) -> Signer:
        """Return the key that was the newest on the day of issue, so that a code never changes."""
        if self.keyring is None:
            raise precondition(Reason.PAPER_KEY_MISSING, "No key for QR codes was given to the service.")
        signers = self.keyring.signers
        then = [key_id for key_id in sorted(signers) if key_id.rpartition("#")[2] <= f"qr-{issued:%Y%m%d}"]
        return signers[then[-1] if then else min(signers)]

    def _particulars(self, row: CertificateRow) -> Particulars:
        until = local_day(row.valid_until) if row.valid_until is not None else None
        issued = local_day(row.valid_from)
        return Particulars(row.number, issued, until, row.document_sha256, self.issuer.name, self.issuer.did)


def claims_of(row: CertificateRow, issuer: str, shows_name: bool) -> claims.Claims:
    """Return what the QR code says of a certificate."""
    document = bytes.fromhex(row.document_sha256)[: claims.HASH]
    return claims.Claims(
        issuer=issuer,
        number=row.number,
        holder=row.holder_name if shows_name else claims.name_hash(row.holder_name, document),
        kind=row.kind,
        occupation=row.occupation,
        direction=row.direction,
        level=row.qualification.level,
        issued=local_day(row.valid_from),
        document=document,
        valid_until=int(row.valid_until.timestamp()) if row.valid_until is not None else 0,
    )


def award_of(row: CertificateRow) -> Award:
    """Return the award with the name as it was certified."""
    return Award(
        source=row.source,
        kind=row.kind,
        person=row.person,
        holder_name=row.holder_name,
        owner=row.owner,
        owner_display_name=row.owner_display_name,
        owner_uscc="",
        listing="",
        listing_batch=row.listing_batch,
        occupation=row.occupation,
        direction=row.direction,
        level=row.qualification.level,
        achieved_on=row.awarded_on,
        awarded_on=row.awarded_on,
        hours=row.hours,
        theory_score=row.theory_score,
        ability_score=row.ability_score,
    )


def _credential(document: bytes) -> Attachment:
    return Attachment(
        "credential.json", "application/vc", "Signed credential 已签名的证书数据", document.decode()
    )


def _require_issued(row: CertificateRow) -> None:
    if row.state != State.ISSUED:
        message = f"A certificate in state {row.state} is not printed."
        raise precondition("WRONG_STATE", message, state=row.state, action="print", name=row.name)
