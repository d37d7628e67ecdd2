"""What fields are for is said once, by google.api.field_behavior, and agrees with the rules that services enforce."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import import_module
from types import ModuleType

import protovalidate
import pytest
from buf.validate import validate_pb2
from google.protobuf import descriptor_pool, message_factory
from google.protobuf.descriptor_pb2 import DescriptorProto

from tests.support.places import ROOT
from tools import contract

SAID = re.compile(r"output only|input only|cannot be changed|immutable|read-only", re.IGNORECASE)
SET_BY_SERVICES = {"state", "create_time", "update_time"}
# A field of a resource in the rule of a request.
NEEDED = re.compile(r"this\.(\w+)\.(\w+)")


def said_twice(comments: Iterable[str]) -> list[str]:
    """Return the comments that say what an option says."""
    return [comment for comment in comments if SAID.search(comment)]


def test_no_comment_says_what_an_option_says():
    assert said_twice(contract.field_comments().values()) == []


def test_a_comment_that_says_it_again_is_found():
    planted = [
        "When it was made. Output only.",
        "Input only; sealed.",
        "The input of it.",
        "Cannot be changed.",
    ]
    assert said_twice(planted) == [planted[0], planted[1], planted[3]]


@cache
def taken() -> dict[str, DescriptorProto]:
    """Return by full name every message of ours that is a request or lies in one."""
    found: dict[str, DescriptorProto] = {}
    waiting = [method.proto.input_type for method in contract.methods()]
    while waiting:
        name = waiting.pop()
        message = contract.message(name)
        if message is not None and name not in found:
            found[name] = message
            waiting += [f.type_name for f in message.field if "OUTPUT_ONLY" not in contract.behaviors(f)]
    return found


def behaving(full_name: str, behavior: str) -> set[str]:
    """Return the fields of a message that have this behavior."""
    return {f.name for f in taken()[full_name].field if behavior in contract.behaviors(f)}


@cache
def needed_by_creations() -> dict[str, set[str]]:
    """Return by full name of a resource the fields that the rules of its creation ask for."""
    found: dict[str, set[str]] = {}
    for message in taken().values():
        kinds = {field.name: field.type_name for field in message.field}
        for rule in message.options.Extensions[validate_pb2.message].cel:
            for holder, field in NEEDED.findall(rule.expression):
                found.setdefault(kinds[holder], set()).add(field)
    return found


def refused_when_empty(full_name: str) -> set[str]:
    """Return the fields whose rules refuse that they are left out."""
    for file in contract.files():
        import_module(file.proto.name.removesuffix(".proto").replace("/", ".") + "_pb2")
    kind = descriptor_pool.Default().FindMessageTypeByName(full_name.lstrip("."))
    found = protovalidate.Validator().collect_violations(message_factory.GetMessageClass(kind)())
    paths = {each.proto.field.elements[0].field_name for each in found if each.proto.field}
    return paths & set(kind.fields_by_name)  # a oneof that must be set is no field


@pytest.mark.parametrize("full_name", sorted(taken()))
def test_required_is_what_the_rules_refuse_to_miss(full_name: str):
    asked = refused_when_empty(full_name) | needed_by_creations().get(full_name, set())
    assert behaving(full_name, "REQUIRED") == asked


def test_the_rules_do_refuse_what_is_missing():
    assert refused_when_empty(".shuzheng.training.v1.CreateCohortRequest") == {"parent", "cohort"}
    assert "capacity" in needed_by_creations()[".shuzheng.training.v1.Cohort"]


@pytest.mark.parametrize("full_name", sorted(taken()))
def test_a_resource_that_callers_send_says_what_services_set(full_name: str):
    message = taken()[full_name]
    if contract.resource(message).type:
        own = behaving(full_name, "OUTPUT_ONLY") | behaving(full_name, "IDENTIFIER")
        assert {field.name for field in message.field} & (SET_BY_SERVICES | {"name"}) <= own


def module_of(method: contract.Method) -> ModuleType:
    """Return the module whose servicer answers a method."""
    modules = (ROOT / "services" / method.file.service).glob("*/rpc/*.py")
    (path,) = (path for path in modules if f"class {method.service.name}(" in path.read_text("utf-8"))
    return import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))


def updates() -> Iterator[tuple[str, set[str]]]:
    """Yield the full name of each resource that has an update, with the paths that its mask may name."""
    for method in contract.methods():
        if method.proto.name.startswith("Update"):
            changeable = getattr(module_of(method), "CHANGEABLE", None)
            if changeable is not None:  # some build it from their use case
                yield taken()[method.proto.input_type].field[0].type_name, set(changeable)


def test_an_update_changes_exactly_what_is_not_said_to_be_fixed():
    found = dict(updates())
    for full_name, changeable in found.items():
        fixed = {"etag"}.union(*(behaving(full_name, b) for b in ("OUTPUT_ONLY", "IMMUTABLE", "IDENTIFIER")))
        assert (full_name, {f.name for f in taken()[full_name].field} - fixed) == (full_name, changeable)
    assert len(found) > 8
