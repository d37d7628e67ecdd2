"""Look-ups of candidates, and the dossier that eligibility is decided on."""

from datetime import date

from sqlalchemy import select

from services.assessment.person.domain.candidate import Degree, Education, OccupationStart, Title, TitleRank
from services.assessment.person.domain.eligibility import Dossier
from services.assessment.person.storage import evidence
from services.assessment.person.storage.rows.candidates import CandidateRow
from services.kit.storage.pages import Page
from services.kit.storage.store import Transaction


async def of_national_id(tx: Transaction, index: str) -> CandidateRow | None:
    """Return the candidate whose number has that blind index."""
    return await tx.one(select(CandidateRow).where(CandidateRow.national_id_index == index))


async def page(tx: Transaction, person: str, size: int, token: str) -> Page[CandidateRow]:
    """Return one page of candidates; "" for any person."""
    statement = select(CandidateRow)
    wanted = statement.where(CandidateRow.person == person) if person else statement
    return await tx.page(wanted, CandidateRow, size, token)


async def dossier(tx: Transaction, row: CandidateRow) -> Dossier:
    """Return what the candidate declares and what other services published about the person."""
    completions, certificates = await evidence.standing(tx, row.person)
    return Dossier(educations(row), titles(row), occupation_starts(row), completions, certificates)


def educations(row: CandidateRow) -> list[Education]:
    """Return the declared education."""
    return [
        Education(Degree(e["degree"]), date.fromisoformat(e["graduated_on"]), e["related"], e["state_rule"])
        for e in row.educations
    ]


def titles(row: CandidateRow) -> list[Title]:
    """Return the declared titles."""
    return [Title(TitleRank(t["rank"]), date.fromisoformat(t["obtained_on"])) for t in row.titles]


def occupation_starts(row: CandidateRow) -> list[OccupationStart]:
    """Return since when the candidate works in which occupation."""
    return [
        OccupationStart(s["occupation"], date.fromisoformat(s["started_on"])) for s in row.occupation_starts
    ]
