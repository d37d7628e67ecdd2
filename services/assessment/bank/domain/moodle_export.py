"""Items as Moodle XML that reads back to the same items: plain text, one category a knowledge point."""

from collections.abc import Iterable
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from services.assessment.bank.domain.item import ItemContent, ItemType

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<quiz>\n'
FOOT = "</quiz>\n"
PLAIN = ' format="plain_text"'


@dataclass(frozen=True, slots=True)
class Exported:
    """One item to write; `category` ends in "<code> <title>" of its knowledge point."""

    category: str
    title: str
    content: ItemContent


def category_of(code: str, titles: dict[str, str]) -> str:
    """Return the category of a knowledge point: one step for each code above it."""
    parts = code.split(".")
    codes = [".".join(parts[: depth + 1]) for depth in range(len(parts))]
    return "/".join(["$course$/top", *(f"{c} {titles.get(c, '')}".strip().replace("/", "／") for c in codes)])


def document(items: Iterable[Exported]) -> Iterable[str]:
    """Yield the parts of a whole file."""
    yield HEAD
    yield from entries(items)
    yield FOOT


def entries(items: Iterable[Exported]) -> Iterable[str]:
    """Yield what stands between HEAD and FOOT; a category before the first question of each run."""
    category = ""
    for item in items:
        if item.category != category:
            category = item.category
            yield f'<question type="category">{_element("category", category)}</question>\n'
        yield _question(item)


def _question(item: Exported) -> str:
    kind, answers = WRITERS[item.content.type](item.content)
    return (
        f"<question type={quoteattr(kind)}>"
        f"{_element('name', item.title)}"
        f"{_element('questiontext', item.content.stem, PLAIN)}"
        f"{_element('generalfeedback', item.content.explanation, PLAIN)}"
        f"<defaultgrade>1.0</defaultgrade><hidden>0</hidden>{answers}</question>\n"
    )


def _element(tag: str, text: str, attributes: str = "") -> str:
    return f"<{tag}{attributes}><text>{escape(text)}</text></{tag}>"


def _answer(text: str, percent: float, inner: str = "") -> str:
    fraction = f"{percent:.7g}"
    return f'<answer fraction="{fraction}"{PLAIN}><text>{escape(text)}</text>{inner}</answer>'


def _choices(content: ItemContent) -> tuple[str, str]:
    single = content.type == ItemType.SINGLE_CHOICE
    share = 100 / len(content.correct_keys)
    answers = "".join(_answer(choice.text, share if choice.correct else 0) for choice in content.choices)
    return (
        "multichoice",
        f"<single>{str(single).lower()}</single><shuffleanswers>true</shuffleanswers>{answers}",
    )


def _statement(content: ItemContent) -> tuple[str, str]:
    right = 100 if content.statement_true else 0
    return "truefalse", _answer("true", right) + _answer("false", 100 - right)


def _number(content: ItemContent) -> tuple[str, str]:
    return "numerical", _answer(content.value, 100, f"<tolerance>{content.tolerance}</tolerance>")


def _short(content: ItemContent) -> tuple[str, str]:
    answers = "".join(_answer(text.replace("*", "\\*"), 100) for text in content.accepted)
    return "shortanswer", f"<usecase>{int(content.case_sensitive)}</usecase>{answers}"


WRITERS = {
    ItemType.SINGLE_CHOICE: _choices,
    ItemType.MULTIPLE_CHOICE: _choices,
    ItemType.TRUE_FALSE: _statement,
    ItemType.NUMERIC: _number,
    ItemType.SHORT_ANSWER: _short,
}
