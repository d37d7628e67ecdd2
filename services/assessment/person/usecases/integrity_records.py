"""Integrity records (诚信档案), as the person and the authority see them."""

from services.assessment.person.storage.rows.candidates import CandidateRow
from services.assessment.person.storage.rows.integrity_records import IntegrityRecordRow
from services.kit.storage.pages import Page, matching
from services.kit.storage.store import Store


class IntegrityRecords:
    """Questions about integrity records."""

    def __init__(self, store: Store) -> None:
        self.store = store

    async def page(self, candidate: str, size: int, token: str) -> Page[IntegrityRecordRow]:
        """Return one page of a candidate's records; raises NOT_FOUND."""
        async with self.store.read() as tx:
            person = (await tx.get(CandidateRow, candidate)).person
            wanted = matching(IntegrityRecordRow, parent=person)
            return await tx.page(wanted, IntegrityRecordRow, size, token)
