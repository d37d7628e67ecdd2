"""The search for words that must not be committed finds them, and finds none here."""

from pathlib import Path

import pytest

from tools import words

# In pieces, so that this file does not contain what it plants.
PLANTED = [
    "raise NotImplemented" + "Error",
    "# TO" + "DO: later",
    "index-url = https://pyp" + "i.org/simple",
    f"path = {words.ROOT}/var",
]


def test_nothing_forbidden_is_committed():
    assert [line for path in words.files() for line in words.findings(path)] == []


@pytest.mark.parametrize("line", PLANTED)
def test_a_forbidden_word_is_found(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    planted = tmp_path / "planted.py"
    planted.write_text(f"{line}\n", "utf-8")
    monkeypatch.setattr(words, "ROOT", tmp_path)
    assert len(list(words.findings(planted))) == 1
