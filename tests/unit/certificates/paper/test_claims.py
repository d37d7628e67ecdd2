"""The claims of the QR code: small, signed, read back, and refused after any change."""

import random

import cbor2
import pytest

from services.certificates.paper.printing import claims, cose
from services.vocabulary.occupations import OCCUPATIONS


def test_claims_are_read_back_as_they_were_signed(award, claimed, key):
    message = cose.sign1(claims.encode(claimed(award)), key)
    payload, key_id = cose.verify1(message, {"qr": key.public_key})
    assert (claims.decode(payload), key_id) == (claimed(award), "qr")


def test_a_message_of_a_usual_name_has_at_most_200_bytes(award, claimed, key):
    assert len(cose.sign1(claims.encode(claimed(award, holder="欧阳娜娜")), key)) <= 200


def test_a_code_without_name_and_with_an_end_is_read_back(award, claimed):
    hidden = claims.name_hash(award.holder_name, claimed(award).document)
    stated = claimed(award, holder=hidden, valid_until=1_900_000_000)
    assert claims.decode(claims.encode(stated)) == stated


def test_spellings_that_count_as_equal_have_one_salted_hash_and_each_document_its_own():
    salt, other = bytes(16), bytes([1]) * 16
    assert claims.name_hash("阿依古丽·买买提", salt) == claims.name_hash("阿依古丽 买买提", salt)
    assert claims.name_hash("张三", salt) != claims.name_hash("张三", other)


def test_any_changed_byte_is_refused(award, claimed, key):
    message = cose.sign1(claims.encode(claimed(award)), key)
    for place in range(len(message)):
        changed = bytearray(message)
        changed[place] ^= random.Random(place).randint(1, 255)
        with pytest.raises(cose.UnverifiedError):
            cose.verify1(bytes(changed), {"qr": key.public_key})


def test_another_key_and_a_signature_made_for_something_else_are_refused(award, claimed, key, another_key):
    payload = claims.encode(claimed(award))
    with pytest.raises(cose.UnverifiedError, match="none of the trusted"):
        cose.verify1(cose.sign1(payload, another_key), {"qr": key.public_key})
    protected = cbor2.dumps({1: -8, 4: cose.key_id(key.public_key)}, canonical=True)
    plain = key.sign(cbor2.dumps(["Signature1", protected, b"", payload]))  # right but for the purpose
    with pytest.raises(cose.UnverifiedError, match="wrong"):
        message = cbor2.dumps(cbor2.CBORTag(18, [protected, {}, payload, plain]))
        cose.verify1(message, {"qr": key.public_key})


@pytest.mark.parametrize("text", [b"", b"\xd2", b"\xa0", b"\x00" * 40, b"\xd2\x84\x40\xa0\x40\x40" + b"\x00"])
def test_what_is_no_message_is_refused(text, key):
    with pytest.raises(cose.UnverifiedError):
        cose.verify1(text, {"qr": key.public_key})


PLACES = {
    "artificial-intelligence": [
        "natural-language-and-speech", "computer-vision", "chip", "platform", "application-integration",
    ],
    "internet-of-things": ["embedded-development"],
    "big-data": ["data-analysis", "data-processing", "data-management"],
    "cloud-computing": ["operations", "development"],
    "intelligent-manufacturing": [
        "equipment-application", "equipment-development", "production-control", "operations",
    ],
    "industrial-internet": ["design-development"],
    "integrated-circuits": ["digital-design", "analog-rf-design", "process", "packaging", "testing"],
}  # fmt: skip


@pytest.mark.parametrize("occupation", PLACES)
def test_directions_keep_their_places_because_codes_on_paper_name_them_so(occupation):
    places = [direction.key for direction in OCCUPATIONS[occupation].directions]
    assert places[: len(PLACES[occupation])] == PLACES[occupation]
