"""Refusals in words: Chinese first, every reason listed; and what is no refusal."""

import importlib

import grpc
import pytest

from services.client import failures
from services.client.failures import Fault
from services.kit.errors import AppError, Kind, Unmet, Violation, invalid, precondition
from services.vocabulary import certificate_list
from services.vocabulary.sentences import sentences

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
    rows = {problem.name for problem in certificate_list.Problem}
    assert set(sentences()) - OWN - rows == declared()
    assert rows <= set(sentences())


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


def test_every_kind_has_words() -> None:
    assert set(failures.KINDS) == set(Kind)


class Broken(grpc.RpcError):
    def __init__(self, code: grpc.StatusCode) -> None:
        self.code = lambda: code
        self.details = lambda: "quote request id 7"
        self.trailing_metadata = lambda: ()


def test_a_fault_of_a_service_is_no_refusal() -> None:
    for code in grpc.StatusCode:
        if code is grpc.StatusCode.OK:
            continue
        with pytest.raises((AppError, Fault)) as caught, failures.told("x.Service.Call"):
            raise Broken(code)
        assert isinstance(caught.value, Fault) == (code in failures.FAULTS)
        assert "quote request id 7" in str(caught.value)


def test_a_refusal_for_programs_lists_everything() -> None:
    told = failures.as_json(precondition("NO", "No.", Unmet("HOURS_INCOMPLETE", "56 of 64", "h")))
    assert (told["kind"], told["reason"], told["violations"]) == ("precondition", "NO", [])
    assert told["unmet"] == [{"reason": "HOURS_INCOMPLETE", "message": "56 of 64", "subject": "h"}]
