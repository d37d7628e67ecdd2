"""Employers: a whole file of certificates checked row by row, and the signed report in answer."""

import csv
import io
import json
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from uuid import uuid4

import grpc
from openpyxl import Workbook
from shuzheng.certificates.v1 import employer_pb2, employer_service_pb2
from shuzheng.certificates.v1 import verification_report_service_pb2 as messages
from shuzheng.certificates.v1.employer_service_pb2_grpc import EmployerServiceStub
from shuzheng.certificates.v1.verification_report_service_pb2_grpc import VerificationReportServiceStub

from tests.support.tokens import credentials

CHUNK = 256 * 1024  # bytes a message
HEAD = ("证书编号", "姓名")
Pairs = list[tuple[str, str]]


class Employer:
    """A new employer at one server, which sends files."""

    def __init__(self, address: str, keys: Path) -> None:
        self.address = address
        self.keys = keys
        self.id = f"e{uuid4().hex[:12]}"

    async def register(self) -> None:
        """Let a supervisor create it."""
        wanted = employer_pb2.Employer(display_name="测试用人单位", uscc="91330100799655058B")
        request = employer_service_pb2.CreateEmployerRequest(employer_id=self.id, employer=wanted)
        async with grpc.aio.insecure_channel(self.address) as channel:
            await EmployerServiceStub(channel).CreateEmployer(
                request, metadata=credentials(self.keys, "supervisor")
            )

    async def verify(self, filename: str, content: bytes) -> int:
        """Send a file; returns how many rows the report counts."""
        async with grpc.aio.insecure_channel(self.address) as channel:
            stub = VerificationReportServiceStub(channel)
            metadata = credentials(self.keys, "employer", f"employers/{self.id}")
            answers = [a async for a in stub.BatchVerifyFile(_parts(filename, content), metadata=metadata)]
        assert sum(len(answer.rows) for answer in answers) == answers[-1].report.rows
        return answers[-1].report.rows


async def seconds_of_a_file(employer: Employer, kind: str, pairs: Pairs) -> float:
    """Verify `pairs` as one file of a kind ("csv", "xlsx", "ndjson"); returns the seconds until its report is there."""
    content = KINDS[kind](pairs)
    started = time.perf_counter()
    rows = await employer.verify(f"list.{kind}", content)
    seconds = time.perf_counter() - started
    assert rows == len(pairs)
    return seconds


async def _parts(filename: str, content: bytes) -> AsyncIterator[messages.BatchVerifyFileRequest]:
    for start in range(0, len(content), CHUNK):
        part = content[start : start + CHUNK]
        yield messages.BatchVerifyFileRequest(filename="" if start else filename, chunk=part)


def _csv(pairs: Pairs) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([HEAD, *pairs])
    return out.getvalue().encode("utf-8-sig")


def _xlsx(pairs: Pairs) -> bytes:
    book, out = Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet()
    for row in (HEAD, *pairs):
        sheet.append(row)
    book.save(out)
    return out.getvalue()


def _ndjson(pairs: Pairs) -> bytes:
    lines = [json.dumps({"number": number, "name": name}, ensure_ascii=False) for number, name in pairs]
    return "\n".join(lines).encode()


KINDS: dict[str, Callable[[Pairs], bytes]] = {"csv": _csv, "xlsx": _xlsx, "ndjson": _ndjson}
