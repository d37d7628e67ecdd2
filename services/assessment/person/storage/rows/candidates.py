"""Rows of candidates (考生); the national ID number is sealed, its index finds it again."""

from datetime import date
from typing import Any

from sqlmodel import Field

from services.assessment.person.domain.candidate import Education, OccupationStart, Title
from services.assessment.root import Base
from services.kit.storage.columns import bytes_column, json_column
from services.kit.storage.rows import Entity, paged
from services.vocabulary.education import Degree, TitleRank


class CandidateRow(Entity, Base, table=True):
    """candidates/{candidate}; the declarations hold ISO days and the numbers of the domain's enums."""

    __tablename__ = "candidates"
    __table_args__ = paged("person")

    display_name: str = Field(max_length=60)
    sealed_id: bytes = bytes_column()
    blind_index: str = Field(max_length=60, unique=True)
    id_masked: str = Field(max_length=40)
    person: str = Field(max_length=60)
    educations: list[dict[str, Any]] = json_column(list)
    titles: list[dict[str, Any]] = json_column(list)
    occupation_starts: list[dict[str, Any]] = json_column(list)

    @property
    def declared_educations(self) -> list[Education]:
        """The declared education."""
        return [
            Education(Degree(e["degree"]), _day(e["graduated_on"]), e["related"], e["state_rule"])
            for e in self.educations
        ]

    @property
    def declared_titles(self) -> list[Title]:
        """The declared titles."""
        return [Title(TitleRank(t["rank"]), _day(t["obtained_on"])) for t in self.titles]

    @property
    def declared_starts(self) -> list[OccupationStart]:
        """Since when the candidate works in which occupation."""
        return [OccupationStart(s["occupation"], _day(s["started_on"])) for s in self.occupation_starts]


def _day(text: str) -> date:
    return date.fromisoformat(text)
