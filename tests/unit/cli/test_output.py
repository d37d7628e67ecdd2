"""Answers as people read them: enum words, days, China's time, tables of what matters."""

import json

import pytest
from shuzheng.training.v1 import cohort_pb2, cohort_service_pb2

from services.cli import output


def cohort(number: int) -> cohort_pb2.Cohort:
    found = cohort_pb2.Cohort(
        name=f"institutions/sdu/cohorts/c{number}", display_name="一班", state="COHORT_STATE_TEACHING",
        qualification={"occupation": "big-data", "direction": "data-analysis", "level": "LEVEL_MID"},
        start_date={"year": 2026, "month": 3, "day": 16}, etag="secret-of-versions",
    )  # fmt: skip
    found.create_time.FromJsonString("2026-03-02T01:00:00Z")
    return found


def test_a_resource_is_an_account_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    output.show(cohort(1), False)
    shown = capsys.readouterr().out
    for text in ("teaching", "2026-03-16", "big-data/data-analysis/mid", "2026-03-02 09:00:00"):
        assert text in shown


def test_a_list_is_a_table_without_noise(capsys: pytest.CaptureFixture[str]) -> None:
    page = cohort_service_pb2.ListCohortsResponse(cohorts=[cohort(1), cohort(2)], next_page_token="more")
    output.show(page, False)
    shown = capsys.readouterr().out
    assert "institutions/sdu/cohorts/c2" in shown
    assert "secret-of-versions" not in shown
    assert "--page-token more" in shown


def test_json_keeps_the_names_of_the_proto(capsys: pytest.CaptureFixture[str]) -> None:
    output.show(cohort(1), True)
    told = json.loads(capsys.readouterr().out)
    assert told["display_name"] == "一班"
    assert told["state"] == "COHORT_STATE_TEACHING"
