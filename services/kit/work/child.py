"""The worker of the embedded system: a child process that comes with the first job and goes when there is none.

It is the same process as a worker anywhere else, `shuzheng run <service>.worker`, and ends with its parent.
"""

import asyncio
import ctypes
import os
import signal
import sys
from collections.abc import Collection, Mapping
from contextlib import suppress

from services.kit.config import ServiceConfig
from services.kit.logs import WORKER_DIED, WORKER_STARTED, logger
from services.kit.storage import operations
from services.kit.storage.store import Store
from services.kit.waiting import happens, to_the_end
from services.kit.work.wakening import Wakening

PARENT = "SHUZHENG_PARENT"  # process id of whom the worker ends with
POLL = 1.0  # seconds between two looks for something to do
PATIENCE = 5.0  # seconds until a child that was asked to end is killed
PR_SET_PDEATHSIG = 1
NICE = 10  # how much the serving process goes before
log = logger("worker")


class Child:
    """Keeps a worker while there is something to do; `idle` is the time in seconds that it then stays on."""

    def __init__(
        self, store: Store, config: ServiceConfig, kinds: Collection[str], wakening: Wakening, idle: float
    ) -> None:
        self.store = store
        self.config = config
        self.kinds = kinds
        self.idle = idle
        self.process: asyncio.subprocess.Process | None = None
        self.woken = asyncio.Event()
        wakening.callbacks.append(self.woken.set)

    @property
    def alive(self) -> bool:
        """Whether the worker runs now."""
        return self.process is not None and self.process.returncode is None

    async def run(self) -> None:
        """Keep the worker, for ever; it ends with this."""
        try:
            await self._keep()
        finally:
            await to_the_end(self.stop())

    async def _keep(self) -> None:
        used = asyncio.get_running_loop().time()
        while True:
            self.woken.clear()
            async with self.store.read() as tx:
                busy = await operations.any_open(tx, self.kinds)
            now = asyncio.get_running_loop().time()
            used = now if busy else used
            if busy and not self.alive:
                await self.start()
            elif self.alive and now - used > self.idle:
                await self.stop()
            await happens(self.woken, POLL)

    async def start(self) -> None:
        """Start a worker."""
        if self.process is not None and self.process.returncode:
            log.error(WORKER_DIED, service=self.config.service(), code=self.process.returncode)
        self.process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "services.processes",
            f"{self.config.service()}.worker",
            env=os.environ | environment(self.config),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for the parent, which then asks it to end
        )
        log.info(WORKER_STARTED, service=self.config.service(), pid=self.process.pid)

    async def stop(self) -> None:
        """Ask the worker to end; kill it where it does not."""
        if not self.alive or self.process is None:
            return
        with suppress(ProcessLookupError):
            self.process.terminate()
        try:
            async with asyncio.timeout(PATIENCE):
                await self.process.wait()
        except TimeoutError:
            with suppress(ProcessLookupError):
                self.process.kill()
            await self.process.wait()
        self.process = None


def environment(config: ServiceConfig) -> Mapping[str, str]:
    """Return the settings of a service as a child finds them, without what only one process can have."""
    prefix = str(config.model_config.get("env_prefix", ""))
    own = config.model_dump(mode="json", exclude={"metrics_port", "listen"}, exclude_none=True)
    settings = {f"{prefix}{key.upper()}": str(value) for key, value in own.items()}
    return settings | {PARENT: str(os.getpid()), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


def be_a_child() -> None:
    """Let this process give way to the one that started it as its worker, and end when that does, however it ends."""
    parent = int(os.environ.get(PARENT, "0"))
    if not parent or sys.platform != "linux":
        return
    os.nice(NICE)
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        sys.exit(0)
