"""Settings of the process that serves the public files; those of certificates, most of which it does not look at."""

from typing import ClassVar

from pydantic_settings import SettingsConfigDict

from services.certificates.config import DEVELOPMENT_URL, CertificatesConfig
from services.certificates.site.addresses import Folders


class FilesConfig(CertificatesConfig):
    """What is served from where; it needs no database, no broker and no key."""

    model_config: ClassVar[SettingsConfigDict] = SettingsConfigDict(
        env_prefix="SHUZHENG_CERTIFICATES_", frozen=True, extra="forbid"
    )

    @property
    def folders(self) -> Folders:
        """Where the certificates service writes."""
        return Folders(self.public_files, self.status_files, self.log_files)

    def problems(self) -> list[str]:
        """Return what is missing: in production, the issuer's own address and whole pairs for TLS."""
        found = []
        if not self.embedded and self.public_url == DEVELOPMENT_URL:
            found.append("public_url: production needs the issuer's own address")
        for name in ("tls_cert_file", "tls_key_file"):
            if (path := getattr(self, name)) is not None and not path.is_file():
                found.append(f"{name}: {path} is no file")
        if (self.tls_cert_file is None) != (self.tls_key_file is None):
            found.append("tls_cert_file, tls_key_file: both or none")
        return found
