"""Settings of a service: defaults run embedded without a file; production refuses what is unsafe, all at once."""

import os
import sys
import tomllib
from pathlib import Path
from typing import Any, Literal, NoReturn, Self

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

CONFIG_FILE = "SHUZHENG_CONFIG"
EXIT_CONFIG = 78  # EX_CONFIG of sysexits.h


class ServiceConfig(BaseSettings):
    """What every service can be told, by environment (SHUZHENG_TRAINING_LISTEN=…) or by a TOML table [training]."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid")

    mode: Literal["embedded", "production"] = Field(
        "embedded", description="production checks that nothing is left at a development default"
    )
    data_dir: Path = Field(
        Path("var"), description="folder for databases, keys and the embedded broker's files"
    )
    listen: str = Field("127.0.0.1:0", description="host:port to serve on; port 0 takes a free one")
    database_url: str = Field("", description="postgresql://… or sqlite:///…; empty: SQLite in data_dir")
    database_pool: int = Field(8, ge=1, le=200, description="PostgreSQL connections kept open")
    nats_url: str = Field("nats://127.0.0.1:4222", description="where the broker is")
    nats_credentials_file: Path | None = Field(None, description="NATS credentials file (.creds)")
    issuer: str = Field("shuzheng-development", description="the `iss` that tokens must carry")
    jwks_file: Path | None = Field(
        None, description="public keys that tokens are checked with; empty: the development issuer"
    )
    vault_secret_file: Path | None = Field(
        None, description="64 hex digits that personal numbers are sealed with; the same for all services"
    )
    caller_rate: float = Field(
        2000, ge=0, description="calls a second for each authenticated caller; 0: no limit"
    )
    public_rate: float = Field(200, ge=0, description="calls a second for each public address; 0: no limit")
    longest_call: float = Field(60, gt=0, description="seconds a call without a deadline may take")
    largest_message: int = Field(16 * 2**20, ge=2**16, description="bytes of the largest message")
    tls_cert_file: Path | None = Field(None, description="certificate chain to serve TLS with")
    tls_key_file: Path | None = Field(None, description="its private key")
    tls_client_ca_file: Path | None = Field(
        None, description="require client certificates of this authority (mTLS)"
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="lowest level that is logged"
    )
    metrics_port: int = Field(
        0, ge=0, le=65535, description="Prometheus metrics on this port (needs the telemetry extra); 0: off"
    )
    otlp_endpoint: str = Field(
        "", description="send traces to this OTLP gRPC endpoint (needs the telemetry extra); empty: off"
    )
    grace: float = Field(10, ge=0, description="seconds that running calls may take to finish on stop")
    reuse_port: bool = Field(False, description="let several processes serve one port (SO_REUSEPORT)")
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

    @classmethod
    def service(cls) -> str:
        """The service's name, taken from the environment prefix."""
        return str(cls.model_config.get("env_prefix", "")).removeprefix("SHUZHENG_").rstrip("_").lower()

    @property
    def database(self) -> str:
        """The database URL in force."""
        return self.database_url or f"sqlite:///{self.data_dir.resolve() / (self.service() + '.db')}"

    @property
    def keys_dir(self) -> Path:
        """Folder of the keys that embedded mode makes for itself."""
        return self.data_dir / "keys"

    @property
    def jwks(self) -> Path:
        """The key set in force."""
        return self.jwks_file or self.keys_dir / "jwks.json"

    @property
    def vault_secret(self) -> Path:
        """The vault's secret file in force."""
        return self.vault_secret_file or self.keys_dir / "vault.hex"

    @property
    def embedded(self) -> bool:
        """Whether missing keys may be made on first start."""
        return self.mode == "embedded"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: Any,
        file_secret_settings: Any,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Look at arguments, then the environment, then the file that SHUZHENG_CONFIG names."""
        return (init_settings, env_settings, _TomlTable(settings_cls))

    def problems(self) -> list[str]:
        """Return everything that production must not run with; empty in embedded mode."""
        if self.embedded:
            return []
        return [*_missing(self), *self.more_problems()]

    def more_problems(self) -> list[str]:
        """What a service adds to `problems`."""
        return []

    @classmethod
    def _other_problems(cls, error: ValidationError, overrides: dict[str, Any]) -> list[str]:
        """What production must not run with beside the wrong values, which count as their defaults here."""
        defaults = {
            name: cls.model_fields[name].default for name in _wrong_fields(error) & set(cls.model_fields)
        }
        try:
            return cls(**{**overrides, **defaults}).problems()
        except ValidationError:
            return []

    @classmethod
    def load(cls, **overrides: Any) -> Self:
        """Read the settings; on any problem print all of them and exit with 78."""
        try:
            config = cls(**overrides)
        except ValidationError as error:
            _exit(cls.service(), [*_sentences(error), *cls._other_problems(error, overrides)])
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
            _exit(cls.service(), [str(error)])
        if problems := config.problems():
            _exit(cls.service(), problems)
        return config


def _wrong_fields(error: ValidationError) -> set[str]:
    return {str(e["loc"][0]) for e in error.errors() if e["loc"]}


def _missing(config: ServiceConfig) -> list[str]:
    found = []
    if not config.database_url.startswith("postgresql://"):
        found.append("database_url: production needs a postgresql:// URL")
    if config.issuer == "shuzheng-development":
        found.append("issuer: production needs the identity provider's issuer, not the development one")
    for field in ("jwks_file", "vault_secret_file", "tls_cert_file", "tls_key_file"):
        path = getattr(config, field)
        if path is None:
            found.append(f"{field}: is required in production")
        elif not path.is_file():
            found.append(f"{field}: {path} is no file")
    return found


def _sentences(error: ValidationError) -> list[str]:
    return [f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]


def _exit(service: str, problems: list[str]) -> NoReturn:
    print(f"{service}: the configuration cannot be used:", *problems, sep="\n  - ", file=sys.stderr)
    raise SystemExit(EXIT_CONFIG)


class _TomlTable(PydanticBaseSettingsSource):
    """The table of this service in the TOML file that SHUZHENG_CONFIG names, over its table [all]."""

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        path = os.environ.get(CONFIG_FILE)
        if not path:
            return {}
        tables = tomllib.loads(Path(path).read_text("utf-8"))
        service = self.settings_cls.service()  # type: ignore[attr-defined]
        return {**tables.get("all", {}), **tables.get(service, {})}
