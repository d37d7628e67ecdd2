"""Certificates: issue many from facts, then verify them by number, by document and in batches."""

import asyncio
import re
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import islice
from uuid import uuid4

import grpc
import nats
from shuzheng.certificates.v1 import certificate_service_pb2 as certificates
from shuzheng.certificates.v1 import certificate_service_pb2_grpc as certificates_grpc
from shuzheng.certificates.v1 import verification_pb2 as answers
from shuzheng.certificates.v1 import verification_service_pb2 as verification
from shuzheng.certificates.v1 import verification_service_pb2_grpc as verification_grpc
from shuzheng.training.v1 import events_pb2
from shuzheng.type.v1 import qualification_pb2

from bench import load
from bench.load import Rate
from bench.processes import Measured
from services.kit.events.connection import Connection
from services.kit.events.envelope import Envelope

VERIFY = "/shuzheng.certificates.v1.VerificationService/VerifyCertificate"
SUBJECT = "training.v1.completion.registered"
ISSUED = "certificates.v1.certificate.issued"
CHUNK = 1000  # rows a message of a batch
Metadata = tuple[tuple[str, str], ...]


def address_of(server: Measured) -> str:
    """Return host:port from the line in which a service says that it is ready."""
    found = re.search(r"(\S+:\d+)$", server.ready_line)
    assert found is not None, server.ready_line
    return found[1]


async def issue(nats_url: str, count: int) -> float:
    """Publish `count` completions; returns the seconds until every certificate is announced as issued."""
    connection = Connection(nats_url, "bench")
    await connection.open()
    await connection.ensure_stream("training")
    assert connection.client is not None
    issued = asyncio.Event()
    seen: set[str] = set()

    async def note(message: nats.aio.msg.Msg) -> None:
        seen.add((message.headers or {}).get("ce-id", ""))
        if len(seen) >= count:
            issued.set()

    await connection.client.subscribe(ISSUED, cb=note, pending_msgs_limit=-1)
    jetstream = await connection.jetstream()
    started = time.perf_counter()
    for chunk in range(0, count, 512):
        sent = [await _publish(jetstream, number) for number in range(chunk, min(chunk + 512, count))]
        await asyncio.gather(*sent)
    async with asyncio.timeout(300):
        await issued.wait()
    seconds = time.perf_counter() - started
    await connection.close()
    return seconds


async def _publish(jetstream: nats.js.JetStreamContext, number: int) -> asyncio.Future[object]:
    envelope = Envelope(str(uuid4()), SUBJECT, "shuzheng/training", datetime.now(UTC))
    return await jetstream.publish_async(
        SUBJECT, _completion(number).SerializeToString(), headers=envelope.headers(0)
    )


def _completion(number: int) -> events_pb2.CompletionRegistered:
    message = events_pb2.CompletionRegistered(
        completion=f"institutions/bench/completions/c{number}",
        person=f"p-{number:026d}",
        holder_name=f"测试{number}",
        institution="institutions/bench",
        institution_display_name="测试培训机构",
        listing="institutions/bench/listings/l",
        listing_batch="1",
        cohort="institutions/bench/cohorts/c",
        hours="80",
        qualification=qualification_pb2.Qualification(
            occupation="big-data", direction="data-analysis", level=1
        ),
    )
    message.completed_on.year, message.completed_on.month, message.completed_on.day = 2026, 6, 1
    return message


async def some(address: str, metadata: Metadata, count: int) -> list[tuple[str, str]]:
    """Return number and holder's name of `count` issued certificates."""
    found: list[tuple[str, str]] = []
    async with grpc.aio.insecure_channel(address) as channel:
        stub = certificates_grpc.CertificateServiceStub(channel)
        page_token = ""
        while len(found) < count:
            request = certificates.ListCertificatesRequest(page_size=1000, page_token=page_token)
            page = await stub.ListCertificates(request, metadata=metadata)
            found += [(c.name.removeprefix("certificates/"), c.holder_name) for c in page.certificates]
            page_token = page.next_page_token
            if not page_token:
                break
    return found[:count]


async def verify_by_number(server: Measured, pair: tuple[str, str], calls: int) -> Rate:
    """Verify one certificate `calls` times, after a real client has seen the answer VALID."""
    address = address_of(server)
    request = verification.VerifyCertificateRequest(
        printed=verification.NumberAndName(number=pair[0], holder_name=pair[1])
    )
    async with grpc.aio.insecure_channel(address) as channel:
        answer = await verification_grpc.VerificationServiceStub(channel).VerifyCertificate(request)
    assert answer.outcome == answers.VERIFICATION_OUTCOME_VALID, answer
    return await unary(server, address, VERIFY, request.SerializeToString(), calls)


async def document_of(server: Measured, metadata: Metadata, number: str) -> bytes:
    """Return the signed document of a certificate."""
    async with grpc.aio.insecure_channel(address_of(server)) as channel:
        stub = certificates_grpc.CertificateServiceStub(channel)
        request = certificates.GetCertificateDocumentRequest(name=f"certificates/{number.lower()}")
        return (await stub.GetCertificateDocument(request, metadata=metadata)).content


async def verify_by_document(server: Measured, document: bytes, calls: int) -> Rate:
    """Verify one document `calls` times, after a real client has seen the answer VALID."""
    request = verification.VerifyCertificateRequest(document=document)
    async with grpc.aio.insecure_channel(address_of(server)) as channel:
        answer = await verification_grpc.VerificationServiceStub(channel).VerifyCertificate(request)
    assert answer.outcome == answers.VERIFICATION_OUTCOME_VALID, answer
    return await unary(server, address_of(server), VERIFY, request.SerializeToString(), calls)


async def unary(server: Measured, address: str, method: str, body: bytes, calls: int,
                metadata: Sequence[tuple[str, str]] = ()) -> Rate:  # fmt: skip
    """Measure one method with one prepared body; the server's CPU a call beside the rate."""
    before = server.cpu_seconds
    if load.has_h2load():
        rate = await asyncio.to_thread(load.h2load, address, method, body, calls, metadata)
    else:
        rate = await load.python_client(address, method, lambda _: body, calls, metadata)
    return Rate(rate, (server.cpu_seconds - before) / calls * 1e6)


async def batch_verify(server: Measured, pairs: list[tuple[str, str]], rounds: int) -> float:
    """Verify `pairs` by the stream, `rounds` times; returns rows a second."""
    rows = [verification.NumberAndName(number=number, holder_name=name) for number, name in pairs]
    messages = [verification.BatchVerifyRequest(rows=part) for part in _chunks(rows)]
    async with grpc.aio.insecure_channel(address_of(server)) as channel:
        stub = verification_grpc.VerificationServiceStub(channel)
        started = time.perf_counter()
        valid = 0
        async for response in stub.BatchVerify(iter(messages * rounds)):
            valid += sum(v.outcome == answers.VERIFICATION_OUTCOME_VALID for v in response.verifications)
        seconds = time.perf_counter() - started
    assert valid == len(rows) * rounds, f"only {valid} of {len(rows) * rounds} rows were VALID"
    return len(rows) * rounds / seconds


def _chunks(rows: list[verification.NumberAndName]) -> list[list[verification.NumberAndName]]:
    iterator = iter(rows)
    return list(iter(lambda: list(islice(iterator, CHUNK)), []))
