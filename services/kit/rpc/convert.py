"""Between the wire's value types and Python's: times, dates, update masks."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from google.type.date_pb2 import Date

from services.kit.errors import Violation, invalid
from services.kit.storage.rows import Entity


def head(row: Entity) -> dict[str, Any]:
    """Return name, etag, create_time and update_time of a row: the fields that every resource has."""
    return {
        "name": row.name,
        "etag": row.etag,
        "create_time": timestamp(row.create_time),
        "update_time": timestamp(row.update_time),
    }


def timestamp(moment: datetime | None) -> Timestamp | None:
    """Return an aware moment as a Timestamp."""
    if moment is None:
        return None
    found = Timestamp()
    found.FromDatetime(moment)
    return found


def date_message(day: date | None) -> Date | None:
    """Return a calendar day as google.type.Date."""
    return Date(year=day.year, month=day.month, day=day.day) if day is not None else None


def date_of(message: Message, field: str) -> date | None:
    """Return the day in `field` of `message`, None where it is absent; raises INVALID_FIELD for no calendar day."""
    if not message.HasField(field):
        return None
    value = getattr(message, field)
    try:
        return date(value.year, value.month, value.day)
    except ValueError:
        text = f"{value.year:04d}-{value.month:02d}-{value.day:02d} is no calendar day"
        raise invalid("INVALID_FIELD", f"{field}: {text}.", Violation(field, text, "INVALID_FIELD")) from None


def day_of(message: Message, field: str) -> date:
    """Return the day in a field that the message's own rules require; raises INVALID_FIELD for no calendar day."""
    found = date_of(message, field)
    assert found is not None, f"the rules of {message.DESCRIPTOR.full_name} require {field}"
    return found


def moment_of(value: Timestamp, field: str) -> datetime:
    """Return a Timestamp as an aware moment; raises INVALID_FIELD for `field` outside the years 1 to 9999."""
    try:
        return value.ToDatetime(tzinfo=UTC)
    except (ValueError, OverflowError):
        text = "is no moment between the years 1 and 9999"
        raise invalid("INVALID_FIELD", f"{field} {text}.", Violation(field, text, "INVALID_FIELD")) from None


def apply_mask(
    row: Any, message: Message, mask: FieldMask, allowed: Mapping[str, str | Callable[[Any, Any], None]]
) -> None:
    """Copy the fields that `mask` names (all `allowed` ones where it is empty) from `message` to `row`.

    `allowed` maps a field path to the row's attribute, or to a function of row and value. Raises
    INVALID_UPDATE_MASK that names the paths which cannot be updated.
    """
    paths = list(mask.paths) or list(allowed)
    if unknown := [path for path in paths if path not in allowed]:
        raise _refuse(unknown, allowed)
    for path in paths:
        target, value = allowed[path], _value(message, path)
        if isinstance(target, str):
            setattr(row, target, value)
        else:
            target(row, value)


def _value(message: Message, path: str) -> Any:
    value: Any = message
    for part in path.split("."):
        value = getattr(value, part)
    return value


def _refuse(unknown: list[str], allowed: Mapping[str, Any]) -> Exception:
    text = f"cannot be updated: {', '.join(unknown)}; possible are {', '.join(allowed)}"
    return invalid(
        "INVALID_UPDATE_MASK", f"update_mask {text}.", Violation("update_mask", text, "INVALID_UPDATE_MASK")
    )
