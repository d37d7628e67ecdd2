"""Events: every declared fact is published under its declared subject, and yesterday's bytes still decode."""

import json
from importlib import import_module
from pathlib import Path

import pytest
from google.protobuf import json_format

from tools import contract
from tools.docs.events import published, subject

GOLDEN = Path(__file__).parent / "golden"


def declared() -> dict[str, str]:
    """Return subject → full name of the message, from the comments of events.proto."""
    return {
        subject(file, place): f"{file.proto.package}.{message.name}" for file, place, message in published()
    }


def message_class(full_name: str):
    """Return the generated class of an event message."""
    package, _, name = full_name.rpartition(".")
    return getattr(import_module(f"{package}.events_pb2"), name)


@pytest.mark.parametrize("service", contract.SERVICES)
def test_a_service_publishes_exactly_the_facts_it_declares(service: str):
    table = import_module(f"services.{service}.events.published").PUBLISHED
    mine = {name for name in declared() if name.startswith(f"{service}.")}
    assert {entry.subject for entry in table.values()} == mine


@pytest.mark.parametrize("name", sorted(declared()))
def test_an_event_that_was_sent_once_can_still_be_read(name: str):
    message = message_class(declared()[name]).FromString((GOLDEN / f"{name}.bin").read_bytes())
    expected = json.loads((GOLDEN / f"{name}.json").read_text("utf-8"))
    assert json_format.MessageToDict(message, preserving_proto_field_name=True) == expected


def test_there_is_no_golden_event_without_its_declaration():
    assert {path.stem for path in GOLDEN.glob("*.bin")} == set(declared())
