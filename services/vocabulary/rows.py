"""Columns that say what something is for."""

from typing import Any

from sqlmodel import Field, SQLModel

from services.vocabulary.level import Level
from services.vocabulary.qualification import Qualification


class Qualified(SQLModel):
    """A row about one qualification: occupation × direction × level."""

    occupation: str = Field(max_length=40)
    direction: str = Field(default="", max_length=60)
    level: int

    @property
    def qualification(self) -> Qualification:
        """The qualification."""
        return Qualification(self.occupation, self.direction, Level(self.level))


def columns_of(qualification: Qualification) -> dict[str, Any]:
    """Return the columns of a qualification."""
    return {
        "occupation": qualification.occupation,
        "direction": qualification.direction,
        "level": int(qualification.level),
    }
