"""`python -m services.embedded`: keeps the embedded system running until Ctrl-C or SIGTERM."""

import argparse
import asyncio
import gc
import json
import signal
import sys
import time
from pathlib import Path

import uvloop

from services.client.endpoints import ENDPOINTS_FILE
from services.embedded import system
from services.kit import logs
from services.kit.config import EXIT_CONFIG, Unusable
from services.kit.errors import AppError
from services.kit.process import refusal


def main() -> int:
    """Run until told to stop; 0 when it stopped in order, 1 when it could not start, 78 for its settings."""
    parser = argparse.ArgumentParser(prog="shuzheng up", description="数证 embedded system")
    parser.add_argument("--data-dir", type=Path, default=Path("var"), help="databases, keys, broker files")
    parser.add_argument("--log-level", choices=sorted(logs.LEVELS), default="warning")
    parser.add_argument(
        "--http", default="", metavar="HOST:PORT", help="serve the public files there as well"
    )
    parser.add_argument("--json", action="store_true", help="tell where the services answer as one JSON line")
    chosen = parser.parse_args()
    logs.configure(chosen.log_level, service="embedded")
    try:
        uvloop.run(_serve(chosen))
    except AppError as error:
        print(error.message, file=sys.stderr)
        return 1
    except Unusable as error:
        print(refusal(error.problems), file=sys.stderr)
        return EXIT_CONFIG
    return 0


async def _serve(chosen: argparse.Namespace) -> None:
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    began = time.perf_counter()
    running = await system.open(chosen.data_dir, log_level=chosen.log_level)
    files = await running.serve_files(chosen.http) if chosen.http else ""
    gc.freeze()
    _tell(running, files, time.perf_counter() - began, chosen.json)
    await stopping.wait()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().remove_signal_handler(number)
    await running.stop()


def _tell(running: system.System, files: str, seconds: float, as_json: bool) -> None:
    if as_json:
        told = json.loads((running.folder / ENDPOINTS_FILE).read_text("utf-8"))
        print(json.dumps(told | ({"http": files} if files else {})), flush=True)
        return
    print(f"数证 ready in {seconds:.1f} s · data in {running.folder} · Ctrl-C stops", flush=True)
    for name, address in running.addresses.items():
        print(f"  {name:<13}{address}", flush=True)
    if files:
        print(f"  {'http':<13}http://{files}/verify", flush=True)


if __name__ == "__main__":
    sys.exit(main())
