"""Bits where other people's decoders look for them; each test with the layout that would be wrong."""

import gzip
from base64 import urlsafe_b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openbadgeslib.ob3 import status as openbadgeslib
from openvc import status as openvc

from services.certificates.standing.lists.packing import (
    ENTRIES,
    TokenStatus,
    bitstring,
    decoded_list,
    encoded_list,
    is_set,
    token_status,
    tokens,
)

INDEXES = st.sets(st.integers(0, ENTRIES - 1), max_size=20)


def bits_of(packed: bytes) -> list[int]:
    """A decoder of its own: the bits of all bytes from left to right."""
    return [index for index, bit in enumerate(f"{int.from_bytes(packed):0{len(packed) * 8}b}") if bit == "1"]


@given(INDEXES)
def test_a_bitstring_says_the_same_to_everybody(indexes: set[int]):
    packed = bitstring(indexes)
    encoded = encoded_list(packed)
    assert len(packed) * 8 == ENTRIES == 131_072
    assert bits_of(packed) == sorted(indexes)
    assert openbadgeslib.set_indices(openbadgeslib.decode_encoded_list(encoded)) == indexes
    foreign = openvc.decode_bitstring(encoded)
    assert {index for index in range(ENTRIES) if foreign[index // 8] and is_set(foreign, index)} == indexes
    assert all(openvc.get_status_bit(foreign, index) for index in indexes)
    assert decoded_list(encoded) == packed


def test_the_two_known_wrong_layouts_are_told_from_the_right_one():
    right = openvc.decode_bitstring(encoded_list(bitstring({100})))
    assert openvc.get_status_bit(right, 100) == 1
    byte_a_status = bytearray(ENTRIES)
    byte_a_status[100] = 1
    least_significant_first = bytearray(ENTRIES // 8)
    least_significant_first[100 // 8] |= 1 << 100 % 8
    for wrong, lands_on in ((byte_a_status, 8 * 100 + 7), (least_significant_first, 99)):
        foreign = openvc.decode_bitstring(encoded_list(bytes(wrong)))
        assert openvc.get_status_bit(foreign, 100) == 0
        assert bits_of(foreign) == [lands_on]


def test_equal_bits_give_equal_text_that_begins_with_u():
    assert encoded_list(bitstring({5, 9})) == encoded_list(bitstring([9, 5, 9]))
    assert encoded_list(bitstring(())).startswith("uH4sI")


def raw(data: bytes, prefix: str = "u") -> str:
    return prefix + urlsafe_b64encode(data).decode().rstrip("=")


@pytest.mark.parametrize(
    "encoded",
    [
        "",
        raw(gzip.compress(bytes(ENTRIES // 8)), ""),
        raw(bytes(ENTRIES // 8)),
        raw(gzip.compress(bytes(ENTRIES // 8 - 1))),
        raw(gzip.compress(bytes(10_000_000))),
        raw(gzip.compress(bytes(ENTRIES // 8))[:-9]),
        "uäöü",
    ],
    ids=["empty", "no multibase", "no gzip", "too short", "a bomb", "cut off", "not base64"],
)
def test_what_is_no_list_is_refused(encoded: str):
    with pytest.raises(ValueError):
        decoded_list(encoded)


@pytest.mark.parametrize("index", [-1, ENTRIES])
def test_an_index_beyond_the_list_is_refused(index: int):
    packed = bitstring(())
    for read in (
        lambda: bitstring({index}),
        lambda: is_set(packed, index),
        lambda: tokens({index: TokenStatus.INVALID}),
        lambda: token_status(tokens({}), index),
    ):
        with pytest.raises(IndexError):
            read()


@given(st.dictionaries(st.integers(0, ENTRIES - 1), st.sampled_from(TokenStatus), max_size=20))
def test_a_token_list_says_the_same_to_everybody(statuses: dict[int, TokenStatus]):
    packed = tokens(statuses)
    foreign = openvc.decode_status_list(openvc.encode_status_list(packed))
    assert len(packed) * 4 == ENTRIES
    for index, status in statuses.items():
        assert openvc.get_status(foreign, index, bits=2) == token_status(packed, index) == status
    assert sum(byte.bit_count() for byte in packed) == sum(s.bit_count() for s in statuses.values())


def test_a_token_list_is_packed_as_the_example_of_the_specification():
    """Section 4.1 of the Token Status List: twelve statuses of two bits."""
    values = [1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3]
    packed = tokens({index: TokenStatus(value) for index, value in enumerate(values)})
    assert packed[:3] == bytes([0b11001001, 0b01000100, 0b11111001])
