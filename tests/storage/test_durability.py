"""What a hot write acknowledged is on the disk, also when the process is killed the next moment."""

import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

from services.kit.storage.database import Database
from tests.storage.accounts import make_tables

WRITER = """
import asyncio, sys
from itertools import count
from sqlalchemy import bindparam, insert
from services.kit.storage.database import Database
from services.kit.storage.hot import HotPath
from tests.storage.accounts import AccountRow
from tests.support.clock import SettableClock

async def main(url):
    path = HotPath(Database(url))
    await path.open()
    names = ("name", "parent", "version", "create_time", "update_time", "balance")
    write = path.write(insert(AccountRow.__table__).values({name: bindparam(name) for name in names}))
    now, numbers = SettableClock().now(), count()

    async def caller():
        for number in numbers:
            name = f"accounts/{number}"
            await write(dict(name=name, parent="", version=1, create_time=now, update_time=now, balance=1))
            print(name, flush=True)

    await asyncio.gather(*(caller() for _ in range(16)))

asyncio.run(main(sys.argv[1]))
"""


async def test_every_acknowledged_write_survives_kill_9(tmp_path: Path):
    path = tmp_path / "accounts.db"
    database = Database(f"sqlite:///{path}")
    await make_tables(database)
    await database.close()
    child = subprocess.Popen(
        [sys.executable, "-c", WRITER, f"sqlite:///{path}"],
        stdout=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": ".:gen"},
    )
    acknowledged = [child.stdout.readline().strip() for _ in range(300)]
    child.kill()
    acknowledged += [
        line.strip() for line in child.stdout.read().splitlines() if line.startswith("accounts/")
    ]
    assert child.wait(10) == -signal.SIGKILL, "it was killed while it wrote"
    with sqlite3.connect(path) as connection:
        found = {name for (name,) in connection.execute("SELECT name FROM accounts")}
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
    complete = [name for name in acknowledged if name]
    assert len(complete) >= 300
    assert set(complete[:-1]) <= found, "the last line may be torn"
