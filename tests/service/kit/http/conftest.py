"""What these tests share: the loop that processes run on, and TLS."""

import pytest
import uvloop

from services.kit.config import Socket
from tests.support.authorities import Authority


def pytest_asyncio_loop_factories(config, item):
    """uvloop, because limits depend on how its transports behave."""
    return {"uvloop": uvloop.new_event_loop}


@pytest.fixture
def tls(tmp_path):
    cert, key = Authority(tmp_path).issue("server")
    return Socket(tls_cert_file=cert, tls_key_file=key, grace=2), tmp_path / "ca.pem"
