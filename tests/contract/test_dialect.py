"""One dialect: the rulings of CONTRIBUTING that a reader of the source can hold, each with a line that breaks it."""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.places import ROOT
from tools.contract import SERVICES

Finder = Callable[[ast.AST], bool]
USE_CASES = r"(usecases|rpc)/\w+\.py$"
ROWS = r"storage/rows/\w+\.py$"
RPC = r"rpc/\w+\.py$"
HOT = r"storage/\w+\.py$"


@dataclass(frozen=True)
class Ruling:
    """What is not written in the files whose path matches `where`, or does not match `but`; `planted` breaks it."""

    says: str
    breaks: Finder
    planted: str
    where: str = r"\.py$"
    but: str = r"^$"


def _is_state(name: str) -> bool:
    return name.endswith("State") and name != "State"


def _lower_state(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.ClassDef)
        and node.name.endswith("State")
        and "StrEnum" in map(ast.unparse, node.bases)
        and any(
            isinstance(line, ast.Assign) and ast.literal_eval(line.value) != ast.unparse(line.targets[0])
            for line in node.body
            if isinstance(line, ast.Assign) and isinstance(line.value, ast.Constant)
        )
    )


def _state_remade(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and _is_state(ast.unparse(node.func)) and len(node.args) == 1


def _state_undone(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and node.attr == "value"
        and ast.unparse(node.value).endswith(".state")
    )


def _enum_by_hand(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"Name", "Value"}
    )


def _name_checked(node: ast.AST) -> bool:
    """Tell of a pattern that is parsed only to check, its result thrown away."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Call)
        and re.fullmatch(r"[A-Z_]+\.parse", ast.unparse(node.value.func)) is not None
    )


def _col(node: ast.AST) -> bool:
    return isinstance(node, ast.ImportFrom) and any(alias.name == "col" for alias in node.names)


def _table_column(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute) and node.value.attr == "c"
    )


def _seconds(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.AnnAssign)
        and re.search(r"(_time|_at)$", ast.unparse(node.target)) is not None
        and "int" in ast.unparse(node.annotation)
    )


def _own_in_force(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef) and node.name == "in_force"


def _converter(node: ast.AST) -> bool:
    return isinstance(node, ast.FunctionDef) and node.name == "_message"


def _untyped_request(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.arg) and node.arg == "request" and ast.unparse(node.annotation or node) == "Any"
    )


def _other_word(node: ast.AST) -> bool:
    return isinstance(node, ast.arg | ast.keyword) and node.arg in {"remark", "reinstate"}


RULINGS = (
    Ruling(
        "states are the words of the contract", _lower_state, 'class ExamState(StrEnum):\n    OPEN = "open"'
    ),
    Ruling(
        "a state of a row is typed", _state_remade, "ExamState(row.state)", where=r"(usecases|rpc|events)/"
    ),
    Ruling("a state is its word", _state_undone, "x = row.state.value"),
    Ruling("enums become words in one place", _enum_by_hand, "messages.ExamState.Name(1)"),
    Ruling("the chain checks the shapes of names", _name_checked, "EXAM.parse(name)", where=USE_CASES),
    Ruling("statements name the columns of their class", _col, "from sqlmodel import col"),
    Ruling("tables stand in hot statements of storage only", _table_column, "x = TABLE.c.name", but=HOT),
    Ruling("moments are aware", _seconds, "class A:\n    start_time: int", where=ROWS),
    Ruling("one answer when no policy is in force", _own_in_force, "def in_force(): ..."),
    Ruling("a converter is named message", _converter, "def _message(row): ...", where=RPC),
    Ruling("requests are typed", _untyped_request, "async def GetExam(self, request: Any): ...", where=RPC),
    Ruling("a reason is a reason", _other_word, "f(remark='x')"),
)


def broken(ruling: Ruling, source: str) -> Iterator[int]:
    """Yield the lines of a module that break a ruling."""
    for node in ast.walk(ast.parse(source)):
        if ruling.breaks(node):
            yield getattr(node, "lineno", 0)


def modules(ruling: Ruling) -> Iterator[Path]:
    """Yield the modules of the services to which a ruling applies."""
    for service in SERVICES:
        for path in sorted((ROOT / "services" / service).rglob("*.py")):
            if re.search(ruling.where, path.as_posix()) and not re.search(ruling.but, path.as_posix()):
                yield path


@pytest.mark.parametrize("ruling", RULINGS, ids=lambda ruling: ruling.says)
def test_the_services_speak_one_dialect(ruling: Ruling):
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in modules(ruling)
        for line in broken(ruling, path.read_text("utf-8"))
    ]
    assert found == []


@pytest.mark.parametrize("ruling", RULINGS, ids=lambda ruling: ruling.says)
def test_a_line_in_another_dialect_is_found(ruling: Ruling):
    assert list(broken(ruling, ruling.planted))
    assert next(modules(ruling), None)
