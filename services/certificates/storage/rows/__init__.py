"""All rows of certificates, one file a part."""

from services.certificates.storage.rows.batches import BatchRow
from services.certificates.storage.rows.certificates import (
    TOLD,
    AwardRow,
    CertificateRow,
    CounterRow,
    DocumentRow,
    HoldRow,
    ShareRow,
    StatusListRow,
    TwinRow,
)
from services.certificates.storage.rows.employers import (
    ApiKeyRow,
    EmployerRow,
    ReportContentRow,
    ReportRow,
    UsageRow,
)
from services.certificates.storage.rows.log import LogLeafRow, LogOpeningRow, LogStateRow
from services.certificates.storage.rows.root import Base

__all__ = [
    "TOLD",
    "ApiKeyRow",
    "AwardRow",
    "Base",
    "BatchRow",
    "CertificateRow",
    "CounterRow",
    "DocumentRow",
    "EmployerRow",
    "HoldRow",
    "LogLeafRow",
    "LogOpeningRow",
    "LogStateRow",
    "ReportContentRow",
    "ReportRow",
    "ShareRow",
    "StatusListRow",
    "TwinRow",
    "UsageRow",
]
