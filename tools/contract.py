"""The wire contract as data, with its comments: what `tools.docs` prints and the contract tests check."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from google.api import field_behavior_pb2, resource_pb2
from google.protobuf.descriptor_pb2 import (
    DescriptorProto,
    EnumDescriptorProto,
    FieldDescriptorProto,
    FileDescriptorProto,
    FileDescriptorSet,
    MethodDescriptorProto,
    ServiceDescriptorProto,
)
from shuzheng.options.v1 import access_pb2

from tools import gen

SERVICES = ("training", "assessment", "certificates")
# Numbers of the fields of descriptor.proto that make up a comment's path.
MESSAGES, ENUMS, SERVICE_LIST, METHODS, FIELDS, VALUES = 4, 5, 6, 2, 2, 2


@dataclass(frozen=True)
class File:
    """One proto file; `comments` maps descriptor paths to text."""

    proto: FileDescriptorProto
    comments: dict[tuple[int, ...], str]

    @property
    def service(self) -> str:
        """`training` of shuzheng.training.v1, `type` of shuzheng.type.v1."""
        return self.proto.package.split(".")[1]

    def comment(self, *path: int) -> str:
        """Return the leading comment at a descriptor path, on one line."""
        return self.comments.get(path, "")


@dataclass(frozen=True)
class Method:
    """One RPC and where it stands."""

    file: File
    service: ServiceDescriptorProto
    proto: MethodDescriptorProto
    comment: str

    @property
    def name(self) -> str:
        """`shuzheng.training.v1.CohortService/FileCohort`."""
        return f"{self.file.proto.package}.{self.service.name}/{self.proto.name}"

    @property
    def grants(self) -> list[access_pb2.Grant]:
        """The declared grants; empty where the RPC has no access rule."""
        return list(self.proto.options.Extensions[access_pb2.access].grants)


@cache
def files() -> tuple[File, ...]:
    """Return our proto files in the order of their names."""
    with tempfile.TemporaryDirectory() as scratch:
        image = Path(scratch) / gen.DESCRIPTORS
        gen.describe(image)
        found = FileDescriptorSet.FromString(image.read_bytes())
    ours = [file for file in found.file if file.package.startswith("shuzheng.")]
    return tuple(File(file, _comments(file)) for file in sorted(ours, key=lambda file: file.name))


def _comments(file: FileDescriptorProto) -> dict[tuple[int, ...], str]:
    return {
        tuple(location.path): " ".join(location.leading_comments.split())
        for location in file.source_code_info.location
        if location.leading_comments
    }


def methods() -> Iterator[Method]:
    """Yield every RPC."""
    for file in files():
        for place, service in enumerate(file.proto.service):
            for number, method in enumerate(service.method):
                yield Method(file, service, method, file.comment(SERVICE_LIST, place, METHODS, number))


def messages() -> Iterator[tuple[File, int, DescriptorProto]]:
    """Yield every top-level message with its place in its file."""
    for file in files():
        for place, message in enumerate(file.proto.message_type):
            yield file, place, message


def enums(name: str) -> Iterator[tuple[File, int, EnumDescriptorProto]]:
    """Yield every top-level enum of that name with its place in its file."""
    for file in files():
        for place, enum in enumerate(file.proto.enum_type):
            if enum.name == name:
                yield file, place, enum


@cache
def _by_full_name() -> dict[str, DescriptorProto]:
    return {f".{file.proto.package}.{message.name}": message for file, _, message in messages()}


def message(full_name: str) -> DescriptorProto | None:
    """Return our message of a full name with its leading dot, None for somebody else's."""
    return _by_full_name().get(full_name)


@cache
def field_comments() -> dict[tuple[str, str], str]:
    """Return the comment of every field by (message's full name with leading dot, field)."""
    return {
        (f".{file.proto.package}.{message.name}", field.name): file.comment(MESSAGES, place, FIELDS, number)
        for file, place, message in messages()
        for number, field in enumerate(message.field)
    }


def behaviors(of: FieldDescriptorProto) -> set[str]:
    """Return what a field is for: `OUTPUT_ONLY`, `REQUIRED` and the like."""
    found = of.options.Extensions[field_behavior_pb2.field_behavior]
    return {field_behavior_pb2.FieldBehavior.Name(behavior) for behavior in found}


def resource(of: DescriptorProto) -> resource_pb2.ResourceDescriptor:
    """Return what kind of resource a message is; its type is "" where it is none."""
    return of.options.Extensions[resource_pb2.resource]


def reference(of: FieldDescriptorProto) -> str:
    """Return the type of resource that a field refers to, "" for none."""
    return of.options.Extensions[resource_pb2.resource_reference].type


@cache
def patterns() -> dict[str, set[tuple[str, ...]]]:
    """Return the patterns by type of resource, of messages and of definitions: one tuple where all files agree."""
    found: dict[str, set[tuple[str, ...]]] = {}
    for file in files():
        defined = file.proto.options.Extensions[resource_pb2.resource_definition]
        for each in (*defined, *map(resource, file.proto.message_type)):
            if each.type:
                found.setdefault(each.type, set()).add(tuple(each.pattern))
    return found


def field(of: DescriptorProto, path: str) -> FieldDescriptorProto | None:
    """Follow a dotted path from a message to its field; None where it breaks off."""
    head, _, rest = path.partition(".")
    found = next((f for f in of.field if f.name == head), None)
    if found is None or not rest:
        return found
    inner = message(found.type_name)
    return field(inner, rest) if inner else None


def type_name(of: FieldDescriptorProto) -> str:
    """Return a field's type as a reader writes it: `string`, `Qualification`, `repeated Level`."""
    plain = of.type_name.rpartition(".")[2] or FieldDescriptorProto.Type.Name(of.type)[5:].lower()
    return f"repeated {plain}" if of.label == FieldDescriptorProto.LABEL_REPEATED else plain
