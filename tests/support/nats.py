"""A private nats-server with JetStream for one test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.kit.events.broker import Broker, running

NO_BROKER = "nats://127.0.0.1:1"  # nobody listens there: services run on without a broker


@pytest.fixture
async def broker(tmp_path: Path) -> AsyncIterator[Broker]:
    """A started broker with empty streams."""
    async with running(tmp_path / "nats") as started:
        yield started
