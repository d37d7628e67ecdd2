"""docs/access.md: who may call which RPC, from the access options of the protos."""

from shuzheng.options.v1 import access_pb2

from tools import contract
from tools.docs.markdown import join, table

INTRODUCTION = """# Who may call what

Each RPC declares its callers in its proto (`shuzheng.options.v1.access`); a service does not start with an
RPC that declares none. *within `field`*: the resource named in that request field must lie inside the
caller's own tenant."""


def page() -> str:
    """Return the page."""
    services: dict[str, list[contract.Method]] = {}
    for method in contract.methods():
        services.setdefault(f"{method.file.proto.package}.{method.service.name}", []).append(method)
    return join(
        INTRODUCTION, *(block for name, methods in services.items() for block in _section(name, methods))
    )


def _section(name: str, methods: list[contract.Method]) -> tuple[str, str]:
    rows = [(f"`{m.proto.name}`", _callers(m), m.comment) for m in methods]
    return f"## {name}", table(("RPC", "Callers", "What it does"), rows)


def _callers(method: contract.Method) -> str:
    return "; ".join(_caller(grant) for grant in method.grants)


def _caller(grant: access_pb2.Grant) -> str:
    role = access_pb2.Role.Name(grant.role).removeprefix("ROLE_").lower()
    return f"{role} within `{grant.tenant_field}`" if grant.tenant_field else role
