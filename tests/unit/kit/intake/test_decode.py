"""Bytes become text without a character replaced, and what was assumed is said."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.kit.errors import AppError
from services.kit.intake.decode import decode, xml_encoding
from services.kit.intake.notice import NoticeCode

TEXT = "姓名,身份证号\r\n一一,530102\r\n"


def codes(found):
    return [notice.code for notice in found.notices]


def refusal(content):
    with pytest.raises(AppError) as refused:
        decode(content)
    assert refused.value.reason == "UNREADABLE_FILE"
    return refused.value.message


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_text_that_says_what_it_is_needs_no_notice(encoding):
    found = decode(TEXT.encode(encoding))
    assert (found.text, found.notices) == (TEXT, ())


@pytest.mark.parametrize("encoding", ["gb2312", "gbk", "gb18030", "utf-16-le", "utf-16-be"])
def test_what_is_assumed_is_said(encoding):
    found = decode(TEXT.encode(encoding))
    assert found.text == TEXT
    assert codes(found) == [NoticeCode.ENCODING_ASSUMED]
    assert found.encoding == (encoding if encoding.startswith("utf") else "gb18030")


def test_utf_8_with_one_broken_character_is_no_gb_18030():
    content = (TEXT * 3).encode()
    assert "line 5" in refusal(content[:75] + content[76:])


@pytest.mark.parametrize(
    "content", [b"a,\x00b", b"\xff\xfea", b"\xff\xff\xff\xff", b"\x00\x01\x02", b"\xff\xfea\x00\x00\x00"]
)
def test_what_is_no_text_is_refused(content):
    assert refusal(content)


def test_both_byte_orders_of_utf_32_are_known_by_their_mark():
    found = decode(codecs.BOM_UTF32_BE + TEXT.encode("utf-32-be"))
    assert (found.text, found.encoding) == (TEXT, "utf-32-be")


def test_a_nul_in_other_text_is_found_in_its_line():
    assert "line 3 holds a NUL" in refusal("姓名\n张三\n李\x00四\n".encode())


def test_a_refusal_names_the_line():
    assert "line 2" in refusal("姓名\n".encode("gbk") + b"\xff\xff")


@pytest.mark.parametrize("declared", ["GB2312", "gbk", "GB18030"])
def test_a_declared_encoding_is_honored(declared):
    content = f'<?xml version="1.0" encoding="{declared}"?>\n<a>模</a>'.encode("gbk")
    assert xml_encoding(content) == declared
    found = decode(content, xml_encoding(content))
    assert ("<a>模</a>" in found.text, found.notices) == (True, ())


@pytest.mark.parametrize("declared", ["GBK", "UTF-8"])
def test_the_same_bytes_mean_what_is_declared(declared):
    content = b'<?xml version="1.0" encoding="' + declared.encode() + b'"?><a>\xc4\xa3</a>'
    assert ("模" in decode(content, xml_encoding(content)).text) == (declared == "GBK")


@pytest.mark.parametrize("declared", ["UTF-8", "no-such-encoding", "idna", "iso-8859-1"])
def test_a_declaration_that_does_not_fit_is_contradicted_aloud(declared):
    encoding = "utf-8" if declared == "iso-8859-1" else "gb18030"
    found = decode("<a>一些题目</a>".encode(encoding), declared)
    assert ("一些题目" in found.text, found.encoding) == (True, encoding)
    assert codes(found) == [NoticeCode.ENCODING_CONTRADICTED]


def test_utf_16_may_declare_itself_with_or_without_mark():
    text = '<?xml version="1.0" encoding="UTF-16"?><a>题</a>'
    assert decode(text.encode("utf-16"), "UTF-16").notices == ()
    assert codes(decode(text.encode("utf-16-le"), "UTF-16")) == [NoticeCode.ENCODING_ASSUMED]


def test_only_a_declaration_declares():
    assert xml_encoding(b'<a encoding="gbk"/>') == ""
    assert xml_encoding(b'\xef\xbb\xbf<?xml version="1.0"?><a encoding="gbk"/>') == ""


@given(st.binary(max_size=200), st.sampled_from(["", "utf-8", "gbk", "utf-16", "x"]))
def test_any_bytes_are_text_or_refused(content, declared):
    try:
        found = decode(content, declared)
    except AppError as refused:
        assert refused.reason == "UNREADABLE_FILE"
    else:
        assert "\x00" not in found.text
        found.text.encode("utf-8")
