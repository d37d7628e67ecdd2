"""Every name in the protos says what it names, and services speak of the same names."""

import re
from importlib import import_module

import pytest
from google.api import field_behavior_pb2, resource_pb2
from google.protobuf.descriptor_pb2 import DescriptorProto, FieldDescriptorProto

from services.kit.values.names import Pattern
from tests.support.places import ROOT
from tools import contract

SHAPE = re.compile(r"^(?:[^/]*: )?[a-zA-Z]+/\{[a-z_]+\}")


def nameless(message: DescriptorProto, service: str, comments: dict[str, str]) -> list[str]:
    """Return what is wrong with the names in a message: a resource says what it is, each name what it names."""
    own = contract.resource(message)
    wrong = []
    if own.type and own.type != f"{service}.shuzheng/{message.name}":
        wrong.append(f"{message.name} is a {own.type}")
    if own.type and not own.pattern:
        wrong.append(f"{message.name} has no pattern")
    return wrong + [
        f"{message.name}.{field.name} names no kind of resource"
        for field in message.field
        if speaks(field, comments.get(field.name, "")) and not kind(field, own)
    ]


def speaks(field: FieldDescriptorProto, comment: str) -> bool:
    """Tell whether a field holds a resource name, by what it is called or by its comment."""
    called = field.name in ("name", "names", "parent")
    return field.type == FieldDescriptorProto.TYPE_STRING and bool(called or SHAPE.match(comment))


def kind(field: FieldDescriptorProto, own: resource_pb2.ResourceDescriptor) -> str:
    """Return the type of resource that a field of such a message names."""
    return own.type if "IDENTIFIER" in contract.behaviors(field) else contract.reference(field)


@pytest.mark.parametrize("file", contract.files(), ids=lambda file: file.proto.name)
def test_every_name_says_what_it_names(file: contract.File):
    known = contract.field_comments()
    for message in file.proto.message_type:
        full_name = f".{file.proto.package}.{message.name}"
        comments = {field.name: known[full_name, field.name] for field in message.field}
        assert nameless(message, file.service, comments) == []


def test_what_does_not_say_it_is_found():
    comments = {"name": "", "parent": "Where.", "field_of": "fields/{field}.", "height": "In metres."}
    message = DescriptorProto(name="Plant")
    for number, name in enumerate(comments, start=1):
        message.field.add(name=name, number=number, type=FieldDescriptorProto.TYPE_STRING)
    own = message.options.Extensions[resource_pb2.resource]
    own.type = "training.shuzheng/Flower"
    assert nameless(message, "training", comments) == [
        "Plant is a training.shuzheng/Flower",
        "Plant has no pattern",
        *(f"Plant.{name} names no kind of resource" for name in ("name", "parent", "field_of")),
    ]
    own.type, own.pattern[:] = "training.shuzheng/Plant", ["plants/{plant}"]
    name, *others, _ = message.field
    name.options.Extensions[field_behavior_pb2.field_behavior].append(field_behavior_pb2.IDENTIFIER)
    for other in others:
        other.options.Extensions[resource_pb2.resource_reference].type = "training.shuzheng/Field"
    assert nameless(message, "training", comments) == []


def test_every_kind_that_is_named_is_declared_and_everywhere_alike():
    named = {contract.reference(f) for _, _, message in contract.messages() for f in message.field} - {""}
    assert named <= set(contract.patterns())
    assert {kind for kind, found in contract.patterns().items() if len(found) > 1} == set()


def spoken(service: str) -> set[str]:
    """Return the text of every Pattern that a module of a service makes."""
    files = [
        path
        for path in (ROOT / "services" / service).rglob("*.py")
        if " = Pattern(" in path.read_text("utf-8")
    ]
    modules = [import_module(".".join(path.relative_to(ROOT).with_suffix("").parts)) for path in files]
    values = [value for module in modules for value in vars(module).values()]
    return {value.text for value in values if isinstance(value, Pattern)}


def declared(service: str) -> set[str]:
    """Return the pattern of every resource message of a service's protos."""
    messages = [message for file, _, message in contract.messages() if file.service == service]
    return {pattern for message in messages for pattern in contract.resource(message).pattern}


@pytest.mark.parametrize("service", contract.SERVICES)
def test_a_service_speaks_of_exactly_the_resources_that_its_protos_declare(service: str):
    assert spoken(service) == declared(service)


def test_what_is_compared_is_not_empty():
    assert {service: len(declared(service)) > 5 for service in contract.SERVICES} == dict.fromkeys(
        contract.SERVICES, True
    )


def test_definitions_of_foreign_resources_follow_their_owners():
    own = {pattern for service in (*contract.SERVICES, "operations") for pattern in declared(service)}
    defined = {
        pattern for found in contract.patterns().values() for patterns in found for pattern in patterns
    }
    assert {pattern for pattern in defined - own if not pattern.endswith("/-")} == set()
