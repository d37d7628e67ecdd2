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
    """Return a deserializer that gives None for bytes that are no message, so that the chain can answer them."""

    def read(raw: bytes) -> Message | None:
        try:
            return deserialize(raw)
        except DecodeError:
            return None

    return read


def unreadable() -> AppError:
    """Refuse bytes that are no message of the method."""
    return invalid("INVALID_FIELD", "The request's bytes cannot be read as the message of this method.")


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
