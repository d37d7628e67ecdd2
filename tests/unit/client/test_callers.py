"""Calls over real gRPC, of every shape, waited for and awaited, in plain text and over TLS."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import message_factory

from services.client import catalog
from services.client.callers import AsyncCaller, Caller
from services.client.channels import Channels, Tls, awaited, blocking, hang_up
from services.client.failures import Fault
from services.kit.errors import AppError, not_found
from services.kit.rpc.status import trailing
from tests.support.authorities import Authority

DID, EXPORT, IMPORT, LIST, CREATE, GET, REVOKE = (
    "VerificationService/GetDidDocument",
    "CertificateService/ExportCertificates",
    "RosterService/ImportRoster",
    "CertificateService/ListCertificates",
    "EmployerService/CreateEmployer",
    "CertificateService/GetCertificate",
    "CertificateService/RevokeCertificate",
)
ROWS = 2500


class Answers(grpc.GenericRpcHandler):
    """Answers a few RPCs of the services, and keeps what it was sent."""

    def __init__(self) -> None:
        self.seen: list[Any] = []
        self.handlers = {self.path(name): self.handler(name, given) for name, given in GIVEN.items()}

    @staticmethod
    def path(name: str) -> str:
        method = catalog.method(name)[1]
        return f"/{method.containing_service.full_name}/{method.name}"

    def service(self, call: Any) -> Any:
        return self.handlers.get(call.method)

    def handler(self, name: str, given: Callable[..., Any]) -> Any:
        method = catalog.method(name)[1]
        request, answer = map(message_factory.GetMessageClass, (method.input_type, method.output_type))
        shape = "_".join(
            "stream" if s else "unary" for s in (method.client_streaming, method.server_streaming)
        )
        made = getattr(grpc, f"{shape}_rpc_method_handler")
        return made(partial(given, self, answer), request.FromString, answer.SerializeToString)


def did(self: Answers, answer: Any, _request: Any, context: Any) -> Any:
    self.seen.append(dict(context.invocation_metadata()).get("authorization"))
    return answer(did="did:web:x")


def export(_self: Answers, answer: Any, request: Any, _context: Any) -> Iterator[Any]:
    yield from (answer(documents=[{"name": request.owner}]) for _ in range(3))


def imported(self: Answers, answer: Any, requests: Iterator[Any], _context: Any) -> Iterator[Any]:
    self.seen += [request.chunk for request in requests]
    yield answer(summary={"rows": len(self.seen)})


def page(_self: Answers, answer: Any, request: Any, _context: Any) -> Any:
    start = int(request.page_token or 0)
    end = min(start + request.page_size, ROWS)
    rows = [{"name": f"certificates/{row}"} for row in range(start, end)]
    return answer(certificates=rows, next_page_token=str(end) if end < ROWS else "")


def created(self: Answers, answer: Any, request: Any, _context: Any) -> Any:
    self.seen.append(request.request_id)
    return answer()


def refuses(_self: Answers, _answer: Any, request: Any, context: Any) -> Any:
    error = not_found(request.name)
    context.set_trailing_metadata(trailing(error, "certificates", "r1"))
    context.abort(grpc.StatusCode.NOT_FOUND, error.message)


def breaks(_self: Answers, _answer: Any, _request: Any, context: Any) -> Any:
    context.abort(grpc.StatusCode.INTERNAL, "quote request id 7")


GIVEN = {
    DID: did,
    EXPORT: export,
    IMPORT: imported,
    LIST: page,
    CREATE: created,
    GET: refuses,
    REVOKE: breaks,
}


@pytest.fixture
def answers() -> Answers:
    return Answers()


@pytest.fixture
def address(answers: Answers) -> Iterator[str]:
    server = grpc.server(ThreadPoolExecutor(2), [answers])
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield f"127.0.0.1:{port}"
    server.stop(None)


@pytest.fixture
def caller(address: str) -> Iterator[Caller]:
    caller = Caller(Channels(lambda _: address, blocking), lambda: (("authorization", "Bearer t"),))
    yield caller
    caller.close()


@pytest.fixture
async def awaiting(address: str):
    channels = Channels(lambda _: address, awaited)
    yield AsyncCaller(channels, (("authorization", "Bearer t"),))
    await hang_up(channels)


def test_calls_of_every_shape_wait_for_their_answers(caller: Caller, answers: Answers) -> None:
    assert caller(DID).did == "did:web:x"
    assert answers.seen.pop() == "Bearer t"
    assert [one.documents[0].name for one in caller(EXPORT, owner="bodies/b")] == ["bodies/b"] * 3
    sent = [{"parent": "p", "chunk": b"a"}, {"chunk": b"b"}]
    assert [one.summary.rows for one in caller.stream(IMPORT, sent)] == [2]


async def test_calls_of_every_shape_are_awaited(awaiting: AsyncCaller, answers: Answers) -> None:
    assert (await awaiting(DID)).did == "did:web:x"
    assert answers.seen.pop() == "Bearer t"
    assert [one.documents[0].name for one in await awaiting.stream(EXPORT, [{"owner": "b"}])] == ["b"] * 3
    sent = [{"parent": "p", "chunk": b"a"}, {"chunk": b"b"}]
    assert [one.summary.rows for one in await awaiting.stream(IMPORT, sent)] == [2]


async def test_every_page_is_read(caller: Caller, awaiting: AsyncCaller) -> None:
    wanted = [f"certificates/{row}" for row in range(ROWS)]
    service, method = catalog.method(LIST)
    request = message_factory.GetMessageClass(method.input_type)()
    pages = list(caller.pages(service, method, request))
    assert [row.name for page in pages for row in page.certificates] == wanted
    assert len(pages) == 3
    assert [row.name for row in await awaiting.every(LIST, "certificates")] == wanted


async def test_a_mutation_has_a_request_id(caller: Caller, awaiting: AsyncCaller, answers: Answers) -> None:
    caller(CREATE)
    await awaiting(CREATE)
    caller(CREATE, request_id="mine")
    first, second, mine = answers.seen
    assert len({first, second, ""}) == 3
    assert mine == "mine"


async def test_a_refusal_and_a_fault_are_told_apart(caller: Caller, awaiting: AsyncCaller) -> None:
    for call in (caller, awaiting):
        for path, kind, said in ((GET, AppError, "certificates/1"), (REVOKE, Fault, "quote request id 7")):
            with pytest.raises(kind, match=said) as caught:
                answer = call(path, name="certificates/1")
                await answer
            assert isinstance(caught.value, Fault) or caught.value.metadata["request_id"] == "r1"


def test_what_nobody_serves_is_a_fault(caller: Caller) -> None:
    with pytest.raises(Fault) as caught:
        caller("ShareService/ListShares")
    assert caught.value.code is grpc.StatusCode.UNIMPLEMENTED
    assert caught.value.call.endswith("ShareService.ListShares")


def test_nobody_there_is_told_as_unavailable() -> None:
    caller = Caller(Channels(lambda _: "127.0.0.1:1", blocking), lambda: ())
    with pytest.raises(AppError) as caught:
        caller(DID)
    assert str(caught.value.kind) == "unavailable"
    caller.close()


async def test_over_tls_both_sides_are_known(answers: Answers, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    root = tmp_path / "ca.pem"
    served, own = authority.issue("server"), authority.issue("client")
    pair = served[1].read_bytes(), served[0].read_bytes()
    server = grpc.server(ThreadPoolExecutor(2), [answers])
    wanted = grpc.ssl_server_credentials([pair], root.read_bytes(), require_client_auth=True)
    address = f"127.0.0.1:{server.add_secure_port('127.0.0.1:0', wanted)}"
    server.start()
    known, unknown = Tls(root, *own), Tls(root)
    caller = Caller(Channels(lambda _: address, blocking, known), lambda: ())
    assert caller(DID).did == "did:web:x"
    channels = Channels(lambda _: address, awaited, known)
    assert (await AsyncCaller(channels)(DID)).did == "did:web:x"
    await hang_up(channels)
    for tls in (unknown, None):
        with pytest.raises(AppError):
            Caller(Channels(lambda _: address, blocking, tls), lambda: ())(DID)
    caller.close()
    server.stop(None)
