"""What a program shows of its key."""

import pytest

from services.certificates.verifying.domain import api_key

NAME = "employers/acme/apiKeys/k-1"
SHOWN = "szk_acme_k-1_a_secret-with_underscores"


def test_a_key_is_known_by_what_was_shown_of_it():
    assert api_key.shown(NAME, "a_secret-with_underscores") == SHOWN
    assert api_key.read(SHOWN) == (NAME, "a_secret-with_underscores")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "szk",
        "szk_acme_k-1",
        "xyz_acme_k-1_secret",
        "szk_ACME_k-1_secret",
        "szk__k-1_secret",
        "szk_a/b_k-1_s",
    ],
)
def test_any_other_text_is_no_key(text):
    assert api_key.read(text) is None


def test_a_digest_is_taken_of_any_text():
    assert len(api_key.digest("\udcff")) == 64
    assert api_key.digest("a") != api_key.digest("b")
