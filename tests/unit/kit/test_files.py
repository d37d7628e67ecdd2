"""A file is there whole or not at all."""

import errno
import os
from concurrent.futures import ThreadPoolExecutor

import pytest

from services.kit import files


def test_a_new_file_has_its_bytes_and_its_mode(tmp_path):
    files.create(tmp_path / "secret", b"one")
    files.create(tmp_path / "public", b"two", 0o644)
    assert [(tmp_path / name).read_bytes() for name in ("secret", "public")] == [b"one", b"two"]
    assert [oct((tmp_path / name).stat().st_mode & 0o777) for name in ("secret", "public")] == [
        "0o600",
        "0o644",
    ]


def test_those_who_come_together_find_what_the_first_one_wrote(tmp_path):
    path = tmp_path / "key"

    def come(number):
        files.create(path, b"%d" % number * 1000)
        return path.read_bytes()

    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(come, range(8)))
    assert found == {path.read_bytes()}
    assert list(tmp_path.iterdir()) == [tmp_path / "key"]


def test_a_file_is_replaced(tmp_path):
    path = tmp_path / "list"
    for content in (b"old" * 100, b"new", b""):
        files.replace(path, content)
        assert path.read_bytes() == content
    assert list(tmp_path.iterdir()) == [tmp_path / "list"]


@pytest.mark.parametrize("write", [files.create, files.replace])
def test_a_full_disk_leaves_what_was_there(write, tmp_path, monkeypatch):
    path = tmp_path / "file"
    if write is files.replace:
        path.write_bytes(b"old")
    full = []

    def fsync(descriptor):
        full.append(descriptor)
        raise OSError(errno.ENOSPC, "no space left on device")

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(OSError, match="no space"):
        write(path, b"new")
    assert full and path.exists() == (write is files.replace)
    assert not path.exists() or path.read_bytes() == b"old"
