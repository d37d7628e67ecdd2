"""Builds the request of an RPC from options, from a JSON file, or from both: options win."""

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

from google.protobuf import json_format, message_factory
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message import Message

from services.cli.fields import BadValue, Field


def build(
    method: MethodDescriptor, fields: Iterable[Field], given: Mapping[str, Any], source: str = ""
) -> Message:
    """Return the request; raises BadValue for what cannot be read."""
    content = read_json(source) if source else {}
    changed = [field for field in fields if _is_given(given.get(field.key))]
    for field in changed:
        _put(content, field, given[field.key])
    if "update_mask" in method.input_type.fields_by_name:
        content.setdefault("update_mask", _mask(method, content))
    return parse(method, content)


def parse(method: MethodDescriptor, content: dict[str, Any]) -> Message:
    """Return the request that JSON values mean, with a fresh request_id where it takes one; raises BadValue."""
    if "request_id" in method.input_type.fields_by_name and not content.get(
        "request_id", content.get("requestId")
    ):
        content["request_id"] = str(uuid4())
    try:
        return json_format.ParseDict(content, message_factory.GetMessageClass(method.input_type)())
    except json_format.ParseError as error:
        raise BadValue(str(error)) from None


def read_json(source: str) -> dict[str, Any]:
    """Return the object in a file, or on standard input for `-`; raises BadValue."""
    try:
        text = sys.stdin.read() if source == "-" else Path(source).read_text("utf-8")
        content = json.loads(text)
    except (OSError, ValueError) as error:
        raise BadValue(f"{source}: {error}") from None
    if not isinstance(content, dict):
        raise BadValue(f"{source}: holds no JSON object")
    return content


def _is_given(value: Any) -> bool:
    return value is not None and value != [] and value != ()


def _put(content: dict[str, Any], field: Field, value: Any) -> None:
    target = content
    for part in field.path[:-1]:
        target = target.setdefault(part, {})
    if isinstance(value, list | tuple):
        target[field.path[-1]] = [field.read(each) for each in value]
    else:
        target[field.path[-1]] = value if isinstance(value, bool) else field.read(str(value))


def _mask(method: MethodDescriptor, content: Mapping[str, Any]) -> str:
    """Return the mask that covers what is given of the resource."""
    resource = next(
        (f.name for f in method.input_type.fields if f.name not in ("update_mask", "request_id")), ""
    )
    given = content.get(resource, {})
    return ",".join(_camel(key) for key in given if key not in ("name", "etag"))


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
