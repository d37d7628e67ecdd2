"""Load on one unary method: by h2load where it is installed (cheap), by a Python client otherwise.

Both keep 64 calls in flight and count bounded numbers of calls. h2load sends one prepared body and ignores the
gRPC status, so the caller must have seen a good answer to that body first.
"""

import asyncio
import re
import shutil
import struct
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import grpc

IN_FLIGHT = 64
FINISHED = re.compile(r"finished in .*?, ([\d.]+) req/s")
SUCCEEDED = re.compile(r"(\d+) succeeded")


@dataclass(frozen=True)
class Rate:
    """What a run showed: calls a second by the wall clock, and microseconds of server CPU a call."""

    per_second: float
    cpu_us: float


def has_h2load() -> bool:
    """Tell whether h2load (Debian nghttp2-client) is there."""
    return shutil.which("h2load") is not None


def h2load(
    address: str, method: str, body: bytes, calls: int, metadata: Sequence[tuple[str, str]] = ()
) -> float:
    """Send `calls` times the same message; returns calls a second; raises RuntimeError where some failed."""
    with tempfile.NamedTemporaryFile() as file:
        file.write(struct.pack(">BI", 0, len(body)) + body)
        file.flush()
        headers = [
            "content-type: application/grpc",
            "te: trailers",
            *(f"{key}: {value}" for key, value in metadata),
        ]
        command = ["h2load", f"-n{calls}", "-c1", f"-m{IN_FLIGHT}", f"-d{file.name}"]
        command += [part for header in headers for part in ("-H", header)]
        done = subprocess.run(
            [*command, f"http://{address}{method}"], capture_output=True, text=True, timeout=300, check=True
        )
    succeeded, rate = SUCCEEDED.search(done.stdout), FINISHED.search(done.stdout)
    if succeeded is None or rate is None or int(succeeded[1]) != calls:
        raise RuntimeError(f"h2load did not finish its calls:\n{done.stdout[-800:]}")
    return float(rate[1])


async def python_client(address: str, method: str, body: Callable[[int], bytes], calls: int,
                        metadata: Sequence[tuple[str, str]] = ()) -> float:  # fmt: skip
    """Send `calls` messages made by `body`, 64 in flight; returns calls a second; an error status raises."""
    async with grpc.aio.insecure_channel(address) as channel:
        call = channel.unary_unary(method)
        numbers = iter(range(calls))

        async def worker() -> None:
            for number in numbers:
                await call(body(number), metadata=metadata)

        started = time.perf_counter()
        await asyncio.gather(*(worker() for _ in range(IN_FLIGHT)))
        return calls / (time.perf_counter() - started)
