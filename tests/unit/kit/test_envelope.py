"""What travels around a fact comes back as it went; what is not ours is refused."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.events.envelope import Envelope

MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))


@given(st.uuids().map(str), MOMENTS, st.sampled_from(["", "00-a-b-01"]), st.integers(0, 9))
def test_an_envelope_comes_back_from_its_headers(event: str, moment: datetime, trace: str, publication: int):
    sent = Envelope(event, "demo.v1.counter.added", "shuzheng/demo", moment, trace)
    headers = sent.headers(publication)
    assert Envelope.read(headers, "ignored") == sent
    assert headers["ce-specversion"] == "1.0"


def test_each_publication_is_new_to_the_broker_and_the_event_stays_the_same():
    sent = Envelope("e-1", "demo.v1.counter.added", "shuzheng/demo", datetime(2026, 1, 1, tzinfo=UTC))
    assert [sent.headers(n)["Nats-Msg-Id"] for n in (0, 1, 2)] == ["e-1", "e-1.1", "e-1.2"]
    assert {sent.headers(n)["ce-id"] for n in (0, 1, 2)} == {"e-1"}


@pytest.mark.parametrize(
    "headers", [None, {}, {"ce-id": "x"}, {"ce-id": "x", "ce-source": "y", "ce-time": "noon"}]
)
def test_headers_that_are_not_ours_are_refused(headers):
    with pytest.raises(ValueError, match=r"header|noon"):
        Envelope.read(headers, "demo.v1.counter.added")
