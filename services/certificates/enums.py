"""Between the words of the domain and the enums of the wire."""

from functools import lru_cache

from shuzheng.certificates.v1.certificate_pb2 import CertificateState, PaperLayout, RevocationReason
from shuzheng.certificates.v1.events_pb2 import CertificateKind
from shuzheng.certificates.v1.hold_pb2 import HoldReason
from shuzheng.type.v1.qualification_pb2 import Qualification

from services.certificates.document.domain import certificate as domain
from services.certificates.paper.printing.sheet import Layout

KIND_NUMBER = {kind.value: CertificateKind.Value(f"CERTIFICATE_KIND_{kind}") for kind in domain.Kind}
STATE_NUMBER = {state.value: CertificateState.Value(f"CERTIFICATE_STATE_{state}") for state in domain.State}
REASON_NUMBER = {
    reason.value: RevocationReason.Value(f"REVOCATION_REASON_{reason}") for reason in domain.RevocationReason
} | {"": RevocationReason.REVOCATION_REASON_UNSPECIFIED}

LAYOUT = {PaperLayout.Value(f"PAPER_LAYOUT_{layout.name}"): layout for layout in Layout} | {0: Layout.PRINT}

HOLD_REASON_NUMBER = {reason.value: HoldReason.Value(f"HOLD_REASON_{reason}") for reason in domain.HoldReason}
HOLD_REASON = {number: domain.HoldReason(word) for word, number in HOLD_REASON_NUMBER.items()}
KIND_WORD = {number: word for word, number in KIND_NUMBER.items()} | {0: ""}
STATE_WORD = {number: word for word, number in STATE_NUMBER.items()} | {0: ""}
REASON = {number: domain.RevocationReason(word) for word, number in REASON_NUMBER.items() if word}


@lru_cache(1000)
def qualification(occupation: str, direction: str, level: int) -> Qualification:
    """Return occupation × direction × level as it travels; shared, so not to be changed."""
    return Qualification(occupation=occupation, direction=direction, level=level)  # type: ignore[arg-type]
