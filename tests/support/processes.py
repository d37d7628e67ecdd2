"""The whole system as it runs in production: every service and the broker as a process of its own.

A process keeps its port, its database and its log over a restart, so that callers find it again.
"""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import grpc

from services.kit.events.broker import Broker, free_port
from tests.support.places import ROOT
from tests.support.postgres import die_with_parent
from tests.support.services import Caller
from tests.support.tokens import credentials

SERVICES = ("training", "assessment", "certificates")
START_SECONDS = 60
RECONNECT = [("grpc.initial_reconnect_backoff_ms", 50), ("grpc.max_reconnect_backoff_ms", 200)]


class ServiceProcess:
    """`shuzheng run <service>`, or another process of it; `start` may be repeated after `kill` or `stop`."""

    def __init__(self, service: str, folder: Path, settings: Mapping[str, Any], program: str = ""):
        self.service = service
        self.program = f"{service}.{program}" if program else service
        self.address = f"127.0.0.1:{free_port()}"
        self.log = folder / f"{self.program}.log"
        self.settings = {
            "data_dir": folder,
            "listen": self.address,
            "caller_rate": 0,
            "public_rate": 0,
        } | settings
        self.interpreter: tuple[str, ...] = ()  # arguments before `-m`, such as a profiler
        self.process: subprocess.Popen[bytes] | None = None
        self.starts = 0

    @property
    def alive(self) -> bool:
        """Whether the process runs now."""
        return self.process is not None and self.process.poll() is None

    def launch(self) -> None:
        """Start the process without waiting for it."""
        prefix = f"SHUZHENG_{self.service.upper()}_"
        settings = {prefix + key.upper(): str(value) for key, value in self.settings.items()}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, *self.interpreter, "-m", "services.processes", self.program], cwd=ROOT, stdout=log,
                stderr=log, stdin=subprocess.DEVNULL, start_new_session=True, preexec_fn=die_with_parent,
                env=os.environ | {"PYTHONPATH": f"{ROOT}:{ROOT / 'gen'}"} | settings,
            )  # fmt: skip
        self.starts += 1

    async def ready(self) -> None:
        """Wait until it said, once more, that it listens; raises AssertionError with its log otherwise."""
        for _ in range(START_SECONDS * 50):
            if self.log.read_bytes().count(b" listening on ") >= self.starts:
                return
            assert self.alive, f"{self.program} ended while it started:\n{self.tail()}"
            await asyncio.sleep(0.02)
        raise AssertionError(f"{self.program} did not start:\n{self.tail()}")

    async def start(self) -> None:
        """Start and wait until it serves."""
        self.launch()
        await self.ready()

    def kill(self) -> None:
        """End it as a power cut would; raises AssertionError where it was dead already."""
        assert self.alive and self.process, f"{self.program} was not running:\n{self.tail()}"
        self.process.kill()
        assert self.process.wait(10) == -signal.SIGKILL

    def freeze(self) -> None:
        """Let it stand still (SIGSTOP): its connections stay open and nothing answers."""
        assert self.alive and self.process
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        assert self.process
        self.process.send_signal(signal.SIGCONT)

    def stop(self) -> int:
        """Ask it to end in order; returns its exit code."""
        assert self.process
        for request in (signal.SIGCONT, signal.SIGTERM):
            self.process.send_signal(request)
        try:
            return self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait(10)

    def tail(self) -> str:
        """Return the last lines of its log."""
        return self.log.read_text("utf-8", "replace")[-3000:] if self.log.exists() else ""


class Processes:
    """The three services and their broker; `urls` names databases, SQLite files in `folder` where it is empty."""

    def __init__(self, folder: Path, urls: Mapping[str, str] | None = None, **settings: Any):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.keys = folder / "keys"
        self.broker = Broker(folder / "nats")
        self.urls = {service: f"sqlite:///{folder / service}.db" for service in SERVICES} | dict(urls or {})
        common = {"nats_url": self.broker.url, "grace": 2} | settings
        self.services = {
            service: ServiceProcess(service, folder, common | {"database_url": self.urls[service]})
            for service in SERVICES
        }
        self.channels = {
            service: grpc.aio.insecure_channel(process.address, options=RECONNECT)
            for service, process in self.services.items()
        }

    async def start(self) -> None:
        """Start the broker, then all services at once."""
        await self.broker.start()
        for process in self.services.values():
            process.launch()
        for process in self.services.values():
            await process.ready()

    async def stop(self) -> None:
        """Hang up and end everything; nothing survives this call."""
        for channel in self.channels.values():
            await channel.close()
        for process in self.services.values():
            if process.alive:
                await asyncio.to_thread(process.stop)
        await self.broker.stop()

    def logs(self) -> str:
        """Return everything that services and broker wrote."""
        files = [process.log for process in self.services.values()] + [self.folder / "nats" / "nats.log"]
        return "\n".join(file.read_text("utf-8", "replace") for file in files if file.exists())

    def stub(
        self, service: str, kind: Callable[[Any], Any], role: str, tenant: str = "", subject: str = ""
    ) -> Any:
        """Return a stub that calls a service as this role of this tenant."""
        return kind(Caller(self.channels[service], credentials(self.keys, role, tenant, subject=subject)))


@asynccontextmanager
async def running(
    folder: Path, urls: Mapping[str, str] | None = None, **settings: Any
) -> AsyncIterator[Processes]:
    """Run the whole system for the length of a block."""
    system = Processes(folder, urls, **settings)
    try:
        await system.start()
        yield system
    finally:
        with suppress(ProcessLookupError):
            await system.stop()
