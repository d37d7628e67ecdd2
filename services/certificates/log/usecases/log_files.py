"""The published files of the transparency log, for whoever mirrors it; nothing else of the folder is ever read.

`YEAR/openings.json` is made from the database: what the leaves about keys and rules commit to, with their nonces.
"""

import asyncio
import json
import re
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from services.certificates.log.ledger.leaf import PUBLIC
from services.certificates.log.ledger.log import Log
from services.certificates.log.ledger.proving import Position
from services.certificates.log.ledger.static import resource
from services.certificates.log.storage import log as storage
from services.certificates.log.storage.log import Opening
from services.kit.errors import not_found, unavailable

AT_ONCE = 2**20  # bytes of files that go out together
YEAR = re.compile(r"\d{4}")
FIRST = ("checkpoint", "vkeys")
OPENED = re.compile(r"(?P<year>\d{4})/openings\.json")


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
        found = await self._opened(path) or await asyncio.to_thread(self._read, path)
        if found is None:
            raise not_found(f"log/{path}")
        return found

    async def export(self) -> AsyncIterator[list[LogFile]]:
        """Yield every file once all leaves are published, checkpoints before the tiles that they speak of.

        Raises UNAVAILABLE where the log does not get published.
        """
        openings = (
            await self._openings()
        )  # before the rest: so each of them is about a leaf that is published then
        await self._published()
        for year in await asyncio.to_thread(self._years):
            yield [_opened(year, openings)]
            paths = self._paths(year)
            while some := await asyncio.to_thread(self._some, paths):
                yield some

    async def _openings(self) -> list[Opening]:
        async with self.log.store.read() as tx:
            return await storage.openings(tx, PUBLIC)

    async def _opened(self, path: str) -> LogFile | None:
        found = OPENED.fullmatch(path)
        return _opened(found["year"], await self._openings()) if found else None

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


def _opened(year: str, openings: Sequence[Opening]) -> LogFile:
    """Return what opens the public leaves of a year, in their order."""
    entries = [
        {
            "index": str(one.leaf_index),
            "type": one.type,
            "nonce": urlsafe_b64encode(one.nonce).decode().rstrip("="),
            "says": one.says,
        }
        for one in openings
        if one.origin.endswith(f"/{year}")
    ]
    content = json.dumps({"openings": entries}, ensure_ascii=False, indent=1, sort_keys=True)
    return LogFile(f"{year}/openings.json", content.encode() + b"\n")
