"""Rows of catalogue listings (目录)."""

from datetime import date

from sqlmodel import Field

from services.assessment.root import Base
from services.kit.storage.columns import enum_column, json_column
from services.kit.storage.rows import Entity
from services.vocabulary.listing import BATCH, Change, Listing, ListingState


class ListingRow(Entity, Base, table=True):
    """bodies/{body}/listings/{listing}; `history` holds each step as `Change.row` writes it."""

    __tablename__ = "listings"

    occupation: str = Field(max_length=40)
    state: ListingState = enum_column(ListingState)
    batch: str = Field(default="", max_length=BATCH)
    valid_from: date | None = None
    valid_to: date | None = None
    history: list[list[str]] = json_column(list)

    @property
    def changes(self) -> list[Change]:
        """The steps of its life, oldest first."""
        return [Change.of(step) for step in self.history]

    @property
    def listing(self) -> Listing:
        """The listing as the rules see it."""
        return Listing(self.name, self.batch, self.valid_from, self.valid_to, self.changes)

    def note(self, since: date, reason: str) -> None:
        """Add the present state to the history."""
        self.history = [*self.history, Change(self.state, since, reason).row()]
