"""What can be done with candidates."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from services.assessment.person.domain.candidate import CANDIDATE, declaration_problems
from services.assessment.person.storage import candidates
from services.assessment.person.storage.rows.candidates import CandidateRow
from services.assessment.reasons import Reason
from services.kit.clock import local_day
from services.kit.errors import AppError, already_exists, invalid
from services.kit.privacy import Vault
from services.kit.storage.commands import command
from services.kit.storage.pages import Page
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


class Candidates:
    """Commands and look-ups of candidates."""

    def __init__(self, store: Store, vault: Vault) -> None:
        self.store = store
        self.vault = vault

    @command
    async def create(self, tx: Transaction, new: NewCandidate) -> CandidateRow:
        """Create a candidate; raises INVALID_NATIONAL_ID, INVALID_DECLARATION, CANDIDATE_EXISTS."""
        number = national_id.checked(new.national_id, "candidate.national_id")
        index = self.vault.blind_index(number)
        if (known := await candidates.of_national_id(tx, index)) is not None:
            raise _exists(known, new.display_name)
        row = CandidateRow(
            name=CANDIDATE.child("", new.id or new_id()),
            display_name=person_name(new.display_name),
            national_id=self.vault.seal(number),
            national_id_index=index,
            national_id_masked=national_id.mask(number),
            person=self.vault.pseudonym(number),
            educations=new.educations,
            titles=new.titles,
            occupation_starts=new.occupation_starts,
        )
        self._check(tx, row)
        return await tx.insert(row)

    @command
    async def update(
        self, tx: Transaction, name: str, etag: str, change: Callable[[CandidateRow], None]
    ) -> CandidateRow:
        """Change the declarations; raises INVALID_DECLARATION, INVALID_UPDATE_MASK."""
        row = await tx.lock(CandidateRow, name, etag)
        change(row)
        row.display_name = person_name(row.display_name)
        self._check(tx, row)
        return await tx.save(row)

    async def get(self, name: str) -> CandidateRow:
        """Return one candidate; raises NOT_FOUND."""
        CANDIDATE.parse(name)
        async with self.store.read() as tx:
            return await tx.get(CandidateRow, name)

    async def page(self, person: str, size: int, token: str) -> Page[CandidateRow]:
        """Return one page of candidates."""
        async with self.store.read() as tx:
            return await candidates.page(tx, person, size, token)

    def _check(self, tx: Transaction, row: CandidateRow) -> None:
        born = national_id.birth_date(self.vault.open_sealed(row.national_id))
        problems = declaration_problems(
            candidates.titles(row), candidates.occupation_starts(row), born, local_day(tx.now)
        )
        if problems:
            raise invalid(Reason.INVALID_DECLARATION, "A declared date cannot be.", *problems)


def _exists(known: CandidateRow, display_name: str) -> AppError:
    """Name the existing candidate to those who know number and name; others learn only that there is one."""
    name = known.name if name_key(known.display_name) == name_key(display_name) else "candidates/-"
    return already_exists(name, Reason.CANDIDATE_EXISTS, "There is a candidate with this national ID number.")
