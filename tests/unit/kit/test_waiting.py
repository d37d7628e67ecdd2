"""Waiting for an event ends with it, with the time, or with the task."""

import asyncio
import sys

import pytest

from services.kit.waiting import happens, to_the_end


async def loses_a_cancellation(wait, steps: int) -> bool:
    """Cancel a waiting task `steps` steps of the loop after its event is set; returns whether it took no notice."""
    event = asyncio.Event()
    task = asyncio.create_task(wait(event))
    for _ in range(5):
        await asyncio.sleep(0)
    event.set()
    for _ in range(steps):
        await asyncio.sleep(0)
    accepted = task.cancel()
    await asyncio.wait([task])
    return accepted and not task.cancelled()


async def test_it_tells_whether_it_happened():
    event = asyncio.Event()
    assert not await happens(event, 0.01)
    event.set()
    assert await happens(event, 0.01)
    assert await happens(event, None)


@pytest.mark.parametrize("steps", range(4))
async def test_a_cancellation_is_never_lost(steps):
    assert not await loses_a_cancellation(lambda event: happens(event, 10), steps)


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="mended in Python 3.12")
async def test_wait_for_loses_it():
    def wait(event):
        return asyncio.wait_for(event.wait(), 10)  # noqa: TID251

    assert any([await loses_a_cancellation(wait, steps) for steps in range(4)])


async def test_what_must_end_ends_although_its_task_is_cancelled():
    may_end, ended = asyncio.Event(), []

    async def work():
        await may_end.wait()
        ended.append(True)

    task = asyncio.create_task(to_the_end(work()))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.sleep(0)
    assert not task.done()
    may_end.set()
    await asyncio.wait([task])
    assert task.cancelled() and ended == [True]


async def test_what_must_end_answers_or_fails_as_if_it_were_awaited():
    async def work(answer):
        if answer is None:
            raise ValueError("nothing to answer")
        return answer

    assert await to_the_end(work(7)) == 7
    with pytest.raises(ValueError, match="nothing to answer"):
        await to_the_end(work(None))
