"""Candidates (考生): entered with their number, and what they declare."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from services.assessment.names import CANDIDATE
from services.assessment.person.domain.candidate import declaration_problems
from services.assessment.person.storage import candidates
from services.assessment.person.storage.rows.candidates import CandidateRow
from services.assessment.reasons import Reason
from services.kit.clock import local_day
from services.kit.errors import AppError, already_exists, invalid
from services.kit.privacy import Vault
from services.kit.resource import Resource
from services.kit.storage.commands import command
from services.kit.storage.store import Store, Transaction
from services.kit.values.ids import new_id
from services.vocabulary import national_id
from services.vocabulary.person_name import name_key, person_name


@dataclass(frozen=True, slots=True)
class NewCandidate:
    """A candidate to create; the declarations are plain values as the row holds them."""

    id: str
    display_name: str
    national_id: str
    educations: list[dict[str, Any]] = field(default_factory=list)
    titles: list[dict[str, Any]] = field(default_factory=list)
    occupation_starts: list[dict[str, Any]] = field(default_factory=list)


class Candidates(Resource[CandidateRow]):
    """Commands and questions about candidates."""

    row, pattern = CandidateRow, CANDIDATE

    def __init__(self, store: Store, vault: Vault) -> None:
        super().__init__(store)
        self.vault = vault

    @command
    async def create(self, tx: Transaction, new: NewCandidate) -> CandidateRow:
        """Create a candidate; raises INVALID_NATIONAL_ID, INVALID_DECLARATION, CANDIDATE_EXISTS."""
        number = national_id.checked(new.national_id, "candidate.national_id")
        index = self.vault.blind_index(number)
        if (known := await candidates.with_blind_index(tx, index)) is not None:
            raise _exists(known, new.display_name)
        row = CandidateRow(
            name=CANDIDATE.child("", new.id or new_id()),
            display_name=person_name(new.display_name),
            sealed_id=self.vault.seal(number),
            blind_index=index,
            id_masked=national_id.mask(number),
            person=self.vault.pseudonym(number),
            educations=new.educations,
            titles=new.titles,
            occupation_starts=new.occupation_starts,
        )
        self._check(tx, row)
        return await tx.insert(row)

    async def changed(self, tx: Transaction, row: CandidateRow, was: Mapping[str, Any]) -> None:
        """Check what is declared; raises INVALID_DECLARATION."""
        row.display_name = person_name(row.display_name)
        self._check(tx, row)

    def _check(self, tx: Transaction, row: CandidateRow) -> None:
        born = national_id.birth_date(self.vault.open_sealed(row.sealed_id))
        problems = declaration_problems(row.declared_titles, row.declared_starts, born, local_day(tx.now))
        if problems:
            raise invalid(Reason.INVALID_DECLARATION, "A declared date cannot be.", *problems)


def _exists(known: CandidateRow, display_name: str) -> AppError:
    """Name the existing candidate to those who know number and name; others learn only that there is one."""
    name = known.name if name_key(known.display_name) == name_key(display_name) else "candidates/-"
    return already_exists(name, Reason.CANDIDATE_EXISTS, "There is a candidate with this national ID number.")
