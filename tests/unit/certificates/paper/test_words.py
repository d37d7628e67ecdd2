"""Words that a certificate must not carry: those of the state, of licences, and of those who sell certificates."""

import pytest

from services.certificates.paper.printing import typesetter
from tools import words

TEMPLATES = sorted(typesetter.TEMPLATES.glob("*.typ"))


def findings(text: str) -> list[str]:
    return [found.group() for found in words.CLAIMS.finditer(text)]


def test_the_lint_looks_at_every_template_and_wherever_words_come_from(tmp_path, monkeypatch):
    looked_at = set(words.files())
    assert {*TEMPLATES, *words.WORDING} <= looked_at and words.TEMPLATES == typesetter.TEMPLATES
    assert [found for path in (*TEMPLATES, *words.WORDING) for found in words.findings(path)] == []
    monkeypatch.setattr(words, "ROOT", tmp_path)
    monkeypatch.setattr(words, "TEMPLATES", tmp_path)
    (tmp_path / "page.typ").write_text("全国统一\n#text[National]", "utf-8")
    assert list(words.findings(tmp_path / "page.typ")) == ["page.typ:1: 全国", "page.typ:2: National"]


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
