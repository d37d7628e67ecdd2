"""Rows of learners (学员); number and phone are sealed."""

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from services.kit.storage.columns import bytes_column
from services.kit.storage.rows import Entity, paged
from services.training.root import Base


class LearnerRow(Entity, Base, table=True):
    """institutions/{institution}/learners/{learner}; number and phone are sealed."""

    __tablename__ = "learners"
    __table_args__ = (UniqueConstraint("parent", "blind_index"), *paged("parent", "person"))

    display_name: str = Field(max_length=60)
    sealed_id: bytes = bytes_column()
    blind_index: str = Field(max_length=43)
    person: str = Field(max_length=40)
    id_masked: str = Field(max_length=18)
    sealed_phone: bytes | None = bytes_column(nullable=True)
    phone_masked: str = Field(default="", max_length=21)
    employer: str = Field(default="", max_length=100)
    education: str = Field(default="", max_length=40)
