"""The published files of the transparency log, for whoever mirrors it; nothing else of the folder is ever read."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import NamedTuple

from services.certificates.log.log import Log
from services.certificates.log.proving import Position
from services.certificates.log.static import resource
from services.kit.errors import not_found, unavailable

AT_ONCE = 2**20  # bytes of files that go out together
YEAR = re.compile(r"\d{4}")
FIRST = ("checkpoint", "vkeys")


class LogFile(NamedTuple):
    """One file by its path below the log's address."""

    path: str
    content: bytes


class LogFiles:
    """Reads the folder that the log publishes to."""

    def __init__(self, folder: Path, log: Log) -> None:
        self.folder = folder
        self.log = log

    async def get(self, path: str) -> LogFile:
        """Return one file; raises NOT_FOUND, also for whatever is nothing of a log."""
        found = await asyncio.to_thread(self._read, path)
        if found is None:
            raise not_found(f"log/{path}")
        return found

    async def export(self) -> AsyncIterator[list[LogFile]]:
        """Yield every file once all leaves are published, checkpoints before the tiles that they speak of.

        Raises UNAVAILABLE where the log does not get published.
        """
        await self._published()
        for year in await asyncio.to_thread(self._years):
            paths = self._paths(year)
            while some := await asyncio.to_thread(self._some, paths):
                yield some

    async def _published(self) -> None:
        for status in await self.log.status():
            if status.appended > status.size:
                try:
                    await self.log.wait_published(Position(status.origin, status.appended - 1))
                except TimeoutError:
                    raise unavailable("The log is behind; try again.") from None

    def _years(self) -> list[str]:
        folders = self.folder.iterdir() if self.folder.is_dir() else ()
        return sorted(each.name for each in folders if YEAR.fullmatch(each.name))

    def _paths(self, year: str) -> Iterator[str]:
        yield from (f"{year}/{name}" for name in FIRST)
        for file in sorted((self.folder / year / "tile").rglob("*")):
            yield file.relative_to(self.folder).as_posix()

    def _some(self, paths: Iterator[str]) -> list[LogFile]:
        found, size = [], 0
        for path in paths:
            if file := self._read(path):
                found.append(file)
                size += len(file.content)
            if size >= AT_ONCE:
                break
        return found

    def _read(self, path: str) -> LogFile | None:
        known = resource(self.folder, path)
        if known is None or not known.path.is_file():
            return None
        return LogFile(path, known.path.read_bytes())
