"""CertificatePaperService: what a certificate is handed out as beside its document."""

from typing import Any

from shuzheng.certificates.v1 import certificate_paper_service_pb2 as messages
from shuzheng.certificates.v1 import certificate_paper_service_pb2_grpc as services
from shuzheng.certificates.v1.certificate_pb2 import CertificateDocument, CertificatePaper, PaperLayout

from services.certificates.paper.disclosure.disclosures import Disclosures
from services.certificates.paper.printing.sheet import Layout
from services.certificates.paper.usecases.papers import Papers
from services.kit.rpc import enums

PDF = "application/pdf"
SD_JWT = "application/dc+sd-jwt"


class CertificatePaperService(services.CertificatePaperServiceServicer):
    """Answers institutions, bodies and the authority."""

    def __init__(self, papers: Papers, disclosures: Disclosures) -> None:
        self.papers = papers
        self.disclosures = disclosures

    async def GetCertificatePaper(
        self, request: messages.GetCertificatePaperRequest, context: Any
    ) -> CertificatePaper:
        """Fetch the page of one certificate."""
        layout = Layout(enums.word(PaperLayout, request.layout) or Layout.PRINT)
        content = await self.papers.pdf(request.name, request.owner, layout, request.evidence)
        return CertificatePaper(name=request.name, media_type=PDF, content=content)

    async def GetCertificateDisclosure(
        self, request: messages.GetCertificateDisclosureRequest, context: Any
    ) -> CertificateDocument:
        """Fetch the selective twin of one certificate."""
        content = await self.disclosures.twin(request.name, request.owner)
        return CertificateDocument(name=request.name, media_type=SD_JWT, content=content)
