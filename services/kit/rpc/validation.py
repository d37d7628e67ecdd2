"""Shape rules of a message, as its proto declares them (protovalidate)."""

from collections.abc import Callable
from typing import Any

import protovalidate
from google.protobuf.message import DecodeError, Message

from services.kit.errors import AppError, Violation, invalid

_validator = protovalidate.Validator()


def check(message: Message) -> None:
    """Return when every shape rule holds; raises INVALID_FIELD with all violations."""
    found = _validator.collect_violations(message)
    if found:
        violations = tuple(_violation(v.proto) for v in found)
        listed = "; ".join(f"{v.field}: {v.message}" for v in violations[:5])
        raise invalid("INVALID_FIELD", f"The request is malformed: {listed}.", *violations)


def reader(deserialize: Callable[[bytes], Message]) -> Callable[[bytes], Message | None]:
    """Return a deserializer that gives None for what no service takes, so that the chain can answer it.

    That is bytes that are no message, and texts with U+0000, which PostgreSQL cannot hold.
    """

    def read(raw: bytes) -> Message | None:
        try:
            message = deserialize(raw)
        except DecodeError:
            return None
        return None if b"\0" in raw and _holds_nul(message) else message

    return read


def _holds_nul(message: Message) -> bool:
    """Tell whether a text anywhere in `message` holds U+0000."""
    for field, value in message.ListFields():
        for each in value if field.is_repeated else (value,):
            if (isinstance(each, str) and "\0" in each) or (isinstance(each, Message) and _holds_nul(each)):
                return True
    return False


def unreadable() -> AppError:
    """Refuse what `reader` could not take."""
    return invalid("INVALID_FIELD", "The request is no message of this method, or a text in it holds U+0000.")


def _violation(proto: Any) -> Violation:
    path = (
        ".".join(element.field_name + _subscript(element) for element in proto.field.elements)
        if proto.field
        else ""
    )
    return Violation(path, proto.message or f"breaks the rule {proto.rule_id}", "INVALID_FIELD")


def _subscript(element: Any) -> str:
    subscript = element.subscript
    return f"[{subscript.value}]" if subscript is not None else ""
