"""Every lifecycle against its table: in every state, every action does exactly what the table says, or is refused.

The walk is exhaustive: each reachable state is reached by a shortest path, on a fresh thing for every action.
"""

from collections import deque

import grpc
import pytest

from tests.model import lifecycles
from tests.model.lifecycles import state_of
from tests.support import fuzz, invariants
from tests.support.journey import Journey

pytestmark = pytest.mark.timeout(120)


@pytest.fixture
async def journey(system):
    """A journey whose cohort is taught and whose body has a sealed paper and a scheduled exam."""
    found = Journey(system.stub, size=12)
    await found.open_institution()
    await found.teach()
    return found


async def test_training_keeps_to_its_tables(system, journey):
    for life in lifecycles.of_training(journey):
        await keeps_to_its_table(life)
    await invariants.check(system.urls, journey.ledger)


async def test_assessment_keeps_to_its_tables(system, journey):
    await journey.open_body()
    await journey.schedule()
    await journey.release_paper()
    for life in lifecycles.of_assessment(journey):
        await keeps_to_its_table(life)
    await invariants.check(system.urls, journey.ledger)


async def test_certificates_keep_to_their_table(system, journey):
    for life in lifecycles.of_certificates(journey, await journey.complete_all()):
        await keeps_to_its_table(life)
    await invariants.check(system.urls, journey.ledger)


async def keeps_to_its_table(life):
    """Try every action in every state that can be reached."""
    assert set(life.acts) | set(life.inner) == {action for _, action in life.table} | set(life.inner)
    paths = shortest_paths(life)
    assert set(life.table.values()) <= set(paths)
    for state, path in paths.items():
        await refuses_the_rest(life, state, await at(life, path))
        for action in (action for action in life.acts if (state, action) in life.table):
            await does_what_it_says(life, action, life.table[state, action], await at(life, path))


def shortest_paths(life):
    """Return the states that callers can reach, each with the actions that lead there."""
    paths, ahead = {life.start: ()}, deque([life.start])
    while ahead:
        state = ahead.popleft()
        for (source, action), target in life.table.items():
            if source == state and target not in paths and action in life.acts:
                paths[target] = (*paths[state], action)
                ahead.append(target)
    return paths


async def at(life, path):
    """Make a fresh thing and take it along a path."""
    name = await life.make()
    for action in path:
        await life.acts[action](name)
    return name


async def refuses_the_rest(life, state, name):
    before = await life.read(name)
    assert state_of(before) == state
    for action, act in life.acts.items():
        if (state, action) in life.table:
            continue
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await act(name)
        told = (refused.value.code(), fuzz.reason_of(refused.value))
        assert told == (grpc.StatusCode.FAILED_PRECONDITION, "WRONG_STATE"), (
            f"{life.noun}: {action} in {state}"
        )
        assert await life.read(name) == before, (
            f"{life.noun}: {action} in {state} was refused and changed something"
        )


async def does_what_it_says(life, action, target, name):
    answer = await life.acts[action](name)
    assert state_of(answer) == target, f"{life.noun}: {action}"
    found = await life.read(name)
    assert state_of(found) == target and found.etag == answer.etag


async def test_the_walk_sees_an_arrow_that_the_service_lacks(journey):
    life = next(life for life in lifecycles.of_training(journey) if life.noun == "cohort")
    states = type(life.start)
    life.table = {(states.PLANNED, next(reversed(life.acts))): states.ARCHIVED} | dict(life.table)
    with pytest.raises(grpc.aio.AioRpcError, match="not possible in state"):
        await keeps_to_its_table(life)


async def test_the_walk_sees_an_arrow_that_only_the_service_has(journey):
    life = next(life for life in lifecycles.of_training(journey) if life.noun == "listing")
    forgotten = next(key for key in life.table if key == (type(life.start).CONFIRMED, "remove"))
    life.table = {key: target for key, target in life.table.items() if key != forgotten}
    with pytest.raises(pytest.fail.Exception, match="DID NOT RAISE"):
        await keeps_to_its_table(life)
