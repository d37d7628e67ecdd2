"""Between the wire's value types and Python's."""

from datetime import UTC, date, datetime, timedelta, timezone
from types import SimpleNamespace

import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from hypothesis import given
from hypothesis import strategies as st
from shuzheng.type.v1 import date_range_pb2, qualification_pb2

from services.kit.errors import AppError
from services.kit.rpc.convert import apply_mask, date_message, date_of, timestamp

DateRange, Qualification = date_range_pb2.DateRange, qualification_pb2.Qualification
(FIRST, *_) = [field.name for field in DateRange.DESCRIPTOR.fields]


@given(st.dates())
def test_a_day_goes_out_and_comes_back(day: date):
    assert date_of(DateRange(**{FIRST: date_message(day)}), FIRST) == day


def test_an_absent_day_is_none_and_no_calendar_day_names_its_field():
    assert date_of(DateRange(), FIRST) is None
    assert date_message(None) is None
    wrong = DateRange(**{FIRST: {"year": 2026, "month": 2, "day": 30}})
    with pytest.raises(AppError) as refused:
        date_of(wrong, FIRST)
    assert refused.value.violations[0].field == FIRST


@given(st.datetimes(datetime(1970, 1, 1), datetime(2200, 1, 1)), st.integers(-12, 14))
def test_a_moment_goes_out_in_utc(moment: datetime, hours: int):
    aware = moment.replace(tzinfo=timezone(timedelta(hours=hours)))
    assert timestamp(aware).ToDatetime(UTC) == aware
    assert timestamp(None) is None


ALLOWED = {"occupation": "occupation", "direction": lambda row, value: setattr(row, "way", value.upper())}


def masked(*paths: str) -> SimpleNamespace:
    row = SimpleNamespace(occupation="old", way="old")
    apply_mask(row, Qualification(occupation="new", direction="x"), FieldMask(paths=paths), ALLOWED)
    return row


def test_a_mask_copies_what_it_names_and_an_empty_one_all_that_is_allowed():
    assert vars(masked("occupation")) == {"occupation": "new", "way": "old"}
    assert vars(masked("direction")) == {"occupation": "old", "way": "X"}
    assert vars(masked()) == {"occupation": "new", "way": "X"}


def test_a_mask_with_a_field_that_cannot_be_updated_names_it():
    with pytest.raises(AppError, match="level") as refused:
        masked("occupation", "level", "nonsense")
    assert refused.value.reason == "INVALID_UPDATE_MASK"
    assert "nonsense" in refused.value.message
