"""A process: it opens what runs, says where that listens, and stops it in order when it is told to.

What keeps it from starting is one sentence on standard error and an exit code: 78 for settings, 1 for the rest.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from services.kit import logs
from services.kit.config import EXIT_CONFIG, Process, Unusable
from services.kit.errors import AppError

EXIT_START = 1
EXTRAS = {
    "starlette": "http",
    "uvicorn": "http",
    "prometheus_client": "telemetry",
    "opentelemetry": "telemetry",
}


class Running(Protocol):
    """What listens somewhere and can be stopped: a service, or an HTTP server."""

    @property
    def name(self) -> str:
        """What it is called."""

    @property
    def address(self) -> str:
        """Where it listens: host:port."""

    async def stop(self) -> None:
        """Stop in order."""


class NotStarted(Exception):
    """Nothing was opened; the message is a sentence for the operator, `code` what the process ends with."""

    def __init__(self, message: str, code: int = EXIT_START) -> None:
        super().__init__(message)
        self.code = code


Open = Callable[[Any], Awaitable[Running]]


def run(name: str, open_running: Callable[[], Open], config: Process) -> int:
    """Run until SIGTERM or SIGINT and return the exit code; a second signal ends the process at once.

    `open_running` imports and returns the function that opens it, so that a missing extra is said as well.
    """
    import uvloop

    logs.configure(config.log_level, service=config.service())
    os.environ.setdefault("GRPC_VERBOSITY", "NONE")  # what gRPC prints of a taken port is said below
    try:
        uvloop.run(_serve(name, open_running, config))
    except NotStarted as error:
        print(f"{name}: {error}", file=sys.stderr)
        return error.code
    return 0


async def _serve(name: str, open_running: Callable[[], Open], config: Process) -> None:
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    running = await _opened(open_running, config)
    print(f"{name} listening on {running.address}", flush=True)
    await stopping.wait()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().remove_signal_handler(number)
    await running.stop()


async def _opened(open_running: Callable[[], Open], config: Process) -> Running:
    """Open; whatever fails becomes NotStarted, and what nobody foresaw is logged with its place."""
    try:
        return await open_running()(config)
    except Unusable as error:
        raise NotStarted(refusal(error.problems), EXIT_CONFIG) from error
    except ImportError as error:
        raise NotStarted(missing(error), EXIT_CONFIG) from error
    except AppError as error:
        raise NotStarted(error.message) from error
    except OSError as error:
        raise NotStarted(f"cannot start: {_told(error)}") from error
    except Exception as error:
        logs.logger("process").error(logs.TASK_FAILED, exc_info=error)
        raise NotStarted(f"cannot start: {type(error).__name__}: {error}") from error


def refusal(problems: list[str]) -> str:
    """Return all that is wrong with the settings, one a line."""
    return "\n  - ".join(["the configuration cannot be used:", *problems])


def missing(error: ImportError) -> str:
    """Return which package is missing, and the extra that brings it."""
    package = (error.name or "").partition(".")[0]
    extra = f"; pip install 'shuzheng[{EXTRAS[package]}]' brings it" if package in EXTRAS else ""
    return f"{package or error} is not installed{extra}"


def _told(error: OSError) -> str:
    """Return what the system said, without its number."""
    where = f": {error.filename}" if error.filename else ""
    return f"{error.strerror or error}{where}"
