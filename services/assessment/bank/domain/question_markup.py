"""HTML of question files as plain text; what text cannot express (images, tables, formulas) is refused.

Dropping such content silently would change the question, so it is a reason to reject it.
"""

import re
from html.parser import HTMLParser

from services.assessment.bank.domain.question_file import FlawError
from services.assessment.reasons import Reason

REFUSED = frozenset(
    {
        "img",
        "image",
        "audio",
        "video",
        "source",
        "object",
        "embed",
        "iframe",
        "svg",
        "math",
        "canvas",
        "table",
        "script",
        "form",
        "input",
        "select",
    }
)
LINES = frozenset(
    {"p", "div", "br", "li", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "hr", "blockquote"}
)
ALONE = frozenset({"br", "hr"})
INLINE = frozenset(
    {
        "a",
        "abbr",
        "b",
        "big",
        "cite",
        "code",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "ins",
        "kbd",
        "label",
        "mark",
        "nolink",
        "o",
        "q",
        "s",
        "samp",
        "section",
        "small",
        "span",
        "strike",
        "strong",
        "style",
        "sub",
        "sup",
        "tt",
        "u",
        "var",
        "html",
        "body",
        "head",
        "meta",
        "center",
        "article",
        "dl",
        "dt",
        "dd",
        "wbr",
        "lang",
        "title",
    }
)
RAISED = dict(
    zip("0123456789+-=()niabcdeghjklmoprstuvwxyz", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱᵃᵇᶜᵈᵉᵍʰʲᵏˡᵐᵒᵖʳˢᵗᵘᵛʷˣʸᶻ", strict=True)
)
LOWERED = dict(zip("0123456789+-=()aeoxhklmnpstijruv", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₒₓₕₖₗₘₙₚₛₜᵢⱼᵣᵤᵥ", strict=True))
SCRIPTS = {"sup": RAISED, "sub": LOWERED}
MARKED = re.compile("[<&]")
ATTACHED = re.compile(r"@@PLUGINFILE@@|!\[[^\]]*\]\(")


def plain_text(text: str, markup: str, field: str) -> str:
    """Return text of a format ("html", "moodle", "markdown", "plain") as plain text; raises FlawError."""
    if markup == "plain":
        return text
    if ATTACHED.search(text):
        raise _unsupported(field, "a file or image")
    if markup == "markdown" or not MARKED.search(text):
        return text
    reader = _Reader(field)
    reader.feed(text)
    reader.close()
    return "".join(reader.pieces)


class _Reader(HTMLParser):
    """Collects the text; unknown tags are no tags but text such as "a <b> c"."""

    def __init__(self, field: str) -> None:
        super().__init__(convert_charrefs=True)
        self.field = field
        self.pieces: list[str] = []
        self.scripts: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in REFUSED:
            raise _unsupported(self.field, f"<{tag}>")
        if tag in LINES:
            self.pieces.append("\n")
        elif tag in SCRIPTS:
            self.scripts.append(tag)
        elif tag == "style":
            self.hidden += 1
        elif tag not in INLINE:
            self.pieces.append(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in LINES - ALONE:
            self.pieces.append("\n")
        elif tag in self.scripts:
            self.scripts.remove(tag)
        elif tag == "style":
            self.hidden = max(self.hidden - 1, 0)
        elif tag not in INLINE | LINES and tag not in SCRIPTS:
            self.pieces.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.pieces.append(self._script(data) if self.scripts else data)

    def _script(self, data: str) -> str:
        tag = self.scripts[-1]
        letters = SCRIPTS[tag]
        if any(letter not in letters for letter in data.strip()):
            raise _unsupported(self.field, f"<{tag}>{data[:20]}</{tag}>")
        return "".join(letters[letter] for letter in data.strip())


def _unsupported(field: str, what: str) -> FlawError:
    return FlawError(
        field, Reason.UNSUPPORTED_CONTENT, f"{field} holds {what}, which plain text cannot express"
    )
