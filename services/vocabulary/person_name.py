"""A person's name: as it is printed, as it is compared, and as it is shown to those who need not know it."""

import re
import unicodedata

from services.kit.values.text import CONTROLS, clean

DOTS = r"\u00b7\u2022\u2027\u2219\u22c5\u30fb\uff0e\uff65."
NOT_OF_A_NAME = re.compile(rf"[\s{DOTS}]+|{CONTROLS.pattern}")
PADDING = re.compile("(?<=[\u4e00-\u9fff\u3400-\u4dbf]) (?=[\u4e00-\u9fff\u3400-\u4dbf])")
HAN = re.compile("[\u4e00-\u9fff]+")


def person_name(text: str) -> str:
    """Return a person's name as it is printed: cleaned, and without the blanks that pad Han names (张　三 → 张三)."""
    return PADDING.sub("", clean(text))


def name_key(text: str) -> str:
    """Return the form in which two spellings of one person's name are equal (blanks, dots, case)."""
    if HAN.fullmatch(text):  # the usual name, which no rule below would change
        return text
    return NOT_OF_A_NAME.sub("", unicodedata.normalize("NFKC", text)).casefold()


def mask_name(name: str) -> str:
    """Return a name of which only the first character shows: 张三丰 → 张**."""
    return name[:1] + "*" * max(len(name) - 1, 1) if name else ""
