"""Refused questions go back as they were sent; corrected, they can be sent again; what was left out is said."""

import pytest

from services.assessment.bank.domain.question_file import MARK, MOST_FLAWS
from services.assessment.bank.formats import files
from services.assessment.bank.formats.files import FileFormat
from services.kit.errors import AppError
from services.kit.intake.notice import NoticeCode

GIFT = """// 由老师整理
$CATEGORY: top/1.1 采集

::甲:: 一加一等于？ {=2 ~3}

// 说明
::乙:: <b>光速</b>约为？ {#1e30000000}

$CATEGORY: top/1.2 存储
::丙:: 写一篇短文 {}

::丁:: HDFS 是？ {=文件系统#对 ~编译器}
"""
XML = """<?xml version="1.0" encoding="GBK"?>
<quiz>
<!-- 由老师整理 -->
<question type="category"><category><text>top/1.1 采集 &amp; 清洗</text></category></question>
<question type="truefalse"><name><text>甲</text></name>
<questiontext format="html"><text><![CDATA[<p>对</p>]]></text></questiontext>
<answer fraction="100"><text>true</text><feedback><text>好</text></feedback></answer>
<answer fraction="0"><text>false</text></answer></question>
<question type="category"><category><text>top/1.2 存储</text></category></question>
<question type="essay"><name><text>乙</text></name>
<questiontext><text><![CDATA[<question> & -- ]]></text></questiontext></question>
<question type="matching"/>
</quiz>
"""


def refused(file):
    return [(question, question.flaws) for question in file.questions if question.flaws]


def again(file_format, content):
    return files.read(
        file_format, b"".join(files.rejects(file_format, refused(files.read(file_format, content))))
    )


def shape(questions):
    return [(q.title, q.category, q.content, q.flaws, q.source) for q in questions]


def codes(file):
    return {(notice.code, notice.rows) for notice in file.noticed.notices()}


@pytest.mark.parametrize(
    ("file_format", "content"), [(FileFormat.GIFT, GIFT.encode()), (FileFormat.MOODLE_XML, XML.encode("gbk"))]
)
def test_what_was_refused_comes_back_as_sent_and_reads_the_same(file_format, content):
    first = files.read(file_format, content)
    assert len(refused(first)) == 2
    back = again(file_format, content)
    assert shape(back.questions) == shape(question for question, _ in refused(first))
    assert NoticeCode.REASONS_LEFT_OUT in {code for code, _ in codes(back)}
    once_more = b"".join(files.rejects(file_format, refused(back)))
    assert files.read(file_format, once_more).questions[0].source == refused(first)[0][0].source


def test_comments_of_a_gift_file_say_why_and_the_text_is_whole():
    text = b"".join(
        files.rejects(FileFormat.GIFT, refused(files.read(FileFormat.GIFT, GIFT.encode())))
    ).decode()
    assert text.startswith(f"// {MARK} #2, line 7\n// {MARK} answers: ")
    assert "1e30000000" in text.partition("\n\n")[0]
    assert "// 说明\n::乙:: <b>光速</b>约为？ {#1e30000000}\n" in text
    assert "甲" not in text


def test_a_corrected_file_of_questions_is_taken_whole():
    text = b"".join(
        files.rejects(FileFormat.GIFT, refused(files.read(FileFormat.GIFT, GIFT.encode())))
    ).decode()
    corrected = text.replace("#1e30000000", "#3e8:1e6").replace("短文 {}", "短文 {=无}")
    found = files.read(FileFormat.GIFT, corrected.encode()).questions
    assert [(q.title, q.category, q.flaws) for q in found] == [
        ("乙", "top/1.1 采集", ()),
        ("丙", "top/1.2 存储", ()),
    ]


def test_no_flaw_breaks_the_comment_that_tells_of_it():
    content = '<quiz><question type="a--b-->-"><name><text>x</text></name></question></quiz>'
    (question,) = again(FileFormat.MOODLE_XML, content.encode()).questions
    assert question.title == "x"


def test_nothing_refused_is_no_file():
    assert list(files.rejects(FileFormat.MOODLE_XML, [])) == []


def test_what_items_do_not_have_is_noticed_with_its_lines():
    assert codes(files.read(FileFormat.GIFT, GIFT.encode("gbk"))) == {
        (NoticeCode.ENCODING_ASSUMED, ()),
        (NoticeCode.PARTS_LEFT_OUT, (1, 6)),
    }
    assert [question.said for question in files.read(FileFormat.GIFT, GIFT.encode()).questions] == [
        (),
        (NoticeCode.FORMATTING_LEFT_OUT,),
        (),
        (NoticeCode.PARTS_LEFT_OUT,),
    ]
    first = files.read(FileFormat.MOODLE_XML, XML.encode("gbk")).questions[0]
    assert set(first.said) == {NoticeCode.PARTS_LEFT_OUT, NoticeCode.FORMATTING_LEFT_OUT}
    folded = files.read(FileFormat.GIFT, "一  加一？{=2 ~3}".encode()).questions[0]
    assert folded.said == (NoticeCode.CHARACTERS_FOLDED,)


@pytest.mark.parametrize(
    ("file_format", "content"),
    [
        (FileFormat.GIFT, "a{T}\n\n" * (files.MOST_QUESTIONS + 1)),
        (FileFormat.GIFT, "\n" * (files.MOST_LINES + 1) + "a{T}"),
        (FileFormat.MOODLE_XML, "<quiz>" + "<a b=''/>" * 500_001 + "</quiz>"),
        (FileFormat.MOODLE_XML, "<quiz>" + "<a>" * 101 + "</a>" * 101 + "</quiz>"),
    ],
)
def test_more_than_is_read_at_once_is_refused(file_format, content):
    with pytest.raises(AppError) as refusal:
        files.read(file_format, content.encode())
    assert refusal.value.reason == "FILE_TOO_LARGE"


@pytest.mark.parametrize("piece", ["~", "=a", "~a%50%", "\\{", "#"])
def test_a_question_of_a_sea_of_answers_is_refused_in_time(piece):
    (question,) = files.read(FileFormat.GIFT, ("一{" + piece * 200_000 + "}").encode()).questions
    assert question.flaws


@pytest.mark.parametrize("file_format", list(FileFormat))
def test_what_goes_back_is_no_multiple_of_what_came(file_format):
    long = "x" * 1_000_000
    sent = {
        FileFormat.GIFT: f"$CATEGORY: {long}\n\n" + "a{}\n\n" * 1000,
        FileFormat.MOODLE_XML: f"<quiz><question type='category'><category><text>{long}</text></category></question>"
        + "<question type='essay'/>" * 1000
        + "</quiz>",
    }
    content = sent[file_format].encode()
    back = b"".join(files.rejects(file_format, refused(files.read(file_format, content))))
    assert len(back) < 2 * len(content)


def test_a_question_of_many_answers_has_few_flaws():
    answers = "<answer fraction='100'><text>" + "x" * 600 + "{}</text></answer>"
    many = "".join(answers.format(n) for n in range(99))
    content = f"<quiz><question type='shortanswer'><questiontext><text>a</text></questiontext>{many}</question></quiz>"
    (question,) = files.read(FileFormat.MOODLE_XML, content.encode()).questions
    assert len(question.flaws) == MOST_FLAWS
    (question,) = files.read(FileFormat.MOODLE_XML, content.replace(many, many * 2).encode()).questions
    assert "more than 100 answers" in question.flaws[0].message
