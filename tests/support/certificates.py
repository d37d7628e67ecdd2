"""One stub with every method of the gRPC services that are about certificates."""

from typing import Any

from shuzheng.certificates.v1.certificate_paper_service_pb2_grpc import CertificatePaperServiceStub
from shuzheng.certificates.v1.certificate_service_pb2_grpc import CertificateServiceStub
from shuzheng.certificates.v1.hold_service_pb2_grpc import HoldServiceStub


class CertificatesStub(CertificateServiceStub, HoldServiceStub, CertificatePaperServiceStub):
    """Certificates, their holds and their pages."""

    def __init__(self, channel: Any):
        for stub in type(self).__bases__:
            stub.__init__(self, channel)
