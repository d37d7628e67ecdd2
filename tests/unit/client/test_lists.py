"""Lists of certificates that a client reads by itself, as the service would."""

import pytest
from shuzheng.type.v1.notice_pb2 import NOTICE_CODE_ENCODING_ASSUMED, NOTICE_CODE_UNKNOWN_COLUMN

from services.client import lists
from services.kit.errors import AppError
from services.vocabulary.certificate_list import Problem
from tests.support.workbooks import workbook

HEAD = ["姓名", "证书编号", "部门"]
ROWS = [("DE1", "张三"), ("20260002", "李四")]
BOOK = workbook({"名单": [HEAD, ["张三", "DE1", "甲"], ["李四", 20260002, "乙"]]})
LINES = '{"name": "张三", "number": "DE1", "部门": "甲"}\n\n{"姓名": "李四", "编号": 20260002}\n'


def csv_of(*rows: str) -> str:
    return "\n".join([",".join(HEAD), *rows, ""])


@pytest.mark.parametrize(
    "content", [csv_of("张三,DE1,甲", "李四,20260002,乙").encode("gbk"), BOOK, LINES.encode()]
)
def test_every_kind_of_list_is_read_and_says_what_was_not(content: bytes) -> None:
    found = lists.read(content)
    assert [(row.number, row.name) for row in found.rows] == ROWS
    codes = [notice.code for notice in found.notices]
    assert NOTICE_CODE_UNKNOWN_COLUMN in codes
    assert (NOTICE_CODE_ENCODING_ASSUMED in codes) == (content[:2] == "姓".encode("gbk"))
    assert found.rejects_file == b""


def test_rows_that_cannot_be_verified_come_back_as_they_were_sent() -> None:
    found = lists.read(csv_of("张三,,甲", "李四,DE2,乙", "王五,#N/A,").encode())
    assert [row.problem for row in found.rows] == [Problem.NUMBER_MISSING, None, Problem.FORMULA_FAILED]
    text = found.rejects_file.decode("utf-8-sig")
    assert "李四" not in text
    corrected = text.replace("张三,,", "张三,DE1,").replace("#N/A", "DE3")
    again = lists.read(corrected.encode())
    assert [(row.number, row.name) for row in again.rows] == [("DE1", "张三"), ("DE3", "王五")]


@pytest.mark.parametrize(
    "content", [b"", b"a,b\n1,2\n", b'{"number": 1}', b"{]", b"PK\x03\x04 nothing", b"\xff\xff"]
)
def test_what_is_no_list_is_refused(content: bytes) -> None:
    with pytest.raises(AppError) as refused:
        lists.read(content)
    assert refused.value.reason == "UNREADABLE_FILE"
