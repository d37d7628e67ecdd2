"""Files on their way up: nothing of them is lost, and one part at least is sent."""

import pytest

from services.client import uploads


@pytest.mark.parametrize("size", [0, 1, uploads.CHUNK, uploads.CHUNK + 1, 3 * uploads.CHUNK])
def test_the_parts_are_the_file(size: int) -> None:
    content = bytes(range(256)) * (size // 256 + 1)
    found = uploads.parts(content[:size], first={"filename": "a.csv"}, every={"parent": "p"})
    assert b"".join(part["chunk"] for part in found) == content[:size]
    assert max(len(part["chunk"]) for part in found) <= uploads.CHUNK
    assert [part["parent"] for part in found] == ["p"] * max(1, -(-size // uploads.CHUNK))
    assert ["filename" in part for part in found] == [True] + [False] * (len(found) - 1)
