"""An employer's own list of certificates, read on this side of the wire as the service would read it."""

from collections.abc import Sequence
from dataclasses import dataclass

from shuzheng.type.v1.notice_pb2 import Notice

from services.kit.intake import rejects
from services.kit.intake.reading import read_now
from services.kit.rpc import notices
from services.vocabulary import certificate_list
from services.vocabulary.certificate_list import CertificateRow
from services.vocabulary.sentences import explained


@dataclass(frozen=True, slots=True)
class CertificateList:
    """Rows with content, what was noticed, and the file of those that cannot be verified."""

    rows: Sequence[CertificateRow]
    notices: Sequence[Notice]
    rejects_file: bytes


def read(content: bytes) -> CertificateList:
    """Return a list; raises UNREADABLE_FILE, FILE_TOO_LARGE."""
    table = read_now(content, certificate_list.HEADINGS)
    rows = certificate_list.rows(table)
    refused = b"".join(rejects.file(table, certificate_list.rejects(rows), explained))
    return CertificateList(rows, [notices.message(notice) for notice in table.notices], refused)
