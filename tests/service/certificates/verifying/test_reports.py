"""Whole files of an employer: every row answered in order, then a report that anybody can check."""

import base64
import csv
import io
import json
from hashlib import sha256

import grpc
import openpyxl
import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from shuzheng.certificates.v1 import employer_pb2, employer_service_pb2
from shuzheng.certificates.v1 import verification_report_service_pb2 as messages
from shuzheng.certificates.v1.employer_service_pb2_grpc import EmployerServiceStub
from shuzheng.certificates.v1.verification_pb2 import VerificationOutcome
from shuzheng.certificates.v1.verification_report_pb2 import RowProblem
from shuzheng.certificates.v1.verification_report_service_pb2_grpc import VerificationReportServiceStub
from shuzheng.type.v1.notice_pb2 import NoticeCode

from services.certificates.proofs.signing import multibase
from services.kit.rpc.status import from_call
from services.verifier import audit
from services.verifier import log as log_files
from tests.support.exports import export
from tests.support.statements import statements

VALID, REVOKED, UNKNOWN = 1, 2, 5


class Employer:
    """An employer that sends files."""

    def __init__(self, world):
        self.stub = world.opened.stub(VerificationReportServiceStub, "employer", "employers/acme")

    async def send(self, content, filename="员工.csv", size=1000):
        chunks = [content[start : start + size] for start in range(0, len(content), size)]
        first, *others = [messages.BatchVerifyFileRequest(chunk=chunk) for chunk in chunks or [b""]]
        first.filename = filename

        async def stream():
            for message in (first, *others):
                yield message

        answers = [answer async for answer in self.stub.BatchVerifyFile(stream())]
        self.rejects_file = b"".join(answer.rejects_file for answer in answers)
        self.notices = answers[-1].notices
        return [row for answer in answers for row in answer.rows], answers[-1].report

    async def refused(self, content, **options):
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await self.send(content, **options)
        return from_call(refused.value)


async def register(world):
    supervisor = world.opened.stub(EmployerServiceStub, "supervisor")
    wanted = employer_pb2.Employer(display_name="示例科技公司", uscc="91330100799655058B")
    await supervisor.CreateEmployer(
        employer_service_pb2.CreateEmployerRequest(employer_id="acme", employer=wanted)
    )
    return Employer(world)


@pytest.fixture
async def employer(world):
    return await register(world)


@pytest.fixture
async def issued(world):
    """Three certificates, of which the last is revoked."""
    await world.deliver(*(world.completion(number) for number in range(3)))
    await world.certificates()
    await world.deliver(world.withdrawal(2))
    return sorted(await world.certificates(), key=lambda one: one.source)


def table(certificates):
    rows = [["员工证书清单", "", ""], ["序号", "姓 名", "证书编号*"]]
    return rows + [[str(at), one.holder_name, one.number] for at, one in enumerate(certificates, 1)]


def as_csv(rows, encoding="utf-8-sig"):
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode(encoding)


def as_xlsx(rows):
    book, out = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["封面"])
    sheet = book.create_sheet("清单")
    for row in rows:
        sheet.append(row)
    book.save(out)
    return out.getvalue()


def as_ndjson(rows):
    return "\n".join(json.dumps({"number": row[2], "name": row[1]}) for row in rows[2:]).encode()


@pytest.mark.parametrize("written", [as_csv, lambda rows: as_csv(rows, "gbk"), as_xlsx, as_ndjson])
async def test_every_kind_of_file_is_answered_row_by_row(employer, issued, written):
    rows, report = await employer.send(written(table(issued)))
    assert [row.verification.outcome for row in rows] == [VALID, VALID, REVOKED]
    assert [row.number for row in rows] == [one.number for one in issued]
    assert (report.rows, report.unread_rows) == (3, 0)
    assert {count.outcome: count.rows for count in report.outcomes} == {VALID: 2, REVOKED: 1}


async def test_rows_that_cannot_be_read_stand_where_they_were(employer, issued):
    rows = [
        *table(issued),
        ["", "", ""],
        ["4", "", "DE1"],
        ["5", "王五", ""],
        ["6", "不是本人", issued[0].number],
    ]
    found, report = await employer.send(as_csv(rows))
    assert [row.row for row in found] == [3, 4, 5, 7, 8, 9]
    assert [RowProblem.Name(row.problem) for row in found[3:5]] == [
        "ROW_PROBLEM_NAME_MISSING",
        "ROW_PROBLEM_NUMBER_MISSING",
    ]
    assert not found[3].HasField("verification")
    assert found[5].verification.outcome == UNKNOWN
    assert (report.rows, report.unread_rows) == (6, 2)


async def test_rows_that_cannot_be_read_come_back_and_are_read_when_corrected(employer, issued):
    await employer.send(as_csv([*table(issued), ["4", "", issued[0].number], ["5", "王五", "DE1 "]], "gbk"))
    assert {NoticeCode.Name(notice.code) for notice in employer.notices} >= {
        "NOTICE_CODE_ENCODING_ASSUMED",
        "NOTICE_CODE_BLANKS_TRIMMED",
    }
    (head, back) = csv.reader(io.StringIO(employer.rejects_file.decode("utf-8-sig")))
    assert back == [
        "6",
        "姓 名",
        "NAME_MISSING",
        "姓 名: 没有姓名，请补填 (is empty; fill it in)",
        "4",
        "",
        issued[0].number,
    ]
    back[head.index("姓 名")] = issued[0].holder_name
    rows, _ = await employer.send(as_csv([head, back]))
    assert [row.verification.outcome for row in rows] == [VALID]
    assert employer.rejects_file == b""
    assert "NOTICE_CODE_REASONS_LEFT_OUT" in {NoticeCode.Name(notice.code) for notice in employer.notices}


async def test_the_report_is_signed_by_a_key_that_signs_no_certificate(world, employer, issued, clock):
    content = as_csv(table(issued))
    rows, report = await employer.send(content)
    document = json.loads(report.content)
    assert rfc8785.dumps(document) == report.content
    assert sha256(report.content).hexdigest() == report.content_sha256
    told = document["credentialSubject"]
    assert (document["validFrom"], told["name"]) == (
        clock.now().strftime("%Y-%m-%dT%H:%M:%SZ"),
        "示例科技公司",
    )
    assert told["file"] == {"name": "员工.csv", "sha256": sha256(content).hexdigest()}
    assert [(int(row["row"]), row["number"], row["outcome"]) for row in told["rows"]] == [
        (
            row.row,
            row.number,
            VerificationOutcome.Name(row.verification.outcome).removeprefix("VERIFICATION_OUTCOME_"),
        )
        for row in rows
    ]
    assert not [one.holder_name for one in issued if one.holder_name in report.content.decode()]
    await check_signature(employer.stub, document)


async def check_signature(stub, document):
    """Verify as the specification says, with nothing of the service but its DID document."""
    answer = await stub.GetReportDidDocument(messages.GetReportDidDocumentRequest())
    did = json.loads(answer.content)
    assert did["id"] == answer.did == document["issuer"]["id"] == "did:web:certificates.example:reports"
    (proof,) = document.pop("proof")
    signature = multibase.decode(proof.pop("proofValue"))
    (method,) = (one for one in did["verificationMethod"] if one["id"] == proof["verificationMethod"])
    assert method["id"] in did["assertionMethod"]
    message = sha256(rfc8785.dumps(proof)).digest() + sha256(rfc8785.dumps(document)).digest()
    key = Ed25519PublicKey.from_public_bytes(multibase.decode(method["publicKeyMultibase"])[2:])
    key.verify(signature, message)


async def test_valid_rows_have_their_place_in_the_tree_of_the_report(world, employer, issued, tmp_path):
    _, report = await employer.send(as_csv(table(issued)))
    told = json.loads(report.content)["credentialSubject"]
    folder = await export(world, tmp_path / "export")
    year, size = folder / "log" / "2026", int(told["log"]["treeSize"])
    leaves = list(log_files.entries(year, log_files.read_head(year / "checkpoint").size))
    tree = log_files.root([log_files.leaf_hash(leaf) for leaf in leaves[:size]])
    assert told["log"]["rootHash"] == base64.b64encode(tree).decode()
    assert [row["outcome"] for row in told["rows"]] == ["VALID", "VALID", "REVOKED"]
    assert "logPosition" not in told["rows"][2]
    for row in told["rows"][:2]:
        origin, _, index = row["logPosition"].rpartition("#")
        assert origin == told["log"]["origin"]
        assert int(index) < size
        opening = json.loads((folder / "openings" / "credentials" / f"{row['number']}.json").read_bytes())
        assert opening["position"] == row["logPosition"]
        assert log_files.leaf_of(leaves[int(index)]).type == "issue"
    assert audit.examine(folder, [folder / "did.json"]).problems == []


async def test_what_was_just_issued_is_in_the_tree_of_the_report_too(world, employer):
    await world.deliver(*(world.completion(number) for number in range(20)))
    issued = await world.certificates()
    _, report = await employer.send(as_csv(table(issued)))
    told = json.loads(report.content)["credentialSubject"]
    indexes = [int(row["logPosition"].rpartition("#")[2]) for row in told["rows"]]
    assert len(set(indexes)) == 20
    assert max(indexes) < int(told["log"]["treeSize"])


async def test_certificates_of_earlier_years_name_their_own_log(world, employer, issued, clock):
    clock.advance(days=365)
    _, report = await employer.send(as_csv(table(issued)))
    told = json.loads(report.content)["credentialSubject"]
    assert told["log"]["origin"].endswith("/2027")
    (earlier,) = told["earlierLogs"]
    assert {row["logPosition"].rpartition("#")[0] for row in told["rows"] if "logPosition" in row} == {
        earlier["origin"]
    }
    assert earlier["origin"].endswith("/2026")


async def test_a_report_can_be_fetched_again(world, employer, issued):
    _, report = await employer.send(as_csv(table(issued)))
    again = await employer.stub.GetVerificationReport(messages.GetVerificationReportRequest(name=report.name))
    assert again == report
    listed = await employer.stub.ListVerificationReports(
        messages.ListVerificationReportsRequest(parent="employers/acme")
    )
    assert [(one.name, one.content) for one in listed.reports] == [(report.name, b"")]
    other = world.opened.stub(VerificationReportServiceStub, "public")
    with pytest.raises(grpc.aio.AioRpcError):
        await other.GetVerificationReport(messages.GetVerificationReportRequest(name=report.name))


@pytest.mark.parametrize(
    "content", [b"", b"\x00\x01", b"PK\x03\x04 no archive", "姓名\n张三\n".encode(), "编号,姓名\n".encode()]
)
async def test_a_file_that_cannot_be_used_is_refused_whole(employer, content):
    assert (await employer.refused(content)).reason == "UNREADABLE_FILE"


async def test_nothing_is_read_of_a_caller_that_is_not_known(world, employer):
    employer.stub = world.opened.stub(VerificationReportServiceStub)
    assert (await employer.refused(b"x")).reason == "UNAUTHENTICATED"


async def test_quota_and_size_are_policy(open_service, world_of, tmp_path, clock):
    rules = tmp_path / "rules.toml"
    rules.write_text(
        "[[rule]]\neffective_from = 2021-01-01\nrows_per_day = 5\nrows_per_file = 4\nvalid_keys = 1\nkey_days = 1\n"
        'source = "a decision"\nmark = "UNCONFIRMED"\n'
    )
    employer = await register(world_of(await open_service("certificates", employer_rules_file=rules)))

    def rows(count):
        return "编号,姓名\n".encode() + "DE1,张三\n".encode() * count

    assert (await employer.refused(rows(5))).reason == "FILE_TOO_LARGE"
    assert len((await employer.send(rows(3)))[0]) == 3
    error = await employer.refused(rows(3))
    assert (error.reason, error.metadata["limit"]) == ("DAILY_QUOTA", "5")
    assert error.retry_after is not None and 0 < error.retry_after.total_seconds() <= 86400
    assert len((await employer.send(rows(2)))[0]) == 2
    clock.advance(days=1)
    assert len((await employer.send(rows(4)))[0]) == 4


async def test_ten_thousand_rows_are_looked_up_by_the_thousand(world, employer, issued):
    content = as_xlsx(table(issued * 3334))
    with statements(world.service) as asked:
        found, report = await employer.send(content, filename="清单.xlsx", size=2**20)
    assert len(found) == report.rows == 10_002
    assert len(asked) < 100
