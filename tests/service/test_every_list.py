"""Every List, with no filter and with each one alone, reads along an index: conftest.py looks at each statement."""

from collections.abc import Iterator
from typing import Any

import grpc
import pytest
from google.protobuf.descriptor import FieldDescriptor, MethodDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from google.type.date_pb2 import Date

from services.client import catalog
from services.kit.rpc.names import kinds, type_of
from tests.support.services import OpenedService
from tests.support.tokens import credentials

TEXTS = {"region": "440000", "occupation": "2-02-38-01", "person": "p" * 22, "knowledge_point": "1"}
CALLERS = (("supervisor", ""), ("examiner", "bodies/a1/examiners/a1"))
EVERYWHERE = [catalog.descriptor(*place) for place in catalog.EVERYWHERE]
KINDS = kinds([*(each.file for _, each in catalog.services()), *(each.file for each in EVERYWHERE)])
REACHED = {grpc.StatusCode.OK, grpc.StatusCode.NOT_FOUND}


@pytest.mark.parametrize("service", catalog.SERVICES)
async def test_every_list_reads_along_an_index(service: str, open_service):
    opened = await open_service(service)
    asked = {
        method.full_name: [await reached(opened, method, r) for r in requests(method)]
        for method in lists(service)
    }
    assert len(asked) > 5
    assert [name for name, answers in asked.items() if not any(answers)] == []


def lists(service: str) -> Iterator[MethodDescriptor]:
    """Yield the Lists that a service serves."""
    own = [each for owner, each in catalog.services() if owner == service]
    for descriptor in (*own, *EVERYWHERE):
        yield from (method for method in descriptor.methods if method.name.startswith("List"))


def requests(method: MethodDescriptor) -> Iterator[Message]:
    """Yield the requests, below a parent and (where that is allowed) without one."""
    fields = dict(method.input_type.fields_by_name)
    parent = fields.pop("parent", None)
    for name in ("", *(names(parent) if parent is not None else ())):
        for field in (None, *(field for field in fields.values() if not field.name.startswith("page_"))):
            request: Any = GetMessageClass(method.input_type)(page_size=3)
            if name:
                request.parent = name
            if field is not None:
                fill(request, field)
            yield request


def fill(request: Any, field: FieldDescriptor) -> None:
    """Set a filter to something that can be."""
    if field.message_type is not None:
        getattr(request, field.name).CopyFrom(Date(year=2026, month=9, day=1))
    elif field.enum_type is not None:
        setattr(request, field.name, field.enum_type.values[1].number)
    else:
        setattr(request, field.name, next(iter(names(field)), TEXTS.get(field.name, "x")))


def names(field: FieldDescriptor) -> list[str]:
    """Return a name of each pattern that the field can hold."""
    kind = KINDS.get(type_of(field))
    parts = [pattern.text.split("/") for pattern in kind.patterns] if kind is not None else []
    return ["/".join("a1" if part.startswith("{") else part for part in each) for each in parts]


async def reached(opened: OpenedService, method: MethodDescriptor, request: Message) -> bool:
    """Tell whether somebody may ask that, so that the database was asked as well."""
    place = f"/{method.containing_service.full_name}/{method.name}"
    call = opened.channel.unary_unary(place, request_serializer=lambda message: message.SerializeToString())
    codes = {await call(request, metadata=credentials(opened.keys, *caller)).code() for caller in CALLERS}
    return bool(codes & REACHED)
