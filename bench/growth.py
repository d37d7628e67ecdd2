"""How a look-up by number and an append to the log change while the stock grows from ten thousand to a million.

Rows are written by the storage layer in bulk, so the figures are of large tables, not of large exams.
"""

import asyncio
import random
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import grpc
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from shuzheng.certificates.v1 import verification_pb2 as answers
from shuzheng.certificates.v1 import verification_service_pb2 as verification
from shuzheng.certificates.v1 import verification_service_pb2_grpc as verification_grpc
from sqlalchemy import func, select

from bench import certificates, floor, log
from bench.load import python_client
from bench.processes import Measured, running
from bench.report import Report
from services.certificates.config import DEVELOPMENT_URL
from services.certificates.document.domain.certificate import Kind
from services.certificates.document.domain.holder import comparable
from services.certificates.issuing.drafting.numbers import RandomDigits
from services.certificates.issuing.storage.rows.certificates import CertificateRow
from services.certificates.proofs.signing.did import did_document, did_of
from services.certificates.root import Base
from services.kit.clock import SystemClock
from services.kit.events.broker import free_port
from services.kit.events.relay import BATCH, marking
from services.kit.storage.database import Database
from services.kit.storage.hot import HotPath, in_array
from services.kit.storage.migrate import upgrade
from services.kit.storage.store import Store

SIZES = (10_000, 100_000, 1_000_000)
CHUNK = 20_000  # rows a transaction
SINGLE = 3_000  # calls one after the other, for the median
BATCHED = 1_000  # numbers of one call
MARKS = 21  # repetitions, for the median
CALLS = 10_000  # calls with many in flight, for the rate
NAME = "测试持证人"
START = datetime(2026, 6, 1, tzinfo=UTC)


async def measure(report: Report, sizes: tuple[int, ...] = SIZES) -> None:
    """Let register and log grow to each size, and measure there."""
    with tempfile.TemporaryDirectory(prefix="shuzheng-bench-") as scratch:
        await _register(report, Path(scratch), sizes)
    with tempfile.TemporaryDirectory(prefix="shuzheng-bench-") as scratch:
        await _log(report, Path(scratch), sizes)


async def _register(report: Report, folder: Path, sizes: tuple[int, ...]) -> None:
    database = Database(f"sqlite:///{folder / 'certificates.db'}")
    await upgrade(database, "services.certificates", Base.metadata)
    store, numbers = Store(database, Base.metadata, SystemClock()), list[str]()
    for size in sizes:
        seconds = await _fill(store, numbers, size)
        report.add(f"register grown to {size:,}", seconds, "s", note="bulk load")
        await _mark(report, database, store, size)
        await _verify(report, folder, numbers)
    await database.close()


async def _mark(report: Report, database: Database, store: Store, size: int) -> None:
    """Let the outbox grow too, and mark facts as the relay does, beside finding as many by their key."""
    outbox, path = store.tables.outbox, HotPath(database)
    await _fill_outbox(store, size)
    await path.open()
    mark = path.write(marking(outbox))
    find = path.query(select(outbox.c.position).where(in_array(outbox.c.id, "ids")))
    ids = [f"event-{place}" for place in random.Random(1).sample(range(size), BATCH)]
    floor_ms = statistics.median([await _ms(lambda: find.all(ids=ids)) for _ in range(MARKS)])
    found_ms = statistics.median(
        [await _ms(lambda: mark({"ids": ids, "published_at": START})) for _ in range(MARKS)]
    )
    await path.close()
    note = f"finding them takes {floor_ms:.2f} ms"
    report.add(f"{BATCH} facts marked of {size:,}", found_ms, "ms", ratio=found_ms / floor_ms, note=note)


async def _fill_outbox(store: Store, size: int) -> None:
    async with store.read() as tx:
        have = await tx.one(select(func.max(store.tables.outbox.c.position))) or 0
    fact = {"aggregate_type": "", "aggregate_id": "", "type": "t", "payload": b"", "occurred_at": START}
    for first in range(have, size, CHUNK):
        async with store.write() as tx:
            facts = [
                {"id": f"event-{n}", "published_at": START} | fact
                for n in range(first, min(first + CHUNK, size))
            ]
            await tx.execute(store.tables.outbox.insert(), facts)


async def _ms(work: Callable[[], Awaitable[object]]) -> float:
    started = time.perf_counter()
    await work()
    return (time.perf_counter() - started) * 1000


async def _fill(store: Store, numbers: list[str], size: int) -> float:
    scheme, taken, started = RandomDigits(), set(numbers), time.perf_counter()
    while len(numbers) < size:
        new = _new_numbers(scheme, taken, min(CHUNK, size - len(numbers)))
        async with store.write() as tx:
            rows = [_row(number, len(numbers) + at, tx.now) for at, number in enumerate(new)]
            await tx.bulk_insert(CertificateRow, rows)
        numbers += new
    return time.perf_counter() - started


def _new_numbers(scheme: RandomDigits, taken: set[str], count: int) -> list[str]:
    """Return numbers that nobody has: of a million random ones, two are the same as likely as not."""
    new: list[str] = []
    while len(new) < count:
        number = scheme.new(Kind.TRAINING, "", 2026)
        if number not in taken:
            taken.add(number)
            new.append(number)
    return new


def _row(number: str, place: int, now: object) -> dict[str, object]:
    """Return a certificate as issuing leaves it."""
    return {
        "name": f"certificates/{number.lower()}", "parent": "", "version": 1, "create_time": now,
        "update_time": now, "number": number, "kind": "TRAINING", "state": "ISSUED", "revision": 0,
        "source": f"institutions/bench/completions/c{place}", "owner": "institutions/bench",
        "owner_display_name": "测试培训机构", "listing_batch": "1", "person": f"p-{place:026d}",
        "holder_name": f"{NAME}{place}", "holder_key": comparable(f"{NAME}{place}"), "occupation": "big-data",
        "direction": "data-analysis", "level": 1, "hours": "80", "theory_score": "", "ability_score": "",
        "awarded_on": date(2026, 6, 1), "valid_from": START, "valid_until": None, "supersedes": "",
        "superseded_by": "", "revocation_reason": None, "revocation_note": "", "revoked_at": None,
        "document_sha256": "0" * 64, "rdf_sha256": "0" * 64, "status_list": f"2026-{1 + place // 131_072}",
        "status_index": place % 131_072, "log_position": f"certificates.example/log/2026#{place}", "batch": None,
        "awaits_release": False,
    }  # fmt: skip


async def _verify(report: Report, folder: Path, numbers: list[str]) -> None:
    """Measure the read-only verification process on the grown database, beside the echo."""
    document = folder / "did.json"
    did = did_of(DEVELOPMENT_URL)
    document.write_bytes(
        did_document(did, {f"{did}#bench": Ed25519PrivateKey.generate().public_key().public_bytes_raw()})
    )
    settings = {
        "DATA_DIR": str(folder), "DID_DOCUMENT_FILE": str(document), "PUBLIC_RATE": "0",
        "LISTEN": f"127.0.0.1:{free_port()}",
    }  # fmt: skip
    environment = {f"SHUZHENG_CERTIFICATES_{key}": value for key, value in settings.items()}
    places = random.Random(1).choices(range(len(numbers)), k=max(SINGLE, CALLS))
    bodies = [_request(numbers[place], place).SerializeToString() for place in places]
    port = free_port()
    with (
        running("services.processes", "certificates.verification", **environment) as server,
        running("bench.floor", str(port)) as echo,
    ):
        address = certificates.address_of(server)
        await _all_valid(address, bodies[:1000])
        await _compare(report, len(numbers), (server, address), (echo, f"127.0.0.1:{port}"), bodies)


async def _compare(
    report: Report, size: int, server: tuple[Measured, str], echo: tuple[Measured, str], bodies: list[bytes]
) -> None:
    """Report median latency and rate of random numbers, each as a ratio to the echo of the same bodies."""
    ground = await _median_ms(echo[1], floor.METHOD, bodies)
    found = await _median_ms(server[1], certificates.VERIFY, bodies)
    report.add(
        f"verify by number p50 at {size:,}", found, "ms", ratio=found / ground, note=f"echo {ground:.3f} ms"
    )

    async def rate(of: tuple[Measured, str], method: str) -> float:
        return await python_client(of[1], method, lambda number: bodies[number], CALLS)

    many_at_once = await _batch_ms(server[1], bodies[:BATCHED])
    name = f"verify {BATCHED:,} numbers at once, p50, at {size:,}"
    report.add(name, many_at_once, "ms", ratio=many_at_once / ground, note="to the echo of one")

    hard = await rate(echo, floor.METHOD)
    before = server[0].cpu_seconds
    many = await rate(server, certificates.VERIFY)
    cpu = (server[0].cpu_seconds - before) / CALLS * 1e6
    note = f"{cpu:.0f} us CPU a call; echo {hard:,.0f}/s; Python client"
    report.add(f"verify by number at {size:,}", many, "calls/s", ratio=many / hard, note=note)


def _request(number: str, place: int) -> verification.VerifyCertificateRequest:
    printed = verification.NumberAndName(number=number, holder_name=f"{NAME}{place}")
    return verification.VerifyCertificateRequest(printed=printed)


async def _all_valid(address: str, bodies: list[bytes]) -> None:
    async with grpc.aio.insecure_channel(address) as channel:
        stub = verification_grpc.VerificationServiceStub(channel)
        for body in bodies:
            answer = await stub.VerifyCertificate(verification.VerifyCertificateRequest.FromString(body))
            assert answer.outcome == answers.VERIFICATION_OUTCOME_VALID, answer


async def _median_ms(address: str, method: str, bodies: list[bytes]) -> float:
    async with grpc.aio.insecure_channel(address) as channel:
        call = channel.unary_unary(method)
        return statistics.median([await _ms(partial(call, body)) for body in bodies[:SINGLE]])


async def _batch_ms(address: str, bodies: list[bytes]) -> float:
    rows = [verification.VerifyCertificateRequest.FromString(body).printed for body in bodies]
    request = verification.BatchVerifyRequest(rows=rows)
    async with grpc.aio.insecure_channel(address) as channel:
        stub = verification_grpc.VerificationServiceStub(channel)

        async def ask() -> None:
            answered = [answer async for answer in stub.BatchVerify(iter([request]))]
            assert len(answered[0].verifications) == len(rows)

        return statistics.median([await _ms(ask) for _ in range(MARKS)])


async def _log(report: Report, folder: Path, sizes: tuple[int, ...]) -> None:
    ground = await asyncio.to_thread(log.in_memory)
    report.add("log floor: leaves hashed in memory", ground, "leaves/s")
    async with log.opened(f"sqlite:///{folder / 'log.db'}", folder) as opened:
        async for grown in log.grow(opened, list(sizes)):
            report.add(
                f"log appends at {grown.size:,}, durable and published", grown.appended_per_second, "leaves/s",
                ratio=grown.appended_per_second / ground, note=f"single: {grown.single_per_second:,.0f}/s",
            )  # fmt: skip
            report.add(f"inclusion proof at {grown.size:,}", grown.proof_ms, "ms")
