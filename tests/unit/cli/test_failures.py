"""Refusals on the terminal: exit codes for scripts."""

import grpc
import pytest

from services.cli import failures
from services.client.failures import Fault
from services.client.fields import BadValue
from services.kit.errors import AppError, Kind, exhausted


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (Kind.PRECONDITION, 1), (Kind.ALREADY_EXISTS, 1), (Kind.INVALID, 2), (Kind.NOT_FOUND, 3), (Kind.FORBIDDEN, 4),
        (Kind.UNAUTHENTICATED, 4), (Kind.CONFLICT, 5), (Kind.UNAVAILABLE, 6), (Kind.DEADLINE, 6),
    ],
)  # fmt: skip
def test_exit_codes_tell_scripts_what_to_do(kind: Kind, code: int) -> None:
    assert failures.exit_code(AppError(kind, "ANY", "")) == code


def test_every_kind_has_an_exit_code() -> None:
    assert set(failures.CODES) == set(Kind)


def test_a_rate_limit_is_to_be_tried_again_a_full_exam_is_not() -> None:
    assert failures.exit_code(exhausted("RATE_LIMITED", "")) == 6
    assert failures.exit_code(exhausted("EXAM_FULL", "")) == 1


BROKEN = Fault("x.Service.Call", grpc.StatusCode.INTERNAL, "quote request id 7")


def test_a_fault_of_a_service_is_no_refusal() -> None:
    assert failures.of(BROKEN) is None
    assert failures.exit_code(None) == 70
    assert "quote request id 7" in failures.fault(BROKEN, "zh")
    assert failures.json_of(BROKEN, None)["error"]["exit_code"] == 70


def test_wrong_options_and_absent_files_are_wrong_usage() -> None:
    for error in (BadValue("--x"), FileNotFoundError("roster.xlsx")):
        assert failures.exit_code(failures.of(error)) == 2
