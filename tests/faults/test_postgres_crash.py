"""PostgreSQL is lost as by a power cut while a service is in the middle of a transaction, and comes back."""

import asyncio

import asyncpg
import pytest

from tests.support import invariants, postgres, processes
from tests.support.journey import Journey

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(180)]
BLOCKED = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND xact_start IS NOT NULL"


async def test_killed_in_a_transaction(tmp_path):
    """Acknowledged work is there, work under way is wholly there or not at all, and the journey goes on."""
    with postgres.running(fsync=True) as server:
        urls = {service: server.url(server.new_database()) for service in processes.SERVICES}
        async with processes.running(tmp_path, urls) as system:
            journey = Journey(system.stub, size=24)
            await journey.open_institution()
            await journey.teach()
            completing = journey.complete_all(journey.enrollments[:12])
            assert await crash_within(server, urls["training"], "completions", completing) > 0
            completing = journey.complete_all(journey.enrollments[12:])
            assert await crash_within(server, urls["certificates"], "certificates", completing) > 0
            assert await crash_within(server, urls["assessment"], "results", journey.to_results()) > 0
            assert journey.ledger.repeats > 0, "no call met the dead database"
            snapshot = await invariants.check(urls, journey.ledger, system.logs)
            assert len(snapshot.rows("certificates", "certificates")) == 24 + 18
        assert server.log.read_text("utf-8").count("automatic recovery in progress") == 3


async def crash_within(server, url, table, work):
    """Lose the server while transactions of `work` wait for a locked table; returns how many of them there were."""
    holder, watcher = await asyncpg.connect(url), await asyncpg.connect(url)
    await holder.execute(f"BEGIN; LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE")
    running = asyncio.ensure_future(work)
    open_transactions = 0
    async with asyncio.timeout(30):
        while not open_transactions:
            await asyncio.sleep(0.02)
            if running.done():
                running.result()
            open_transactions = await watcher.fetchval(BLOCKED)
    server.crash()
    assert server.process is None
    for connection in (holder, watcher):
        connection.terminate()
    await asyncio.to_thread(server.start)
    await running
    return open_transactions
