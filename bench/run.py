"""The scenarios of a run, one after the other, each beside the floor of the moment.

A shared machine has slow spells of seconds and of minutes. A method and the floor are therefore measured in turn, in
short slices; a ratio is the median of those of neighbours.
"""

import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench import certificates, employers, floor, imports, journeys, load, log, paper, proofs
from bench.load import Rate
from bench.processes import Measured, running
from bench.report import Report
from services.kit.events.broker import free_port
from services.kit.events.broker import running as broker_running
from tests.support import postgres, processes
from tests.support.journey import Journey
from tests.support.processes import SERVICES
from tests.support.tokens import credentials

ECHO_BODY = b"x" * 60  # as long as a verification request
FILE_ROWS = 10_000
SLICES = 5  # of a round


@dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    calls: int
    certificates: int
    roster: int
    events: int
    rounds: int


async def measure(report: Report, sizes: Sizes) -> None:
    """Run everything."""
    proofs.measure(report, sizes.rounds)
    await _log(report, sizes)
    with postgres.running(fsync=True) as server:
        for engine, database_url in (("SQLite", ""), ("PostgreSQL", server.url(server.new_database()))):
            await _certificates(report, sizes, engine, database_url)
        await _journeys(report, sizes, "SQLite", {})
        await _journeys(
            report, sizes, "PostgreSQL", {name: server.url(server.new_database()) for name in SERVICES}
        )
    if sizes.rounds > 1:  # minutes
        await imports.measure(report)
    _start(report)
    _pages(report, sizes)


@asynccontextmanager
async def _issuing(database_url: str) -> AsyncIterator[tuple[Measured, str, Path]]:
    """Run the certificates service with a broker; gives the server, the broker's URL and the folder of keys."""
    with tempfile.TemporaryDirectory(prefix="shuzheng-bench-") as scratch:
        folder = Path(scratch)
        async with broker_running(folder / "nats") as broker:
            settings = {
                "DATA_DIR": scratch, "DATABASE_URL": database_url, "NATS_URL": broker.url, "PUBLIC_RATE": "0",
                "CALLER_RATE": "0", "LISTEN": f"127.0.0.1:{free_port()}",
            }  # fmt: skip
            environment = {f"SHUZHENG_CERTIFICATES_{key}": value for key, value in settings.items()}
            with running("services.processes", "certificates", **environment) as server:
                yield server, broker.url, folder / "keys"


async def _certificates(report: Report, sizes: Sizes, engine: str, database_url: str) -> None:
    async with _issuing(database_url) as (server, nats_url, keys):
        supervisor = credentials(keys, "supervisor")
        seconds = await certificates.issue(nats_url, sizes.certificates)
        name = f"issue {sizes.certificates:,} certificates, {engine}"
        report.add(name, sizes.certificates / seconds, "certificates/s", note=f"{seconds:.1f} s")
        pairs = await certificates.some(certificates.address_of(server), supervisor, 10_000)
        goal = 0.45 if engine == "SQLite" else 0.25

        async def verify(calls: int) -> Rate:
            return await certificates.verify_by_number(server, pairs[0], calls)

        await against_floor(report, f"verify by number, {engine}", verify, sizes, goal)
        document = await certificates.document_of(server, supervisor, pairs[0][0])

        async def verify_document(calls: int) -> Rate:
            return await certificates.verify_by_document(server, document, calls // 4)

        await against_floor(report, f"verify by document, {engine}", verify_document, sizes)
        rows = max([await certificates.batch_verify(server, pairs, 5) for _ in range(sizes.rounds)])
        report.add(f"batch verify, {engine}", rows, "rows/s")
        await _files(report, server, keys, engine, pairs)


async def _files(report: Report, server: Measured, keys: Path, engine: str, pairs: employers.Pairs) -> None:
    """Whole files of employers, each answered row by row and with a signed report."""
    employer = employers.Employer(certificates.address_of(server), keys)
    await employer.register()
    rows = (pairs * (FILE_ROWS // len(pairs) + 1))[:FILE_ROWS]
    for kind in employers.KINDS:
        seconds = await employers.seconds_of_a_file(employer, kind, rows)
        name = f"employer's {kind} of {FILE_ROWS:,} rows and its report, {engine}"
        report.add(name, seconds, "s", goal="<= 10 s", reached=seconds <= 10)


async def _log(report: Report, sizes: Sizes) -> None:
    """Append leaves until they are published, beside hashing them in memory."""
    ground = log.in_memory()
    with tempfile.TemporaryDirectory(prefix="shuzheng-bench-") as scratch:
        folder = Path(scratch)
        async with log.opened(f"sqlite:///{folder / 'log.db'}", folder) as opened:
            many = await log.append(opened, 0, sizes.certificates, 1000)
            one = await log.append(opened, sizes.certificates, log.SINGLE, 1)
    for name, rate in (("1,000 a transaction", many), ("one a transaction", one)):
        report.add(f"log appends durable, {name}", rate, "leaves/s", ratio=rate / ground, note="to in memory")


async def _journeys(report: Report, sizes: Sizes, engine: str, urls: dict[str, str]) -> None:
    """Completions, certificates and answers, with each service in a process of its own."""
    settings = {"caller_rate": 0, "public_rate": 0, "log_level": "info"}
    with tempfile.TemporaryDirectory(prefix="shuzheng-bench-") as scratch:
        async with processes.running(Path(scratch), urls, **settings) as system:
            one, many = (Journey(system.stub, number, sizes.events) for number in (1, 2))
            for journey in (one, many):
                await journey.open_institution()
                await journey.teach()
            taken = await journeys.latencies(system, one)
            _report_latency(report, engine, taken)
            with _echo() as (echo, address):
                ground = await journeys.python_echo(address, floor.METHOD, sizes.calls // 4)
                rate, cpu = await journeys.register(system, many)
                _ratio(report, f"register completion, {engine}", rate, ground, cpu)
                sitting = Journey(system.stub, 3, load.IN_FLIGHT)
                await _to_the_exam(sitting)
                hard = (await _floor(echo, address, sizes.calls)).per_second
                rate, cpu = await journeys.save_answers(system, sitting, sizes.calls // 4)
                _ratio(report, f"save answer, {engine}", rate, hard, cpu, goal=0.25)
            if engine == "SQLite":
                checked, imported = await journeys.import_roster(system, one, sizes.roster)
                note = f"check alone {checked:.1f} s"
                report.add(f"roster of {sizes.roster:,} rows checked and imported", imported, "s", goal="<= 15 s",
                           reached=imported <= 15, note=note)  # fmt: skip


async def _to_the_exam(journey: Journey) -> None:
    await journey.to_completions()
    await journey.open_body()
    await journey.schedule()
    await journey.register_all()
    await journey.begin()


def _report_latency(report: Report, engine: str, taken: list[float]) -> None:
    middle, late = taken[len(taken) // 2], taken[int(len(taken) * 0.99)]
    report.add(
        f"commit to certificate issued p50, {engine}", middle, "ms", goal="<= 10 ms", reached=middle <= 10
    )
    report.add(f"commit to certificate issued p99, {engine}", late, "ms", goal="<= 50 ms", reached=late <= 50)


def _ratio(
    report: Report, name: str, rate: float, ground: float, cpu: float, goal: float | None = None
) -> None:
    ratio = rate / ground
    note = f"{cpu:.0f} us CPU a call; floor {ground:,.0f}/s; Python client"
    reached = ratio >= goal if goal is not None else None
    report.add(
        name, rate, "calls/s", ratio=ratio, goal=f">= {goal}" if goal else "", reached=reached, note=note
    )


def _start(report: Report) -> None:
    """Start the embedded system from nothing."""
    with tempfile.TemporaryDirectory(prefix="shuzheng-bench-") as scratch:
        started = time.perf_counter()
        with running("services.embedded", "--data-dir", scratch, "--json", ready="training") as embedded:
            first = time.perf_counter() - started
            memory = embedded.pss_bytes / 2**20
    report.add("embedded system ready, empty folder", first, "s", goal="<= 3 s", reached=first <= 3)
    report.add(
        "embedded system memory (PSS, broker included)", memory, "MB", goal="<= 250 MB", reached=memory <= 250
    )


def _pages(report: Report, sizes: Sizes) -> None:
    """Set pages in this process, with the signed QR code and four files in each."""
    found = paper.measure(40, sizes.rounds)
    note = f"A4, PDF/A-3b, {found.size / 1000:.0f} kB; floor: one line on a page, {found.empty_per_second:.0f}/CPU-s"
    ratio = found.per_second / found.empty_per_second
    report.add("PDFs, one process", found.per_second, "PDFs/CPU-s", ratio=ratio, note=note)


@contextmanager
def _echo() -> Iterator[tuple[Measured, str]]:
    port = free_port()
    with running("bench.floor", str(port)) as echo:
        yield echo, f"127.0.0.1:{port}"


async def _floor(echo: Measured, address: str, calls: int) -> Rate:
    return await certificates.unary(echo, address, floor.METHOD, ECHO_BODY, calls)


async def against_floor(
    report: Report,
    name: str,
    method: Callable[[int], Awaitable[Rate]],
    sizes: Sizes,
    goal: float | None = None,
) -> None:
    """Measure a method, given how many calls, and the echo in turn; report the medians."""
    calls, found, echoes = sizes.calls // SLICES, [], []
    with _echo() as (echo, address):
        for _ in range(SLICES * sizes.rounds):
            echoes.append(await _floor(echo, address, calls))
            found.append(await method(calls))
    ratios = sorted(one.per_second / ground.per_second for one, ground in zip(found, echoes, strict=True))
    ratio, rate, ground = median(ratios), _middle(found), _middle(echoes)
    note = (
        f"{rate.cpu_us:.0f} us CPU a call; floor {ground.per_second:,.0f}/s, {ground.cpu_us:.0f} us; "
        f"{len(ratios)} ratios from {ratios[0]:.2f} to {ratios[-1]:.2f}"
    )
    aim = {"goal": f">= {goal}", "reached": ratio >= goal} if goal is not None else {}
    report.add(name, rate.per_second, "calls/s", ratio=ratio, note=note, **aim)


def _middle(rates: Sequence[Rate]) -> Rate:
    return Rate(median(rate.per_second for rate in rates), median(rate.cpu_us for rate in rates))
