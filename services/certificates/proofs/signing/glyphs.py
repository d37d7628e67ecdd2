"""Which characters the fonts of the page can show: a text with an empty box in it must never be signed or printed.

`glyphs.txt` tells, so that the lint needs no font; `python -m tools.glyphs` writes it from the pinned fonts.
"""

from bisect import bisect_right
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import NamedTuple

FILE = "glyphs.txt"


class Coverage(NamedTuple):
    """Runs of code points that have a glyph, sorted; `font_sha256` is of the Chinese font they were read from."""

    font_sha256: str
    firsts: list[int]
    lasts: list[int]


@cache
def coverage() -> Coverage:
    """Return what the fonts cover."""
    return parsed(files(__package__).joinpath(FILE).read_text("ascii"))


def parsed(text: str) -> Coverage:
    """Return what a file says: comments, the digest of the font, then runs of code points as FIRST-LAST."""
    said = [line for line in text.splitlines() if not line.startswith("#")]
    runs = [run.split("-") for line in said[1:] for run in line.split()]
    return Coverage(said[0], [int(run[0], 16) for run in runs], [int(run[-1], 16) for run in runs])


def missing(text: str) -> list[str]:
    """Return the characters without a glyph, each once, in the order of the text."""
    known = coverage()
    return [letter for letter in dict.fromkeys(text) if not _shown(ord(letter), known)]


def named(letters: Iterable[str]) -> str:
    """Return characters for a message, with their code points."""
    return ", ".join(f"{letter} U+{ord(letter):04X}" for letter in letters)


def _shown(code: int, known: Coverage) -> bool:
    place = bisect_right(known.firsts, code) - 1
    return place >= 0 and code <= known.lasts[place]
