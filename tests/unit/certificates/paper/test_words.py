"""Words that a certificate must not carry: those of the state, of licences, and of those who sell certificates."""

import re
from pathlib import Path

import pytest

from services.certificates.domain import certificate, document
from services.certificates.paper import sheet, typesetter

FORBIDDEN = re.compile(
    "中华人民共和国|中国|中华|国家|全国|职业资格|执业资格|人员资格|岗位合格|专业技术职务|国徽"
    "|代考|包过|不过包退|速成|挂靠|挂证|[0-9一二三四五六七八九十]+天拿证"
    "|原?(?:人力资源和?社会保障|工业和信息化|教育|科学?技术?|人事|劳动|建设|卫生|住房和城乡建设)部"
    "|(?i:people's republic|national|ministry|vocational qualification|licen[cs]e to practi[cs]e|state council)"
)
TEMPLATES = sorted(typesetter.TEMPLATES.glob("*.typ"))
WORDING = [Path(module.__file__) for module in (certificate, document, sheet)]


def findings(text: str) -> list[str]:
    return [found.group() for found in FORBIDDEN.finditer(text)]


@pytest.mark.parametrize("path", TEMPLATES + WORDING, ids=lambda path: path.name)
def test_no_template_says_what_is_forbidden(path):
    assert findings(path.read_text("utf-8")) == []


def test_the_page_itself_says_nothing_forbidden(award, page):
    assert [found for _, text in page(award).texts() for found in findings(text)] == []


@pytest.mark.parametrize(
    "text",
    ["国家职业资格证书", "全国统一", "中国数字技术", "人力资源和社会保障部", "原劳动部", "包过", "7天拿证",
     "三十天拿证", "不过包退", "专业技术职务任职资格", "印有国徽", "National Certificate", "Ministry of"],
)  # fmt: skip
def test_the_lint_finds_each_of_them(text):
    assert findings(text)


def test_all_templates_are_looked_at():
    assert [path.name for path in TEMPLATES] == ["certificate.typ", "look.typ", "print.typ", "screen.typ"]


def test_the_ornaments_are_as_the_tool_draws_them():
    from tools import ornament

    drawn = {"frame.svg": ornament.frame(), "rosette.svg": ornament.rosette()}
    assert {name: (typesetter.TEMPLATES / name).read_text("utf-8") for name in drawn} == drawn
