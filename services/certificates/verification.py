"""Verification as a process of its own: `shuzheng run certificates.verification`.

It serves VerificationService and nothing else, holds no key that signs, publishes and consumes nothing, and only
reads the database, which may be a read replica. Any number of them may run.
"""

from services.certificates.config import VerificationConfig
from services.certificates.proofs.signing.did import did_of
from services.certificates.proofs.signing.published_keys import compromised, published_keys
from services.certificates.verifying.wiring import Issued, verification
from services.kit.clock import Clock, SystemClock
from services.kit.config import Unusable
from services.kit.runtime import Reader


async def open(config: VerificationConfig, clock: Clock = SystemClock()) -> Reader:  # noqa: B008
    """Start to serve; `stop()` it when done. Raises Unusable where the document is not the issuer's."""
    assert config.did_document_file is not None
    did, document = did_of(config.public_url), config.did_document_file.read_bytes()
    try:
        keys = published_keys(document, did)
    except ValueError as error:
        raise Unusable([f"did_document_file: {error}"]) from error
    issued = Issued(did, document, keys, compromised(config.did_document_file.parent, did))
    reader = Reader(config)
    return await reader.serve(verification(reader.hot, clock, issued))
