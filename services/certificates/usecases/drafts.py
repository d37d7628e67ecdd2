"""Drafting: take a number, write the document, fix the bytes to sign. What is drafted is never written anew."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from services.certificates.domain.award import Award, require_known_qualification
from services.certificates.domain.certificate import State
from services.certificates.domain.document import Issuer, Json, Particulars, build, faults
from services.certificates.domain.holder import comparable, printable
from services.certificates.domain.policy import Policy, end_of_validity
from services.certificates.domain.reasons import Reason
from services.certificates.signing import proof
from services.certificates.storage.certificates import Draft
from services.certificates.usecases.numbers import NumberScheme
from services.kit.clock import local_day
from services.kit.errors import invalid


@dataclass(frozen=True, slots=True)
class Drafter:
    """Turns an award into a certificate in state INTENT."""

    issuer: Issuer
    key_id: str
    policy: Policy
    numbers: NumberScheme

    def draft(self, award: Award, now: datetime, revision: int = 0) -> Draft:
        """Return a draft; raises UNKNOWN_QUALIFICATION and TEXT_NOT_PRINTABLE."""
        require_known_qualification(award)
        award = replace(award, holder_name=printable(award.holder_name))
        particulars = self._particulars(award, now.replace(microsecond=0))
        document = build(award, particulars, self.issuer)
        _require_profile(document, award)
        intent = proof.intend(document, self.key_id, particulars.valid_from)
        values = _values(award, particulars, revision)
        values |= {"document_sha256": intent.document_sha256, "create_time": now, "update_time": now}
        return Draft(values, intent.document, [intent.options.decode()])

    def _particulars(self, award: Award, start: datetime) -> Particulars:
        rule = self.policy.of(award.kind, local_day(start))
        return Particulars(
            number=self.numbers.new(award.kind, award.owner, local_day(start).year),
            subject=f"urn:uuid:{uuid4()}",
            valid_from=start,
            valid_until=end_of_validity(start, rule.validity_months),
            holder_name=rule.holder_name,
        )


def _require_profile(document: Json, award: Award) -> None:
    if wrong := "; ".join(faults(document)):
        raise invalid(
            Reason.TEXT_NOT_PRINTABLE, f"The document cannot be written: {wrong}.", source=award.source
        )


def _values(award: Award, particulars: Particulars, revision: int) -> dict[str, Any]:
    until = particulars.valid_until
    return {
        "name": f"certificates/{particulars.number.lower()}",
        "parent": "",
        "version": 1,
        "number": particulars.number,
        "kind": award.kind.value,
        "state": State.INTENT.value,
        "source": award.source,
        "revision": revision,
        "owner": award.owner,
        "owner_display_name": award.owner_display_name,
        "listing_batch": award.listing_batch,
        "person": award.person,
        "holder_name": award.holder_name,
        "holder_key": comparable(award.holder_name),
        "occupation": award.occupation,
        "direction": award.direction,
        "level": int(award.level),
        "hours": award.hours,
        "theory_score": award.theory_score,
        "ability_score": award.ability_score,
        "awarded_on": award.awarded_on,
        "valid_from": int(particulars.valid_from.timestamp()),
        "valid_until": int(until.timestamp()) if until else 0,
        "supersedes": "",
        "superseded_by": "",
        "revocation_reason": "",
        "revocation_note": "",
        "revoked_at": 0,
    }
