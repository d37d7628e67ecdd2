"""The whole journey, every service a process of its own: to certificates that verify, and to their revocation."""

import pytest

from tests.support import invariants, processes
from tests.support.journey import Journey, several

pytestmark = pytest.mark.timeout(180)


async def urls(databases):
    """Databases for the processes: files of their own on SQLite, fresh databases on PostgreSQL."""
    if databases.engine == "sqlite":
        return {}
    return {service: databases.empty() for service in processes.SERVICES}


async def test_the_journey_over_real_processes(databases, tmp_path):
    async with processes.running(tmp_path, await urls(databases)) as system:
        journey = Journey(system.stub, size=8)
        completions = await journey.to_completions()
        training = {name: await journey.issued(name) for name in completions}
        await journey.to_results()
        results = await journey.results()
        passed = [result.name for result in results if result.passed]
        assert len(results) == 8 and len(passed) == 6
        grades = {name: await journey.issued(name) for name in passed}
        certificates = [*training.values(), *grades.values()]
        outcomes = await several(journey.verify(one, one.holder_name) for one in certificates)
        assert outcomes == ["VALID"] * 14
        assert await journey.verify(certificates[0], "别人") == "NOT_FOUND_OR_NAME_MISMATCH"

        await journey.withdraw(completions[0])
        await journey.annul(passed[0])
        snapshot = await invariants.check(system.urls, journey.ledger, system.logs)
        for lost in (training[completions[0]], grades[passed[0]]):
            assert await journey.verify(lost, lost.holder_name) == "REVOKED"
        assert len(snapshot.rows("certificates", "certificates")) == 14
        assert [process.stop() for process in system.services.values()] == [0, 0, 0]
