"""Conventions of the protos that buf does not know."""

import re
from collections.abc import Iterator

import pytest
from buf.validate import validate_pb2
from google.protobuf.descriptor_pb2 import DescriptorProto, FieldDescriptorProto
from shuzheng.options.v1 import access_pb2

from tools import contract
from tools.docs.events import published

METHODS = list(contract.methods())
READS = re.compile(
    "(Get|List|Find|Verify|BatchVerify|BatchGet|Export|Explain|Check(?!In)|Preview|Download|Watch|Follow)[A-Z]"
)
FREE_ROLES = {access_pb2.ROLE_SUPERVISOR, access_pb2.ROLE_SERVICE, access_pb2.ROLE_PUBLIC}
NATIONAL_ID = re.compile(r"^(national_id|id_number|identity_number)s?$")
UNBOUND = re.compile(r"\b(own|any|anyone|every|everyone|public)\b", re.IGNORECASE)
BOUNDS = ("max_len", "len", "max_bytes", "uuid", "const", "email", "hostname")
OUTPUT, INPUT = "OUTPUT_ONLY", "INPUT_ONLY"


def request(method: contract.Method) -> DescriptorProto:
    """Return the request message of a method."""
    found = contract.message(method.proto.input_type)
    assert found is not None, f"{method.name} takes a message that is not ours"
    return found


def fields(full_name: str, without: str, seen: set[str]) -> Iterator[tuple[str, FieldDescriptorProto]]:
    """Yield `Message.field` and the field for all fields from our message down, once each.

    Fields that are `without` (OUTPUT_ONLY), and what is below them, are left out.
    """
    found = contract.message(full_name)
    if found is None or full_name in seen:
        return
    seen.add(full_name)
    for part in (found, *found.nested_type):
        for field in part.field:
            if without not in contract.behaviors(field):
                yield f"{part.name}.{field.name}", field
                yield from fields(field.type_name, without, seen)


def rules(field: FieldDescriptorProto) -> validate_pb2.FieldRules:
    """Return the protovalidate rules of a field."""
    return field.options.Extensions[validate_pb2.field]


def bounded(field: FieldDescriptorProto) -> bool:
    """Tell whether a text, bytes or repeated field has an upper limit."""
    own = rules(field)
    if field.label == FieldDescriptorProto.LABEL_REPEATED:
        return own.repeated.HasField("max_items") or own.map.HasField("max_pairs")
    if field.type == FieldDescriptorProto.TYPE_STRING:
        return any(own.string.HasField(bound) for bound in BOUNDS) or finite(own.string.pattern)
    if field.type == FieldDescriptorProto.TYPE_BYTES:
        return own.bytes.HasField("max_len") or own.bytes.HasField("len")
    return True


def finite(pattern: str) -> bool:
    """Tell whether a pattern limits the length by itself."""
    return bool(pattern) and pattern.endswith("$") and not re.search(r"(?<!\\)[*+]|,\}", pattern)


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
class TestEveryRpc:
    """One test per rule and RPC."""

    def test_declares_who_may_call_it(self, method: contract.Method):
        assert method.grants, "no (shuzheng.options.v1.access)"
        assert all(grant.role for grant in method.grants)

    def test_names_tenant_fields_that_exist(self, method: contract.Method):
        for grant in method.grants:
            if grant.tenant_field:
                field = contract.field(request(method), grant.tenant_field)
                assert field is not None, f"no field {grant.tenant_field}"
                assert contract.reference(field) or "IDENTIFIER" in contract.behaviors(field)

    def test_binds_tenants_or_says_why_not(self, method: contract.Method):
        for grant in method.grants:
            if grant.role not in FREE_ROLES and not grant.tenant_field:
                role = access_pb2.Role.Name(grant.role)
                assert UNBOUND.search(method.comment), (
                    f"{role} is bound to no field; the comment must say why"
                )

    def test_is_idempotent_by_request_id_when_it_changes_something(self, method: contract.Method):
        # The operator's tools name an event, whose id already makes a repeat harmless.
        harmless = "repeat is harmless" in method.comment or method.file.service == "events"
        if READS.match(method.proto.name) or method.proto.client_streaming or harmless:
            return
        field = contract.field(request(method), "request_id")
        assert field is not None, "a mutation without request_id"
        assert rules(field).string.uuid

    def test_pages_when_it_lists(self, method: contract.Method):
        if method.proto.name.startswith("List") and not method.proto.server_streaming:
            answer = contract.message(method.proto.output_type)
            assert contract.field(request(method), "page_size") is not None
            assert contract.field(request(method), "page_token") is not None
            assert answer is not None
            assert contract.field(answer, "next_page_token") is not None

    def test_takes_only_bounded_fields(self, method: contract.Method):
        taken = fields(method.proto.input_type, OUTPUT, set())
        assert not [name for name, field in taken if not bounded(field)]

    def test_answers_without_national_ids(self, method: contract.Method):
        shown = fields(method.proto.output_type, INPUT, set())
        assert not [name for name, field in shown if NATIONAL_ID.match(field.name)]


def test_no_event_holds_a_national_id():
    for file, _, message in published():
        sent = fields(f".{file.proto.package}.{message.name}", "never", set())
        assert not [name for name, field in sent if NATIONAL_ID.match(field.name)]
