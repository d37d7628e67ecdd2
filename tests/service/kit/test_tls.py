"""A service with a certificate speaks TLS only; with a client authority it wants one from its callers too."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import grpc
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from grpc_health.v1 import health_pb2, health_pb2_grpc


class Authority:
    """A certificate authority of this test; it writes pairs of certificate and key as PEM files."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test authority")])
        self.certificate = self._sign(self.name, self.key, ca=True)
        (folder / "ca.pem").write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))

    def issue(self, name: str) -> tuple[Path, Path]:
        """Return the files of a new certificate and its key, good for 127.0.0.1."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        certificate = self._sign(subject, key, ca=False)
        files = self.folder / f"{name}.crt", self.folder / f"{name}.key"
        files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        files[1].write_bytes(key.private_bytes(*form))
        return files

    def _sign(self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, *, ca: bool) -> x509.Certificate:
        now = datetime.now(UTC)
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(self.name)
        builder = builder.public_key(key.public_key()).serial_number(x509.random_serial_number())
        builder = builder.not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(hours=1))
        address = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
        builder = builder.add_extension(address, critical=False)
        return builder.add_extension(x509.BasicConstraints(ca, None), critical=True).sign(
            self.key, hashes.SHA256()
        )


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
