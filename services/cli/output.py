"""Answers on the screen: JSON for scripts, tables for lists, an indented account for one resource."""

import json
import re
import sys
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

from google.protobuf import json_format, symbol_database
from google.protobuf.message import Message
from rich.console import Console
from rich.table import Table

from services.client.failures import told_by

CHINA = timezone(timedelta(hours=8))
QUIET_WIDTH = 200  # columns where the output is no terminal
COLUMNS = 7
LISTED = 20  # elements of a list on the screen; --json has them all
FIRST = (
    "name",
    "number",
    "display_name",
    "holder_name",
    "candidate_display_name",
    "learner_display_name",
    "state",
)
NEVER = frozenset({"etag", "create_time", "update_time", "person", "document_sha256"})


def console() -> Console:
    """Return a console on standard output."""
    return Console(
        width=None if sys.stdout.isatty() else QUIET_WIDTH, highlight=False, soft_wrap=not sys.stdout.isatty()
    )


def error_console() -> Console:
    """Return a console on standard error."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def plain(message: Message) -> dict[str, Any]:
    """Return a message as JSON values with the field names of the proto."""
    return json_format.MessageToDict(message, preserving_proto_field_name=True)


def print_json(value: Any) -> None:
    """Write one JSON value as people and programs can read it."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def show(message: Message, as_json: bool) -> None:
    """Show an answer."""
    if as_json:
        print_json(plain(message))
        return
    rows = _rows_field(message.DESCRIPTOR)
    if rows:
        _show_rows(
            rows, [readable(row) for row in getattr(message, rows)], getattr(message, "next_page_token", "")
        )
    else:
        for line in account(readable(message)):
            console().print(line, markup=False)


def _rows_field(message: Any) -> str:
    """Return the repeated field of a list answer, "" for anything else."""
    repeated = [f.name for f in message.fields if f.is_repeated and f.message_type is not None]
    others = [f.name for f in message.fields if f.name not in repeated and f.name != "next_page_token"]
    return repeated[0] if len(repeated) == 1 and not others and message.name.endswith("Response") else ""


def _show_rows(what: str, rows: list[dict[str, Any]], more: str) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    columns = list(_columns(rows))
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(_cell(row.get(column)) for column in columns))
    console().print(table if rows else f"({what}: 0)")
    if more:
        console().print(f"… --page-token {more}", markup=False, style="dim")


def _columns(rows: list[dict[str, Any]]) -> Iterator[str]:
    """Yield the columns worth showing: names first, then what the rows have and is short."""
    seen = dict.fromkeys(
        key for row in rows for key, value in row.items() if not isinstance(value, dict | list)
    )
    seen |= {key: None for row in rows for key in row if key == "qualification"}
    ordered = [key for key in FIRST if key in seen] + [
        key for key in seen if key not in FIRST and key not in NEVER
    ]
    yield from ordered[:COLUMNS]


def _cell(value: Any) -> str:
    if isinstance(value, dict):
        return "/".join(str(part) for part in value.values() if part)
    return "" if value is None else str(value)


def account(value: dict[str, Any], indent: str = "") -> Iterator[str]:
    """Yield the lines of one resource; of a long list the first ones, and how many more there are."""
    width = max((len(key) for key in value), default=0)
    for key, inner in value.items():
        if isinstance(inner, dict) and not _flat(inner):
            yield f"{indent}{key}:"
            yield from account(inner, indent + "  ")
        elif isinstance(inner, list) and inner and isinstance(inner[0], dict):
            yield f"{indent}{key}:"
            for each in inner[:LISTED]:
                yield f"{indent}  - " + ", ".join(f"{k}={_cell(v)}" for k, v in each.items())
            if len(inner) > LISTED:
                yield f"{indent}  … +{len(inner) - LISTED} (--json)"
        else:
            yield f"{indent}{key:<{width}}  {_cell(', '.join(map(str, inner)) if isinstance(inner, list) else inner)}"


def _flat(value: dict[str, Any]) -> bool:
    return set(value) <= {"occupation", "direction", "level"}


def readable(message: Message) -> dict[str, Any]:
    """Return a message with dates as dates, times in China's time and enum values as words."""
    return {field.name: _value(field, value) for field, value in message.ListFields()}


def _value(field: Any, value: Any) -> Any:
    if field.is_repeated:
        return [_single(field, each) for each in value]
    return _single(field, value)


def _single(field: Any, value: Any) -> Any:
    if field.enum_type is not None:
        return _word(field.enum_type, value)
    if field.message_type is None:
        return value.decode("utf-8", "replace") if isinstance(value, bytes) else value
    return SPECIAL.get(field.message_type.full_name, readable)(value)


def _word(enum: Any, number: int) -> str:
    prefix = enum.values[0].name.removesuffix("UNSPECIFIED")
    known = enum.values_by_number.get(number)
    return known.name.removeprefix(prefix).lower() if known else str(number)


SPECIAL = {
    "google.type.Date": lambda d: f"{d.year:04d}-{d.month:02d}-{d.day:02d}",
    "google.protobuf.Timestamp": lambda t: _local(t.ToDatetime(timezone.utc)),  # noqa: UP017
    "google.protobuf.Duration": lambda d: f"{d.ToTimedelta()}",
    "google.protobuf.Any": lambda packed: _unpacked(packed),
    "google.rpc.Status": lambda status: told_by(status),
}


def _unpacked(packed: Any) -> dict[str, Any]:
    """Return what an Any holds; only its type where that is not known here."""
    try:
        kind = symbol_database.Default().GetSymbol(packed.TypeName())
    except KeyError:
        return {"type": packed.TypeName()}
    return readable(kind.FromString(packed.value))


def _local(moment: datetime) -> str:
    return re.sub(r"\+08:00$", "", moment.astimezone(CHINA).isoformat(" ", "seconds"))


def lines(what: Iterable[str], style: str = "") -> None:
    """Print lines without markup."""
    for line in what:
        console().print(line, markup=False, style=style or None)
