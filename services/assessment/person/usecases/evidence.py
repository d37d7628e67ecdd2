"""Facts of other services as evidence for eligibility, and the decision on it."""

from dataclasses import dataclass
from datetime import date

from services.assessment.person.domain.eligibility import Case, Decision, decide
from services.assessment.person.domain.evidence import EvidenceKind, EvidenceState
from services.assessment.person.storage import candidates, evidence
from services.assessment.person.storage.rows.candidates import CandidateRow
from services.assessment.person.storage.rows.evidence import EvidenceRow
from services.assessment.policy import Policy
from services.kit.clock import local_day
from services.kit.storage.commands import command
from services.kit.storage.pages import Page
from services.kit.storage.store import Store, Transaction
from services.vocabulary.qualification import Qualification
from services.vocabulary.rows import columns_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A completion or grade certificate as it was published."""

    source: str
    kind: EvidenceKind
    person: str
    qualification: Qualification
    held_on: date
    institution: str = ""
    institution_uscc: str = ""
    hours: str = ""


class Evidence:
    """What is known about people from other services."""

    def __init__(self, store: Store, policy: Policy) -> None:
        self.store = store
        self.policy = policy

    @command
    async def record(self, tx: Transaction, fact: Fact) -> EvidenceRow:
        """Keep a fact from its first day on; one that was withdrawn before it arrived stays withdrawn."""
        row = await tx.find(EvidenceRow, fact.source)
        known = row is not None
        if row is None:
            row = EvidenceRow(
                name=fact.source, person=fact.person, kind=fact.kind, state=EvidenceState.STANDING
            )
        row.sqlmodel_update(columns_of(fact.qualification))
        row.held_on = min(row.held_on or fact.held_on, fact.held_on)
        row.institution, row.institution_uscc, row.hours = fact.institution, fact.institution_uscc, fact.hours
        return await tx.save(row) if known else await tx.insert(row)

    @command
    async def withdraw(self, tx: Transaction, source: str, kind: EvidenceKind, person: str) -> EvidenceRow:
        """Note for ever that a fact no longer stands, even where the fact itself has not arrived."""
        row = await tx.find(EvidenceRow, source)
        if row is None:
            row = EvidenceRow(name=source, person=person, kind=kind, state=EvidenceState.WITHDRAWN)
            return await tx.insert(row)
        row.state = EvidenceState.WITHDRAWN
        return await tx.save(row)

    async def page(self, candidate: str, size: int, token: str) -> Page[EvidenceRow]:
        """Return one page of a candidate's evidence; raises NOT_FOUND."""
        async with self.store.read() as tx:
            row = await tx.get(CandidateRow, candidate)
            return await evidence.page(tx, row.person, size, token)

    async def check(self, candidate: str, qualification: Qualification, on: date | None) -> Decision:
        """Decide the eligibility of a candidate on a day (None: today); raises NOT_FOUND, NO_RULE_TABLE."""
        async with self.store.read() as tx:
            row = await tx.get(CandidateRow, candidate)
            day = on or local_day(tx.now)
            table = self.policy.eligibility(qualification.occupation, day)
            return decide(Case(await candidates.dossier(tx, row), qualification, day, table))
