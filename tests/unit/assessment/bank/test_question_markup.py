"""HTML of question files becomes plain text, whatever stands in it, in time that grows with its length."""

import time

import pytest

from services.assessment.bank.domain.question_file import FlawError
from services.assessment.bank.domain.question_markup import is_formatted, plain_text

LONG = 400_000  # characters
SECONDS = 5  # html.parser takes hours for some of these


def read(text, markup="html"):
    return plain_text(text, markup, "stem")


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>一</p><p>二</p>", "\n一\n\n二\n"),
        ('<P CLASS="a>b">一</P>', "\n一\n"),
        ("一<br/>二<BR>三", "一\n二\n三"),
        ("x<sup>2</sup> + H<sub>2</sub>O", "x² + H₂O"),
        ("<style>p {color: red}</style>一", "一"),
        ("a &lt; b &amp;&nbsp;c &#20108;", "a < b &\xa0c 二"),
        ("a < b, c > d", "a < b, c > d"),
        ("List<key, value> <b>粗</b>", "List<key, value> 粗"),
        ("一<!-- 二 -- > <b> -->三", "一三"),
        ("<![if mso]>一<![endif]>", "一"),
        ("a <b", "a <b"),
        ("&#99999999999999999999;", "\N{REPLACEMENT CHARACTER}"),
    ],
)
def test_what_people_see_is_read(html, text):
    assert read(html) == text


@pytest.mark.parametrize("html", ["<img src='a'>", "<IMG>", "<table><tr>", "<sup>甲</sup>", "<script>"])
def test_what_plain_text_cannot_express_is_refused(html):
    with pytest.raises(FlawError):
        read(html)


@pytest.mark.parametrize(
    "piece",
    [
        "<a ",
        "<!--",
        "<![",
        "</a ",
        "<a x=",
        "<a x='",
        "<a x='>",
        "<a x=\"'",
        "&#",
        "<?",
        "<!d",
        "&a",
        "<a/",
        "<",
        "&#9",
    ],
)
def test_no_text_takes_longer_than_its_length(piece):
    start = time.perf_counter()
    read(piece * (LONG // len(piece)))
    assert time.perf_counter() - start < SECONDS


def test_only_tags_that_are_left_out_are_formatting():
    assert is_formatted("一<b>二</b>")
    assert not is_formatted("List<key> a < b")
