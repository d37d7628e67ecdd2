"""Verification as a process of its own: `shuzheng run certificates.verification`.

It serves VerificationService and nothing else, holds no key that signs, publishes and consumes nothing, and only
reads the database, which may be a read replica. Any number of them may run.
"""

from shuzheng.certificates.v1 import verification_service_pb2_grpc

from services.certificates.config import VerificationConfig
from services.certificates.proofs.signing.did import did_of
from services.certificates.proofs.signing.published_keys import compromised, published_keys
from services.certificates.proofs.signing.verifier import DocumentVerifier
from services.certificates.verifying.rpc.verifications import VerificationService
from services.certificates.verifying.storage.verifications import Register
from services.certificates.verifying.usecases.verifications import Verifications
from services.certificates.wiring import VERIFICATION
from services.kit.area import Area
from services.kit.clock import Clock, SystemClock
from services.kit.config import Unusable
from services.kit.rpc.server import Servicer
from services.kit.runtime import Reader


async def open(config: VerificationConfig, clock: Clock = SystemClock()) -> Reader:  # noqa: B008
    """Start to serve; `stop()` it when done. Raises Unusable where the document is not the issuer's."""
    assert config.did_document_file is not None
    did, document = did_of(config.public_url), config.did_document_file.read_bytes()
    try:
        verifier = DocumentVerifier(did, published_keys(document, did))
    except ValueError as error:
        raise Unusable([f"did_document_file: {error}"]) from error
    below = compromised(config.did_document_file.parent, did)
    reader = Reader(config)
    verifications = Verifications(Register(reader.hot), verifier, clock, below)
    add = verification_service_pb2_grpc.add_VerificationServiceServicer_to_server
    servicer = Servicer(VERIFICATION, add, VerificationService(verifications, did, document))
    return await reader.serve(Area([servicer]))
