"""Files in chunks become bytes, within a limit and of one file."""

from dataclasses import dataclass

import pytest

from services.kit.errors import AppError
from services.kit.intake.upload import Upload, digest


@dataclass
class Part:
    chunk: bytes
    parent: str = "a"


async def stream(*parts):
    for part in parts:
        yield part


async def test_chunks_are_put_together_and_the_first_message_says_what_the_file_is():
    upload = await Upload.begin(stream(Part(b"ab"), Part(b""), Part(b"c")), "parent")
    assert upload.first.chunk == b"ab"
    assert await upload.content(3) == b"abc"


@pytest.mark.parametrize("parts", [[Part(b"abcd")], [Part(b"ab"), Part(b"cd")]])
async def test_a_file_above_the_limit_is_refused(parts):
    upload = await Upload.begin(stream(*parts))
    with pytest.raises(AppError) as refused:
        await upload.content(3)
    assert (refused.value.reason, refused.value.metadata) == ("FILE_TOO_LARGE", {"limit": "3"})


async def test_no_message_is_no_file():
    with pytest.raises(AppError) as refused:
        await Upload.begin(stream())
    assert refused.value.reason == "INVALID_FIELD"


async def test_a_later_message_of_another_parent_is_refused_and_named():
    upload = await Upload.begin(stream(Part(b"a"), Part(b"b", "other")), "parent")
    with pytest.raises(AppError) as refused:
        await upload.content(10)
    assert [violation.field for violation in refused.value.violations] == ["parent"]


def test_a_digest_is_sha256():
    assert digest(b"abc").startswith("ba7816bf")
