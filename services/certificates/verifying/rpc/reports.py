"""VerificationReportService: a file comes in as a stream of chunks, rows and a signed report go out as one."""

from collections.abc import AsyncIterator
from typing import Any

from shuzheng.certificates.v1 import verification_report_service_pb2 as messages
from shuzheng.certificates.v1 import verification_report_service_pb2_grpc as services
from shuzheng.certificates.v1.verification_report_pb2 import OutcomeCount, VerificationReport, VerifiedRow

from services.certificates.document.domain.verification import Outcome
from services.certificates.verifying.checking.callers import Credential
from services.certificates.verifying.rpc import verifications
from services.certificates.verifying.storage.rows.reports import ReportRow
from services.certificates.verifying.usecases.reports import Answer, Answers, Refused, Reported, Reports
from services.kit.intake.upload import Upload
from services.kit.rpc import notices
from services.kit.rpc.call import CALL
from services.kit.rpc.convert import timestamp

API_KEY_HEADER = "x-api-key"


class VerificationReportService(services.VerificationReportServiceServicer):
    """Answers employers."""

    def __init__(self, reports: Reports) -> None:
        self.reports = reports
        press = reports.press
        self.issuer = messages.GetReportDidDocumentResponse(did=press.issuer.did, content=press.did_document)

    async def BatchVerifyFile(
        self, requests: AsyncIterator[messages.BatchVerifyFileRequest], context: Any
    ) -> AsyncIterator[messages.BatchVerifyFileResponse]:
        """Verify every row of a file."""
        upload = await Upload.begin(requests)
        async for step in self.reports.verify(shown(), upload.first.filename, upload):
            yield step_message(step)

    async def GetVerificationReport(
        self, request: messages.GetVerificationReportRequest, context: Any
    ) -> VerificationReport:
        """Read a report."""
        found = await self.reports.get(shown(), request.name)
        return message(found.row, found.content)

    async def ListVerificationReports(
        self, request: messages.ListVerificationReportsRequest, context: Any
    ) -> messages.ListVerificationReportsResponse:
        """List the reports of an employer."""
        page = await self.reports.page(shown(), request.parent, request.page_size, request.page_token)
        found = map(message, page.rows)
        return messages.ListVerificationReportsResponse(reports=found, next_page_token=page.next_page_token)

    async def GetReportDidDocument(
        self, request: messages.GetReportDidDocumentRequest, context: Any
    ) -> messages.GetReportDidDocumentResponse:
        """Fetch the DID document of the reports."""
        return self.issuer


def shown() -> Credential:
    """Return what the present call shows of its caller."""
    call = CALL.get()
    principal = call.principal
    tenant = principal.tenant if "employer" in principal.roles else ""
    return Credential(call.metadata.get(API_KEY_HEADER, ""), tenant, "supervisor" in principal.roles)


def step_message(step: Answers | Refused | Reported) -> messages.BatchVerifyFileResponse:
    """Return the answer that carries one step."""
    response = messages.BatchVerifyFileResponse
    match step:
        case Answers():
            return response(rows=map(_row, step.rows), rows_total=step.total)
        case Refused():
            return response(rejects_file=step.part)
        case Reported():
            row, content = step.made
            told = map(notices.message, step.notices)
            return response(rows_total=row.rows, report=message(row, content), notices=told)


def _row(answer: Answer) -> VerifiedRow:
    row, finding = answer
    return VerifiedRow(
        row=row.row,
        number=row.number,
        verification=verifications.message(finding) if finding is not None else None,
        problem=row.problem,  # type: ignore[arg-type]
    )


def message(row: ReportRow, content: bytes = b"") -> VerificationReport:
    """Return the message of a report."""
    return VerificationReport(
        name=row.name,
        filename=row.filename,
        file_sha256=row.file_sha256,
        rows=row.rows,
        unread_rows=row.unread_rows,
        outcomes=[
            OutcomeCount(outcome=Outcome[word], rows=count)  # type: ignore[arg-type]
            for word, count in row.outcomes.items()
        ],
        create_time=timestamp(row.create_time),
        content=content,
        content_sha256=row.content_sha256,
    )
