"""Verification served apart: from a database that can only be read, without any key of the issuer."""

import subprocess
import sys
from pathlib import Path

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from shuzheng.certificates.v1 import verification_service_pb2 as messages
from shuzheng.certificates.v1.certificate_service_pb2 import (
    GetCertificateDocumentRequest,
    ListCertificatesRequest,
)
from shuzheng.certificates.v1.certificate_service_pb2_grpc import CertificateServiceStub
from shuzheng.certificates.v1.verification_service_pb2_grpc import VerificationServiceStub

from services.certificates import verification
from services.certificates.config import VerificationConfig
from services.kit.storage.database import Database
from tests.support.services import OpenedService

ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture
async def replica(world, clock, tmp_path):
    """A verification process beside the service, on its database, with a data folder of its own."""
    answer = await world.public.GetDidDocument(messages.GetDidDocumentRequest())
    document = tmp_path / "did.json"
    document.write_bytes(answer.content)
    config = VerificationConfig(
        data_dir=tmp_path / "replica",
        database_url=world.service.config.database_url,
        did_document_file=document,
        listen="127.0.0.1:0",
    )
    opened = OpenedService(await verification.open(config, clock))
    yield opened
    await opened.close()


async def read_only(url):
    """Let every new connection to a PostgreSQL database read only, as a standby does."""
    database = Database(url)
    name = database.url.database
    async with database.engine.begin() as connection:
        await connection.exec_driver_sql(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
    await database.close()


async def test_it_answers_as_the_service_does(world, replica):
    await world.deliver(world.completion(1))
    certificate = await world.certificate()
    document = await world.supervisor.GetCertificateDocument(
        GetCertificateDocumentRequest(name=certificate.name)
    )
    row = messages.NumberAndName(number=certificate.number, holder_name=certificate.holder_name)
    for request in (
        messages.VerifyCertificateRequest(printed=row),
        messages.VerifyCertificateRequest(document=document.content),
    ):
        stub = replica.stub(VerificationServiceStub)
        assert await stub.VerifyCertificate(request) == await world.public.VerifyCertificate(request)
        assert (await stub.VerifyCertificate(request)).outcome == 1


async def test_it_serves_health_and_nothing_that_changes_or_shows_more(replica, tmp_path):
    health = replica.stub(health_pb2_grpc.HealthStub)
    assert (
        await health.Check(health_pb2.HealthCheckRequest())
    ).status == health_pb2.HealthCheckResponse.SERVING
    with pytest.raises(grpc.aio.AioRpcError) as refused:
        await replica.stub(CertificateServiceStub).ListCertificates(ListCertificatesRequest())
    assert refused.value.code() is grpc.StatusCode.UNIMPLEMENTED
    assert not list((tmp_path / "replica").rglob("*.pem"))


@pytest.mark.postgres
async def test_it_works_on_a_database_that_cannot_be_written(world, clock, tmp_path, databases):
    if databases.engine != "postgres":
        pytest.skip("SQLite has no replicas")
    await world.deliver(world.completion(1))
    certificate = await world.certificate()
    document = tmp_path / "did.json"
    document.write_bytes((await world.public.GetDidDocument(messages.GetDidDocumentRequest())).content)
    await read_only(world.service.config.database_url)
    config = VerificationConfig(
        data_dir=tmp_path / "replica",
        database_url=world.service.config.database_url,
        did_document_file=document,
        listen="127.0.0.1:0",
    )
    opened = OpenedService(await verification.open(config, clock))
    row = messages.NumberAndName(number=certificate.number, holder_name=certificate.holder_name)
    answer = await opened.stub(VerificationServiceStub).VerifyCertificate(
        messages.VerifyCertificateRequest(printed=row)
    )
    assert answer.outcome == 1
    await opened.close()


def test_it_does_not_start_without_the_document_of_its_issuer(tmp_path):
    command = [sys.executable, "-m", "services.processes", "certificates.verification"]
    wrong = tmp_path / "did.json"
    wrong.write_text('{"id": "did:web:other.example", "verificationMethod": [], "assertionMethod": []}')
    for file, said in (("", "must be a file"), (str(wrong), "other.example")):
        environment = {
            "SHUZHENG_CERTIFICATES_DATA_DIR": str(tmp_path),
            "PYTHONPATH": f"{ROOT}:{ROOT / 'gen'}",
        }
        environment |= {"SHUZHENG_CERTIFICATES_DID_DOCUMENT_FILE": file} if file else {}
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60)
        assert done.returncode == 78, done.stderr
        assert said in done.stderr
