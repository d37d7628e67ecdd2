"""The parts that settings are composed of; each knows what production must not run with.

A part has no prefix of its own, and adds its `problems` to those of the others. A process composes what it reads.
"""

from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Literal

from pydantic import Field

from services.kit.config.settings import Settings

ADDRESS = r"^[^/\s]+:\d{1,5}$"
DEVELOPMENT_ISSUER = "shuzheng-development"
Network = IPv4Network | IPv6Network


class Process(Settings):
    """How any process runs."""

    mode: Literal["embedded", "production"] = Field(
        "embedded", description="production checks that nothing is left at a development default"
    )
    data_dir: Path = Field(
        Path("var"), description="folder for databases, keys and the embedded broker's files"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="lowest level that is logged"
    )
    grace: float = Field(10, ge=0, description="seconds that running calls may take to finish on stop")

    @property
    def embedded(self) -> bool:
        """Whether missing keys may be made on first start."""
        return self.mode == "embedded"

    @property
    def keys_dir(self) -> Path:
        """Folder of the keys that embedded mode makes for itself."""
        return self.data_dir / "keys"

    def needed(self, *fields: str) -> list[str]:
        """Return a problem for each of these settings that names no file."""
        return [problem for field in fields for problem in _file(field, getattr(self, field))]


def _file(field: str, path: Path | None) -> list[str]:
    if path is None:
        return [f"{field}: is required in production"]
    return [] if path.is_file() else [f"{field}: {path} is no file"]


class Socket(Process):
    """What a socket is opened with, whatever is spoken on it."""

    tls_cert_file: Path | None = Field(None, description="certificate chain to serve TLS with")
    tls_key_file: Path | None = Field(None, description="its private key")
    tls_client_ca_file: Path | None = Field(
        None, description="require client certificates of this authority (mTLS)"
    )
    reuse_port: bool = Field(False, description="let several processes serve one port (SO_REUSEPORT)")

    def problems(self) -> list[str]:
        """TLS is a whole pair of files, and client certificates need it."""
        named = [
            name for name in ("tls_cert_file", "tls_key_file", "tls_client_ca_file") if getattr(self, name)
        ]
        found = [*super().problems(), *self.needed(*named)]
        if (self.tls_cert_file is None) != (self.tls_key_file is None):
            found.append("tls_cert_file, tls_key_file: both or none")
        if self.tls_client_ca_file is not None and self.tls_cert_file is None:
            found.append("tls_client_ca_file: client certificates need tls_cert_file and tls_key_file")
        return found


class Listening(Socket):
    """Where gRPC is served; in production with TLS."""

    listen: str = Field(
        "127.0.0.1:0", pattern=ADDRESS, description="host:port to serve on; port 0 takes a free one"
    )

    def problems(self) -> list[str]:
        """Production speaks TLS."""
        missing = [name for name in ("tls_cert_file", "tls_key_file") if getattr(self, name) is None]
        return [*super().problems(), *([] if self.embedded else self.needed(*missing))]


class Web(Socket):
    """What HTTP clients may ask for, one by one and together (docs/http.md)."""

    http_connections: int = Field(1000, ge=1, description="connections at once; more are turned away")
    http_connections_per_address: int = Field(
        100, ge=0, description="connections at once from one address (IPv6: from one /64); 0: no limit"
    )
    http_rate: float = Field(0, ge=0, description="requests a second for each address; 0: no limit")
    http_proxies: str = Field(
        "",
        description="networks of the proxies in front, comma-separated; limits by address pass over them, and "
        "their X-Forwarded-For is believed",
    )
    http_head_bytes: int = Field(16 * 2**10, ge=2**10, description="bytes of a request's line and headers")
    http_idle: float = Field(
        15, gt=0, description="seconds that a connection may stay open without a request"
    )
    http_patience: float = Field(10, gt=0, description="seconds in which a request's headers must have come")
    http_slowest: int = Field(
        1024, ge=1, description="bytes a second at which a client must send a body or take an answer"
    )

    def problems(self) -> list[str]:
        """Proxies are networks."""
        found = super().problems()
        try:
            networks(self.http_proxies)
        except ValueError as error:
            found.append(f"http_proxies: {error}")
        return found


def networks(text: str) -> tuple[Network, ...]:
    """Read networks or single addresses, comma-separated; raises ValueError with the one that is none."""
    return tuple(ip_network(each.strip()) for each in text.split(",") if each.strip())


class Limited(Process):
    """What one caller may ask for."""

    caller_rate: float = Field(
        2000, ge=0, description="calls a second for each authenticated caller; 0: no limit"
    )
    public_rate: float = Field(200, ge=0, description="calls a second for each public address; 0: no limit")
    longest_call: float = Field(60, gt=0, description="seconds a call without a deadline may take")
    largest_message: int = Field(16 * 2**20, ge=2**16, description="bytes of the largest message")


class Stored(Process):
    """The database."""

    database_url: str = Field(
        "",
        pattern=r"^$|^postgresql://|^sqlite:///",
        description="postgresql://… or sqlite:///…; empty: SQLite in data_dir",
    )
    database_pool: int = Field(8, ge=1, le=200, description="PostgreSQL connections kept open")

    @property
    def database(self) -> str:
        """The database URL in force."""
        return self.database_url or f"sqlite:///{self.data_dir.resolve() / (self.service() + '.db')}"

    def problems(self) -> list[str]:
        """Production runs on PostgreSQL."""
        found = super().problems()
        if not self.embedded and not self.database_url.startswith("postgresql://"):
            found.append("database_url: production needs a postgresql:// URL")
        return found


class Brokered(Process):
    """The broker that events travel by."""

    nats_url: str = Field("nats://127.0.0.1:4222", description="where the broker is")
    nats_credentials_file: Path | None = Field(None, description="NATS credentials file (.creds)")


class Identified(Process):
    """How callers prove who they are."""

    issuer: str = Field(DEVELOPMENT_ISSUER, description="the `iss` that tokens must carry")
    jwks_file: Path | None = Field(
        None, description="public keys that tokens are checked with; empty: the development issuer"
    )

    @property
    def jwks(self) -> Path:
        """The key set in force."""
        return self.jwks_file or self.keys_dir / "jwks.json"

    def problems(self) -> list[str]:
        """Production believes an identity provider, not the development issuer."""
        found = super().problems()
        if self.embedded:
            return found
        if self.issuer == DEVELOPMENT_ISSUER:
            found.append("issuer: production needs the identity provider's issuer, not the development one")
        return [*found, *self.needed("jwks_file")]


class Observed(Process):
    """Metrics and traces; both need the extra `telemetry`."""

    metrics_port: int = Field(0, ge=0, le=65535, description="Prometheus metrics on this port; 0: off")
    otlp_endpoint: str = Field("", description="send traces to this OTLP gRPC endpoint; empty: off")


class Sealed(Process):
    """The secret that personal numbers are sealed with."""

    vault_secret_file: Path | None = Field(
        None, description="64 hex digits that personal numbers are sealed with; the same for all services"
    )

    @property
    def vault_secret(self) -> Path:
        """The vault's secret file in force."""
        return self.vault_secret_file or self.keys_dir / "vault.hex"

    def problems(self) -> list[str]:
        """Production brings its own secret."""
        return [*super().problems(), *([] if self.embedded else self.needed("vault_secret_file"))]


class Working(Process):
    """How long work is done."""

    large_file: int = Field(
        256 * 2**10, ge=0, description="files above this many bytes are worked off by a worker"
    )
    worker_silence: float = Field(
        15, ge=0.1, description="seconds without a sign of life after which a worker counts as dead"
    )
    own_worker: bool = Field(
        True, description="let the embedded system start a worker as its child when there is something to do"
    )
    worker_idle: float = Field(
        60, ge=0, description="seconds that the embedded system's worker stays when there is nothing to do"
    )
    operation_days: float = Field(7, gt=0, description="days that ended operations are kept")


class ReaderConfig(Listening, Limited, Stored, Identified, Observed):
    """What `runtime.Reader` reads: a process that serves gRPC from a database."""


class ServiceConfig(ReaderConfig, Brokered, Working):
    """What `runtime.Service` reads: one that takes part in events too."""
