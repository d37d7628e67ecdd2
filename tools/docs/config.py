"""docs/config.md: every setting with its type, default and meaning, from the pydantic models."""

import inspect
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import UnionType
from typing import Literal, get_args, get_origin

from pydantic_core import PydanticUndefined
from pydantic_settings import BaseSettings

from services.kit.config import ServiceConfig
from tools.contract import SERVICES
from tools.docs.markdown import join, table

INTRODUCTION = """# Configuration

Set by environment variables, or in the TOML file that `SHUZHENG_CONFIG` names (table `[all]`, or that of the
service); everything has a default that runs embedded. In production mode a service lists
all that is wrong at once and exits with status 78. Secrets are paths of files, never values."""
NAMES: dict[object, str] = {str: "text", int: "integer", float: "number", bool: "true or false", Path: "path"}
MODULES = [*(f"services.{service}.config" for service in SERVICES), "services.embedded.config"]


def page() -> str:
    """Return the page: what all services share first, then what each one adds."""
    models = [ServiceConfig, *(model for name in MODULES for model in _models(name))]
    return join(INTRODUCTION, *(block for model in models for block in _section(model)))


def _models(name: str) -> Iterator[type[BaseSettings]]:
    if find_spec(name.rpartition(".")[0]) and find_spec(name):
        for value in vars(import_module(name)).values():
            if inspect.isclass(value) and issubclass(value, BaseSettings) and value.__module__ == name:
                yield value


def _section(model: type[BaseSettings]) -> tuple[str, str, str]:
    shared = model is ServiceConfig
    prefix = "SHUZHENG_<SERVICE>_" if shared else model.model_config.get("env_prefix", "")
    rows = [
        (f"`{prefix}{name.upper()}`", _type(field.annotation), _default(field), field.description or "")
        for name, field in model.model_fields.items()
        if shared or _own(model, name)
    ]
    title = "Every service" if shared else model.__module__.split(".")[1].capitalize()
    head = ("Variable", "Type", "Default", "Meaning")
    return f"## {title}", inspect.cleandoc(model.__doc__ or ""), table(head, rows) if rows else ""


def _own(model: type[BaseSettings], name: str) -> bool:
    """Tell whether a model adds a field, or gives a shared one another default."""
    shared = ServiceConfig.model_fields.get(name)
    return shared is None or shared.default != model.model_fields[name].default


def _type(annotation: object) -> str:
    if isinstance(annotation, UnionType):
        return " or ".join(_type(part) for part in get_args(annotation) if part is not type(None))
    if get_origin(annotation) is Literal:
        return " or ".join(f"`{choice}`" for choice in get_args(annotation))
    return NAMES.get(annotation, str(annotation).replace("typing.", ""))


def _default(field) -> str:
    value = field.default
    if value is PydanticUndefined:
        return "made anew" if field.default_factory else "required"
    return "none" if value is None or value == "" else f"`{value}`"
