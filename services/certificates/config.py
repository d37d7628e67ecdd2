"""Settings of the processes of certificates: the service, verification on its own, and the issuer's site."""

from pathlib import Path
from typing import Literal

from pydantic import Field

from services.kit.config import Process, ReaderConfig, ServiceConfig, Web, environment
from services.kit.config.parts import ADDRESS

SHIPPED_POLICY = Path(__file__).parent / "policy" / "certificates.toml"
SHIPPED_CODES = SHIPPED_POLICY.with_name("numbers.toml")
SHIPPED_EMPLOYER_RULES = Path(__file__).parent / "policy" / "employers.toml"
DEVELOPMENT_URL = "https://certificates.example"


class Addressed(Process):
    """Who issues."""

    public_url: str = Field(
        DEVELOPMENT_URL,
        pattern=r"^https://[^/?#]+(/[^?#]*[^/?#])?$",
        description="https address of the issuer; its did:web follows from it, so it never changes",
    )

    def problems(self) -> list[str]:
        """Production has an address of its own."""
        found = super().problems()
        if not self.embedded and self.public_url == DEVELOPMENT_URL:
            found.append("public_url: production needs the issuer's own address")
        return found


class Published(Process):
    """Where the service writes what its site serves."""

    public_dir: Path | None = Field(
        None,
        description="folder of the DID documents that the service publishes, as static files; "
        "empty: public/ in data_dir",
    )
    status_dir: Path | None = Field(
        None, description="folder of the published status lists, as static files; empty: status/ in data_dir"
    )
    log_dir: Path | None = Field(
        None, description="folder of the transparency log's files; empty: log/ in data_dir"
    )

    @property
    def public_files(self) -> Path:
        """The folder of published DID documents in force."""
        return self.public_dir or self.data_dir / "public"

    @property
    def status_files(self) -> Path:
        """The folder of published status lists in force."""
        return self.status_dir or self.data_dir / "status"

    @property
    def log_files(self) -> Path:
        """The folder of the transparency log in force."""
        return self.log_dir or self.data_dir / "log"

    @property
    def folders(self) -> tuple[Path, Path, Path]:
        """All three: DID documents, status lists, log."""
        return self.public_files, self.status_files, self.log_files


class CertificatesConfig(ServiceConfig, Addressed, Published):
    """How certificates are issued here."""

    model_config = environment("certificates")

    issuer_name: str = Field(
        "数证示例证书服务", min_length=1, max_length=200, description="name of the issuer in documents"
    )
    number_prefix: str = Field(
        "DE", pattern=r"^[A-Z]{1,4}$", description="letters that every new number begins with"
    )
    number_scheme: Literal["random", "official"] = Field(
        "random",
        description="random: prefix, year, random and check digits; official: 22 characters with serials",
    )
    number_codes_file: Path | None = Field(
        None,
        description="TOML file with the codes of bodies for number_scheme official; empty: the shipped one",
    )
    log_keys_dir: Path | None = Field(
        None, description="folder of the log's keys, a pair a year; empty: log/ below signing_keys_dir"
    )
    signing_keys_dir: Path | None = Field(
        None, description="folder of Ed25519 keys: NAME.pem signs (mode 0600), NAME.pub only verifies"
    )
    qr_keys_dir: Path | None = Field(
        None,
        description="folder of Ed25519 keys for QR codes, qr-YYYYMMDD.pem; empty: qr/ below signing_keys_dir",
    )
    status_keys_dir: Path | None = Field(
        None, description="folder of Ed25519 keys for status lists; empty: status/ below signing_keys_dir"
    )
    disclosure_keys_dir: Path | None = Field(
        None, description="folder of Ed25519 keys for SD-JWT twins; empty: disclosure/ below signing_keys_dir"
    )
    status_interval: float = Field(
        5, gt=0, le=30, description="seconds between looks for status changes that other processes made"
    )
    status_validity: float = Field(
        86_400, ge=3_600, description="seconds for which a published status list may be believed"
    )
    policy_file: Path | None = Field(
        None, description="TOML file with the rules by kind and date; empty: the one that is shipped"
    )
    employer_rules_file: Path | None = Field(
        None, description="TOML file with the limits of employers by date; empty: the one that is shipped"
    )
    report_keys_dir: Path | None = Field(
        None,
        description="folder of Ed25519 keys for reports to employers, report-YYYYMMDD.pem; "
        "empty: report/ below signing_keys_dir",
    )
    reaper_interval: float = Field(
        5, gt=0, description="seconds between looks for drafts that a crash left unsigned"
    )

    @property
    def signing_keys(self) -> Path:
        """The folder of signing keys in force."""
        return self.signing_keys_dir or self.keys_dir / "certificates"

    @property
    def number_codes(self) -> Path:
        """The codes of bodies in force."""
        return self.number_codes_file or SHIPPED_CODES

    @property
    def log_keys(self) -> Path:
        """The folder of the log's keys in force."""
        return self.log_keys_dir or self.signing_keys / "log"

    @property
    def status_keys(self) -> Path:
        """The folder of status keys in force."""
        return self.status_keys_dir or self.signing_keys / "status"

    @property
    def disclosure_keys(self) -> Path:
        """The folder of disclosure keys in force."""
        return self.disclosure_keys_dir or self.signing_keys / "disclosure"

    @property
    def qr_keys(self) -> Path:
        """The folder of QR keys in force."""
        return self.qr_keys_dir or self.signing_keys / "qr"

    @property
    def policy(self) -> Path:
        """The rules in force."""
        return self.policy_file or SHIPPED_POLICY

    @property
    def employer_rules(self) -> Path:
        """The limits of employers in force."""
        return self.employer_rules_file or SHIPPED_EMPLOYER_RULES

    @property
    def report_keys(self) -> Path:
        """The folder of report keys in force."""
        return self.report_keys_dir or self.signing_keys / "report"

    def problems(self) -> list[str]:
        """Production brings its own keys."""
        found = super().problems()
        if self.embedded:
            return found
        needed = {"signing_keys_dir": self.signing_keys_dir}
        if _holds_key(self.signing_keys_dir):
            needed = {"status_keys_dir": self.status_keys, "disclosure_keys_dir": self.disclosure_keys}
        lacking = [name for name, folder in needed.items() if not _holds_key(folder)]
        return [
            *found,
            *(f"{name}: production needs a folder with at least one key NAME.pem" for name in lacking),
        ]


def _holds_key(folder: Path | None) -> bool:
    return folder is not None and any(folder.glob("*.pem"))


class VerificationConfig(ReaderConfig, Addressed):
    """Verification on a read replica; it has no key and needs no broker."""

    model_config = environment("certificates")

    did_document_file: Path | None = Field(
        None,
        description="the issuer's DID document, as `shuzheng certificate did` writes it, with NAME.below of "
        "compromised keys beside it",
    )

    def problems(self) -> list[str]:
        """It cannot verify without the issuer's keys."""
        found = super().problems()
        if self.did_document_file is None or not self.did_document_file.is_file():
            found.append("did_document_file: must be a file, as `shuzheng certificate did` writes it")
        return found


class SiteConfig(Web, Addressed, Published):
    """What the issuer's address serves; it needs no database, no broker and no key."""

    model_config = environment("certificates")

    files_listen: str = Field(
        "127.0.0.1:8080",
        pattern=ADDRESS,
        description="host:port of the public files; TLS where tls_cert_file is set",
    )
