"""Text of a file: UTF-8 and UTF-16 with or without byte order mark, GB 18030 with its subsets GBK and GB 2312.

No character is replaced: what cannot be decoded whole is refused.
"""

import codecs
import re
from typing import NamedTuple

from services.kit.intake.notice import Notice, NoticeCode
from services.kit.intake.refusal import unreadable

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
DECLARATION = re.compile(
    rb"""\s*<\?xml\b[^>]*?\bencoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]{0,40})["'][^>]*\?>"""
)
READ = {"gb2312": "gb18030", "gbk": "gb18030"} | {
    name: name for name in ("utf-8", "gb18030", "big5", "cp950", "ascii", "iso8859-1", "cp1252")
}
NEVER_FAILS = ("iso8859-1", "cp1252")
NAMES = {"utf-8": "UTF-8", "gb18030": "GB 18030", "utf-16-le": "UTF-16LE", "utf-16-be": "UTF-16BE"}
PARTING = "\r\n,;\t<{"  # one of which is in any text that is more than a word
FEW = 4  # well-formed characters for one broken one: text that was UTF-8 before it was damaged


class Text(NamedTuple):
    """Decoded text without byte order mark, and the codec's name."""

    text: str
    encoding: str
    notices: tuple[Notice, ...] = ()


def decode(content: bytes, declared: str = "") -> Text:
    """Return the text of a file; `declared` is the encoding that it names itself. Raises UNREADABLE_FILE."""
    found = _by_mark(content) or _by_declaration(content, declared) or _by_content(content, declared)
    if (at := found.text.find("\x00")) >= 0:
        line = found.text.count("\n", 0, at) + 1
        raise unreadable(f"The file is no text: line {line} holds a NUL character.")
    return found


def xml_encoding(content: bytes) -> str:
    """Return the encoding that an XML declaration names, "" for none; UTF-16 is found by its bytes, not by this."""
    found = DECLARATION.match(content.removeprefix(codecs.BOM_UTF8))
    return found.group(1).decode("ascii") if found else ""


def _by_mark(content: bytes) -> Text | None:
    for mark, encoding in BOMS:
        if content.startswith(mark):
            try:
                return Text(content[len(mark) :].decode(encoding), encoding)
            except UnicodeDecodeError as error:
                raise unreadable(
                    f"The file begins as {_name(encoding)}, but byte {error.start} does not fit."
                ) from None
    return None


def _by_declaration(content: bytes, declared: str) -> Text | None:
    """Honor a declaration that the bytes do not contradict; one of UTF-16 says nothing of the byte order."""
    encoding = READ.get(_codec(declared), "")
    if not encoding or (encoding in NEVER_FAILS and _is_utf8(content)):
        return None
    try:
        return Text(content.decode(encoding), encoding)
    except UnicodeDecodeError:
        return None


def _by_content(content: bytes, declared: str) -> Text:
    text, encoding = _guess(content)
    if declared and not encoding.startswith(_codec(declared) or "?"):
        message = f"the file declares {declared}, which does not fit its bytes; read as {_name(encoding)}"
        return Text(text, encoding, (Notice(NoticeCode.ENCODING_CONTRADICTED, message),))
    if encoding == "utf-8":
        return Text(text, encoding)
    message = f"no byte order mark and no valid UTF-8; read as {_name(encoding)}"
    return Text(text, encoding, (Notice(NoticeCode.ENCODING_ASSUMED, message),))


def _codec(declared: str) -> str:
    try:
        return codecs.lookup(declared).name if declared else ""
    except LookupError:
        return ""


def _is_utf8(content: bytes) -> bool:
    try:
        return not content.decode("utf-8").isascii()
    except UnicodeDecodeError:
        return False


def _guess(content: bytes) -> tuple[str, str]:
    if b"\x00" in content and (wide := _utf16(content)):
        return wide
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        _require_not_damaged(content, error)
    try:
        return content.decode("gb18030"), "gb18030"
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        message = (
            f"The file is neither a spreadsheet nor text in UTF-8, UTF-16 or GB 18030: line {line} fits none."
        )
        raise unreadable(message) from None


def _require_not_damaged(content: bytes, error: UnicodeDecodeError) -> None:
    """Raise UNREADABLE_FILE for UTF-8 with a broken character, which as GB 18030 would be read as nonsense."""
    text = content.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    whole = sum(character > "\u07ff" for character in text) - broken
    if whole >= FEW * broken:
        line = content.count(b"\n", 0, error.start) + 1
        raise unreadable(
            f"The file is UTF-8, but line {line} holds a broken character; save it again as UTF-8."
        )


def _utf16(content: bytes) -> tuple[str, str] | None:
    """Return UTF-16 without byte order mark: of the byte orders the one that yields more ASCII; None for neither."""
    best: tuple[int, str, str] = (0, "", "")
    for encoding in ("utf-16-le", "utf-16-be"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text and any(part in text for part in PARTING):
            best = max(best, (sum(map(str.isascii, text)), text, encoding))
    return (best[1], best[2]) if best[0] else None


def _name(encoding: str) -> str:
    return NAMES.get(encoding, encoding.upper())
