"""The servers that tests stand on are real, private, and gone when their test run is gone."""

import os
import subprocess
import sys
import time
from pathlib import Path

import asyncpg
import nats
import pytest

from services.kit.events.broker import Broker
from services.kit.storage.database import Database
from tests.support import postgres

KILLED_RUN = """
import sys, time
from tests.support import postgres
with postgres.running() as server:
    print(server.process.pid, server.folder, flush=True)
    time.sleep(60)
"""


async def test_each_test_gets_an_empty_database_of_the_engine_it_asked_for(database: Database):
    async with database.session(write=True) as session:
        connection = await session.connection()
        await connection.exec_driver_sql("CREATE TABLE only_here (id INTEGER PRIMARY KEY)")
    assert await database.ready()


async def test_a_crashed_server_forgets_what_was_not_committed_and_keeps_what_was():
    with postgres.running(fsync=True) as server:
        connection = await asyncpg.connect(server.url("postgres"))
        await connection.execute("CREATE TABLE facts (id int)")
        await connection.execute("INSERT INTO facts VALUES (1)")
        await connection.execute("BEGIN; INSERT INTO facts VALUES (2)")
        server.crash()
        with pytest.raises((asyncpg.PostgresError, ConnectionError, asyncpg.InterfaceError)):
            await connection.fetch("SELECT 1")
        server.start()
        assert server.sql("SELECT id FROM facts") == "1"


async def test_each_test_gets_a_broker_that_keeps_messages(broker: Broker):
    client = await nats.connect(broker.url)
    stream = client.jetstream()
    await stream.add_stream(name="FACTS", subjects=["facts.>"])
    await stream.publish("facts.one", b"1")
    assert (await stream.get_last_msg("FACTS", "facts.one")).data == b"1"
    await client.close()


def test_a_killed_test_run_leaves_no_server_behind():
    run = subprocess.Popen(
        [sys.executable, "-c", KILLED_RUN],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": "."},
    )
    server_id, folder = run.stdout.readline().split()
    assert Path("/proc", server_id).exists()
    run.kill()
    run.communicate()
    assert gone(int(server_id))
    with postgres.running():
        assert not Path(folder).exists(), "the next run removes what the killed one left"


def gone(process: int, seconds: float = 10) -> bool:
    """Wait until a process has ended; one that nobody has waited for yet (Z) has ended too."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        time.sleep(0.05)
    return False
