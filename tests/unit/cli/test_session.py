"""What options and environment say of whom to call and as whom."""

from pathlib import Path

import pytest

from services.cli.session import Session
from services.client import identity


def test_an_option_goes_before_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHUZHENG_ENDPOINTS", "training=env:1,assessment=env:2")
    session = Session(tmp_path, endpoints="training=option:1")
    assert session.caller.channels.address("training") == "option:1"
    assert Session(tmp_path).caller.channels.address("assessment") == "env:2"


def test_a_token_is_given_or_told_by_the_environment_or_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = Session(tmp_path)
    assert session.caller.metadata() == ()
    identity.keep(tmp_path, {"token": "kept"})
    assert session.caller.metadata() == (("authorization", "Bearer kept"),)
    monkeypatch.setenv("SHUZHENG_TOKEN", "told")
    monkeypatch.setenv("SHUZHENG_API_KEY", "key")
    assert session.caller.metadata() == (("authorization", "Bearer told"), ("x-api-key", "key"))
    assert Session(tmp_path, token="given").caller.metadata()[0] == ("authorization", "Bearer given")
