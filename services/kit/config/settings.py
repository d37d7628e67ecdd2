"""What every model of settings can do: read its sources, and refuse all that is wrong at once."""

import os
import tomllib
from collections.abc import Collection
from pathlib import Path
from typing import Any, Self

from pydantic import ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from services.kit.config import strangers

CONFIG_FILE = "SHUZHENG_CONFIG"
EXIT_CONFIG = 78  # EX_CONFIG of sysexits.h
SHARED = "all"  # the table of settings that several services read


class Unusable(Exception):
    """Settings that a process cannot start with; `problems` are sentences that begin with the setting."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def environment(service: str) -> SettingsConfigDict:
    """Return the `model_config` of a model that a service's processes are set up by."""
    return SettingsConfigDict(env_prefix=f"SHUZHENG_{service.upper()}_", frozen=True, extra="forbid")


class Settings(BaseSettings):
    """Settings by environment (SHUZHENG_TRAINING_LISTEN=…) or by the TOML table [training], over the table [all]."""

    model_config = SettingsConfigDict(frozen=True, extra="forbid")

    @classmethod
    def service(cls) -> str:
        """The service's name, taken from the environment prefix; empty for a part."""
        return str(cls.model_config.get("env_prefix", "")).removeprefix("SHUZHENG_").rstrip("_").lower()

    def problems(self) -> list[str]:
        """Return everything that this process must not run with; each part adds its own to `super().problems()`."""
        return []

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

    @classmethod
    def load(cls, services: Collection[str] = (), **overrides: Any) -> Self:
        """Read the settings; raises Unusable with all problems. `services` are the tables that the file may have."""
        try:
            unknown = _unknown(cls, services)
            config = cls(**overrides)
        except ValidationError as error:
            raise Unusable([*_sentences(cls, error), *_others(cls, error, overrides), *unknown]) from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
            raise Unusable([f"{os.environ[CONFIG_FILE]}: {error}"]) from error
        if problems := [*config.problems(), *unknown]:
            raise Unusable(problems)
        return config


def _unknown(model: type[Settings], services: Collection[str]) -> list[str]:
    """Return what is set and read by no process of the service."""
    service, tables = model.service(), _tables()
    own = _names([each for each in _below(Settings) if each.service() == service])
    shared = own | _names([each for each in _below(Settings) if not each.service()])
    return [
        *strangers.in_environment(model.model_config.get("env_prefix", ""), own),
        *strangers.in_table(service, tables.get(service, {}), own),
        *strangers.in_table(SHARED, tables.get(SHARED, {}), shared),
        *(strangers.in_file(tables, {SHARED, service, *services}) if services else []),
    ]


def _names(models: Collection[type[Settings]]) -> set[str]:
    return {name for model in models for name in model.model_fields}


def _below(model: type[Settings]) -> list[type[Settings]]:
    found = model.__subclasses__()
    return [*found, *(each for child in found for each in _below(child))]


def _others(model: type[Settings], error: ValidationError, overrides: dict[str, Any]) -> list[str]:
    """Return the problems beside the wrong values, which count as their defaults here."""
    wrong = {str(each["loc"][0]) for each in error.errors() if each["loc"]} & set(model.model_fields)
    try:
        return model(**{**overrides, **{name: model.model_fields[name].default for name in wrong}}).problems()
    except ValidationError:
        return []


def _sentences(model: type[Settings], error: ValidationError) -> list[str]:
    return [f"{each['loc'][0]}: {_told(model, each)}" for each in error.errors()]


def _told(model: type[Settings], error: Any) -> str:
    """Return what is wrong with a value, which is not shown: it may be a secret."""
    field = model.model_fields.get(str(error["loc"][0]))
    if error["type"] == "string_pattern_mismatch" and field is not None:
        return f"must be {field.description}"
    return str(error["msg"])


def _tables() -> dict[str, Any]:
    """Return the tables of the file that SHUZHENG_CONFIG names; none where it names none."""
    path = os.environ.get(CONFIG_FILE)
    return tomllib.loads(Path(path).read_text("utf-8")) if path else {}


class _TomlTable(PydanticBaseSettingsSource):
    """The settings of a model in the table of its service, over the table [all]."""

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        tables = _tables()
        service = self.settings_cls.service()  # type: ignore[attr-defined]
        told = {**tables.get(SHARED, {}), **tables.get(service, {})}
        return {name: value for name, value in told.items() if name in self.settings_cls.model_fields}
