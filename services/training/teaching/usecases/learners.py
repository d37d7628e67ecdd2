"""Learners: a person occurs once in an institution; number and phone are sealed before they are stored."""

from collections.abc import Mapping
from typing import Any

from services.kit.errors import Violation, already_exists, invalid, not_found
from services.kit.privacy import Vault
from services.kit.resource import Resource
from services.kit.storage.commands import command
from services.kit.storage.store import Store, Transaction
from services.kit.values.ids import new_id
from services.kit.values.text import line, optional_line
from services.training.names import LEARNER
from services.training.reasons import Reason
from services.training.register.storage.rows.institutions import InstitutionRow
from services.training.teaching.domain.learner import mask_phone
from services.training.teaching.storage import enrollments, learners
from services.training.teaching.storage.rows.learners import LearnerRow
from services.vocabulary import national_id as numbers
from services.vocabulary.person_name import person_name


class Learners(Resource[LearnerRow]):
    """Commands and questions about learners."""

    row, pattern = LearnerRow, LEARNER

    def __init__(self, store: Store, vault: Vault) -> None:
        super().__init__(store)
        self.vault = vault

    @command
    async def create(
        self,
        tx: Transaction,
        parent: str,
        identifier: str,
        *,
        display_name: str,
        national_id: str,
        phone: str,
        employer: str,
        education: str,
    ) -> LearnerRow:
        """Enter a person; raises INVALID_NATIONAL_ID, LEARNER_EXISTS."""
        name = LEARNER.child(parent, identifier or new_id())
        number = numbers.checked(national_id, "learner.national_id")
        await tx.lock(InstitutionRow, parent)
        index = self.vault.blind_index(number)
        if (known := await learners.find(tx, parent, index)) is not None and known.name != name:
            message = f"{known.name} has this national ID number."
            raise already_exists(known.name, Reason.LEARNER_EXISTS, message)
        row = LearnerRow(
            name=name,
            parent=parent,
            display_name=display_name,
            employer=employer,
            education=education,
            sealed_id=self.vault.seal(number),
            blind_index=index,
            person=self.vault.pseudonym(number),
            id_masked=numbers.mask(number),
        )
        self.set_phone(row, phone)
        _clean(row)
        return await tx.insert(row)

    def set_phone(self, row: LearnerRow, phone: str) -> None:
        """Seal a telephone number into a row; "" removes it."""
        row.sealed_phone = self.vault.seal(phone) if phone else None
        row.phone_masked = mask_phone(phone)

    async def find(self, parent: str, national_id: str) -> LearnerRow:
        """Return the learner with a national ID number; raises INVALID_NATIONAL_ID, RESOURCE_NOT_FOUND."""
        number = numbers.checked(national_id, "national_id")
        async with self.store.read() as tx:
            found = await learners.find(tx, parent, self.vault.blind_index(number))
        if found is None:
            raise not_found(f"{parent}/learners with {numbers.mask(number)}")
        return found

    async def changed(self, tx: Transaction, row: LearnerRow, was: Mapping[str, Any]) -> None:
        """Clean what was typed; a new name shows in every enrollment."""
        _clean(row)
        if row.display_name != was["display_name"]:
            await enrollments.rename(tx, row.name, row.display_name)


def _clean(row: LearnerRow) -> None:
    row.display_name = person_name(line(row.display_name, 60, "learner.display_name"))
    row.employer = _open_text(row.employer, 100, "learner.employer")
    row.education = _open_text(row.education, 40, "learner.education")


def _open_text(text: str, longest: int, field: str) -> str:
    """Return cleaned text that everyone may read; raises INVALID_FIELD, also where an ID number stands in it."""
    if numbers.stands_in(text):
        problem = "holds an ID number; take it out"
        raise invalid("INVALID_FIELD", f"{field} {problem}.", Violation(field, problem, "INVALID_FIELD"))
    return optional_line(text, longest, field)
