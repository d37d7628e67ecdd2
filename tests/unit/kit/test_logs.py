"""Log lines: one JSON object a line, and never a national ID number."""

import json

from hypothesis import given
from hypothesis import strategies as st

from services.kit import logs
from tests.support.logs import logging
from tests.support.people import national_id

NUMBERS = st.integers(0, 99_999).map(national_id)


def lines_of(write) -> list[dict]:
    """Return what `write(logger)` logs."""
    with logging() as log:
        write(logs.logger("test"))
    return log.lines()


@given(NUMBERS, st.text(alphabet="张三李四 ,:;()=\"'", max_size=5))
def test_a_number_is_masked_wherever_it_stands_in_a_line(number: str, around: str):
    (line,) = lines_of(lambda log: log.info("event", note=f"{around}{number}{around}", list=[number.lower()]))
    assert number not in json.dumps(line).upper()
    assert f"{number[:6]}********{number[-4:]}" in json.dumps(line)


def test_an_exception_is_logged_with_its_trace_and_without_the_number():
    number = national_id(5)

    def write(log):
        try:
            raise ValueError(f"no such person {number}")
        except ValueError as error:
            log.error("failed", exc_info=error)

    (line,) = lines_of(write)
    assert "Traceback" in line["exception"]
    assert "in write" in line["exception"]
    assert number not in line["exception"]


@given(st.integers(10**10, 10**17 - 1))
def test_other_numbers_stay(number: int):
    assert logs.mask(str(number)) == str(number)


def test_lines_below_the_level_are_not_written():
    assert lines_of(lambda log: log.debug("quiet")) == []
