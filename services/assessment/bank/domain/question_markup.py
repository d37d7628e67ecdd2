"""HTML of question files as plain text; what text cannot express (images, tables, formulas) is refused.

Dropping such content silently would change the question, so it is a reason to reject it.
"""

import re
from html import unescape

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
# A tag ends before the next one begins, so that no text is looked at more than once or twice.
TAG = re.compile(
    r"""(?P<comment><!--(?:(?!-->|<!--).)*-->|<!\[(?:if|endif)\b[^<>]*>)"""
    r"""|<(?P<end>/?)(?P<name>[a-z][a-z0-9:-]*)(?:[\s/](?:[^<>"']|"[^"<]*"|'[^'<]*')*)?>""",
    re.DOTALL | re.IGNORECASE,
)
LONG_REFERENCE = re.compile("&#x?[0-9a-f]{8,};?", re.IGNORECASE)  # a character that there is not
ATTACHED = re.compile(r"@@PLUGINFILE@@|!\[[^\]]{0,500}\]\(")


def plain_text(text: str, markup: str, field: str) -> str:
    """Return text of a format ("html", "moodle", "markdown", "plain") as plain text; raises FlawError."""
    if markup == "plain":
        return text
    if ATTACHED.search(text):
        raise _unsupported(field, "a file or image")
    if markup == "markdown" or not MARKED.search(text):
        return text
    return _Reader(field).read(text)


def is_formatted(text: str) -> bool:
    """Tell whether text has tags that are read as nothing, or as ends of lines."""
    for match in TAG.finditer(text):
        name = (match["name"] or "").lower()
        if match["comment"] or name in LINES or name in INLINE or name in SCRIPTS:
            return True
    return False


class _Reader:
    """Collects the text; unknown tags are no tags but text such as "a <b> c".

    Not html.parser, which needs minutes for a few thousand tags that are not closed, and fails at others.
    """

    def __init__(self, field: str) -> None:
        self.field = field
        self.pieces: list[str] = []
        self.scripts: list[str] = []
        self.hidden = 0

    def read(self, text: str) -> str:
        """Return HTML as text."""
        at = 0
        for match in TAG.finditer(text):
            self._text(text[at : match.start()])
            at = match.end()
            if tag := (match["name"] or "").lower():  # a comment has none
                (self._end if match["end"] else self._start)(tag, match.group())
        self._text(text[at:])
        return "".join(self.pieces)

    def _start(self, tag: str, written: str) -> None:
        if tag in REFUSED:
            raise _unsupported(self.field, f"<{tag}>")
        if tag in LINES:
            self.pieces.append("\n")
        elif tag in SCRIPTS:
            self.scripts.append(tag)
        elif tag == "style":
            self.hidden += 1
        elif tag not in INLINE:
            self.pieces.append(written)

    def _end(self, tag: str, written: str) -> None:
        if tag in LINES - ALONE:
            self.pieces.append("\n")
        elif tag in self.scripts:
            self.scripts.remove(tag)
        elif tag == "style":
            self.hidden = max(self.hidden - 1, 0)
        elif tag not in INLINE | LINES and tag not in SCRIPTS:
            self.pieces.append(written)

    def _text(self, data: str) -> None:
        if data and not self.hidden:
            plain = unescape(LONG_REFERENCE.sub("\N{REPLACEMENT CHARACTER}", data))
            self.pieces.append(self._script(plain) if self.scripts else plain)

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
