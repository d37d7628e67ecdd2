"""统一社会信用代码 by GB 32100-2015: 18 characters of 0-9 and A-Z without I, O, S, V, Z."""

import re

from stdnum.cn import uscc as standard

from services.kit.values.text import clean

SHAPE = re.compile(r"[0-9A-HJ-NP-RTUWXY]{18}")


def normalize(text: str) -> str:
    """Return the code in upper case without blanks."""
    return re.sub(r"\s", "", clean(text)).upper()


def shape_problem(text: str) -> str:
    """Return why this can be no code at all; empty when the shape is right."""
    return (
        ""
        if SHAPE.fullmatch(normalize(text))
        else "must be 18 characters of 0-9 and A-Z without I, O, S, V, Z"
    )


def problems(text: str) -> list[str]:
    """Return what is wrong with a code; a failed check digit occurs in real data and should only warn."""
    if shape := shape_problem(text):
        return [shape]
    code = normalize(text)
    return [] if standard.calc_check_digit(code[:-1]) == code[-1] else ["the check digit does not fit"]
