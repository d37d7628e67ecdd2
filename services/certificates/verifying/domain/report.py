"""What an employer was told about a file, as the JSON document that is signed: text only, whole UTC seconds."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.certificates.document.domain.document import Issuer, Json, moment
from services.certificates.document.domain.verification import Outcome
from services.vocabulary.certificate_list import CertificateRow

VERIFIABLE = "https://www.w3.org/ns/credentials/v2"


@dataclass(frozen=True, slots=True)
class SentFile:
    """The file that was verified."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class LogHead:
    """The newest published tree of the transparency log when the file was verified; `root` in base64."""

    origin: str
    size: int
    root: str


@dataclass(frozen=True, slots=True)
class Told:
    """One row and its answer; no outcome where the row could not be read.

    `log_position` is where the log has the certificate that was found valid.
    """

    row: CertificateRow
    outcome: Outcome | None
    log_position: str = ""


def counts(told: Iterable[Told]) -> dict[Outcome, int]:
    """Return how many rows had which outcome, in the order of outcomes."""
    return dict(sorted(Counter(one.outcome for one in told if one.outcome is not None).items()))


@dataclass(frozen=True, slots=True)
class Occasion:
    """For whom (name, display name), when, under which name of the report, and before which history.

    `log` is this year's, `earlier` are the logs of other years that have certificates of the file.
    """

    report: str
    employer: tuple[str, str]
    now: datetime
    log: LogHead
    earlier: tuple[LogHead, ...] = ()


def build(occasion: Occasion, file: SentFile, told: Sequence[Told], issuer: Issuer) -> Json:
    """Return the report without its proof."""
    found = counts(told)
    return {
        "@context": [VERIFIABLE, {"@vocab": f"{issuer.url}/terms#"}],
        "id": f"{issuer.url}/{occasion.report}",
        "type": ["VerifiableCredential", "VerificationReport"],
        "issuer": {"id": issuer.did, "name": issuer.name},
        "validFrom": moment(occasion.now),
        "credentialSubject": {
            "id": f"{issuer.url}/{occasion.employer[0]}",
            "name": occasion.employer[1],
            "file": {"name": file.name, "sha256": file.sha256},
            "rowCount": str(len(told)),
            "unreadCount": str(len(told) - sum(found.values())),
            "outcomes": {outcome.name: str(count) for outcome, count in found.items()},
            "log": _head(occasion.log),
            "earlierLogs": [_head(head) for head in occasion.earlier],
            "rows": [_row(one) for one in told],
        },
    }


def _head(head: LogHead) -> Json:
    return {"origin": head.origin, "treeSize": str(head.size), "rootHash": head.root}


def _row(one: Told) -> Json:
    answer = {"outcome": one.outcome.name} if one.outcome is not None else {"problem": _problem(one.row)}
    logged = {"logPosition": one.log_position} if one.log_position else {}
    return {"row": str(one.row.row), "number": one.row.number} | answer | logged


def _problem(row: CertificateRow) -> str:
    return row.problem.name if row.problem is not None else ""
