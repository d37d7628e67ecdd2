"""Rows of items (试题) and their versions."""

from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field

from services.assessment.bank.domain.item import ItemType
from services.assessment.bank.domain.item_review import ItemState
from services.assessment.root import Base
from services.kit.storage.columns import enum_column, json_column
from services.kit.storage.rows import Entity, paged


class ItemRow(Entity, Base, table=True):
    """bodies/{body}/banks/{bank}/items/{item}: the latest version.

    `revision` counts the versions of the content (`version` of the row counts changes). `source_hash` is that of
    the content with which the item came in, so that importing its file again is recognized after an edit.
    """

    __tablename__ = "items"
    __table_args__ = (
        *paged("parent"),
        UniqueConstraint("parent", "content_hash"),
        Index("ix_items_drawing", "parent", "state", "type"),
        Index("ix_items_source", "parent", "source_hash"),
    )

    type: ItemType = enum_column(ItemType)
    content: dict[str, Any] = json_column(dict)
    knowledge_point: str = Field(max_length=10)
    state: ItemState = enum_column(ItemState)
    revision: int = 1
    author: str = Field(max_length=200)
    reviews: list[dict[str, Any]] = json_column(list)
    content_hash: str = Field(max_length=64)
    source_hash: str = Field(max_length=64)


class ItemVersionRow(Entity, Base, table=True):
    """bodies/{body}/banks/{bank}/items/{item}/versions/{version}."""

    __tablename__ = "item_versions"
    __table_args__ = (*paged("parent"), Index("ix_item_versions_content", "bank", "content_hash"))

    bank: str = Field(max_length=240)
    revision: int
    content: dict[str, Any] = json_column(dict)
    knowledge_point: str = Field(max_length=10)
    author: str = Field(max_length=200)
    content_hash: str = Field(max_length=64)
