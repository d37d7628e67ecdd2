"""The scenarios of a run, one after the other, each beside the floor of the moment.

The floor is measured again before each method because the machine has slow spells; the best of `rounds` counts
on both sides.
"""

import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import certificates, floor
from bench.load import Rate
from bench.processes import Measured, running
from bench.report import Report
from services.kit.events.broker import free_port
from services.kit.events.broker import running as broker_running
from services.kit.rpc.identity import Issuer
from tests.support import postgres

ISSUER = "shuzheng-development"
ECHO_BODY = b"x" * 60  # as long as a verification request


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
    with postgres.running(fsync=True) as server:
        for engine, database_url in (("SQLite", ""), ("PostgreSQL", server.url(server.new_database()))):
            await _certificates(report, sizes, engine, database_url)


@asynccontextmanager
async def _issuing(database_url: str) -> AsyncIterator[tuple[Measured, str, str]]:
    """Run the certificates service with a broker; gives the server, the broker's URL and a supervisor's token."""
    with tempfile.TemporaryDirectory(prefix="shuzheng-bench-") as scratch:
        folder = Path(scratch)
        async with broker_running(folder / "nats") as broker:
            settings = {
                "DATA_DIR": scratch, "DATABASE_URL": database_url, "NATS_URL": broker.url, "PUBLIC_RATE": "0",
                "CALLER_RATE": "0", "LISTEN": f"127.0.0.1:{free_port()}",
            }  # fmt: skip
            environment = {f"SHUZHENG_CERTIFICATES_{key}": value for key, value in settings.items()}
            with running("services.certificates", **environment) as server:
                token = Issuer.open(folder / "keys", ISSUER).token("bench", ["supervisor"])
                yield server, broker.url, token


async def _certificates(report: Report, sizes: Sizes, engine: str, database_url: str) -> None:
    async with _issuing(database_url) as (server, nats_url, token):
        seconds = await certificates.issue(nats_url, sizes.certificates)
        name = f"issue {sizes.certificates:,} certificates, {engine}"
        report.add(name, sizes.certificates / seconds, "certificates/s", note=f"{seconds:.1f} s")
        pairs = await certificates.some(certificates.address_of(server), token, 10_000)
        goal = 0.45 if engine == "SQLite" else 0.25

        async def verify() -> Rate:
            return await certificates.verify_by_number(server, pairs[0], sizes.calls)

        await against_floor(report, f"verify by number, {engine}", verify, goal, sizes)
        rows = max([await certificates.batch_verify(server, pairs, 5) for _ in range(sizes.rounds)])
        report.add(f"batch verify, {engine}", rows, "rows/s")


async def against_floor(
    report: Report, name: str, method: Callable[[], Awaitable[Rate]], goal: float, sizes: Sizes
) -> None:
    """Measure a method and the echo in turn; report the best of each and their ratio."""
    port = free_port()
    echoes, found = [], []
    with running("bench.floor", str(port)) as echo:
        for _ in range(sizes.rounds):
            body = ECHO_BODY
            echoes.append(
                await certificates.unary(echo, f"127.0.0.1:{port}", floor.METHOD, body, sizes.calls)
            )
            found.append(await method())
    best, ground = max(found, key=lambda r: r.per_second), max(echoes, key=lambda r: r.per_second)
    ratio = best.per_second / ground.per_second
    note = f"{best.cpu_us:.0f} us CPU a call; floor {ground.per_second:,.0f}/s, {ground.cpu_us:.0f} us"
    reached = ratio >= goal
    report.add(name, best.per_second, "calls/s", ratio=ratio, goal=f">= {goal}", reached=reached, note=note)
