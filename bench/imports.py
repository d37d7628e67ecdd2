"""What others feel while somebody imports a large question file: the p99 of a cheap read and of a write.

python -m bench.imports            both engines, once beside a worker and once in the serving process
python -m bench.imports send …     what the measurement starts to send the file, so that it has a process of its own
"""

import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import quantiles

import grpc
from shuzheng.assessment.v1 import bank_pb2, bank_service_pb2, item_service_pb2
from shuzheng.assessment.v1.bank_service_pb2_grpc import BankServiceStub
from shuzheng.assessment.v1.item_service_pb2_grpc import ItemServiceStub
from shuzheng.type.v1.level_pb2 import LEVEL_MID
from shuzheng.type.v1.qualification_pb2 import Qualification

from bench.report import Report
from services.kit.events.broker import running as broker_running
from tests.support import postgres
from tests.support.assessment_bank import BODY, open_bank, register_body
from tests.support.processes import ServiceProcess
from tests.support.question_files import gift
from tests.support.services import Caller
from tests.support.tokens import credentials

QUESTIONS = 50_500  # 7 MiB
CHUNK = 512 * 1024
PACE = 0.005  # seconds between two calls of one caller
ALONE = 5.0  # seconds that the service is measured with nothing else to do
IN_PROCESS = 64 * 2**20  # bytes that no file has: the serving process imports it itself
SPOILT = 2.0  # how much worse the p99 may be


class Served:
    """The assessment service as a process, with a bank in it."""

    def __init__(self, folder: Path, database_url: str, nats_url: str, large_file: int) -> None:
        settings = {"database_url": database_url, "nats_url": nats_url, "large_file": large_file}
        self.keys = folder / "keys"
        self.process = ServiceProcess("assessment", folder, settings)
        self.channel = grpc.aio.insecure_channel(self.process.address)
        self.bank = self.other = ""

    def stub(self, kind: Callable, role: str, tenant: str = "", *, subject: str = ""):
        """Return a stub that calls as this role."""
        return kind(Caller(self.channel, credentials(self.keys, role, tenant, subject=subject)))

    async def read(self) -> None:
        """Make the cheap call."""
        await self.banks.GetBank(bank_service_pb2.GetBankRequest(name=self.bank))

    async def write(self) -> None:
        """Make a call that writes, elsewhere than the import."""
        bank = bank_pb2.Bank(name=self.other, display_name=f"题库 {time.time_ns()}")
        await self.banks.UpdateBank(
            bank_service_pb2.UpdateBankRequest(bank=bank, update_mask={"paths": ["display_name"]})
        )

    async def open(self) -> None:
        """Start it and make what is called."""
        await self.process.start()
        await register_body(self)
        self.bank = await open_bank(self)
        self.other = await self._open_other()
        self.banks = self.stub(BankServiceStub, "body", BODY)

    async def _open_other(self) -> str:
        stub = self.stub(BankServiceStub, "body", BODY)
        qualification = Qualification(occupation="big-data", direction="data-analysis", level=LEVEL_MID)
        bank = bank_pb2.Bank(display_name="题库", qualification=qualification)
        return (await stub.CreateBank(bank_service_pb2.CreateBankRequest(parent=BODY, bank=bank))).name

    async def send(self, file: Path) -> asyncio.subprocess.Process:
        """Send a file by another process."""
        told = [self.process.address, str(self.keys), self.bank, str(file)]
        return await asyncio.create_subprocess_exec(sys.executable, "-m", "bench.imports", "send", *told)


@asynccontextmanager
async def served(database_url: str, large_file: int) -> AsyncIterator[Served]:
    """Run the service for the length of a block."""
    with tempfile.TemporaryDirectory(prefix="shuzheng-bench-") as scratch:
        folder = Path(scratch)
        async with broker_running(folder / "nats") as broker:
            found = Served(folder, database_url or f"sqlite:///{folder}/a.db", broker.url, large_file)
            try:
                await found.open()
                yield found
            finally:
                await found.channel.close()
                await asyncio.to_thread(found.process.stop)


async def latencies(call: Callable[[], Awaitable[None]], until: Callable[[], bool]) -> list[float]:
    """Return how many milliseconds each call took, one after the other, until something is so."""
    taken = []
    while not until():
        began = time.perf_counter()
        await call()
        taken.append((time.perf_counter() - began) * 1000)
        await asyncio.sleep(PACE)
    return taken


async def both(one: Served, until: Callable[[], bool]) -> tuple[list[float], list[float]]:
    """Return the latencies of reads and writes, which go on side by side."""
    return await asyncio.gather(latencies(one.read, until), latencies(one.write, until))


async def compare(report: Report, engine: str, database_url: str, large_file: int, how: str) -> None:
    """Measure the service alone, then while it imports."""
    async with served(database_url, large_file) as one:
        file = one.keys.parent / "questions.gift"
        file.write_bytes(gift(QUESTIONS))
        end = time.perf_counter() + ALONE
        alone = await both(one, lambda: time.perf_counter() > end)
        began = time.perf_counter()
        sender = await one.send(file)
        beside = await both(one, lambda: sender.returncode is not None)
        seconds = time.perf_counter() - began
        if sender.returncode:
            raise RuntimeError(one.process.tail())
    report.add(f"{QUESTIONS:,} questions ({file_size():.1f} MiB) imported {how}, {engine}", seconds, "s")
    for what, before, during in zip(("GetBank", "UpdateBank"), alone, beside, strict=True):
        ratio = p99(during) / p99(before)
        goal = {"goal": f"<= {SPOILT}", "reached": ratio <= SPOILT} if large_file != IN_PROCESS else {}
        middles = f"median {median(before):.1f} and {median(during):.1f} ms"
        note = f"alone {p99(before):.1f} ms; {middles}; {len(during)} calls"
        report.add(
            f"{what} p99 meanwhile, {how}, {engine}", p99(during), "ms", ratio=ratio, note=note, **goal
        )


def file_size() -> float:
    """Return the MiB of the file."""
    return len(gift(QUESTIONS)) / 2**20


def p99(taken: list[float]) -> float:
    """Return the 99th percentile."""
    return quantiles(taken, n=100)[98]


def median(taken: list[float]) -> float:
    """Return the middle."""
    return quantiles(taken, n=100)[49]


async def measure(report: Report, engines: Sequence[str] = ("SQLite", "PostgreSQL")) -> None:
    """Measure both engines, beside a worker and without one."""
    with postgres.running(fsync=True) as server:
        for engine in engines:
            for large_file, how in ((256 * 2**10, "by a worker"), (IN_PROCESS, "in the serving process")):
                url = server.url(server.new_database()) if engine == "PostgreSQL" else ""
                await compare(report, engine, url, large_file, how)


async def _send(address: str, keys: str, bank: str, file: str) -> None:
    content = Path(file).read_bytes()
    about = {"parent": bank, "format": item_service_pb2.ITEM_FORMAT_GIFT}
    requests = [
        item_service_pb2.ImportItemsRequest(**about, chunk=content[start : start + CHUNK])
        for start in range(0, len(content), CHUNK)
    ]
    options = [("grpc.max_receive_message_length", 2**26)]
    async with grpc.aio.insecure_channel(address, options=options) as channel:
        stub = ItemServiceStub(Caller(channel, credentials(Path(keys), "body", BODY)))
        async for answer in stub.ImportItems(iter(requests)):
            last = answer
    if not (last.done and last.imported == QUESTIONS):
        raise RuntimeError(f"the import came to {last}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["send"]:
        asyncio.run(_send(*sys.argv[2:]))
    else:
        found = Report()
        asyncio.run(measure(found, sys.argv[1:] or ("SQLite", "PostgreSQL")))
        found.show()
