"""XML of strangers as a tree: without document types and entities, and no larger than questions need."""

from typing import Any
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from services.kit.intake.refusal import too_large, unreadable

MOST_PIECES = 1_000_000  # elements and attributes
DEEPEST = 100


class Bounded(TreeBuilder):
    """Builds a tree up to the bounds; raises FILE_TOO_LARGE."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces = self.depth = 0

    def start(self, tag: Any, attrs: Any, /) -> Any:
        """Begin an element."""
        self.pieces += 1 + len(attrs)
        self.depth += 1
        if self.pieces > MOST_PIECES or self.depth > DEEPEST:
            message = (
                f"The file has more than {MOST_PIECES} elements, or more than {DEEPEST} within each other."
            )
            raise too_large(message, limit=str(MOST_PIECES))
        return super().start(tag, attrs)

    def end(self, tag: Any, /) -> Any:
        """End an element."""
        self.depth -= 1
        return super().end(tag)


def parsed(text: str, root: str) -> Element:
    """Return the root of a document; raises UNREADABLE_FILE, FILE_TOO_LARGE."""
    body = text.lstrip()
    if body.startswith("<?xml"):
        body = body.partition("?>")[2]  # the text is decoded already, whatever the declaration says
    skipped = text[: len(text) - len(body)].count("\n")
    parser = DefusedXMLParser(target=Bounded(), forbid_dtd=True)
    try:
        parser.feed(body)
        found: Element = parser.close()
    except ParseError as error:
        line, column = error.position
        raise unreadable(f"Line {line + skipped}, column {column}: the file is no well-formed XML.") from None
    except DefusedXmlException:
        raise unreadable("The file declares a document type or entities, which are not accepted.") from None
    if found.tag != root:
        raise unreadable(f"The root of the file is <{found.tag[:40]}>, not <{root}>.")
    return found
