"""Levels: the numbers of the wire, the words of people."""

import pytest

from services.vocabulary.level import Level


def test_levels_are_read_from_their_words():
    assert [Level(n) for n in (1, 2, 3)] == list(Level)
    assert [level.zh for level in Level] == ["初级", "中级", "高级"]
    assert Level.parse(" 中级 ") is Level.MID
    with pytest.raises(ValueError, match="中级"):
        Level.parse("特级")
