"""Options become requests, from texts, from files that they name, and from a file with the whole request."""

import json
from pathlib import Path
from typing import Any

import pytest

from services.cli import options
from services.client import requests
from services.client.catalog import BY_NAME
from services.client.fields import BadValue, fields


def build(noun: str, verb: str, source: str = "", **given: Any) -> Any:
    method = BY_NAME[noun].verbs[verb]
    content = options.read_json(source) if source else None
    return requests.build(method, fields(method), given, content, options.read)


def test_a_file_gives_what_options_do_not(tmp_path: Path) -> None:
    file = tmp_path / "cohort.json"
    file.write_text('{"parent": "institutions/x", "cohort": {"display_name": "甲", "capacity": 30}}', "utf-8")
    request = build("cohort", "create", str(file), display_name="乙")
    assert (request.parent, request.cohort.display_name, request.cohort.capacity) == (
        "institutions/x",
        "乙",
        30,
    )


def test_a_file_that_is_no_object_is_refused(tmp_path: Path) -> None:
    (tmp_path / "list.json").write_text("[]", "utf-8")
    with pytest.raises(BadValue, match="no JSON object"):
        build("cohort", "create", str(tmp_path / "list.json"))
    with pytest.raises(BadValue):
        build("cohort", "create", str(tmp_path / "absent.json"))


def test_what_is_too_long_for_an_option_is_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "scores.json"
    file.write_text(json.dumps([{"enrollment": "e", "score": "88.5"}]), "utf-8")
    request = build("enrollment", "record-exam-scores", parent="c", scores=f"@{file}")
    assert request.scores[0].score == "88.5"
    assert build("cohort", "create", display_name="@一班").cohort.display_name == "@一班"


@pytest.mark.parametrize(
    ("verb", "given", "told"),
    [
        ("create", {"start_date": "16.3.2026"}, "--start-date '16.3.2026': 2026-03-16"),
        ("create", {"qualification": "@absent"}, "--qualification '@absent': occupation/direction/level"),
        ("list", {"state": "gone"}, "--state 'gone': planned"),
    ],
)
def test_a_refusal_names_the_option_and_what_it_takes(verb: str, given: dict[str, str], told: str) -> None:
    with pytest.raises(BadValue) as caught:
        build("cohort", verb, **given)
    assert str(caught.value).startswith(told)
