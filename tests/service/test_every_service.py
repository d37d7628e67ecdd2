"""What every service does alike: it opens on an empty database, says that it is well, and lets nobody in unasked."""

from collections.abc import Iterator

import grpc
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from grpc_health.v1 import health_pb2, health_pb2_grpc
from shuzheng.options.v1 import access_pb2

from services.kit.storage.database import Database
from services.kit.storage.migrate import metadata_of
from tests.support.databases import Databases
from tests.support.services import OpenedService
from tools import contract

pytestmark = pytest.mark.parametrize("service", contract.SERVICES)


def closed_methods(service: str) -> Iterator[contract.Method]:
    """Yield the RPCs of a service that need a token."""
    for method in contract.methods():
        if method.file.service in {service, "events", "operations"}:
            roles = {grant.role for grant in method.grants}
            if access_pb2.ROLE_PUBLIC not in roles:
                yield method


async def call(opened: OpenedService, method: contract.Method) -> grpc.StatusCode:
    """Call a method with an empty request and no token; return the code of the answer."""
    kind = "_".join(
        "stream" if s else "unary" for s in (method.proto.client_streaming, method.proto.server_streaming)
    )
    start = getattr(opened.channel, kind)(f"/{method.name}")
    running = start(iter([b""])) if method.proto.client_streaming else start(b"")
    return await running.code()


async def test_it_opens_and_is_well(service: str, open_service):
    opened = await open_service(service)
    health = opened.stub(health_pb2_grpc.HealthStub)
    answer = await health.Check(health_pb2.HealthCheckRequest())
    assert answer.status == health_pb2.HealthCheckResponse.SERVING


async def test_it_lets_nobody_in_without_a_token(service: str, open_service):
    opened = await open_service(service)
    codes = {method.name: await call(opened, method) for method in closed_methods(service)}
    assert codes
    assert {name: code for name, code in codes.items() if code is not grpc.StatusCode.UNAUTHENTICATED} == {}


async def test_its_migrations_make_the_tables_of_its_rows(service: str, databases: Databases):
    database = Database(await databases.migrated(service))
    async with database.engine.connect() as connection:
        found = await connection.run_sync(
            lambda sync: compare_metadata(MigrationContext.configure(sync), metadata_of(service))
        )
    await database.close()
    assert found == []
