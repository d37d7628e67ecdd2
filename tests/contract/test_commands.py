"""mypy holds a command to the arguments of its method: called, within a transaction, and in a generic class."""

import re
import subprocess
import sys

import pytest

from tests.support.places import ROOT

PLANTED = (
    """
from typing import Generic, TypeVar
from services.kit.storage.commands import command
from services.kit.storage.store import Store, Transaction

Step = TypeVar("Step")


class Seats(Generic[Step]):
    def __init__(self, store: Store) -> None:
        self.store = store

    @command
    async def take(self, tx: Transaction, hall: str, row: int, *, near: bool = False) -> list[str]:
        return [hall * row]

    @command
    async def move(self, tx: Transaction, name: str, step: Step) -> Step:
        return step


async def call(seats: Seats[bytes], tx: Transaction) -> None:
    """
    + "{line}\n"
)

RIGHT = """taken: list[str] = await seats.take("A", 1, near=True)
    taken = await seats.take.within(tx, "A", row=1)
    moved: bytes = await seats.move("A", b"x")
    moved = await seats.move.within(tx, "A", b"x")
"""
WRONG = {
    'await seats.take("A", "1")': 'Argument 2 .* has incompatible type "str"; expected "int"',
    'await seats.take("A")': 'Missing positional argument "row"',
    'await seats.take("A", 1, far=True)': 'Unexpected keyword argument "far"',
    'await seats.take("A", 1, tx=tx)': 'Unexpected keyword argument "tx"',
    'await seats.take(tx, "A", 1)': "Too many positional arguments|Too many arguments",
    'await seats.take.within("A", 1)': 'Missing positional argument "row"|expected "Transaction"',
    'await seats.take.within(tx, "A", "1")': 'Argument 3 .* has incompatible type "str"; expected "int"',
    'taken: str = await seats.take("A", 1)': 'expression has type "list\\[str\\]"',
    'await seats.move("A", "x")': 'has incompatible type "str"; expected "bytes"',
    "await seats.sit()": '"Seats\\[bytes\\]" has no attribute "sit"',
}


@pytest.fixture(scope="module")
def refusals(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What mypy says of each planted line, all of them in one run, because it reads the kit anew for each."""
    folder = tmp_path_factory.mktemp("planted")
    lines = {"right": RIGHT, **{f"wrong_{number}": line for number, line in enumerate(WRONG)}}
    for name, line in lines.items():
        (folder / f"{name}.py").write_text(PLANTED.format(line=line), "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--no-error-summary", f"--cache-dir={folder / 'cache'}",
         f"--config-file={ROOT / 'pyproject.toml'}", *(str(folder / f"{name}.py") for name in lines)],
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    assert done.stderr == ""
    said = done.stdout.splitlines()
    return {name: "\n".join(one for one in said if f"/{name}.py:" in one) for name in lines}


def test_a_right_call_passes(refusals: dict[str, str]):
    assert refusals["right"] == ""


@pytest.mark.parametrize("line", WRONG)
def test_a_wrong_call_is_refused(refusals: dict[str, str], line: str):
    said = refusals[f"wrong_{list(WRONG).index(line)}"]
    assert re.search(WRONG[line], said), said or "mypy accepts it"
