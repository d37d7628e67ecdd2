"""Rate limits: one token bucket a caller; the public is counted by address."""

from collections import OrderedDict
from datetime import timedelta

from services.kit.errors import exhausted

REMEMBERED = 20_000


class Limiter:
    """Allows `rate` calls a second on average and `burst` at once for each key; rate 0 means no limit."""

    def __init__(self, rate: float, burst: float) -> None:
        self.rate = rate
        self.burst = burst
        self.buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str, now: float) -> None:
        """Count one call at `now` (seconds, monotonic); raises RATE_LIMITED with the time to wait."""
        if self.rate <= 0:
            return
        left, seen = self.buckets.get(key, (self.burst, now))
        left = min(self.burst, left + (now - seen) * self.rate)
        if left < 1:
            wait = timedelta(seconds=(1 - left) / self.rate)
            raise exhausted("RATE_LIMITED", "Too many calls; wait and try again.", wait)
        self.buckets[key] = (left - 1, now)
        if len(self.buckets) > REMEMBERED:
            self.buckets.popitem(last=False)
