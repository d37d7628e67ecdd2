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
from services.certificates.verifying.usecases.reports import Answer, Answers, Made, Reports
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
        first = await anext(requests, None) or messages.BatchVerifyFileRequest()
        async for step in self.reports.verify(shown(), first.filename, _chunks(first, requests)):
            yield rows_message(step) if isinstance(step, Answers) else report_step(step)

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


async def _chunks(first: Any, requests: AsyncIterator[Any]) -> AsyncIterator[bytes]:
    yield first.chunk
    async for request in requests:
        yield request.chunk


def rows_message(answers: Answers) -> messages.BatchVerifyFileResponse:
    """Return some rows as they travel."""
    return messages.BatchVerifyFileResponse(rows=map(_row, answers.rows), rows_total=answers.total)


def _row(answer: Answer) -> VerifiedRow:
    row, finding = answer
    return VerifiedRow(
        row=row.row,
        number=row.number,
        verification=verifications.message(finding) if finding is not None else None,
        problem=row.problem,  # type: ignore[arg-type]
    )


def report_step(made: Made) -> messages.BatchVerifyFileResponse:
    """Return the last message of a file."""
    return messages.BatchVerifyFileResponse(rows_total=made.row.rows, report=message(made.row, made.content))


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
