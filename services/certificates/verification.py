"""Verification as a process of its own: `python -m services.certificates.verification`.

It serves VerificationService and nothing else, holds no key that signs, publishes and consumes nothing, and only
reads the database, which may be a read replica. Any number of them may run.
"""

from typing import ClassVar

from pydantic_settings import SettingsConfigDict
from shuzheng.certificates.v1 import verification_service_pb2_grpc

from services.certificates.config import CertificatesConfig
from services.certificates.proofs.signing.did import did_of
from services.certificates.proofs.signing.published_keys import compromised, published_keys
from services.certificates.proofs.signing.verifier import DocumentVerifier
from services.certificates.root import Base
from services.certificates.verifying.rpc.verifications import VerificationService
from services.certificates.verifying.storage.verifications import Register
from services.certificates.verifying.usecases.verifications import Verifications
from services.certificates.wiring import VERIFICATION
from services.kit.area import Area
from services.kit.clock import Clock, SystemClock
from services.kit.rpc.server import Servicer
from services.kit.runtime import Service, run


class VerificationConfig(CertificatesConfig):
    """The settings of certificates; those of signing and issuing are not looked at."""

    model_config: ClassVar[SettingsConfigDict] = SettingsConfigDict(
        env_prefix="SHUZHENG_CERTIFICATES_", frozen=True, extra="forbid"
    )

    def problems(self) -> list[str]:
        """Return what is missing; secrets are not."""
        return [problem for problem in super().problems() if not problem.startswith("vault_secret_file")] + (
            self._document_problems()
        )

    def more_problems(self) -> list[str]:
        """Return nothing: this process signs nothing."""
        return []

    def _document_problems(self) -> list[str]:
        if self.did_document_file is None or not self.did_document_file.is_file():
            return ["did_document_file: must be a file, as `shuzheng certificate did` writes it"]
        try:
            published_keys(self.did_document_file.read_bytes(), did_of(self.public_url))
        except ValueError as error:
            return [f"did_document_file: {error}"]
        return []


async def open(config: VerificationConfig, clock: Clock = SystemClock()) -> Service:  # noqa: B008
    """Start to serve; `stop()` it when done."""
    assert config.did_document_file is not None
    did, document = did_of(config.public_url), config.did_document_file.read_bytes()
    service = Service(config, Base.metadata, clock)
    verifier = DocumentVerifier(did, published_keys(document, did))
    below = compromised(config.did_document_file.parent, did)
    verifications = Verifications(Register(service.hot), verifier, clock, below)
    add = verification_service_pb2_grpc.add_VerificationServiceServicer_to_server
    servicer = Servicer(VERIFICATION, add, VerificationService(verifications, did, document))
    return await service.serve(Area([servicer]))


if __name__ == "__main__":
    run(open, VerificationConfig.load())
