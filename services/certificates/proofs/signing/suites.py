"""The cryptosuites of Data Integrity proofs that are known here: how each canonicalizes and verifies.

`eddsa-rdfc-2022` is what Open Badges verifiers ask for, `eddsa-jcs-2022` what needs no JSON-LD, and
`x-sm2-sm3-jcs` (ours; other verifiers leave it aside) serves those who must rely on SM2.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SM3, Hash

from services.certificates.document.domain.document import Json
from services.certificates.proofs.signing import jcs, rdf, sm2

RDFC = "eddsa-rdfc-2022"
JCS = "eddsa-jcs-2022"
SM2 = "x-sm2-sm3-jcs"
BOTH = (RDFC, JCS)


@dataclass(frozen=True, slots=True)
class Suite:
    """One cryptosuite; documents come as their canonical JSON (JCS), digests go into the signed message."""

    name: str
    algorithm: str
    shows_context: bool
    document_digest: Callable[[bytes], bytes]
    options_digest: Callable[[Json], bytes]

    def message(self, document: bytes, options: Json) -> bytes:
        """Return the 64 bytes that the key signs; raises ValueError where there is no canonical form."""
        return self.options_digest(options) + self.document_digest(document)


def _sm3(data: bytes) -> bytes:
    digest = Hash(SM3())
    digest.update(data)
    return digest.finalize()


def _rdf(document: bytes) -> bytes:
    return sha256(rdf.canonical(json.loads(document))).digest()


SUITES = {
    suite.name: suite
    for suite in (
        Suite(RDFC, "Ed25519", False, _rdf, lambda options: sha256(rdf.canonical_options(options)).digest()),
        Suite(
            JCS, "Ed25519", True, lambda d: sha256(d).digest(), lambda o: sha256(jcs.profile_form(o)).digest()
        ),
        Suite(SM2, "SM2", True, _sm3, lambda options: _sm3(jcs.profile_form(options))),
    )
}


class PublicKey:
    """A public key that verifies: Ed25519 (32 bytes) or SM2 (64 bytes, a point)."""

    def __init__(self, raw: bytes) -> None:
        self.algorithm = "Ed25519" if len(raw) == 32 else "SM2"
        self.raw = raw
        self.ed25519 = Ed25519PublicKey.from_public_bytes(raw) if len(raw) == 32 else None

    def verifies(self, suite: Suite, signature: bytes, message: bytes) -> bool:
        """Tell whether the signature is right; a key of another algorithm verifies nothing."""
        if suite.algorithm != self.algorithm:
            return False
        if self.ed25519 is None:
            return sm2.verifies(self.raw, signature, message)
        try:
            self.ed25519.verify(signature, message)
        except InvalidSignature:
            return False
        return True
