"""XLSX and XLS as rows of cells, read in a child process of limited memory and time.

A spreadsheet is a stranger's archive: one of a few kilobytes can ask for billions of cells. The child loses, the
service does not, and its event loop stays free.
"""

import asyncio
import json
import subprocess
import sys
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

MEMORY = 2 * 2**30
SECONDS = 60
KINDS = {b"PK\x03\x04": "xlsx", b"\xd0\xcf\x11\xe0": "xls"}


def kind_of(content: bytes) -> str:
    """Return "xlsx" or "xls" by the first bytes of a file, "" for anything else."""
    return KINDS.get(content[:4], "")


async def read(content: bytes) -> list[list[list[Any]]]:
    """Return the sheets of a spreadsheet, each a list of rows; raises ValueError where it cannot be read.

    Dates come as ISO text; the rows of a sheet have the numbers that a person sees.
    """
    return await asyncio.to_thread(_read, content)


def _read(content: bytes) -> list[list[list[Any]]]:
    command = [sys.executable, "-I", str(Path(__file__))]
    try:
        child = subprocess.run(command, input=content, capture_output=True, timeout=SECONDS, check=True)
    except subprocess.TimeoutExpired:
        raise ValueError("the spreadsheet takes too long to read") from None
    except subprocess.CalledProcessError:
        raise ValueError("the spreadsheet is damaged, protected by a password, or far too large") from None
    return json.loads(child.stdout)


def _main() -> None:
    import io
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    import python_calamine

    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
    sheets = [book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names]
    json.dump(sheets, sys.stdout, default=_plain, ensure_ascii=True)


def _plain(cell: object) -> str:
    if isinstance(cell, date | datetime | time):
        return cell.isoformat()
    return str(cell) if isinstance(cell, timedelta) else ""


if __name__ == "__main__":
    _main()
