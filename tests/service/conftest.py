"""Every test of a service is a test of its plans as well."""

from collections.abc import Iterator

import pytest

from tests.support import plans


@pytest.fixture(autouse=True)
def indexed() -> Iterator[None]:
    """Refuse what reads a table that grows from one end to the other."""
    before = len(plans.SEEN.refused)
    with plans.watched() as seen:
        yield
    assert seen.refused[before:] == []
