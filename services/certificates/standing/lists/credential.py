"""The list that W3C verifiers fetch: a BitstringStatusListCredential of one issuer, for revocation only.

A set bit is for ever, so a hold or a correction sets none.
"""

from dataclasses import dataclass
from datetime import datetime

import rfc8785

from services.certificates.document.domain.document import Json, moment
from services.certificates.proofs.signing import proof
from services.certificates.proofs.signing.signer import Signer
from services.certificates.standing.lists.packing import encoded_list

CONTEXT = ["https://www.w3.org/ns/credentials/v2"]
PURPOSE = "revocation"
TTL = 30  # seconds that a verifier may keep a copy before it looks again


@dataclass(frozen=True, slots=True)
class Period:
    """From when to when a published list may be believed."""

    start: datetime
    end: datetime


def credential(url: str, issuer: str, packed: bytes, period: Period) -> Json:
    """Return the list without its proofs; `ttl` is in milliseconds, the one number that the profile needs."""
    return {
        "@context": CONTEXT,
        "id": url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer,
        "validFrom": moment(period.start),
        "validUntil": moment(period.end),
        "credentialSubject": {
            "id": f"{url}#list",
            "type": "BitstringStatusList",
            "statusPurpose": PURPOSE,
            "ttl": TTL * 1000,
            "encodedList": encoded_list(packed),
        },
    }


def secured(document: Json, signer: Signer, created: datetime) -> bytes:
    """Return the signed list, with both proofs: some verifiers read a list by its RDF proof only."""
    return proof.secured(rfc8785.dumps(document), proof.proofs(document, signer, created))
