"""`python -m services.certificates`: the certificates service as a process."""

from services.certificates.config import CertificatesConfig
from services.certificates.wiring import open as open_service
from services.kit.runtime import run

if __name__ == "__main__":
    run(open_service, CertificatesConfig.load())
