"""A service with a certificate speaks TLS only; with a client authority it wants one from its callers too."""

from pathlib import Path

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc

from tests.support.authorities import Authority


async def check(address: str, credentials: grpc.ChannelCredentials | None) -> int:
    """Return what health answers over TLS with these credentials, over plain text where None."""
    open_channel = grpc.aio.secure_channel if credentials else grpc.aio.insecure_channel
    async with open_channel(*(a for a in (address, credentials) if a)) as channel:
        request = health_pb2.HealthCheckRequest()
        return int((await health_pb2_grpc.HealthStub(channel).Check(request, timeout=5)).status)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


async def test_a_service_with_a_certificate_speaks_tls_only(open_demo, authority: Authority):
    certificate, key = authority.issue("server")
    address = (await open_demo(tls_cert_file=certificate, tls_key_file=key)).service.address
    trusting = grpc.ssl_channel_credentials((authority.folder / "ca.pem").read_bytes())
    assert await check(address, trusting) == health_pb2.HealthCheckResponse.SERVING
    with pytest.raises(grpc.aio.AioRpcError):
        await check(address, None)


async def test_a_client_authority_lets_in_its_own_only(open_demo, authority: Authority):
    certificate, key = authority.issue("server")
    root = authority.folder / "ca.pem"
    settings = {"tls_cert_file": certificate, "tls_key_file": key, "tls_client_ca_file": root}
    address = (await open_demo(**settings)).service.address
    own = [file.read_bytes() for file in authority.issue("client")]
    known = grpc.ssl_channel_credentials(root.read_bytes(), own[1], own[0])
    assert await check(address, known) == health_pb2.HealthCheckResponse.SERVING
    with pytest.raises(grpc.aio.AioRpcError):
        await check(address, grpc.ssl_channel_credentials(root.read_bytes()))
    (authority.folder / "other").mkdir()
    stranger = [file.read_bytes() for file in Authority(authority.folder / "other").issue("stranger")]
    with pytest.raises(grpc.aio.AioRpcError):
        await check(address, grpc.ssl_channel_credentials(root.read_bytes(), stranger[1], stranger[0]))
