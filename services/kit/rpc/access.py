"""Access rules: declared on each RPC in the protos, read once at start, enforced before anything is read.

An RPC without a rule stops the service from starting.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor, MethodDescriptor
from google.protobuf.message import Message
from shuzheng.options.v1 import access_pb2

from services.kit.errors import AppError, forbidden, unauthenticated
from services.kit.rpc.call import Principal

PUBLIC_ROLE = "public"
Reader = Callable[[Message], list[str]]


@dataclass(frozen=True, slots=True)
class Grant:
    """One role that may call; `read` returns the resource names that must lie in the caller's tenant."""

    role: str
    field: str
    read: Reader | None


@dataclass(frozen=True, slots=True)
class Rule:
    """The grants of one RPC."""

    public: bool
    grants: tuple[Grant, ...]

    def check(self, principal: Principal, request: Message) -> None:
        """Return when one grant holds; raises UNAUTHENTICATED, ROLE_NOT_ALLOWED or OTHER_TENANT."""
        if self.public:
            return
        matching = [grant for grant in self.grants if grant.role in principal.roles]
        if any(_inside(grant, principal, request) for grant in matching):
            return
        raise self._refuse(principal, matching)

    def _refuse(self, principal: Principal, matching: list[Grant]) -> AppError:
        if principal.anonymous:
            return unauthenticated("This method needs a token: send `authorization: Bearer …`.")
        if not matching:
            roles = ", ".join(grant.role for grant in self.grants)
            return forbidden("ROLE_NOT_ALLOWED", f"This method is for: {roles}.", roles=roles)
        fields = ", ".join(grant.field for grant in matching)
        return forbidden(
            "OTHER_TENANT", f"{fields} lies outside {principal.tenant or 'your tenant'}.", fields=fields
        )


def _inside(grant: Grant, principal: Principal, request: Message) -> bool:
    if grant.read is None:
        return True
    names = grant.read(request)
    return bool(names) and all(contains(principal.tenant, name) for name in names)


def contains(tenant: str, name: str) -> bool:
    """Tell whether `name` is the tenant itself or lies below it."""
    return bool(tenant) and (name == tenant or name.startswith(tenant + "/"))


def rule_of(method: MethodDescriptor) -> Rule:
    """Return the rule declared on a method; raises LookupError where there is none or a path is wrong."""
    declared = method.GetOptions().Extensions[access_pb2.access]
    if not declared.grants:
        raise LookupError(f"{method.full_name} declares no access rule")
    grants = tuple(_grant(grant, method) for grant in declared.grants)
    return Rule(any(grant.role == PUBLIC_ROLE for grant in grants), grants)


def _grant(grant: access_pb2.Grant, method: MethodDescriptor) -> Grant:
    role = access_pb2.Role.Name(grant.role).removeprefix("ROLE_").lower()
    if role == "unspecified":
        raise LookupError(f"{method.full_name} grants access to no role")
    if not grant.tenant_field:
        return Grant(role, "", None)
    path = grant.tenant_field.split(".")
    _check_path(path, method.input_type, method)
    return Grant(role, grant.tenant_field, lambda request: _read(request, path))


def _check_path(path: list[str], message: Descriptor | None, method: MethodDescriptor) -> None:
    field = None
    for part in path:
        field = message.fields_by_name.get(part) if message is not None else None
        if field is None:
            raise LookupError(f"{method.full_name}: {'.'.join(path)} is no field of its request")
        message = field.message_type
    if field is None or field.type != FieldDescriptor.TYPE_STRING:
        raise LookupError(f"{method.full_name}: {'.'.join(path)} holds no resource name")


def _read(value: Any, path: list[str]) -> list[str]:
    if not path:
        return [value]
    found = getattr(value, path[0])
    if isinstance(found, str | Message):
        return _read(found, path[1:])
    return [name for element in found for name in _read(element, path[1:])]
