"""GIFT files: every question is taken whole or rejected with the reason."""

import pytest

from services.assessment.bank.domain.item import ItemType
from services.assessment.bank.domain.question_file import code_in
from services.assessment.bank.domain.question_gift import questions
from tests.support.places import SAMPLES

SAMPLES = SAMPLES / "moodle"


def one(text):
    found = list(questions(text))
    assert len(found) == 1
    return found[0]


def taken(text):
    question = one(text)
    assert question.flaws == ()
    return question.content


def reason(text):
    return [flaw.reason for flaw in one(text).flaws]


def test_a_single_choice():
    content = taken("::副本::HDFS 默认副本数是多少?{~1 =3 #默认值 ~5}")
    assert content.type == ItemType.SINGLE_CHOICE
    assert [(choice.key, choice.text) for choice in content.choices] == [("a", "1"), ("b", "3"), ("c", "5")]
    assert content.correct_keys == {"b"}


def test_a_multiple_choice_by_weights():
    content = taken("哪些是列式存储?{~%50%Parquet ~%50%ORC ~%-100%CSV}")
    assert content.type == ItemType.MULTIPLE_CHOICE
    assert content.correct_keys == {"a", "b"}


@pytest.mark.parametrize(
    ("word", "right"), [("T", True), ("true", True), ("F", False), ("FALSE#不对#对", False)]
)
def test_a_statement(word, right):
    content = taken(f"Kafka 分区内消息有序。{{{word}}}")
    assert (content.stem, content.statement_true) == ("Kafka 分区内消息有序。", right)


@pytest.mark.parametrize(
    ("answer", "value", "tolerance"),
    [
        ("#1822", "1822", "0"),
        ("#3.14:0.01", "3.14", "0.01"),
        ("#3.141..3.142", "3.1415", "0.0005"),
        ("#=1822:1 #对", "1822", "1"),
        ("#3:2~#全错", "3", "2"),
    ],
)
def test_a_number(answer, value, tolerance):
    content = taken(f"多少?{{{answer}}}")
    assert (content.value, content.tolerance) == (value, tolerance)


def test_a_short_answer_within_a_sentence_leaves_a_blank():
    content = taken("Hive 的查询语言是 {=HiveQL =HQL} 。")
    assert content.stem == "Hive 的查询语言是 ____ 。"
    assert content.accepted == ("HiveQL", "HQL")


def test_escapes_and_general_feedback():
    content = taken(r"集合 \{a\} 的大小\: {=1 ~a \= b ~\#\~####见教材。}")
    assert content.stem == "集合 {a} 的大小:"
    assert [choice.text for choice in content.choices] == ["1", "a = b", "#~"]
    assert content.explanation == "见教材。"


def test_an_escaped_backslash_before_an_n_is_no_new_line():
    content = taken(r"公式 \\(a \\neq b\\) 与 C\:\\new\\table？\n第二行 {=\\n ~\\t}")
    assert content.stem == "公式 \\(a \\neq b\\) 与 C:\\new\\table？\n第二行"
    assert [choice.text for choice in content.choices] == ["\\n", "\\t"]


def test_a_doubled_slash_belongs_to_the_title_of_a_category():
    assert code_in("$course$/top/1 数据/1.2 TCP//IP 网络") == "1.2"
    assert code_in("$course$/top/1 数据/1.1 采集（24//7 运行）") == "1.1"


@pytest.mark.parametrize("number", ["1e30000000", "1e-30000000", "1:1e40", "1e31..2", "9" * 40])
def test_a_number_that_would_fill_the_memory_is_refused_with_itself(number):
    (flaw,) = one(f"一个很大的数？{{#{number}}}").flaws
    assert flaw.reason == "MALFORMED_QUESTION"
    assert number.partition(":")[2] or number.partition("..")[0][:40] in flaw.message


def test_comments_categories_titles_and_lines():
    text = "// 说明\n$CATEGORY: $course$/top/4 处理与应用/4.1 采集\n\n// 注释\n::甲::题一{T}\n\n\n::乙::题二{F}\n"
    found = list(questions(text))
    places = [(q.index, q.line, q.title, code_in(q.category)) for q in found]
    assert places == [(1, 5, "甲", "4.1"), (2, 8, "乙", "4.1")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("写一篇论述。{}", ["UNSUPPORTED_TYPE"]),
        ("只是说明,没有答案。", ["UNSUPPORTED_TYPE"]),
        ("连线{=甲 -> 1 =乙 -> 2}", ["UNSUPPORTED_TYPE"]),
        ("填两空 {=a} 和 {=b}", ["UNSUPPORTED_TYPE"]),
        ("部分得分{~错 ~%50%半对 =全对}", ["PARTIAL_CREDIT"]),
        ("权重不同{~%75%甲 ~%25%乙}", ["PARTIAL_CREDIT"]),
        ("括号没关{=a ~b", ["MALFORMED_QUESTION"]),
        ("不是数{#大约三}", ["MALFORMED_QUESTION"]),
        ("没有对的{~a ~b}", ["INVALID_ITEM"]),
        ("[html]<img src='x.png'>是什么?{T}", ["UNSUPPORTED_CONTENT"]),
        ("通配{=Had*}", ["UNSUPPORTED_CONTENT"]),
    ],
)
def test_what_cannot_be_an_item_is_rejected_with_the_reason(text, expected):
    assert reason(text) == expected


def test_a_bad_question_does_not_spoil_its_neighbours():
    found = list(questions("题一{T}\n\n坏题{=a ~b\n\n题三{F}"))
    assert [bool(q.content) for q in found] == [True, False, True]


def test_moodles_own_examples_are_read():
    if not SAMPLES.exists():
        pytest.skip("no sample files here")
    found = list(questions((SAMPLES / "examples.txt").read_text("utf-8")))
    assert len(found) == 43
    reasons = [flaw.reason for question in found for flaw in question.flaws]
    assert set(reasons) <= {"UNSUPPORTED_TYPE", "PARTIAL_CREDIT"}
    assert sum(question.content is not None for question in found) >= 30
    hard = list(questions((SAMPLES / "questions.gift.txt").read_text("utf-8")))
    assert [bool(q.content) for q in hard] == [False, False, True, True, True, False, True, True, True]


def test_a_category_within_a_block_is_one_all_the_same():
    first, second = questions("$CATEGORY: 1.1\n\nQ one {T}\n$CATEGORY: 1.2\n\nQ two {F}\n")
    assert [code_in(question.category) for question in (first, second)] == ["1.1", "1.2"]
    assert first.content.stem == "Q one"
    (last,) = questions("$CATEGORY: 1.1\n$CATEGORY: 1.2\nQ {T}\n")
    assert (code_in(last.category), last.content.stem) == ("1.2", "Q")


def test_characters_that_stand_in_for_others_are_refused():
    assert reason("Char \ue001x {T}") == ["MALFORMED_QUESTION"]


@pytest.mark.parametrize("block", ["{=%100,0%right ~wrong}", "{#1_000}", "{#=1_0}", "{#1:0_1}"])
def test_numbers_are_plain(block):
    assert reason(f"Q {block}") == ["MALFORMED_QUESTION"]


def test_a_percent_sign_may_begin_an_answer():
    assert taken("Which? {=%d ~%5}").choices[0].text == "%d"
