"""Write one example of each new event to tests/contract/golden; what is there already is never rewritten.

A golden event is a promise to consumers: its bytes must decode for ever.
"""

import json
from importlib import import_module
from pathlib import Path

from google.protobuf import json_format
from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from tools.docs.events import published, subject

GOLDEN = Path(__file__).resolve().parent.parent / "tests" / "contract" / "golden"
TEXTS = {
    "person": "p-mfrggzdfmztwq2lk",
    "holder_name": "王欣怡",
    "hours": "80.5",
    "theory_score": "78",
    "ability_score": "81.5",
    "occupation": "big-data",
    "direction": "data-analysis",
    "institution_uscc": "52999999000000042U",
}
DATE = {"year": 2026, "month": 3, "day": 2}


def example(descriptor: Descriptor) -> dict:
    """Return a message of this type with every field set."""
    if descriptor.full_name == "google.type.Date":
        return DATE
    return {field.name: value(field) for field in descriptor.fields}


def value(field: FieldDescriptor) -> object:
    """Return an example for one field."""
    if field.message_type:
        return example(field.message_type)
    if field.enum_type:
        return field.enum_type.values[-1].name
    if field.type == FieldDescriptor.TYPE_BOOL:
        return True
    return TEXTS.get(field.name, f"{field.name.replace('_', '-')}-1")


def write(target: Path, kind: type[Message]) -> None:
    """Write the example of one event as bytes and, beside it, as JSON."""
    filled = json_format.ParseDict(example(kind.DESCRIPTOR), kind())
    target.write_bytes(filled.SerializeToString(deterministic=True))
    read = json_format.MessageToDict(filled, preserving_proto_field_name=True)
    target.with_suffix(".json").write_text(json.dumps(read, ensure_ascii=False, indent=2) + "\n", "utf-8")


def main() -> None:
    """Write what is missing."""
    GOLDEN.mkdir(exist_ok=True)
    for file, place, message in published():
        target = GOLDEN / f"{subject(file, place)}.bin"
        if not target.exists():
            write(target, getattr(import_module(f"{file.proto.package}.events_pb2"), message.name))


if __name__ == "__main__":
    main()
