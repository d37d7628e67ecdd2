"""Rate limits: a bucket for each caller, refilled with time."""

import pytest

from services.kit.errors import AppError
from services.kit.rpc import limits
from services.kit.rpc.limits import Limiter


def allowed(limiter: Limiter, key: str, now: float, calls: int) -> int:
    """Count how many of `calls` at one moment get through."""
    count = 0
    for _ in range(calls):
        try:
            limiter.take(key, now)
        except AppError:
            continue
        count += 1
    return count


def test_a_burst_passes_and_then_the_rate():
    limiter = Limiter(rate=2, burst=5)
    assert allowed(limiter, "a", 0, 10) == 5
    assert allowed(limiter, "a", 1, 10) == 2
    assert allowed(limiter, "a", 100, 10) == 5


def test_callers_do_not_share_a_bucket():
    limiter = Limiter(rate=1, burst=1)
    assert [allowed(limiter, key, 0, 2) for key in "abc"] == [1, 1, 1]


def test_a_refusal_says_how_long_to_wait_and_waiting_helps():
    limiter = Limiter(rate=4, burst=1)
    limiter.take("a", 10)
    with pytest.raises(AppError) as refused:
        limiter.take("a", 10)
    assert refused.value.reason == "RATE_LIMITED"
    limiter.take("a", 10 + refused.value.retry_after.total_seconds())


def test_rate_zero_is_no_limit():
    assert allowed(Limiter(0, 0), "a", 0, 1000) == 1000


def test_memory_is_bounded(monkeypatch):
    monkeypatch.setattr(limits, "REMEMBERED", 10)
    limiter = Limiter(1, 1)
    for number in range(100):
        limiter.take(str(number), 0)
    assert len(limiter.buckets) == 10
