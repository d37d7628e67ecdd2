"""Column types that mean the same on SQLite and PostgreSQL."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, DateTime, Enum, LargeBinary, String
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlmodel import Field


class UtcTime(TypeDecorator[datetime]):
    """A moment: `timestamptz` on PostgreSQL, sortable text in UTC on SQLite; naive values are refused."""

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Any) -> TypeEngine[Any]:
        """Return the column type of this engine."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(DateTime(timezone=True))
        return dialect.type_descriptor(String(27))

    def process_bind_param(self, value: datetime | None, dialect: Any) -> Any:
        """Refuse a naive moment; write it in UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        moment = value.astimezone(UTC)
        if dialect.name == "postgresql":
            return moment
        # text of fixed width, which sorts by time; ten times faster than strftime
        return moment.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"

    def result_processor(self, dialect: Any, coltype: Any) -> Any:
        """Return what makes an aware moment in UTC; without the detour of a TypeDecorator, which hot reads feel."""
        return _read_aware if dialect.name == "postgresql" else _read_text


def _read_text(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value is not None else None


def _read_aware(value: datetime | None) -> datetime | None:
    return value.astimezone(UTC) if value is not None else None


def utc_time(*, nullable: bool = False, index: bool = False) -> Any:
    """Declare a field that holds a moment."""
    default = {"default": None} if nullable else {}
    return Field(sa_type=UtcTime, nullable=nullable, index=index, **default)


def enum_column(kind: type[StrEnum], *, nullable: bool = False, index: bool = False) -> Any:
    """Declare a field that holds a word of `kind`, stored as its value; any other word is refused."""
    stored = Enum(kind, native_enum=False, length=20, values_callable=_words, validate_strings=True)
    default = {"default": None} if nullable else {}
    return Field(sa_type=stored, nullable=nullable, index=index, **default)


def _words(kind: type[StrEnum]) -> list[str]:
    return [word.value for word in kind]


def json_column(default_factory: Any = dict) -> Any:
    """Declare a field that holds a list or dict; assign a new value to change it."""
    return Field(default_factory=default_factory, sa_type=JSON, nullable=False)


def bytes_column(*, nullable: bool = False) -> Any:
    """Declare a field that holds bytes."""
    default = {"default": None} if nullable else {}
    return Field(sa_type=LargeBinary, nullable=nullable, **default)
