"""Refusals on the command line: Chinese first, every reason listed, exit codes for scripts."""

import importlib

import grpc
import pytest

from services.cli import failures
from services.cli.fields import BadValue
from services.kit.errors import AppError, Kind, Unmet, Violation, exhausted, invalid, precondition

OWN = {"INVALID_ENDPOINT", "UNKNOWN_METHOD", "NO_ISSUER", "UNKNOWN_ROLE", "FILE_UNREADABLE", "NOT_PARKED",
       "BAD_REPORT", "OTHER_FILE"}  # fmt: skip


def declared() -> set[str]:
    modules = ["type", "training", "assessment", "certificates"]
    enums = [
        importlib.import_module(f"shuzheng.{module}.v1.error_reason_pb2").ErrorReason for module in modules
    ]
    names = {name.removeprefix("ERROR_REASON_") for enum in enums for name in enum.keys()}  # noqa: SIM118
    return names - {"UNSPECIFIED"}


def test_every_reason_of_a_service_is_said_in_chinese() -> None:
    assert set(failures.reasons()) - OWN == declared()


def test_all_unmet_rules_are_listed() -> None:
    error = precondition(
        "COMPLETION_NOT_ALLOWED",
        "No.",
        Unmet("HOURS_INCOMPLETE", "56 of 64 hours"),
        Unmet("EXAM_NOT_TAKEN", "none"),
    )
    assert list(failures.lines(error, "zh")) == [
        "不符合规定：不符合结业条件 (No.) [COMPLETION_NOT_ALLOWED]",
        "  - 学时不足 (56 of 64 hours) [HOURS_INCOMPLETE]",
        "  - 未参加结业考核 (none) [EXAM_NOT_TAKEN]",
    ]
    assert next(failures.lines(error, "en")) == "Refused by the rules: No. [COMPLETION_NOT_ALLOWED]"


def test_all_fields_are_listed() -> None:
    error = invalid("INVALID_FIELD", "Wrong.", Violation("name", "is empty"), Violation("score", "too high"))
    assert list(failures.lines(error, "en"))[1:] == ["  - name: is empty", "  - score: too high"]


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
    assert set(failures.CODES) == set(Kind) == set(failures.KINDS)


def test_a_rate_limit_is_to_be_tried_again_a_full_exam_is_not() -> None:
    assert failures.exit_code(exhausted("RATE_LIMITED", "")) == 6
    assert failures.exit_code(exhausted("EXAM_FULL", "")) == 1


class Broken(grpc.RpcError):
    def code(self) -> grpc.StatusCode:
        return grpc.StatusCode.INTERNAL

    def details(self) -> str:
        return "quote request id 7"


def test_a_fault_of_a_service_is_no_refusal() -> None:
    assert failures.of(Broken()) is None
    assert failures.exit_code(None) == 70
    assert "quote request id 7" in failures.fault(Broken(), "zh")
    assert failures.as_json(Broken(), None)["error"]["exit_code"] == 70


def test_wrong_options_and_absent_files_are_wrong_usage() -> None:
    for error in (BadValue("--x"), FileNotFoundError("roster.xlsx")):
        assert failures.exit_code(failures.of(error)) == 2
