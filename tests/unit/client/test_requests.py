"""Texts become requests: dates, times, words, JSON, masks."""

import json
from pathlib import Path
from typing import Any

import pytest

from services.client import requests
from services.client.catalog import BY_NAME
from services.client.fields import BadValue, fields, positional


def build(noun: str, verb: str, content: dict[str, Any] | None = None, **given: Any) -> Any:
    method = BY_NAME[noun].verbs[verb]
    return requests.build(method, fields(method), given, content)


def test_a_resource_is_spread_over_options() -> None:
    request = build(
        "cohort",
        "create",
        parent="institutions/sdu",
        cohort_id="c1",
        display_name="一班",
        qualification="big-data/data-analysis/junior",
        start_date="2026-03-16",
        end_date="2026-04-24",
        capacity="40",
    )
    assert (request.parent, request.cohort.display_name, request.cohort.capacity) == (
        "institutions/sdu",
        "一班",
        40,
    )
    assert (request.cohort.qualification.direction, request.cohort.qualification.level) == (
        "data-analysis",
        1,
    )
    assert (request.cohort.start_date.month, request.cohort.start_date.day) == (3, 16)


def test_every_mutation_gets_a_fresh_request_id() -> None:
    first, second = (build("cohort", "file", name="institutions/sdu/cohorts/c1") for _ in range(2))
    assert first.request_id and first.request_id != second.request_id


def test_enum_values_are_given_as_words() -> None:
    request = build("cohort", "list", parent="institutions/sdu", state="completion-exam")
    assert request.state == 5
    with pytest.raises(BadValue, match="completion-exam"):
        build("cohort", "list", parent="institutions/sdu", state="gone")


def test_options_are_what_callers_set_and_say_what_is_needed() -> None:
    shown = {verb: {f.key: f for f in fields(BY_NAME["cohort"].verbs[verb])} for verb in ("create", "update")}
    assert "state" not in shown["create"] and "etag" not in shown["create"]
    assert "name" not in shown["create"] and "qualification" not in shown["update"]
    start, name = shown["create"]["start_date"], shown["update"]["name"]
    assert start.needed and start.form == "2026-03-16" and not shown["update"]["start_date"].needed
    assert name.needed and not name.form
    assert "etag" in shown["update"]


def test_times_without_zone_are_chinas() -> None:
    request = build("exam", "schedule", parent="bodies/b", theory_window="2026-05-23T09:00/2026-05-23T11:00")
    assert request.exam.theory_window.start_time.ToJsonString() == "2026-05-23T01:00:00Z"


def test_repeated_fields_and_json_for_what_is_nested() -> None:
    request = build("exam", "schedule", parent="bodies/b", proctors=["bodies/b/examiners/x"])
    assert list(request.exam.proctors) == ["bodies/b/examiners/x"]
    scores = json.dumps([{"enrollment": "e", "score": "88.5"}])
    assert build("enrollment", "record-exam-scores", parent="c", scores=scores).scores[0].score == "88.5"


def test_an_update_masks_what_is_given() -> None:
    request = build("cohort", "update", name="institutions/sdu/cohorts/c1", etag="e", display_name="新名")
    assert list(request.update_mask.paths) == ["display_name"]
    assert (request.cohort.name, request.cohort.etag) == ("institutions/sdu/cohorts/c1", "e")


@pytest.mark.parametrize(
    ("verb", "given"),
    [("create", {"start_date": "16.3.2026"}), ("create", {"qualification": "x"}), ("create", {"capacity": "many"})],
)  # fmt: skip
def test_values_that_cannot_be_are_refused(verb: str, given: dict[str, str]) -> None:
    with pytest.raises(BadValue):
        build("cohort", verb, **given)


def test_the_name_comes_without_an_option() -> None:
    first = positional(BY_NAME["cohort"].verbs["update"])
    assert first is not None and first.path == ("cohort", "name")
    assert positional(BY_NAME["institution"].verbs["list"]) is None


def test_texts_win_over_json_values() -> None:
    content = {"parent": "institutions/x", "cohort": {"display_name": "甲", "capacity": 30}}
    request = build("cohort", "create", content, display_name="乙")
    assert (request.parent, request.cohort.display_name, request.cohort.capacity) == (
        "institutions/x",
        "乙",
        30,
    )


def test_a_text_is_never_taken_for_the_name_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "scores.json"
    file.write_text("[]", "utf-8")
    for noun, verb, key in (
        ("enrollment", "record-exam-scores", "scores"),
        ("cohort", "create", "qualification"),
    ):
        with pytest.raises(BadValue, match=key):
            build(noun, verb, **{key: f"@{file}"})


def test_what_is_needed_and_not_given_is_named() -> None:
    method = BY_NAME["institution"].verbs["create"]
    known = fields(method)
    content = {"institution": {"displayName": "示例大学", "uscc": "52999999000000001L"}}
    missing = [field.key for field in requests.missing(known, content)]
    assert "kind" in missing
    assert not {"display_name", "uscc", "region"} & set(missing)
    assert requests.missing(known, content | {"institution": content["institution"] | {"kind": "KIND"}}) == []
