"""Files of users are read in one place: nobody else parses tables, guesses encodings or opens spreadsheets."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.places import ROOT

READERS = {"csv", "python_calamine", "openpyxl", "defusedxml", "html.parser"}
GUESSES = {"gb18030", "gbk", "gb2312", "utf-8-sig"}
ALLOWED = {
    "services/kit/intake": READERS | GUESSES,
    "services/assessment/bank/formats/xml.py": {"defusedxml"},
    "services/cli/batches.py": {"csv", "utf-8-sig"},  # it only writes
    "services/embedded/demo/files.py": {"csv", "utf-8-sig"},  # its own examples
}
PLANTED = [
    "import csv",
    "from csv import reader",
    "import python_calamine.x",
    "from defusedxml.ElementTree import fromstring",
    "text = content.decode('GB18030')",
    "for encoding in ('utf-8-sig', 'utf-16'): ...",
]


def found_in(source: str) -> Iterator[str]:
    """Yield the readers that a module imports, and the encodings that it names."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from _readers(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from _readers([node.module or ""])
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from {node.value.lower()} & GUESSES


def _readers(modules: Iterator[str] | list[str]) -> Iterator[str]:
    for module in modules:
        yield from (reader for reader in READERS if f"{module}.".startswith(f"{reader}."))


def allowed(path: Path) -> set[str]:
    """Return what a module may use."""
    name = path.relative_to(ROOT).as_posix()
    return set().union(*(words for start, words in ALLOWED.items() if name.startswith(start)))


def test_only_the_intake_reads_files_of_users():
    wrong = {
        str(path.relative_to(ROOT)): found
        for path in sorted((ROOT / "services").rglob("*.py"))
        if (found := set(found_in(path.read_text("utf-8"))) - allowed(path))
    }
    assert wrong == {}


@pytest.mark.parametrize("source", PLANTED)
def test_a_reader_of_its_own_is_found(source: str):
    assert set(found_in(source))


def test_what_is_allowed_is_needed():
    for start, words in ALLOWED.items():
        path = ROOT / start
        files = path.rglob("*.py") if path.is_dir() else [path]
        used = set().union(*(found_in(file.read_text("utf-8")) for file in files))
        assert used & words, start
