"""Drafting: reserve number, status entry and nonce, write the document. What is drafted is never written anew."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import uuid4

from services.certificates.document.domain.award import Award, require_known_qualification
from services.certificates.document.domain.certificate import State
from services.certificates.document.domain.document import (
    Issuer,
    Json,
    Particulars,
    StatusEntry,
    build,
    faults,
)
from services.certificates.document.domain.holder import comparable, printable
from services.certificates.document.domain.policy import Policy, Release, end_of_validity
from services.certificates.issuing.drafting.numbers import NumberScheme, Wanted
from services.certificates.issuing.storage.certificates import Draft
from services.certificates.issuing.storage.reservations import take_status_entries
from services.certificates.log.ledger.journal import Journal
from services.certificates.log.ledger.leaf import new_nonce
from services.certificates.proofs.signing import jcs, proof
from services.certificates.proofs.signing.lint import Candidate, record_of
from services.certificates.proofs.signing.workshop import Workshop
from services.certificates.reasons import Reason
from services.kit.clock import local_day
from services.kit.errors import invalid
from services.kit.storage.store import Transaction

FEW = 4  # drafts that are examined at once, so that they are soon issued; more are left to workers


@dataclass(frozen=True, slots=True)
class Drafter:
    """Turns awards into certificates in state INTENT; `key_ids` by cryptosuite, in the order of the proofs."""

    issuer: Issuer
    key_ids: dict[str, str]
    policy: Policy
    numbers: NumberScheme
    workshop: Workshop
    journal: Journal

    async def draft(self, tx: Transaction, awards: Sequence[Award], revision: int = 0) -> list[Draft]:
        """Return drafts with reserved places; raises UNKNOWN_QUALIFICATION, TEXT_NOT_PRINTABLE, BODY_WITHOUT_CODE."""
        year = local_day(tx.now).year
        for award in awards:
            require_known_qualification(award)
        wanted = [Wanted(award.kind, award.owner, award.level, year) for award in awards]
        numbers = await self.numbers.take(tx, wanted)
        places = await take_status_entries(tx, len(awards))
        if places.begun:
            self.journal.change(tx)
        taken = zip(awards, numbers, places.entries, strict=True)
        drafts = [self._draft(award, number, entry, tx.now, revision) for award, number, entry in taken]
        return drafts if len(drafts) > FEW else [self._examined(draft) for draft in drafts]

    def _examined(self, draft: Draft) -> Draft:
        """Add what is to be signed where the document passes the lint; what does not is reported when it is issued."""
        row = draft.values
        fields = ("number", "holder_name", "status_index", "valid_from", "valid_until")
        record = record_of(*(row[field] for field in fields))
        candidate = Candidate(draft.document, row["document_sha256"], draft.proof_options, record)
        linted = self.workshop.lint_now(candidate)
        return draft._replace(messages=[message.hex() for message in linted.messages])

    def _draft(self, award: Award, number: str, entry: StatusEntry, now: datetime, revision: int) -> Draft:
        start = now.replace(microsecond=0)
        award = replace(award, holder_name=printable(award.holder_name))
        particulars = self._particulars(award, number, entry, start)
        document = build(award, particulars, self.issuer)
        _require_profile(document, award)
        canonical = jcs.profile_form(document)
        values = _values(award, particulars, revision)
        values |= {"document_sha256": sha256(canonical).hexdigest(), "create_time": now, "update_time": now}
        release = self.policy.release_of(award.kind, local_day(start))
        values |= {"batch": None, "awaits_release": release is Release.BY_BATCH}
        return Draft(values, canonical, self._options(document, start), new_nonce(), [])

    def _options(self, document: Json, created: datetime) -> list[str]:
        wanted = [proof.options(document, key_id, created, suite) for suite, key_id in self.key_ids.items()]
        return [jcs.profile_form(options).decode() for options in wanted]

    def _particulars(self, award: Award, number: str, entry: StatusEntry, start: datetime) -> Particulars:
        rule = self.policy.of(award.kind, local_day(start))
        return Particulars(
            number=number,
            subject=f"urn:uuid:{uuid4()}",
            valid_from=start,
            valid_until=end_of_validity(start, rule.validity_months),
            holder_name=rule.holder_name,
            status=entry,
        )


def _require_profile(document: Json, award: Award) -> None:
    if wrong := "; ".join(faults(document)):
        raise invalid(
            Reason.TEXT_NOT_PRINTABLE, f"The document cannot be written: {wrong}.", source=award.source
        )


def _values(award: Award, particulars: Particulars, revision: int) -> dict[str, Any]:
    return {
        "name": f"certificates/{particulars.number.lower()}",
        "parent": "",
        "version": 1,
        "number": particulars.number,
        "kind": award.kind,
        "state": State.INTENT,
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
        "valid_from": particulars.valid_from,
        "valid_until": particulars.valid_until,
        "supersedes": "",
        "superseded_by": "",
        "revocation_reason": None,
        "revocation_note": "",
        "revoked_at": None,
        "rdf_sha256": "",
        "status_list": particulars.status.list_id,
        "status_index": particulars.status.index,
        "log_position": "",
        "refusal": "",
    }
