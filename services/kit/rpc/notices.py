"""Notices of readers on the wire: `shuzheng.type.v1.Notice`."""

from shuzheng.type.v1 import notice_pb2

from services.kit.intake.notice import Notice
from services.kit.rpc import enums


def message(notice: Notice) -> notice_pb2.Notice:
    """Return a notice as it travels."""
    return notice_pb2.Notice(
        code=enums.number(notice_pb2.NoticeCode, notice.code),
        field=notice.field,
        place=notice.place,
        message=notice.message,
        count=notice.count,
        rows=notice.rows,
    )
