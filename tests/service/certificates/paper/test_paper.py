"""The page of a certificate over gRPC: who gets it, when, always the same, and with the loop left free."""

import asyncio
import io
import json
from datetime import datetime, timedelta
from hashlib import sha256
from types import SimpleNamespace

import grpc
import pytest
from pypdf import PdfReader
from shuzheng.certificates.v1 import certificate_pb2 as pb
from shuzheng.certificates.v1 import certificate_service_pb2 as messages
from shuzheng.certificates.v1.certificate_paper_service_pb2 import (
    GetCertificateDisclosureRequest,
    GetCertificatePaperRequest,
)
from shuzheng.certificates.v1.status_service_pb2 import ListStatusListsRequest
from shuzheng.certificates.v1.status_service_pb2_grpc import StatusServiceStub
from shuzheng.certificates.v1.verification_service_pb2 import GetDidDocumentRequest

from services.certificates.issuing.storage.rows.certificates import CertificateRow
from services.certificates.paper.printing import extra
from services.certificates.paper.printing.claims import name_hash
from services.certificates.paper.printing.enclosures import StapledStatus
from services.certificates.paper.printing.typesetter import Typesetter
from services.certificates.paper.usecases.papers import claims_of
from services.certificates.standing.storage.rows.statuses import StatusListRow

DID = "did:web:certificates.example"
PRINT = pb.PAPER_LAYOUT_PRINT


def page_of(
    name: str, owner: str = "", layout: int = PRINT, evidence: bool = False
) -> GetCertificatePaperRequest:
    return GetCertificatePaperRequest(name=name, owner=owner, layout=layout, evidence=evidence)


def attached(content: bytes) -> dict[str, bytes]:
    """The files inside a page, by name, as other people's software reads them."""
    return {name: bytes(files[0]) for name, files in PdfReader(io.BytesIO(content)).attachments.items()}


async def with_evidence(world, name: str) -> dict[str, bytes]:
    """The files inside a page once log and status list are published."""
    async with asyncio.timeout(30):
        while True:
            files = attached(
                (await world.supervisor.GetCertificatePaper(page_of(name, evidence=True))).content
            )
            if len(files) == 4:
                return files
            await asyncio.sleep(0.1)


def refused(code, reason: str = ""):
    return pytest.raises(grpc.aio.AioRpcError, match=f"{code.name}[\\s\\S]*{reason}")


@pytest.fixture
async def grade(world):
    """A grade certificate of body b1."""
    await world.deliver(world.result(1))
    return await world.certificate()


async def test_a_page_carries_the_signed_document_and_its_twin_byte_for_byte(world, grade):
    paper = await world.supervisor.GetCertificatePaper(page_of(grade.name))
    document = await world.supervisor.GetCertificateDocument(
        messages.GetCertificateDocumentRequest(name=grade.name)
    )
    twin = await world.supervisor.GetCertificateDisclosure(GetCertificateDisclosureRequest(name=grade.name))
    assert (paper.name, paper.media_type) == (grade.name, "application/pdf")
    assert attached(paper.content) == {"credential.json": document.content, "credential.sd-jwt": twin.content}


async def test_evidence_is_the_proof_of_the_log_and_the_status_list_of_the_moment(world, grade):
    files = await with_evidence(world, grade.name)
    assert list(files) == ["credential.json", "credential.sd-jwt", "proof.tlog-proof", "status.json"]
    entry, listed = (json.loads(files[name]) for name in ("credential.json", "status.json"))
    assert listed["id"] == entry["credentialStatus"]["statusListCredential"]
    stub = world.opened.stub(StatusServiceStub)
    lists = (await stub.ListStatusLists(ListStatusListsRequest())).status_lists
    assert json.loads(files["status.json"]) in [json.loads(each.credential) for each in lists]


async def test_a_status_list_that_is_out_of_date_is_not_stapled(world, grade):
    await with_evidence(world, grade.name)
    async with world.service.store.read() as tx:
        row = await tx.get(CertificateRow, grade.name)
        listed = await tx.get(StatusListRow, f"statusLists/{row.status_list}")

    def at(moment: datetime) -> StapledStatus:
        clock = SimpleNamespace(now=lambda: moment)
        return StapledStatus(SimpleNamespace(read=world.service.store.read, clock=clock))

    assert [file.name for file in await at(listed.expires_at - timedelta(seconds=1))(row)] == ["status.json"]
    assert await at(listed.expires_at)(row) == []


async def test_the_same_evidence_makes_the_same_bytes(world, grade):
    """While neither a list nor a checkpoint is published in between, which the files show."""
    request = page_of(grade.name, evidence=True)
    await with_evidence(world, grade.name)
    async with asyncio.timeout(60):
        while True:
            first, second = [(await world.supervisor.GetCertificatePaper(request)).content for _ in range(2)]
            if attached(first) == attached(second):
                break
    assert first == second


@pytest.mark.parametrize("layout", [PRINT, pb.PAPER_LAYOUT_SCREEN])
async def test_asked_for_again_a_page_has_the_same_bytes(world, grade, layout):
    first, second = [
        (await world.supervisor.GetCertificatePaper(page_of(grade.name, layout=layout))).content
        for _ in range(2)
    ]
    assert sha256(first).digest() == sha256(second).digest()


async def test_staff_gets_pages_of_its_own_only(world, grade):
    body = world.staff("bodies/b1")
    assert (await body.GetCertificatePaper(page_of(grade.name, "bodies/b1"))).content
    other = world.staff("bodies/b2")
    with refused(grpc.StatusCode.NOT_FOUND):
        await other.GetCertificatePaper(page_of(grade.name, "bodies/b2"))
    with refused(grpc.StatusCode.PERMISSION_DENIED):
        await other.GetCertificatePaper(page_of(grade.name, "bodies/b1"))


async def test_what_no_longer_stands_is_not_printed(world, grade):
    await world.supervisor.RevokeCertificate(
        messages.RevokeCertificateRequest(name=grade.name, reason=pb.REVOCATION_REASON_ISSUED_IN_ERROR)
    )
    with refused(grpc.StatusCode.FAILED_PRECONDITION, "not printed"):
        await world.supervisor.GetCertificatePaper(page_of(grade.name))


async def test_a_name_without_a_glyph_is_never_signed_and_can_be_withdrawn(world):
    await world.deliver(world.result(1, holder_name="张\U000323af"), world.result(2))
    issued = await issued_one(world)
    waiting = messages.ListCertificatesRequest(state=pb.CERTIFICATE_STATE_INTENT)
    (stuck,) = (await world.supervisor.ListCertificates(waiting)).certificates
    assert (stuck.holder_name, issued.holder_name) == ("张\U000323af", world.result(2).holder_name)
    with refused(grpc.StatusCode.FAILED_PRECONDITION, "no signature"):
        await world.supervisor.GetCertificatePaper(page_of(stuck.name))
    revoke = messages.RevokeCertificateRequest(name=stuck.name, reason=pb.REVOCATION_REASON_ISSUED_IN_ERROR)
    assert (await world.supervisor.RevokeCertificate(revoke)).state == pb.CERTIFICATE_STATE_REVOKED


async def issued_one(world):
    """The first certificate that is issued, whatever else waits."""
    wanted = messages.ListCertificatesRequest(state=pb.CERTIFICATE_STATE_ISSUED)
    async with asyncio.timeout(20):
        while not (found := (await world.supervisor.ListCertificates(wanted)).certificates):
            await asyncio.sleep(0.01)
    return found[0]


async def test_without_the_extra_the_answer_says_what_to_install(world, grade, monkeypatch):
    def absent(module: str):
        raise ModuleNotFoundError(f"No module named {module!r}", name=module)

    monkeypatch.setattr(extra, "import_module", absent)
    with refused(grpc.StatusCode.FAILED_PRECONDITION, r"shuzheng\[paper\]"):
        await world.supervisor.GetCertificatePaper(page_of(grade.name))


class CountingCompiler:
    """A compiler that counts how often the loop comes round while it sets a page."""

    def __init__(self, compiler, rounds):
        self.compiler = compiler
        self.rounds = rounds
        self.meanwhile = []

    def compile(self, **options):
        before = len(self.rounds)
        content = self.compiler.compile(**options)
        self.meanwhile.append(len(self.rounds) - before)
        return content


async def test_the_loop_goes_round_while_pages_are_set(world, grade, monkeypatch):
    await world.supervisor.GetCertificatePaper(page_of(grade.name))  # fonts and compiler are loaded once
    rounds = []
    counting = CountingCompiler(Typesetter()._compiler(), rounds)
    monkeypatch.setattr(Typesetter, "_compiler", lambda _: counting)

    async def go_round() -> None:
        while True:
            await asyncio.sleep(0)
            rounds.append(None)

    going = asyncio.create_task(go_round())
    await asyncio.gather(*(world.supervisor.GetCertificatePaper(page_of(grade.name)) for _ in range(20)))
    going.cancel()
    assert len(counting.meanwhile) == 20
    assert sum(counting.meanwhile) >= 20  # none, if the compiler kept the interpreter for itself


async def test_the_did_document_lists_the_qr_key_but_not_for_credentials(world):
    did = json.loads((await world.public.GetDidDocument(GetDidDocumentRequest())).content)
    names = {method["id"].rpartition("#")[2].split("-")[0] for method in did["verificationMethod"]}
    assert names >= {"credential", "qr"}
    assert not any("#qr-" in key_id for key_id in did["assertionMethod"])


async def test_where_policy_keeps_the_name_out_the_claims_hold_its_salted_hash(world, grade):
    async with world.service.store.read() as tx:
        row = await tx.get(CertificateRow, grade.name)
    shown, omitted = claims_of(row, DID, True), claims_of(row, DID, False)
    assert shown.holder == grade.holder_name
    assert omitted.holder == name_hash(f" {grade.holder_name} ", omitted.document)
    assert omitted.holder != name_hash("另一个人", omitted.document)
