"""The SD-JWT VC (RFC 9901, draft-ietf-oauth-sd-jwt-vc) of a certificate, every fact of it undisclosed by default.

Always visible are the issuer, the kind, the dates of validity and where the status stands; nothing that names the
holder or the certificate. There is no national ID number in it: this service never learns one.
"""

import json
from base64 import urlsafe_b64decode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from services.certificates.document.domain.certificate import Kind
from services.certificates.proofs.signing.jose import JoseSigner, loaded
from services.certificates.proofs.signing.signer import Signer

TYPES = {Kind.TRAINING: "training-certificate", Kind.GRADE: "grade-certificate"}
DECOYS = 3  # digests without a claim, so that their number does not tell which claims there are


@dataclass(frozen=True, slots=True)
class Place:
    """Where the status of a certificate stands."""

    url: str
    index: int


@dataclass(frozen=True, slots=True)
class Terms:
    """What every verifier sees; `valid_until` None: without end."""

    kind: Kind
    valid_from: datetime
    valid_until: datetime | None
    status: Place


@dataclass(frozen=True, slots=True)
class Twins:
    """Makes the twins of one issuer's certificates."""

    did: str
    public_url: str
    signer: Signer

    def issue(self, terms: Terms, facts: Mapping[str, str]) -> bytes:
        """Return `<issuer JWT>~<disclosure>~…~`, each of `facts` under a 128-bit salt of its own."""
        start = int(terms.valid_from.timestamp())
        claims = {
            "iss": self.did,
            "vct": f"{self.public_url}/types/{TYPES[terms.kind]}",
            "iat": start,
            "nbf": start,
            "status": {"status_list": {"idx": terms.status.index, "uri": terms.status.url}},
        } | ({"exp": int(terms.valid_until.timestamp())} if terms.valid_until is not None else {})
        suite = loaded("proof.sd_jwt").SdJwtVcProofSuite()
        made: str = suite.issue(
            {**claims, **facts}, signing_key=JoseSigner(self.signer), disclosable=facts, decoys=DECOYS
        )
        return made.encode()


def presentation(twin: bytes, shown: Iterable[str]) -> bytes:
    """Return what a holder hands over to show only the facts named `shown`; raises KeyError for one it has not."""
    issued, *disclosures = twin.decode().rstrip("~").split("~")
    by_name = {_name(disclosure): disclosure for disclosure in disclosures}
    return "~".join([issued, *(by_name[name] for name in shown), ""]).encode()


def _name(disclosure: str) -> str:
    return str(json.loads(urlsafe_b64decode(disclosure + "=" * (-len(disclosure) % 4)))[1])
