"""Papers: drawn by seed, exact to the blueprint, sealed by hash, open inside the window only."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.assessment.bank.domain.blueprint import Part, Section
from services.assessment.bank.domain.item import ItemContent, ItemType
from services.assessment.bank.domain.paper import (
    PaperQuestion,
    canonical,
    check_release,
    check_reviewer,
    check_seal,
    check_window,
    from_json,
    seal,
    shows_keys,
    shows_questions,
)
from services.assessment.bank.domain.paper_draw import Drawable, draw, pick
from services.kit.errors import AppError

BANK = "bodies/b/banks/k"
PARTS = (
    Part("1", 600, (Section(ItemType.SINGLE_CHOICE, 4, 100), Section(ItemType.TRUE_FALSE, 4, 50))),
    Part("2", 400, (Section(ItemType.SINGLE_CHOICE, 4, 100),)),
)
ITEMS = [
    Drawable(f"{BANK}/items/{function}{kind[0].lower()}{number}", kind, f"{function}.{number % 3 + 1}.1")
    for function in ("1", "2")
    for kind in (ItemType.SINGLE_CHOICE, ItemType.TRUE_FALSE)
    for number in range(9)
]
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_the_same_seed_draws_the_same_paper_from_the_items_in_any_order():
    assert draw(BANK, PARTS, ITEMS, "7") == draw(BANK, PARTS, ITEMS[::-1], "7")


def test_another_seed_draws_another_paper():
    assert draw(BANK, PARTS, ITEMS, "7") != draw(BANK, PARTS, ITEMS, "8")


@given(st.text(max_size=20))
def test_whatever_the_seed_a_paper_satisfies_the_blueprint_exactly(seed):
    drawn = draw(BANK, PARTS, ITEMS, seed)
    by_name = {item.name: item for item in ITEMS}
    counts = Counter((by_name[d.name].knowledge_point[0], by_name[d.name].type) for d in drawn)
    assert counts == {(p.function, s.type): s.count for p in PARTS for s in p.sections}
    assert sum(d.points for d in drawn) == 1000
    assert len({d.name for d in drawn}) == len(drawn)


def test_a_paper_shows_choices_before_statements():
    by_name = {item.name: item for item in ITEMS}
    kinds = [by_name[d.name].type for d in draw(BANK, PARTS, ITEMS, "7")]
    assert kinds == [ItemType.SINGLE_CHOICE] * 8 + [ItemType.TRUE_FALSE] * 4


def test_knowledge_points_take_turns():
    picked = pick([item for item in ITEMS if item.name.startswith(f"{BANK}/items/1s")], 3, "7")
    assert len({item.knowledge_point for item in picked}) == 3


def test_a_refusal_names_everything_that_the_bank_lacks():
    few = [item for item in ITEMS if not item.name.startswith(f"{BANK}/items/2")][:6]
    with pytest.raises(AppError) as refused:
        draw(BANK, PARTS, few, "7")
    assert refused.value.reason == "BANK_LACKS_ITEMS"
    assert [unmet.message for unmet in refused.value.unmet] == [
        "function 1 needs 4 active TRUE_FALSE, the bank has 0",
        "function 2 needs 4 active SINGLE_CHOICE, the bank has 0",
    ]


def test_the_seal_notices_any_change():
    content = ItemContent(ItemType.TRUE_FALSE, "数据湖只存结构化数据。", statement_true=False)
    question = PaperQuestion(1, 10, f"{BANK}/items/i/versions/1", "1.1", content)
    text = canonical([question])
    assert from_json(json.loads(text)) == (question,)
    check_seal("p", text, seal(text))
    with pytest.raises(AppError, match="SEAL_BROKEN"):
        check_seal("p", text.replace("false", "true"), seal(text))


@pytest.mark.parametrize("now", [NOON, NOON + HOUR])
def test_a_paper_opens_at_both_ends_of_its_window(now):
    check_release("p", NOON, NOON + HOUR, now)


@pytest.mark.parametrize("now", [NOON - timedelta(microseconds=1), NOON + HOUR + timedelta(microseconds=1)])
def test_a_paper_does_not_open_outside_its_window(now):
    with pytest.raises(AppError, match="OUTSIDE_WINDOW"):
        check_release("p", NOON, NOON + HOUR, now)


def test_a_window_has_a_length():
    with pytest.raises(AppError, match="INVALID_PERIOD"):
        check_window(NOON, NOON)


def test_nobody_reviews_a_paper_that_they_drew():
    with pytest.raises(AppError, match="OWN_PAPER"):
        check_reviewer("p", "zhao", "zhao")


@pytest.mark.parametrize(
    ("state", "released", "questions", "keys"),
    [
        ("DRAFTED", False, True, True),
        ("REVIEWED", False, True, True),
        ("SEALED", False, False, False),
        ("RELEASED", True, True, False),
        ("USED", True, True, True),
        ("RETIRED", True, True, True),
        ("RETIRED", False, False, False),
    ],
)
def test_what_of_a_paper_may_be_read_follows_from_its_state(state, released, questions, keys):
    assert shows_questions(state, released) is questions
    assert shows_keys(state, released) is keys
