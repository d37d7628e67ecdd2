"""Identifiers of the server are unique, sort by time and fit resource names."""

import re
import time

from services.kit.values import ids
from services.kit.values.names import ID


def test_many_ids_are_all_different_and_fit_a_name():
    made = [ids.new_id() for _ in range(20_000)]
    assert len(set(made)) == len(made)
    assert all(re.fullmatch(ID, one) and len(one) == 20 for one in made)


def test_ids_of_later_milliseconds_sort_later(monkeypatch):
    moment = time.time_ns()
    moments = iter(range(moment, moment + 500_000_000, 1_000_000))
    monkeypatch.setattr(ids.time, "time_ns", lambda: next(moments))
    made = [ids.new_id() for _ in range(500)]
    assert made == sorted(made)
