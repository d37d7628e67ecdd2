"""One two-way table between refusals and gRPC codes, and details that come back as they went."""

from datetime import timedelta

import grpc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit import errors
from services.kit.errors import AppError, Kind, Unmet, Violation
from services.kit.rpc.status import CODES, KINDS, LARGEST_LIST, from_call, trailing

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=400)


class Failed:
    """What a client's RpcError offers."""

    def __init__(self, code, details="", metadata=()):
        self.code, self.details, self.trailing_metadata = lambda: code, lambda: details, lambda: metadata


def travelled(error: AppError) -> AppError:
    """Return `error` as a client reads it."""
    return from_call(Failed(CODES[error.kind], error.message, trailing(error, "demo.shuzheng", "req-1")))


def test_every_kind_has_a_code_of_its_own_and_the_way_back():
    assert set(CODES) == set(Kind)
    assert {KINDS[code]: code for code in KINDS} == CODES
    assert not {grpc.StatusCode.INTERNAL, grpc.StatusCode.UNKNOWN, grpc.StatusCode.OK} & set(KINDS)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.invalid("X", "m"), "INVALID_ARGUMENT"),
        (errors.not_found("a/b"), "NOT_FOUND"),
        (errors.already_exists("a/b"), "ALREADY_EXISTS"),
        (errors.precondition("X", "m"), "FAILED_PRECONDITION"),
        (errors.conflict("X", "m"), "ABORTED"),
        (errors.forbidden("X", "m"), "PERMISSION_DENIED"),
        (errors.unauthenticated("m"), "UNAUTHENTICATED"),
        (errors.exhausted("X", "m"), "RESOURCE_EXHAUSTED"),
        (errors.unavailable("m"), "UNAVAILABLE"),
        (errors.deadline("m"), "DEADLINE_EXCEEDED"),
    ],
)
def test_each_way_to_refuse_has_its_code(error: AppError, code: str):
    assert CODES[error.kind].name == code
    assert travelled(error).kind is error.kind


@given(
    st.lists(st.builds(Violation, TEXT, TEXT, TEXT), max_size=3),
    st.lists(st.builds(Unmet, TEXT, TEXT, TEXT), max_size=3),
    st.none() | st.timedeltas(timedelta(0), timedelta(days=1)),
)
def test_details_come_back(violations, unmet, retry_after):
    short = [v for v in violations if len(v.message) <= 250]
    rules = [u for u in unmet if len(u.message) <= 250]
    error = AppError(
        Kind.PRECONDITION, "REASON", "Message.", metadata={"name": "a/b"}, violations=tuple(short),
        unmet=tuple(rules), retry_after=retry_after,
    )  # fmt: skip
    found = travelled(error)
    assert (found.reason, found.message, found.retry_after) == ("REASON", "Message.", retry_after)
    assert found.violations == tuple(short)[: len(found.violations)]
    assert found.unmet == tuple(rules)[: len(found.unmet)]
    if "omitted" not in found.metadata:
        assert found.metadata == {"name": "a/b", "request_id": "req-1"}
        assert (found.violations, found.unmet) == (tuple(short), tuple(rules))


@given(TEXT, TEXT, st.integers(0, 400))
def test_details_never_outgrow_what_a_client_accepts(message: str, text: str, number: int):
    violations = tuple(Violation(f"rows[{n}]", text) for n in range(number))
    error = AppError(Kind.INVALID, "X", message * 9, violations=violations, metadata={"a": text * 9})
    ((_, raw),) = trailing(error, "demo.shuzheng", "r")
    assert len(raw) < LARGEST_LIST + 3 * 1000


def test_a_code_outside_the_table_is_no_fault_of_the_request():
    assert from_call(Failed(grpc.StatusCode.UNKNOWN, "?")).kind is Kind.UNAVAILABLE


def test_damaged_details_do_not_break_a_client():
    metadata = (("other", "x"), ("grpc-status-details-bin", b"\xff\xff"))
    found = from_call(Failed(grpc.StatusCode.NOT_FOUND, "gone", metadata))
    assert (found.kind, found.reason, found.message) == (Kind.NOT_FOUND, "NOT_FOUND", "gone")
