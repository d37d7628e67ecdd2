"""An export of a service that runs in this process, written as the command writes it."""

import asyncio
from pathlib import Path
from typing import Any

from shuzheng.certificates.v1 import verification_report_service_pb2, verification_service_pb2
from shuzheng.certificates.v1.certificate_service_pb2 import ExportCertificatesRequest
from shuzheng.certificates.v1.log_service_pb2 import ExportLogRequest
from shuzheng.certificates.v1.log_service_pb2_grpc import LogServiceStub
from shuzheng.certificates.v1.status_service_pb2 import ListStatusListsRequest
from shuzheng.certificates.v1.status_service_pb2_grpc import StatusServiceStub
from shuzheng.certificates.v1.verification_report_service_pb2_grpc import VerificationReportServiceStub

from services.client import exports


async def export(world: Any, folder: Path) -> Path:
    """Write an export as the command does, with the calls made beforehand; `world` as of the certificates' tests."""
    log = world.opened.stub(LogServiceStub)
    reports = world.opened.stub(VerificationReportServiceStub)
    answers = {
        "VerificationService/GetDidDocument": await world.public.GetDidDocument(
            verification_service_pb2.GetDidDocumentRequest()
        ),
        "StatusService/ListStatusLists": await published_lists(world),
        "VerificationReportService/GetReportDidDocument": await reports.GetReportDidDocument(
            verification_report_service_pb2.GetReportDidDocumentRequest()
        ),
        "CertificateService/ExportCertificates": [
            answer async for answer in world.supervisor.ExportCertificates(ExportCertificatesRequest())
        ],
        "LogService/ExportLog": [answer async for answer in log.ExportLog(ExportLogRequest())],
    }
    exports.write(folder, lambda path, **_: answers[path], {}, lambda *_: None)
    return folder


async def published_lists(world: Any) -> Any:
    """Return the status lists once there is one."""
    stub = world.opened.stub(StatusServiceStub)
    async with asyncio.timeout(10):
        while not (page := await stub.ListStatusLists(ListStatusListsRequest())).status_lists:
            await asyncio.sleep(0.02)
    return page
