"""Items: what each type must hold, one spelling for equal content, and marking."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.assessment.bank.domain.answer import Answer
from services.assessment.bank.domain.answer import from_json as answer_from_json
from services.assessment.bank.domain.answer import to_json as answer_to_json
from services.assessment.bank.domain.item import (
    Choice,
    ItemContent,
    ItemType,
    content_hash,
    from_json,
    plain_number,
    problems,
    tidy,
    tidy_text,
    to_json,
)
from services.assessment.bank.domain.item_score import score, typed_number

SINGLE = ItemContent(
    ItemType.SINGLE_CHOICE,
    "HDFS 默认的副本数是?",
    choices=(Choice("a", "1", False), Choice("b", "3", True), Choice("c", "5", False)),
)
MULTIPLE = replace(SINGLE, type=ItemType.MULTIPLE_CHOICE, choices=(*SINGLE.choices, Choice("d", "三", True)))
STATEMENT = ItemContent(ItemType.TRUE_FALSE, "Kafka 的分区内消息有序。", statement_true=True)
NUMBER = ItemContent(ItemType.NUMERIC, "圆周率取两位小数是____。", value="3.14", tolerance="0.005")
SHORT = ItemContent(ItemType.SHORT_ANSWER, "Hive 的查询语言是____。", accepted=("HiveQL", "HQL"))
ALL = [SINGLE, MULTIPLE, STATEMENT, NUMBER, SHORT]


@pytest.mark.parametrize("content", ALL, ids=lambda content: content.type)
def test_a_well_formed_item_has_no_problems_and_survives_storage(content):
    assert problems(tidy(content)) == []
    assert from_json(to_json(content)) == content


@pytest.mark.parametrize(
    ("content", "fields"),
    [
        (replace(SINGLE, stem=""), {"stem"}),
        (replace(SINGLE, choices=SINGLE.choices[:1]), {"choices"}),
        (replace(SINGLE, choices=tuple(replace(c, correct=True) for c in SINGLE.choices)), {"choices"}),
        (replace(SINGLE, choices=(*SINGLE.choices, Choice("d", "３", False))), {"choices"}),
        (replace(MULTIPLE, choices=tuple(replace(c, correct=False) for c in SINGLE.choices)), {"choices"}),
        (replace(STATEMENT, statement_true=None), {"statement_true"}),
        (replace(NUMBER, value="三"), {"number.value"}),
        (replace(NUMBER, tolerance="-1"), {"number.tolerance"}),
        (replace(SHORT, accepted=()), {"accepted"}),
        (replace(SHORT, statement_true=True, value="1"), {"statement_true", "number"}),
    ],
)
def test_every_problem_of_an_item_names_its_field(content, fields):
    assert {violation.field for violation in problems(tidy(content))} == fields


def test_blanks_line_ends_and_letters_do_not_make_another_item():
    unlettered = tuple(replace(choice, key="") for choice in SINGLE.choices)
    spaced = replace(SINGLE, stem=" HDFS  默认的副本数是?\r\n", choices=unlettered)
    assert content_hash(tidy(spaced), "1.1") == content_hash(tidy(SINGLE), "1.1")


def test_another_right_choice_or_point_makes_another_item():
    flipped = replace(SINGLE, choices=tuple(replace(c, correct=c.key == "a") for c in SINGLE.choices))
    assert len({content_hash(c, p) for c in (SINGLE, flipped) for p in ("1.1", "1.2")}) == 4


@given(st.text(max_size=60))
def test_tidying_twice_is_tidying_once(text):
    assert tidy_text(tidy_text(text)) == tidy_text(text)


@pytest.mark.parametrize(
    ("text", "plain"), [("05.50", "5.5"), ("-0", "0"), ("100", "100"), ("0.000", "0"), ("x", "x")]
)
def test_numbers_have_one_spelling(text, plain):
    assert plain_number(text) == plain


@pytest.mark.parametrize(
    ("content", "answer", "right"),
    [
        (SINGLE, Answer(frozenset("b")), True),
        (SINGLE, Answer(frozenset("a")), False),
        (SINGLE, Answer(frozenset("ab")), False),
        (SINGLE, Answer(), False),
        (MULTIPLE, Answer(frozenset("bd")), True),
        (MULTIPLE, Answer(frozenset("b")), False),
        (MULTIPLE, Answer(frozenset("abd")), False),
        (STATEMENT, Answer(statement_true=True), True),
        (STATEMENT, Answer(statement_true=False), False),
        (STATEMENT, Answer(), False),
        (NUMBER, Answer(number="3.14"), True),
        (NUMBER, Answer(number="３.１４５"), True),
        (NUMBER, Answer(number="3.1451"), False),
        (NUMBER, Answer(number="约3.14"), False),
        (NUMBER, Answer(), False),
        (SHORT, Answer(text=" hiveql "), True),
        (SHORT, Answer(text="ＨＱＬ"), True),
        (SHORT, Answer(text="SQL"), False),
        (SHORT, Answer(), False),
        (replace(SHORT, case_sensitive=True), Answer(text="hiveql"), False),
        (SHORT, None, False),
    ],
)
def test_a_right_answer_earns_all_points_and_any_other_none(content, answer, right):
    assert score(content, answer, 15) == (15 if right else 0)


@given(st.text(max_size=30))
def test_no_typed_text_breaks_number_reading(text):
    assert typed_number(text) is None or typed_number(text).is_finite()


def test_answers_survive_storage():
    kinds = Answer(frozenset("ca")), Answer(statement_true=False), Answer(number="1"), Answer(text="x")
    for answer in (Answer(), *kinds):
        assert answer_from_json(answer_to_json(answer)) == answer
