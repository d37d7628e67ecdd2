"""A system that works on and on holds no more memory and no more open files than after its first hour."""

from pathlib import Path

import pytest

from tests.support import invariants, processes
from tests.support.effort import EFFORT
from tests.support.journey import Journey

pytestmark = [pytest.mark.nightly, pytest.mark.timeout(600 * EFFORT)]
WARM_UP, ROUNDS = 6, 12 * EFFORT
FILES_MORE = 8  # connections that happen to be open when they are counted
MEMORY_MORE = 0.15


async def test_nothing_grows_with_the_work_done(tmp_path: Path):
    async with processes.running(tmp_path) as system:
        seen = []
        for number in range(1, WARM_UP + ROUNDS + 1):
            journey = Journey(system.stub, number, size=24)
            await journey.to_completions()
            await journey.to_results()
            seen.append({name: held(process) for name, process in system.services.items()})
        assert grown(seen[WARM_UP - 1 :]) == []
        await invariants.check(system.urls, log=system.logs)


def held(process: processes.ServiceProcess) -> tuple[int, int]:
    """Return the resident memory, in pages, and the open files of a process."""
    assert process.process
    place = Path(f"/proc/{process.process.pid}")
    pages = int((place / "statm").read_text().split()[1])
    return pages, len(list((place / "fd").iterdir()))


def grown(seen: list[dict[str, tuple[int, int]]]) -> list[str]:
    """Say what a service holds more of at the end than at the beginning."""
    found = []
    for name, (pages, files) in seen[0].items():
        more_pages, more_files = seen[-1][name]
        if more_pages > pages * (1 + MEMORY_MORE):
            found.append(f"{name}: {more_pages} pages instead of {pages}")
        if more_files > files + FILES_MORE:
            found.append(f"{name}: {more_files} files instead of {files}")
    return found


def test_growth_is_seen():
    seen = [{"training": (1000, 30)}, {"training": (1200, 40)}]
    assert len(grown(seen)) == 2
