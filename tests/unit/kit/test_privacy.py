"""The vault: sealed text opens only with its key, equal people have equal index and pseudonym."""

import re
import threading
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.privacy import Vault
from services.vocabulary.national_id import normalize
from tests.support.people import national_id

VAULT = Vault(bytes(range(32)))
OTHER = Vault(bytes(32))
NUMBERS = st.integers(0, 99_999).map(national_id)


@given(st.text())
def test_what_is_sealed_opens_again_and_never_looks_the_same_twice(text: str):
    sealed = VAULT.seal(text)
    assert VAULT.open_sealed(sealed) == text
    assert VAULT.seal(text) != sealed
    assert not text.encode() or len(text) < 4 or text.encode() not in sealed


@given(st.text(), st.integers(0, 27))
def test_damaged_and_foreign_bytes_do_not_open(text: str, place: int):
    sealed = bytearray(VAULT.seal(text))
    with pytest.raises(ValueError, match="another key"):
        OTHER.open_sealed(bytes(sealed))
    sealed[place] ^= 1
    with pytest.raises(ValueError, match="damaged"):
        VAULT.open_sealed(bytes(sealed))


@pytest.mark.parametrize("sealed", [b"", b"x", b"x" * 12, b"x" * 27])
def test_bytes_that_are_too_short_do_not_open(sealed: bytes):
    with pytest.raises(ValueError, match="damaged"):
        VAULT.open_sealed(sealed)


@given(NUMBERS, NUMBERS)
def test_index_and_pseudonym_tell_people_apart_and_spellings_not(one: str, two: str):
    assert (VAULT.blind_index(one) == VAULT.blind_index(two)) is (one == two)
    assert (VAULT.pseudonym(one) == VAULT.pseudonym(two)) is (one == two)
    assert VAULT.pseudonym(one) == VAULT.pseudonym(normalize(f" {one[:6]} {one[6:]}".lower()))


@given(NUMBERS)
def test_index_and_pseudonym_have_their_declared_form_and_no_digits_of_the_number(number: str):
    assert re.fullmatch(r"p-[a-z2-7]{26}", VAULT.pseudonym(number))
    assert re.fullmatch(r"[\w-]{43}", VAULT.blind_index(number))
    assert VAULT.pseudonym(number) != OTHER.pseudonym(number)


def test_a_secret_of_another_length_is_refused():
    with pytest.raises(ValueError, match="32 bytes"):
        Vault(b"short")


def test_services_that_start_together_share_one_secret(tmp_path: Path):
    for attempt in range(20):
        path, found, failed = tmp_path / str(attempt) / "vault.hex", [], []
        together = threading.Barrier(6)

        def start(path=path, found=found, failed=failed, together=together):
            together.wait()
            try:
                found.append(Vault.open(path, create=True).pseudonym("x"))
            except ValueError as error:
                failed.append(error)

        threads = [threading.Thread(target=start) for _ in range(6)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        assert failed == []
        assert len(set(found)) == 1


def test_the_secret_is_readable_by_its_owner_only(tmp_path: Path):
    Vault.open(tmp_path / "keys" / "vault.hex", create=True)
    assert (tmp_path / "keys" / "vault.hex").stat().st_mode & 0o077 == 0
    assert [path.name for path in (tmp_path / "keys").iterdir()] == ["vault.hex"]


def test_a_missing_secret_is_not_made_in_production(tmp_path: Path):
    with pytest.raises(FileNotFoundError):
        Vault.open(tmp_path / "vault.hex", create=False)
