"""What is generated and committed is what the protos and the code would generate now."""

import pytest

from tools import gen
from tools.docs.__main__ import stale


def test_gen_is_fresh():
    assert gen.check() == 0, "make gen"


def test_the_protos_follow_buf():
    assert gen.lint() == 0


def test_the_reference_pages_are_fresh():
    assert not stale(), "make docs"


def test_a_stale_module_is_noticed(tmp_path, monkeypatch: pytest.MonkeyPatch):
    module = tmp_path / "shuzheng" / "type" / "v1" / "level_pb2.py"
    module.parent.mkdir(parents=True)
    module.write_text("# by hand\n")
    monkeypatch.setattr(gen, "GEN", tmp_path)
    assert gen.check() == 1
