"""Where services answer: as told, or as a running system wrote it."""

from pathlib import Path

import pytest

from services.client.endpoints import Endpoints
from services.embedded import endpoints
from services.kit.errors import AppError, Kind


def test_the_data_folder_tells_where_services_answer(tmp_path: Path) -> None:
    endpoints.write(tmp_path, {"training": "127.0.0.1:7001"}, "nats://127.0.0.1:4222")
    assert Endpoints(tmp_path).address("training") == "127.0.0.1:7001"
    endpoints.remove(tmp_path)
    with pytest.raises(AppError) as caught:
        Endpoints(tmp_path).address("training")
    assert caught.value.kind is Kind.UNAVAILABLE


def test_what_is_told_goes_before_the_data_folder(tmp_path: Path) -> None:
    endpoints.write(tmp_path, {"training": "127.0.0.1:7001", "assessment": "127.0.0.1:7002"}, "")
    told = Endpoints(tmp_path, "training=told:1")
    assert (told.address("training"), told.address("assessment")) == ("told:1", "127.0.0.1:7002")
    assert Endpoints(tmp_path, "proxy:443").address("certificates") == "proxy:443"


def test_an_address_needs_a_port_and_the_refusal_says_who_told_it(tmp_path: Path) -> None:
    with pytest.raises(AppError, match="portal_endpoints takes SERVICE=HOST:PORT, not 'training=nowhere'"):
        Endpoints(tmp_path, "training=nowhere", "portal_endpoints").address("training")


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"services": 1'])
def test_a_broken_file_tells_nothing(tmp_path: Path, content: str) -> None:
    (tmp_path / "endpoints.json").write_text(content, "utf-8")
    with pytest.raises(AppError, match="start `shuzheng up`, or give --endpoint"):
        Endpoints(tmp_path).address("training")


def test_one_process_has_a_data_folder(tmp_path: Path) -> None:
    held = endpoints.lock(tmp_path)
    with pytest.raises(AppError) as caught:
        endpoints.lock(tmp_path)
    assert caught.value.kind is Kind.ALREADY_EXISTS
    held.close()
    endpoints.lock(tmp_path).close()
