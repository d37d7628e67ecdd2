"""CSV as Chinese spreadsheets write it: UTF-8 with or without BOM, UTF-16, or GBK; comma, semicolon or tab.

Also the rejects file that goes back: UTF-8 with BOM, so that Excel shows Chinese.
"""

import csv
import io
from collections.abc import Iterable

from services.kit.errors import invalid
from services.training.reasons import Reason
from services.training.teaching.domain.roster import Reject

DELIMITERS = ",\t;"
REJECT_COLUMNS = ("row", "field", "reason", "message")
BOM = "\ufeff"
FORMULA = ("=", "+", "-", "@")


def decode(content: bytes) -> tuple[str, str]:
    """Return the text and its encoding; raises UNREADABLE_ROSTER."""
    is_utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if is_utf16 else ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise invalid(Reason.UNREADABLE_ROSTER, "the file is neither UTF-8 nor GBK text, nor a spreadsheet.")


def rows(content: str) -> list[list[str]]:
    """Return the cells of CSV text; raises UNREADABLE_ROSTER."""
    if "\x00" in content:
        raise invalid(Reason.UNREADABLE_ROSTER, "the file is no text and no spreadsheet.")
    head = content[:4096]
    delimiter = max(DELIMITERS, key=head.count)
    try:
        return list(csv.reader(io.StringIO(content), delimiter=delimiter))
    except csv.Error as error:
        raise invalid(Reason.UNREADABLE_ROSTER, f"the file is no CSV: {error}.") from None


def rejects_file(rejects: Iterable[Reject], *, first: bool) -> bytes:
    """Return rows of the rejects file; the first part brings BOM and header."""
    out = io.StringIO()
    writer = csv.writer(out)
    if first:
        out.write(BOM)
        writer.writerow(REJECT_COLUMNS)
    writer.writerows((reject.row, reject.field, reject.reason, _inert(reject.message)) for reject in rejects)
    return out.getvalue().encode()


def _inert(message: str) -> str:
    """Return text that a spreadsheet takes for text, not for a formula."""
    return f"'{message}" if message.startswith(FORMULA) else message
