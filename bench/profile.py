"""Where the time goes: in the process that issues a certificate for each completion, and in the embedded start.

py-spy samples the processes from outside. A share is the part of the busy samples that had a function on their stack:
callers and callees both count what is below them.
"""

import asyncio
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench import journeys
from tests.support import processes
from tests.support.journey import Journey

RATE = 250  # samples a second
SPY = str(Path(sys.executable).with_name("py-spy"))
OURS = re.compile(r"(?P<function>.+) \(services/(?P<file>.+?)(:\d+)?\)")
IDLE = re.compile(
    r"__main__|runtime.py: (run|_serve|Service._keep_running)$"
)  # frames that only wait for others
SHOWN = 45


def recording(out: Path) -> list[str]:
    """Return the command of py-spy; which process, and for how long, is to be added."""
    return [SPY, "record", "--nonblocking", "--function", "-r", str(RATE), "-f", "raw", "-o", str(out)]


@contextmanager
def sampled(pid: int, out: Path) -> Iterator[None]:
    """Sample a running process until the block ends; `out` gets folded stacks."""
    spy = subprocess.Popen(
        [*recording(out), "-d", "600", "-p", str(pid)], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    time.sleep(1)
    try:
        yield
    finally:
        spy.send_signal(2)
        spy.wait(60)


def shares(stacks: str) -> tuple[int, list[tuple[str, float]]]:
    """Return the busy samples (those inside one of our functions) and the share of each function, greatest first."""
    busy, found = 0, Counter[str]()
    for line in stacks.splitlines():
        frames, _, number = line.rpartition(" ")
        ours = {
            f"{m['file']}: {m['function']}" for frame in frames.split(";") if (m := OURS.fullmatch(frame))
        }
        if any(not IDLE.search(name) for name in ours):
            busy += int(number)
            found.update(dict.fromkeys(ours, int(number)))
    return busy, [(name, samples / busy) for name, samples in found.most_common()]


async def issuing(completions: int, out: Path) -> None:
    """Register completions one after the other and sample the process that issues."""
    with tempfile.TemporaryDirectory() as name:
        async with processes.running(Path(name), caller_rate=0, public_rate=0) as system:
            warm, measured = Journey(system.stub, 1, 10), Journey(system.stub, 2, completions)
            for journey in (warm, measured):
                await journey.open_institution()
                await journey.teach()
            await journeys.latencies(system, warm)
            process = system.services["certificates"].process
            assert process is not None
            with sampled(process.pid, out):
                await journeys.latencies(system, measured)


def starting(out: Path) -> None:
    """Sample the embedded system from its first instruction until it is ready."""
    with tempfile.TemporaryDirectory() as name:
        system = [sys.executable, "-m", "services.embedded", "--data-dir", name]
        subprocess.run(
            [*recording(out), "-d", "4", "--", *system], capture_output=True, timeout=60, check=False
        )


def show(title: str, stacks: str, completions: int = 0) -> None:
    """Print the shares."""
    busy, found = shares(stacks)
    each = f", {busy / RATE / completions * 1000:.1f} ms a completion" if completions else ""
    table = Table(title=f"{title}: {busy / RATE:.2f} s busy{each}")
    table.add_column("function")
    table.add_column("share", justify="right")
    for function, share in found[:SHOWN]:
        table.add_row(function, f"{share:.0%}")
    Console(width=110).print(table)


def main(completions: int) -> None:
    """Print both profiles."""
    with tempfile.TemporaryDirectory() as name:
        out = Path(name) / "stacks"
        asyncio.run(issuing(completions, out))
        show("certificates, one completion after the other", out.read_text("utf-8"), completions)
        starting(out)
        show("embedded start", out.read_text("utf-8"))
