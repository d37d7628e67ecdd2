"""Shape rules of a message, as its proto declares them (protovalidate)."""

from typing import Any

import protovalidate
from google.protobuf.message import Message

from services.kit.errors import Violation, invalid

_validator = protovalidate.Validator()


def check(message: Message) -> None:
    """Return when every shape rule holds; raises INVALID_FIELD with all violations."""
    found = _validator.collect_violations(message)
    if found:
        violations = tuple(_violation(v.proto) for v in found)
        listed = "; ".join(f"{v.field}: {v.message}" for v in violations[:5])
        raise invalid("INVALID_FIELD", f"The request is malformed: {listed}.", *violations)


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
