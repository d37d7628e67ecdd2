"""A tenant holds itself and what lies below it, and nothing that merely begins alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.rpc.access import contains

NAMES = st.from_regex(r"[a-z]{1,5}/[a-z0-9]{1,3}(/[a-z]{1,5}/[a-z0-9]{1,3})?", fullmatch=True)


@given(NAMES, NAMES)
def test_what_lies_below_a_tenant_is_inside_and_a_longer_id_is_not(tenant: str, rest: str):
    assert contains(tenant, tenant)
    assert contains(tenant, f"{tenant}/{rest}")
    assert not contains(tenant, f"{tenant}b")
    assert not contains(tenant, f"{tenant}b/{rest}")


@pytest.mark.parametrize(
    "name", ["", "institutions", "institutions/ab", "institutions/ab/cohorts/x", "institutions/"]
)
def test_the_prefix_trap_is_shut(name: str):
    assert not contains("institutions/a", name)


@given(st.text())
def test_no_tenant_holds_nothing(name: str):
    assert not contains("", name)
