"""The main journey through gRPC stubs alone: from a filed cohort to certificates that verify.

Everything that was acknowledged is in its ledger, which `invariants` later holds the databases to.
"""

from typing import Any

from shuzheng.certificates.v1 import (
    certificate_pb2,
    certificate_service_pb2,
    verification_pb2,
    verification_service_pb2,
    verification_service_pb2_grpc,
)

from tests.support.certificates import CertificatesStub
from tests.support.journey_assessment import Assessment
from tests.support.journey_calls import AIM, Ledger, day, several, until
from tests.support.journey_training import Training

__all__ = ["AIM", "Journey", "Ledger", "day", "several", "until"]


class Journey(Training, Assessment):
    """The whole way, and the certificates at its end."""

    async def certificates(self, rpc: str, request: Any) -> Any:
        """Call certificates as the supervisor."""
        return await self.call("certificates", CertificatesStub, rpc, request, "supervisor")

    async def issued(self, source: str) -> certificate_pb2.Certificate:
        """Wait for the certificate of a completion or result, and return it."""
        request = certificate_service_pb2.ListCertificatesRequest(
            source=source, state=certificate_pb2.CERTIFICATE_STATE_ISSUED
        )
        found: list[certificate_pb2.Certificate] = []

        async def there() -> bool:
            found[:] = (await self.certificates("ListCertificates", request)).certificates
            return bool(found)

        await until(there, f"the certificate of {source}")
        return found[0]

    async def verify(self, certificate: certificate_pb2.Certificate, holder_name: str) -> str:
        """Return what the public hears of a number and a name."""
        printed = verification_service_pb2.NumberAndName(number=certificate.number, holder_name=holder_name)
        request = verification_service_pb2.VerifyCertificateRequest(printed=printed)
        kind = verification_service_pb2_grpc.VerificationServiceStub
        answer = await self.call("certificates", kind, "VerifyCertificate", request, "public")
        return verification_pb2.VerificationOutcome.Name(answer.outcome).removeprefix("VERIFICATION_OUTCOME_")

    async def to_completions(self) -> list[str]:
        """Everything up to the training certificates."""
        await self.open_institution()
        await self.teach()
        return await self.complete_all()

    async def to_results(self) -> None:
        """Everything from the body to published results; the completions must be on their way."""
        await self.open_body()
        await self.schedule()
        await self.register_all()
        await self.begin()
        await self.sit_all()
        await self.mark()
        await self.publish()
