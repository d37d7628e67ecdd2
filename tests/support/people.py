"""Made-up people and organizations whose numbers pass the real check digits.

The order digits 990-999 and the region 999999 belong to nobody, so no number here is a real person's.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count

from stdnum.cn import uscc
from stdnum.iso7064 import mod_11_2

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧"
GIVEN = (
    "子涵",
    "雨桐",
    "浩然",
    "欣怡",
    "宇轩",
    "诗琪",
    "俊杰",
    "梦洁",
    "一诺",
    "思远",
    "嘉怡",
    "明哲",
    "若曦",
    "博文",
    "静",
)
REGION = "999999"
FIRST_BIRTH = date(1975, 1, 1)
DAYS, LATER = 22_000, 10_000  # days on which people were born, and how many of them lie after the first


@dataclass(frozen=True)
class Person:
    """Someone who does not exist."""

    display_name: str
    national_id: str
    phone: str


def national_id(number: int) -> str:
    """Return the valid 18-character ID number of the made-up person `number`."""
    days = number // 10 % DAYS
    birth = FIRST_BIRTH + timedelta(days=days if days < LATER else LATER - 1 - days)
    body = f"{REGION}{birth:%Y%m%d}99{number % 10}"
    return body + mod_11_2.calc_check_digit(body)


def person(number: int) -> Person:
    """Return the made-up person `number`; the same number gives the same person."""
    surname = SURNAMES[number % len(SURNAMES)]
    given = GIVEN[number // len(SURNAMES) % len(GIVEN)]
    return Person(surname + given, national_id(number), f"1990000{number % 10_000:04d}")


def people(first: int = 1) -> Iterator[Person]:
    """Yield made-up people without end, no two with one ID number (220,000 of them)."""
    return map(person, count(first))


def organization_code(number: int) -> str:
    """Return a valid 统一社会信用代码 (region 999999) of a made-up organization."""
    body = f"52{REGION}{number:09d}"
    return body + uscc.calc_check_digit(body)
