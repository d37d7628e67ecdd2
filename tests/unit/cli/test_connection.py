"""Where services answer and which token is sent."""

from pathlib import Path

import pytest

from services.cli.connection import Session
from services.embedded import endpoints
from services.kit.errors import AppError, Kind


def test_the_data_folder_tells_where_services_answer(tmp_path: Path) -> None:
    endpoints.write(tmp_path, {"training": "127.0.0.1:7001"}, "nats://127.0.0.1:4222")
    assert Session(tmp_path).address("training") == "127.0.0.1:7001"
    endpoints.remove(tmp_path)
    with pytest.raises(AppError) as caught:
        Session(tmp_path).address("training")
    assert caught.value.kind is Kind.UNAVAILABLE


def test_an_option_goes_before_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHUZHENG_ENDPOINTS", "training=env:1,assessment=env:2")
    session = Session(tmp_path, endpoints="training=option:1")
    assert session.address("training") == "option:1"
    assert Session(tmp_path).address("assessment") == "env:2"
    assert Session(tmp_path, endpoints="proxy:443").address("certificates") == "proxy:443"


def test_an_address_needs_a_port(tmp_path: Path) -> None:
    with pytest.raises(AppError):
        Session(tmp_path, endpoints="training=nowhere").address("training")


def test_one_process_has_a_data_folder(tmp_path: Path) -> None:
    held = endpoints.lock(tmp_path)
    with pytest.raises(AppError) as caught:
        endpoints.lock(tmp_path)
    assert caught.value.kind is Kind.ALREADY_EXISTS
    held.close()
    endpoints.lock(tmp_path).close()
