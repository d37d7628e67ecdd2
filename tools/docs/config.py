"""docs/config.md: every setting with its type, default and meaning, from the models of processes and their parts."""

import inspect
from pathlib import Path
from types import UnionType
from typing import Literal, get_args, get_origin

from pydantic_core import PydanticUndefined

from services.kit.config import CONFIG_FILE, EXIT_CONFIG, Process, Settings
from services.processes import TABLE, Entry
from tools.docs.markdown import join, table

INTRODUCTION = f"""# Configuration

Set by environment variables, or in lower case and without the prefix in the TOML file that `{CONFIG_FILE}` names:
the table `[all]`, over it that of the service, over it the environment. Everything has a default that runs embedded.
A process lists all that is wrong at once and exits with status {EXIT_CONFIG}: values, what production lacks, and
settings that no process of the service reads, with the nearest name. `shuzheng run NAME --check-config` does no more
than that. Secrets are paths of files, never values.

Settings are composed of parts. A process has those parts that its section names, and settings of its own."""
SHARED = "SHUZHENG_<SERVICE>_"
NAMES: dict[object, str] = {str: "text", int: "integer", float: "number", bool: "true or false", Path: "path"}
HEAD = ("Setting", "Type", "Default", "Meaning")


def page() -> str:
    """Return the page: the parts that processes share, then each process."""
    models = [entry.model() for entry in TABLE.values()]
    parts = dict.fromkeys(part for model in models for part in _parts(model))
    sections = [_part(part) for part in sorted(parts, key=_place)] + [
        _process(each) for each in TABLE.values()
    ]
    return join(INTRODUCTION, *(block for section in sections for block in section))


def _parts(model: type[Process]) -> list[type[Settings]]:
    """Return the parts that a model is composed of and that have settings in the order of the sources."""
    found = [each for each in model.__mro__ if issubclass(each, Settings) and not each.service()]
    return sorted((each for each in found if _own(each)), key=_place)


def _place(part: type[Settings]) -> tuple[bool, str, int]:
    """Return where a part is declared: those of the kit come first."""
    return not part.__module__.startswith("services.kit."), part.__module__, inspect.getsourcelines(part)[1]


def _own(model: type[Settings]) -> list[str]:
    """Return the settings that a model itself declares."""
    return [name for name in model.model_fields if name in inspect.get_annotations(model)]


def _part(part: type[Settings]) -> tuple[str, str, str]:
    return f"## {part.__name__}", _says(part), _table(part, SHARED, _own(part))


def _process(entry: Entry) -> tuple[str, ...]:
    model = entry.model()
    prefix = str(model.model_config["env_prefix"])
    reads = ", ".join(f"[{part.__name__}](#{part.__name__.lower()})" for part in _parts(model))
    where = f"`{prefix}…`, or the table `[{entry.service}]`. Reads {reads}."
    return f"## `shuzheng run {entry.name}`", _says(model), where, _table(model, prefix, _own(model))


def _says(model: type[Settings]) -> str:
    return inspect.cleandoc(model.__doc__ or "")


def _table(model: type[Settings], prefix: str, names: list[str]) -> str:
    fields = [(name, model.model_fields[name]) for name in names]
    rows = [
        (f"`{prefix}{name.upper()}`", _type(field.annotation), _default(field), field.description or "")
        for name, field in fields
    ]
    return table(HEAD, rows)


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
