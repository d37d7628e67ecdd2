"""What the code under test logs, apart from what other tests have set up."""

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import structlog

from services.kit import logs


class Log:
    """The lines that were logged so far."""

    def __init__(self) -> None:
        self.written = io.BytesIO()

    def text(self) -> str:
        """Everything as it was written."""
        return self.written.getvalue().decode()

    def lines(self, event: str = "") -> list[dict[str, Any]]:
        """The lines, or those of one event."""
        lines = [json.loads(line) for line in self.written.getvalue().splitlines()]
        return [line for line in lines if event in ("", line["event"])]


@contextmanager
def logging() -> Iterator[Log]:
    """Log to memory meanwhile; nothing of it is left behind for the next test."""
    log = Log()
    logs.configure("info", stream=log.written)
    try:
        yield log
    finally:
        logs.configure("warning")
        structlog.reset_defaults()


@pytest.fixture
def log() -> Iterator[Log]:
    """Everything that is logged in this process while the test runs."""
    with logging() as log:
        yield log
