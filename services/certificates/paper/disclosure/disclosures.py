"""The selective twin of a certificate: made when first asked for, then always the same bytes."""

from services.certificates.document.domain.certificate import State
from services.certificates.document.domain.document import status_list_url
from services.certificates.issuing.storage import owned
from services.certificates.issuing.storage.rows.certificates import CertificateRow
from services.certificates.paper.disclosure.sd_jwt import Place, Terms, Twins
from services.certificates.paper.storage import twins
from services.certificates.reasons import Reason
from services.certificates.standing.lists.token import token_url
from services.kit.errors import precondition
from services.kit.storage.store import Store
from services.vocabulary.occupations import OCCUPATIONS


class Disclosures:
    """Twins for owners and the authority, who hand them to holders."""

    def __init__(self, store: Store, twins: Twins) -> None:
        self.store = store
        self.twins = twins

    async def twin(self, name: str, owner: str) -> bytes:
        """Return the twin; raises NOT_FOUND, NOT_SIGNED_YET, NO_STATUS_ENTRY."""
        async with self.store.read() as tx:
            row = await owned.get(tx, CertificateRow, name, owner)
            kept = await twins.find(tx, name)
        if kept is not None:
            return kept
        made = self.twins.issue(self._terms(row), facts(row))
        async with self.store.write() as tx:
            return await twins.keep(tx, name, made)

    def _terms(self, row: CertificateRow) -> Terms:
        return Terms(row.kind, row.valid_from, row.valid_until, _place(row, self.twins.public_url))


def facts(row: CertificateRow) -> dict[str, str]:
    """Return what a twin can show, in words; a fact that the certificate has not is left out."""
    occupation = OCCUPATIONS[row.occupation]
    direction = occupation.direction(row.direction)
    values = {
        "name": row.holder_name,
        "number": row.number,
        "occupation": occupation.name_zh,
        "occupationCode2015": occupation.standard_code,
        "occupationCode2022": occupation.code_2022,
        "direction": direction.name_zh if direction else "",
        "level": row.qualification.level.zh,
        "owner": row.owner_display_name,
        "listingBatch": row.listing_batch,
        "awardedOn": row.awarded_on.isoformat(),
        "hours": row.hours,
        "theoryScore": row.theory_score,
        "abilityScore": row.ability_score,
    }
    return {name: value for name, value in values.items() if value}


def _place(row: CertificateRow, public_url: str) -> Place:
    if row.state == State.INTENT:
        raise precondition(Reason.NOT_SIGNED_YET, f"{row.name} carries no signature.", name=row.name)
    if row.status_index is None:
        message = f"{row.name} has no place in a status list; correct it to have a certificate that has."
        raise precondition(Reason.NO_STATUS_ENTRY, message, name=row.name)
    return Place(token_url(status_list_url(public_url, row.status_list)), row.status_index)
