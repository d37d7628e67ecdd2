"""The check of the fuzz test sees what it is there for: a handler that raises, a message that never ends."""

import grpc
import pytest

from services.kit.logs import CALL_FAILED
from services.training.teaching.usecases.cohorts import Cohorts
from tests.support import fuzz
from tests.support.fuzz import Answer, Who
from tests.support.services import open_on

WHO = Who("supervisor")


@pytest.fixture
async def training(sqlite_databases, tmp_path, clock):
    opened = await open_on("training", await sqlite_databases.migrated("training"), tmp_path, clock)
    yield opened
    await opened.close()


async def test_a_handler_that_raises_is_a_fault(training, hail, log, monkeypatch):
    async def broken(*_args, **_options):
        raise KeyError("a key that nobody thought of")

    monkeypatch.setattr(Cohorts, "get", broken)
    method = next(m for m in fuzz.methods("training") if m.name == "GetCohort")
    falling = hail(training, fuzz.Writer(1, ["institutions/a", "institutions/a/cohorts/c"]))
    await falling.fall([method], 10)
    assert any("GetCohort" in fault and "INTERNAL" in fault for fault in falling.faults)
    assert log.lines(CALL_FAILED)


@pytest.mark.parametrize("code", ["UNKNOWN", "INTERNAL", "UNAVAILABLE", "DEADLINE_EXCEEDED", "UNIMPLEMENTED"])
def test_codes_outside_the_table_are_faults(code):
    assert Answer("/a/b", WHO, (), grpc.StatusCode[code], "SOME_REASON").fault


def test_an_error_without_its_reason_is_a_fault_and_an_answer_is_none():
    assert Answer("/a/b", WHO, (), grpc.StatusCode.NOT_FOUND, "").fault
    assert not Answer("/a/b", WHO, (), grpc.StatusCode.NOT_FOUND, "NO_SUCH").fault
    assert not Answer("/a/b", WHO, (), grpc.StatusCode.OK, "").fault


def test_the_same_seed_writes_the_same_requests():
    def written(seed):
        writer = fuzz.Writer(seed, ["institutions/a"])
        return [
            writer.request(method.input_type, 0.3).SerializeToString() for method in fuzz.methods("training")
        ]

    assert written(7) == written(7) != written(8)
