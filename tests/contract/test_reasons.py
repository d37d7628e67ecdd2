"""What a caller can meet is what the protos declare: error reasons in code and proto are the same words."""

from importlib import import_module

import pytest

from tools import contract
from tools.docs.errors import PREFIX


def declared(service: str) -> set[str]:
    """Return the reasons of a service's proto enum, without prefix and zero value."""
    (enum,) = (enum for file, _, enum in contract.enums("ErrorReason") if file.service == service)
    return {value.name.removeprefix(PREFIX) for value in enum.value if value.number}


@pytest.mark.parametrize("service", contract.SERVICES)
def test_a_domain_gives_exactly_the_declared_reasons(service: str):
    reasons = import_module(f"services.{service}.reasons").Reason
    assert {reason.value for reason in reasons} == declared(service)


@pytest.mark.parametrize("service", contract.SERVICES)
def test_no_service_redefines_a_shared_reason(service: str):
    assert not declared(service) & declared("type")
