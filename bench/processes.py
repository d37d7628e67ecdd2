"""Server processes under measurement, and the CPU time that each of them has used."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PATIENCE = 60.0  # seconds until a process must be ready


class Measured:
    """A child process that prints a line with "listening" when it is ready."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.seconds_to_ready = 0.0
        self.ready_line = ""

    @property
    def cpu_seconds(self) -> float:
        """User and system time of the process so far."""
        return cpu_seconds_of(self.process.pid)

    @property
    def pss_bytes(self) -> int:
        """Memory of the process and its children, shared pages counted in proportion."""
        return sum(_pss(pid) for pid in _family(self.process.pid))

    def await_ready(self, word: str) -> None:
        """Wait for a line with `word`; raises RuntimeError where the process ends first."""
        started = time.perf_counter()
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if word in line:
                self.ready_line = line.strip()
                self.seconds_to_ready = time.perf_counter() - started
                return
        raise RuntimeError(f"{self.process.args} ended with {self.process.wait()}")


@contextmanager
def running(*module: str, ready: str = "listening", **environment: str) -> Iterator[Measured]:
    """Run `python -m MODULE ARGS…` until the block ends."""
    process = subprocess.Popen(
        [sys.executable, "-m", *module], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        env=os.environ | environment, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    measured = Measured(process)
    try:
        measured.await_ready(ready)
        yield measured
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def cpu_seconds_of(pid: int) -> float:
    """Return user and system time of a process."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _family(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(one for child in children for one in _family(int(child)))]


def _pss(pid: int) -> int:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0
