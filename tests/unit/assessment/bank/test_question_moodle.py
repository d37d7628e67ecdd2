"""Moodle XML: every question is taken whole or rejected with the reason; what is exported reads back the same."""

from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.assessment.bank.domain.item import Choice, ItemContent, ItemType, problems, tidy
from services.assessment.bank.domain.moodle_export import Exported, category_of, document
from services.assessment.bank.domain.question_file import code_in
from services.assessment.bank.domain.question_moodle import questions
from tests.support.places import SAMPLES

SAMPLES = SAMPLES / "moodle"
TEXT = "<questiontext format='html'><text><![CDATA[{}]]></text></questiontext>"


def read(source):
    return list(questions(ElementTree.fromstring(source), source))


def one(kind, inner, stem="题干"):
    return read(f"<quiz><question type='{kind}'>{TEXT.format(stem)}{inner}</question></quiz>")[0]


def answers(*pairs):
    return "".join(f"<answer fraction='{f}'><text>{t}</text></answer>" for f, t in pairs)


def test_choices_of_both_kinds():
    single = one("multichoice", "<single>true</single>" + answers((100, "甲"), (0, "乙")))
    thirds = answers((33.33333, "甲"), (33.33333, "乙"), (33.33333, "丙"))
    several = one("multichoice", "<single>false</single>" + thirds)
    assert single.content.type == ItemType.SINGLE_CHOICE
    assert several.content.correct_keys == {"a", "b", "c"}


def test_statement_number_and_short_answer():
    assert one("truefalse", answers((0, "true"), (100, "false"))).content.statement_true is False
    number = "<answer fraction='100'><text>3.140</text><tolerance>0.01</tolerance></answer>"
    assert one("numerical", number).content.value == "3.14"
    short = one("shortanswer", "<usecase>1</usecase>" + answers((100, "HQL"), (0, "*")))
    assert (short.content.accepted, short.content.case_sensitive) == (("HQL",), True)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>第一段</p><p>第二&nbsp;段</p>", "第一段\n\n第二 段"),
        ("10<sup>3</sup> 与 H<sub>2</sub>O", "10³ 与 H₂O"),
        ("若 a &lt; b<br/>则", "若 a < b\n则"),
        ("泛型 List<String> 的含义", "泛型 List<String> 的含义"),
    ],
)
def test_html_becomes_text_that_says_the_same(html, text):
    assert one("truefalse", answers((100, "true")), html).content.stem == text


@pytest.mark.parametrize(
    "html",
    [
        "<img src='a.png'>",
        "<table><tr><td>1</td></tr></table>",
        "x<sup>你</sup>",
        "<math/>",
        "<a href='@@PLUGINFILE@@/a.mp3'>听</a>",
    ],
)
def test_what_text_cannot_express_is_rejected(html):
    question = one("truefalse", answers((100, "true")), html)
    assert [(flaw.field, flaw.reason) for flaw in question.flaws] == [("stem", "UNSUPPORTED_CONTENT")]


@pytest.mark.parametrize(
    ("kind", "inner", "reason"),
    [
        ("essay", "", "UNSUPPORTED_TYPE"),
        ("cloze", "", "UNSUPPORTED_TYPE"),
        ("matching", "", "UNSUPPORTED_TYPE"),
        ("multichoice", answers((100, "甲"), (50, "乙")), "PARTIAL_CREDIT"),
        ("shortanswer", answers((100, "蛙"), (80, "蟾")), "PARTIAL_CREDIT"),
        ("shortanswer", answers((100, "蛙*")), "UNSUPPORTED_CONTENT"),
        ("multichoice", answers((100, "甲"), (0, "甲")), "INVALID_ITEM"),
        ("multichoice", answers(("x", "甲")), "MALFORMED_QUESTION"),
        ("truefalse", answers((0, "true"), (0, "false")), "MALFORMED_QUESTION"),
        ("numerical", answers((100, "大约三")), "INVALID_ITEM"),
        ("truefalse", "<image>a.png</image>" + answers((100, "true")), "UNSUPPORTED_CONTENT"),
    ],
)
def test_what_cannot_be_an_item_is_rejected_with_the_reason(kind, inner, reason):
    assert [flaw.reason for flaw in one(kind, inner).flaws] == [reason]


def test_lines_and_categories_are_those_of_the_file():
    source = (
        "<quiz>\n<!-- <question type='x'> -->\n<question type='category'><category><text>$course$/1.2 采集</text>"
        "</category></question>\n<question type='essay'/>\n\n<question type='essay'/>\n</quiz>"
    )
    assert [(q.index, q.line, code_in(q.category)) for q in read(source)] == [(1, 4, "1.2"), (2, 6, "1.2")]


texts = st.text(min_size=1, max_size=30).filter(lambda text: text.strip())
numbers = st.decimals(-999, 999, places=3).map(str)
contents = (
    st.one_of(
        st.builds(
            lambda kind, stem, choices, note: ItemContent(
                kind,
                stem,
                explanation=note,
                choices=tuple(
                    Choice("", text, right if kind == ItemType.MULTIPLE_CHOICE else at == 0)
                    for at, (text, right) in enumerate(choices)
                ),
            ),
            st.sampled_from([ItemType.SINGLE_CHOICE, ItemType.MULTIPLE_CHOICE]),
            texts,
            st.lists(st.tuples(texts, st.booleans()), min_size=2, max_size=20),
            st.text(max_size=20),
        ),
        st.builds(
            lambda stem, right: ItemContent(ItemType.TRUE_FALSE, stem, statement_true=right),
            texts,
            st.booleans(),
        ),
        st.builds(
            lambda stem, value, tolerance: ItemContent(
                ItemType.NUMERIC, stem, value=value, tolerance=tolerance
            ),
            texts,
            numbers,
            numbers.map(lambda text: text.lstrip("-")),
        ),
        st.builds(
            lambda stem, accepted, exact: ItemContent(
                ItemType.SHORT_ANSWER, stem, accepted=tuple(accepted), case_sensitive=exact
            ),
            texts,
            st.lists(texts, min_size=1, max_size=5),
            st.booleans(),
        ),
    )
    .map(tidy)
    .filter(lambda content: not problems(content))
)


@settings(max_examples=200)
@given(st.lists(contents, max_size=5))
def test_whatever_is_exported_reads_back_the_same(items):
    category = category_of("1.2", {"1": "系统/搭建", "1.2": "部署"})
    source = "".join(document(Exported(category, content.stem[:40], content) for content in items))
    found = read(source)
    assert [question.content for question in found] == items
    assert {code_in(question.category) for question in found} <= {"1.2"}


@pytest.mark.parametrize(
    ("file", "kinds"),
    [
        ("testquestion.multichoice.moodle.xml", ["MULTIPLE_CHOICE"]),
        ("testquestion.truefalse.moodle.xml", ["TRUE_FALSE"]),
        ("testquestion.shortanswer.moodle.xml", ["PARTIAL_CREDIT"]),
        ("testquestion.essay.moodle.xml", ["UNSUPPORTED_TYPE"]),
        ("testquestion.match.moodle.xml", ["UNSUPPORTED_TYPE"]),
        ("testquestion.gapselect.moodle.xml", ["UNSUPPORTED_TYPE"]),
        ("multianswer.xml", ["UNSUPPORTED_TYPE"]),
        ("multichoice.xml", ["UNSUPPORTED_CONTENT"]),
        ("sample_questions_with_old_image_tag.xml", ["UNSUPPORTED_TYPE", "UNSUPPORTED_CONTENT"]),
    ],
)
def test_moodles_own_files_are_taken_or_rejected_for_the_right_reason(file, kinds):
    if not SAMPLES.exists():
        pytest.skip("no sample files here")
    found = read((SAMPLES / file).read_text("utf-8"))
    assert [q.content.type if q.content else q.flaws[0].reason for q in found] == kinds


STATEMENT = f"<question type='truefalse'>{TEXT.format('题干')}{answers((100, 'true'))}</question>"


def test_an_instruction_hides_no_comment_and_no_question():
    hostile = "<?x " + "<!--" * 20_000 + " <question> ?>"
    good, bad = read(f"<quiz>{hostile}{STATEMENT}<question type='essay'><name/></question></quiz>")
    assert good.content is not None and good.source == STATEMENT
    assert bad.source == "<question type='essay'><name/></question>"


@pytest.mark.parametrize(
    "inner",
    [
        "<questiontext format='html'><text>Which <b>of these</b>?</text></questiontext>",
        "<questiontext format='html'><text>a</text><text>b</text></questiontext>",
        f"{TEXT.format('a')}{TEXT.format('b')}",
        f"{TEXT.format('a')}<question type='truefalse'/>",
    ],
    ids=["elements in text", "two texts", "two stems", "a question within"],
)
def test_what_would_be_cut_is_refused(inner):
    source = f"<quiz><question type='truefalse'>{inner}{answers((100, 'true'))}</question></quiz>"
    (question,) = read(source)
    assert [flaw.reason for flaw in question.flaws] == ["MALFORMED_QUESTION"]


@pytest.mark.parametrize(
    "stray", ["<Question type='truefalse'/>", "<item>甲</item>", "<question xmlns='urn:x'/>", "甲乙"]
)
def test_what_is_no_question_is_refused_and_not_passed_over(stray):
    first, other, last = read(f"<quiz>{STATEMENT}{stray}{STATEMENT}</quiz>")
    assert [flaw.reason for flaw in other.flaws] == ["MALFORMED_QUESTION"]
    assert first.source == last.source == STATEMENT
    assert other.source


@pytest.mark.parametrize("fraction", ["inf", "nan", "1_00", "", "1e2"])
def test_a_weight_is_a_plain_number(fraction):
    assert one("truefalse", answers((fraction, "true"))).flaws


def test_a_long_category_keeps_its_last_step():
    category = f"<question type='category'><category><text>1.1 {'x' * 600}/1.2 y</text></category></question>"
    (question,) = read(f"<quiz>{category}{STATEMENT}</quiz>")
    assert code_in(question.category) == "1.2"


@pytest.mark.parametrize("text", ["What does <?php echo 1; ?> print?", "Is <!DOCTYPE html> needed?"])
def test_code_is_no_comment(text):
    escaped = text.replace("<", "&lt;").replace(">", "&gt;")
    source = (
        f"<quiz><question type='truefalse'><questiontext format='html'><text>{escaped}</text></questiontext>"
    )
    (question,) = read(f"{source}{answers((100, 'true'))}</question></quiz>")
    assert question.content.stem == text


def test_a_comment_within_html_is_left_out_and_said():
    question = one("truefalse", answers((100, "true")), "甲<!--[if gte mso 9]> 乙 <![endif]-->丙")
    assert question.content.stem == "甲丙"
    assert "FORMATTING_LEFT_OUT" in [code.name for code in question.said]


def test_what_stands_behind_a_stray_element_is_written_once():
    _, item, text = read(f"<quiz>{STATEMENT}<item>甲</item>乙</quiz>")
    assert (item.source, text.source) == ("<item>甲</item>", "乙")
