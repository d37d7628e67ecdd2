"""Builds the request of an RPC: from texts by field, from JSON values, or from both, where texts win."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import uuid4

from google.protobuf import json_format, message_factory
from google.protobuf.descriptor import MethodDescriptor
from google.protobuf.message import Message

from services.client.fields import BadValue, Field

REQUEST_ID = "request_id"


def new(method: MethodDescriptor, **fields: Any) -> Any:
    """Return a request with fields as the message class takes them."""
    return message_factory.GetMessageClass(method.input_type)(**fields)


def identified(method: MethodDescriptor, fields: dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a request with a fresh request_id, where it takes one and has none."""
    if REQUEST_ID not in method.input_type.fields_by_name or any(map(fields.get, (REQUEST_ID, "requestId"))):
        return fields
    return fields | {REQUEST_ID: str(uuid4())}


def build(
    method: MethodDescriptor,
    fields: Iterable[Field],
    given: Mapping[str, Any],
    content: dict[str, Any] | None = None,
    read: Callable[[Field, str], Any] = Field.read,
) -> Message:
    """Return the request that texts by the fields' keys mean, over `content`, which then holds them; raises BadValue.

    `read` turns the text of one field into its JSON value.
    """
    content = {} if content is None else content
    changed = [field for field in fields if _is_given(given.get(field.key))]
    for field in changed:
        _put(content, field, given[field.key], read)
    if "update_mask" in method.input_type.fields_by_name:
        content.setdefault("update_mask", _mask(method, content))
    return parse(method, content)


def missing(fields: Iterable[Field], content: Mapping[str, Any]) -> list[Field]:
    """Return the fields that a request needs and has no value for."""
    return [field for field in fields if field.needed and not _is_given(_value(content, field.path))]


def _value(content: Any, path: Iterable[str]) -> Any:
    for part in path:
        content = content.get(part, content.get(_camel(part))) if isinstance(content, Mapping) else None
    return content


def parse(method: MethodDescriptor, content: dict[str, Any]) -> Message:
    """Return the request that JSON values mean, with a fresh request_id where it takes one; raises BadValue."""
    try:
        return json_format.ParseDict(identified(method, content), new(method))
    except json_format.ParseError as error:
        raise BadValue(str(error)) from None


def _is_given(value: Any) -> bool:
    return value is not None and value != [] and value != ()


def _put(content: dict[str, Any], field: Field, value: Any, read: Callable[[Field, str], Any]) -> None:
    target = content
    for part in field.path[:-1]:
        target = target.setdefault(part, {})
    if isinstance(value, list | tuple):
        target[field.path[-1]] = [read(field, each) for each in value]
    else:
        target[field.path[-1]] = value if isinstance(value, bool) else read(field, str(value))


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
