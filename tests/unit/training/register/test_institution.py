import pytest

from services.kit.errors import AppError
from services.training.register.domain.institution import checked_uscc


def test_a_valid_code_has_no_warning():
    assert checked_uscc(" 91330100799655058b ") == ("91330100799655058B", [])


def test_a_failed_check_digit_only_warns():
    code, warnings = checked_uscc("91330100799655058C")
    assert code == "91330100799655058C"
    assert len(warnings) == 1


@pytest.mark.parametrize("text", ["", "123", "9133010079965505SB"])
def test_what_can_be_no_code_is_refused(text):
    with pytest.raises(AppError) as refused:
        checked_uscc(text)
    assert refused.value.reason == "INVALID_USCC"
