"""Rows of papers (试卷); the content lies apart so that lists and look-ups never touch it."""

from datetime import datetime

from sqlalchemy import Text
from sqlmodel import Field

from services.assessment.bank.domain.paper import PaperState
from services.assessment.root import Base
from services.kit.storage.columns import enum_column, json_column, utc_time
from services.kit.storage.rows import Entity
from services.vocabulary.rows import Qualified


class PaperRow(Entity, Qualified, Base, table=True):
    """bodies/{body}/papers/{paper}; `custody` holds {action, subject, time} of every step."""

    __tablename__ = "papers"

    bank: str = Field(max_length=240)
    blueprint: str = Field(max_length=300)
    seed: str = Field(max_length=64)
    question_count: int
    release_from: datetime = utc_time()
    release_to: datetime = utc_time()
    content_hash: str = Field(default="", max_length=64)
    custody: list[dict[str, str]] = json_column(list)
    state: PaperState = enum_column(PaperState)


class PaperContentRow(Entity, Base, table=True):
    """The canonical content of the paper named `parent`, with keys."""

    __tablename__ = "paper_contents"

    content: str = Field(sa_type=Text)
