"""Resource names in requests: which fields hold one and of which kind, by the options of the protos.

`google.api.resource` gives the pattern of each kind, `google.api.resource_reference` says which kind a field names.
Both are read once, at start, so that a call looks only where names are.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from google.api import resource_pb2
from google.protobuf.descriptor import Descriptor, FieldDescriptor, FileDescriptor
from google.protobuf.message import Message

from services.kit.errors import Violation, invalid
from services.kit.rpc.behavior import IDENTIFIER, OUTPUT_ONLY, behaviors
from services.kit.values.names import ID, Pattern


@dataclass(frozen=True)
class Kind:
    """A type of resource: its names follow one of `patterns`."""

    patterns: tuple[Pattern, ...]

    @cached_property
    def fits(self) -> Callable[[str], Any]:
        """Return what tells whether a text is a name of this kind."""
        if len(self.patterns) == 1:
            return self.patterns[0].regex.fullmatch
        return lambda name: any(pattern.matches(name) for pattern in self.patterns)

    def refuse(self, name: str, field: str) -> Violation:
        """Return what is wrong with a name that does not fit."""
        wanted = " or ".join(pattern.text for pattern in self.patterns)
        return Violation(field, f"{name[:200]!r} does not follow {wanted}", "INVALID_NAME")


Kinds = Mapping[str, Kind]
# Looks for wrong names in one field of a message, whose path in the request begins with the text.
Look = Callable[[Any, str, list[Violation]], None]
QUOTED = 5  # wrong names in the sentence of a refusal; its violations are all of them


# At every call.


def check(request: Message, places: Iterable[Look]) -> None:
    """Return when each name that is given has its shape; raises INVALID_NAME with the paths of those that have not."""
    found: list[Violation] = []
    for look in places:
        look(request, "", found)
    if found:
        quoted = "; ".join(f"{wrong.field}: {wrong.message}" for wrong in found[:QUOTED])
        raise invalid("INVALID_NAME", f"{quoted}; ids are like {ID}.", *found)


def _name(field: str, kind: Kind, required: bool) -> Look:
    fits = kind.fits

    def look(message: Any, prefix: str, found: list[Violation]) -> None:
        name = getattr(message, field)
        if (name or required) and not fits(name):
            found.append(kind.refuse(name, prefix + field))

    return look


def _names(field: str, kind: Kind) -> Look:
    def look(message: Any, prefix: str, found: list[Violation]) -> None:
        for place, name in enumerate(getattr(message, field)):
            if not kind.fits(name):
                found.append(kind.refuse(name, f"{prefix}{field}[{place}]"))

    return look


def _message(field: str, inner: Sequence[Look]) -> Look:
    def look(message: Any, prefix: str, found: list[Violation]) -> None:
        for deeper in inner:
            deeper(getattr(message, field), f"{prefix}{field}.", found)

    return look


def _messages(field: str, inner: Sequence[Look]) -> Look:
    def look(message: Any, prefix: str, found: list[Violation]) -> None:
        for place, element in enumerate(getattr(message, field)):
            for deeper in inner:
                deeper(element, f"{prefix}{field}[{place}].", found)

    return look


# Once, at start.


def kinds(files: Iterable[FileDescriptor]) -> Kinds:
    """Return each type of resource that these files, or what they import, declare."""
    seen: dict[str, FileDescriptor] = {}
    for file in files:
        _collect(file, seen)
    return {
        each.type: Kind(tuple(map(Pattern, each.pattern)))
        for file in seen.values()
        for each in declared(file)
    }


def _collect(file: FileDescriptor, seen: dict[str, FileDescriptor]) -> None:
    if file.name not in seen:
        seen[file.name] = file
        for imported in file.dependencies:
            _collect(imported, seen)


def declared(file: FileDescriptor) -> Iterator[resource_pb2.ResourceDescriptor]:
    """Yield the resources that a file declares: its own messages, and definitions of what lies elsewhere."""
    yield from file.GetOptions().Extensions[resource_pb2.resource_definition]
    for message in file.message_types_by_name.values():
        if (own := _resource(message)).type:
            yield own


def _resource(message: Any) -> resource_pb2.ResourceDescriptor:
    return message.GetOptions().Extensions[resource_pb2.resource]


def looks(request: Descriptor, known: Kinds) -> tuple[Look, ...]:
    """Return what checks the names in a request; raises LookupError for a type that no file declares.

    What services set themselves (OUTPUT_ONLY) is left out; an update must name what it updates.
    """
    return _looks(request, known, ())


def _looks(message: Descriptor, known: Kinds, above: tuple[Descriptor, ...]) -> tuple[Look, ...]:
    if message in above:  # what holds itself is looked into once
        return ()
    given = (field for field in message.fields if OUTPUT_ONLY not in behaviors(field))
    return tuple(look for field in given if (look := _look(field, known, (*above, message))))


def _look(field: FieldDescriptor, known: Kinds, above: tuple[Descriptor, ...]) -> Look | None:
    if field.message_type is not None:
        inner = _looks(field.message_type, known, above)
        return (_messages if field.is_repeated else _message)(field.name, inner) if inner else None
    kind = _kind(field, known)
    if kind is None:
        return None
    return _names(field.name, kind) if field.is_repeated else _name(field.name, kind, _required(field, above))


def _required(field: FieldDescriptor, above: tuple[Descriptor, ...]) -> bool:
    """Tell whether the field is the name of what an update changes; what else is required, the shape rules say."""
    return len(above) == 2 and "update_mask" in above[0].fields_by_name and IDENTIFIER in behaviors(field)


def _kind(field: FieldDescriptor, known: Kinds) -> Kind | None:
    named = type_of(field)
    if named and named not in known:
        raise LookupError(f"{field.full_name} names a {named}, which no file declares")
    return known.get(named)


def type_of(field: FieldDescriptor) -> str:
    """Return the type of resource that a field names: its own message's for an IDENTIFIER, "" for none."""
    if IDENTIFIER in behaviors(field):
        return _resource(field.containing_type).type
    return field.GetOptions().Extensions[resource_pb2.resource_reference].type
