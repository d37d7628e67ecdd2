"""The name of an operation says which service has it."""

import pytest

from services.cli.operations import service_of
from services.client.fields import BadValue


@pytest.mark.parametrize("name", ["bodies/b/operations/assessment-1m8e", "operations/assessment-1"])
def test_the_last_segment_names_the_service(name: str):
    assert service_of(name) == "assessment"


@pytest.mark.parametrize(
    "name", ["", "operations/1", "bodies/b/operations/else-1", "assessment-1", "batches/training-1"]
)
def test_anything_else_is_no_operation(name: str):
    with pytest.raises(BadValue):
        service_of(name)
