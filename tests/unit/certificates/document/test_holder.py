"""Names of holders: one name in several spellings, and what can be printed."""

import pytest

from services.certificates.document.domain.holder import comparable, printable
from services.kit.errors import AppError


@pytest.mark.parametrize(
    "spelling",
    ["买买提·艾力", "买买提•艾力", "买买提・艾力", " 买买提 · 艾力 ", "买买提艾力", "买买提\u3000艾力"],
)
def test_spaces_and_middle_dots_do_not_matter(spelling):
    assert comparable(spelling) == comparable("买买提·艾力")


def test_full_width_and_case_do_not_matter():
    assert comparable("Ｌｉ　Ｍｉｎｇ") == comparable("li ming")


def test_other_names_stay_other_names():
    assert comparable("张伟") != comparable("张炜")


@pytest.mark.parametrize("name", ["", "  ", "张\u0000三", "张\u200b三", "张\ue000"])
def test_what_cannot_be_seen_cannot_be_printed(name):
    with pytest.raises(AppError, match="TEXT_NOT_PRINTABLE"):
        printable(name)


def test_a_rare_character_can_be_printed():
    assert printable("𠮷田") == "𠮷田"
