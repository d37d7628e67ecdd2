"""One slice of a roster against the register: who is new, who is in the cohort already, who is refused.

A slice is one transaction, so an import that breaks off has imported whole slices and can simply be repeated.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from services.kit.intake.rejects import Reject
from services.kit.privacy import Vault
from services.kit.storage.store import Transaction
from services.kit.values.ids import new_id
from services.training.names import ENROLLMENT, LEARNER
from services.training.reasons import Reason
from services.training.register.storage import listings
from services.training.register.storage.rows.institutions import InstitutionRow
from services.training.teaching.domain import cohort
from services.training.teaching.domain.enrollment import EnrollmentState
from services.training.teaching.domain.learner import mask_phone
from services.training.teaching.domain.roster import RosterRow
from services.training.teaching.storage import enrollments, learners
from services.training.teaching.storage.learners import Known
from services.training.teaching.storage.rows.cohorts import CohortRow
from services.training.teaching.storage.rows.enrollments import EnrollmentRow
from services.training.teaching.storage.rows.learners import LearnerRow
from services.vocabulary import listing, national_id
from services.vocabulary.listing import Listing
from services.vocabulary.person_name import name_key
from services.vocabulary.reasons import Reason as Shared


@dataclass(frozen=True, slots=True)
class SealedRow:
    """A good row whose number is sealed."""

    row: RosterRow
    blind_index: str
    person: str
    sealed_id: bytes
    sealed_phone: bytes | None


@dataclass(slots=True)
class Tally:
    """What an import did so far; in a dry run, would have done."""

    learners_created: int = 0
    enrollments_created: int = 0
    unchanged: int = 0
    rejects: list[Reject] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """Return the counts alone."""
        return {
            "learners_created": self.learners_created,
            "enrollments_created": self.enrollments_created,
            "unchanged": self.unchanged,
            "rejected": len(self.rejects),
        }


def seal(vault: Vault, rows: Sequence[RosterRow]) -> list[SealedRow]:
    """Seal the numbers of many rows."""
    return [
        SealedRow(
            row,
            vault.blind_index(row.national_id),
            vault.pseudonym(row.national_id),
            vault.seal(row.national_id),
            vault.seal(row.phone) if row.phone else None,
        )
        for row in rows
    ]


async def take(
    tx: Transaction, cohort_name: str, rows: Sequence[SealedRow], tally: Tally, *, dry_run: bool
) -> None:
    """Import a slice, or in a dry run only compare it; raises COHORT_STATE."""
    group = await _cohort(tx, cohort_name, dry_run)
    known = await learners.by_blind_index(tx, group.parent, [row.blind_index for row in rows])
    taken = await enrollments.count(tx, cohort_name) + (tally.enrollments_created if dry_run else 0)
    work = Slice(
        cohort=group,
        listings=await listings.of_institution(tx, group.parent, group.occupation),
        known=known,
        states=await enrollments.states(tx, cohort_name, [learner.name for learner in known.values()]),
        places=group.capacity - taken,
        stamp={"version": 1, "create_time": tx.now, "update_time": tx.now},
        tally=tally,
    )
    for row in rows:
        work.decide(row)
    if not dry_run:
        await tx.bulk_insert(LearnerRow, work.new_learners)
        await tx.bulk_insert(EnrollmentRow, work.new_enrollments)


async def _cohort(tx: Transaction, name: str, dry_run: bool) -> CohortRow:
    """Return the cohort; when writing, lock the institution (a person occurs once in it) and the cohort."""
    if dry_run:
        found = await tx.get(CohortRow, name)
    else:
        await tx.lock(InstitutionRow, name.rsplit("/", 2)[0])
        found = await tx.lock(CohortRow, name)
    cohort.check_state(found.state, cohort.ENROLLS, name, "an import")
    return found


@dataclass(slots=True)
class Slice:
    """The decisions of one slice and the rows that they make."""

    cohort: CohortRow
    listings: Sequence[Listing]
    known: Mapping[str, Known]
    states: Mapping[str, str]
    places: int
    stamp: Mapping[str, Any]
    tally: Tally
    new_learners: list[dict[str, Any]] = field(default_factory=list)
    new_enrollments: list[dict[str, Any]] = field(default_factory=list)
    listed: dict[date, bool] = field(default_factory=dict)

    def decide(self, sealed: SealedRow) -> None:
        """Take one row in, count it as unchanged, or refuse it."""
        learner = self.known.get(sealed.blind_index)
        state = self.states.get(learner.name) if learner else None
        if (refused := self._refusal(sealed.row, learner, state)) is not None:
            self.tally.rejects.append(refused)
        elif state is not None:
            self.tally.unchanged += 1
        else:
            self._enroll(sealed, learner.name if learner else self._add_learner(sealed))

    def _refusal(self, row: RosterRow, learner: Known | None, state: str | None) -> Reject | None:
        if learner is not None and name_key(learner.display_name) != name_key(row.display_name):
            message = "the institution knows this ID number under another name; correct one of the two"
            return Reject(row.number, "display_name", Reason.NAME_MISMATCH, message)
        if state == EnrollmentState.DROPPED:
            return Reject(
                row.number,
                "",
                Reason.NOT_ENROLLED,
                "the learner left this cohort; take the row out",
            )
        if state is not None:
            return None
        if not self._is_listed(row.enrolled_on):
            message = (
                f"the institution is not listed for {self.cohort.occupation} on {row.enrolled_on}; correct it"
            )
            return Reject(row.number, "enrolled_on", Shared.NOT_LISTED, message)
        if self.places <= 0:
            message = f"the cohort is full ({self.cohort.capacity} learners); import the row into another one"
            return Reject(row.number, "", Reason.COHORT_FULL, message)
        return None

    def _is_listed(self, day: date) -> bool:
        if day not in self.listed:
            self.listed[day] = listing.in_force(self.listings, day) is not None
        return self.listed[day]

    def _add_learner(self, sealed: SealedRow) -> str:
        row, institution = sealed.row, self.cohort.parent
        name = f"{institution}/{LEARNER.collection}/{new_id()}"
        self.new_learners.append(
            {
                "name": name,
                "parent": institution,
                **self.stamp,
                "display_name": row.display_name,
                "sealed_id": sealed.sealed_id,
                "blind_index": sealed.blind_index,
                "person": sealed.person,
                "id_masked": national_id.mask(row.national_id),
                "sealed_phone": sealed.sealed_phone,
                "phone_masked": mask_phone(row.phone),
                "employer": row.employer,
                "education": row.education,
            }
        )
        self.tally.learners_created += 1
        return name

    def _enroll(self, sealed: SealedRow, learner: str) -> None:
        self.new_enrollments.append(
            {
                "name": f"{self.cohort.name}/{ENROLLMENT.collection}/{new_id()}",
                "parent": self.cohort.name,
                **self.stamp,
                "learner": learner,
                "learner_display_name": sealed.row.display_name,
                "enrolled_on": sealed.row.enrolled_on,
                "state": EnrollmentState.ENROLLED,
                "exam_score": None,
                "examined_on": None,
                "reason": "",
            }
        )
        self.tally.enrollments_created += 1
        self.places -= 1
