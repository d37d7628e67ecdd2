"""Fields of a request that people fill in, one by one, with the text forms of dates, times and the like.

A resource inside a request is spread out: `display_name` sets `cohort.display_name`. A text is never taken for the
name of a file: callers that may read files do so themselves.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any

from google.protobuf.descriptor import Descriptor, FieldDescriptor, MethodDescriptor

from services.kit.rpc.behavior import IDENTIFIER, IMMUTABLE, OUTPUT_ONLY, REQUIRED, behaviors

JSON = "JSON"
QUALIFICATION = "shuzheng.type.v1.Qualification"
CHINA = timezone(timedelta(hours=8))
AUTOMATIC = frozenset({"request_id", "update_mask"})


class BadValue(Exception):
    """A text that its field does not understand; the message says what it takes."""


@dataclass(frozen=True)
class Field:
    """One field: `path` is where its value goes in the request."""

    path: tuple[str, ...]
    descriptor: FieldDescriptor
    needed: bool = False

    @property
    def key(self) -> str:
        """The name by which its text is given."""
        return self.path[-1]

    @property
    def repeated(self) -> bool:
        """Whether it may be given several times."""
        return self.descriptor.is_repeated and self.descriptor.message_type is None

    @property
    def flag(self) -> bool:
        """Whether it is on or off."""
        return self.descriptor.type == FieldDescriptor.TYPE_BOOL and not self.descriptor.is_repeated

    @property
    def structured(self) -> bool:
        """Whether JSON may be given for it."""
        message = self.descriptor.message_type
        alone = message is not None and message.full_name in READERS and not self.descriptor.is_repeated
        return message is not None and (not alone or message.full_name == QUALIFICATION)

    @property
    def form(self) -> str:
        """What it takes, for people."""
        if self.descriptor.enum_type is not None:
            return " | ".join(word for word in words(self.descriptor).values() if word)
        message = self.descriptor.message_type
        if message is None:
            return ""
        return JSON if self.descriptor.is_repeated else FORMS.get(message.full_name, JSON)

    def read(self, given: str) -> Any:
        """Return the JSON value of a text; raises BadValue."""
        try:
            return self._read(given)
        except (ValueError, KeyError) as error:
            raise BadValue(f"{self.key} {given!r}: {self.form or error}") from None

    def _read(self, given: str) -> Any:
        if self.descriptor.enum_type is not None:
            return _enum(self.descriptor, given)
        message = self.descriptor.message_type
        if message is None:
            return given
        reader = None if self.descriptor.is_repeated else READERS.get(message.full_name)
        return reader(given) if reader else json.loads(given)


def words(field: FieldDescriptor) -> dict[str, str]:
    """Return the short word of each value of an enum field: COHORT_STATE_TEACHING is `teaching`."""
    assert field.enum_type is not None
    values = [value.name for value in field.enum_type.values]
    prefix = values[0].removesuffix("UNSPECIFIED")
    return {
        v: "" if v.endswith("_UNSPECIFIED") else v.removeprefix(prefix).lower().replace("_", "-")
        for v in values
    }


def _enum(field: FieldDescriptor, given: str) -> str:
    known = {word: value for value, word in words(field).items() if word}
    return given if given in known.values() else known[given.lower().replace("_", "-")]


def _date(given: str) -> dict[str, int]:
    day = date.fromisoformat(given)
    return {"year": day.year, "month": day.month, "day": day.day}


def _time(given: str) -> str:
    moment = datetime.fromisoformat(given)
    return (moment if moment.tzinfo else moment.replace(tzinfo=CHINA)).isoformat()


def _qualification(given: str) -> dict[str, str]:
    if given.startswith("{"):
        return json.loads(given)
    occupation, *direction, level = given.split("/")
    if len(direction) > 1 or level.lower() not in ("junior", "mid", "senior"):
        raise ValueError
    return {"occupation": occupation, "direction": "".join(direction), "level": f"LEVEL_{level.upper()}"}


def _window(given: str) -> dict[str, str]:
    start, end = re.split(r"/|\.\.", given)
    return {"start_time": _time(start.strip()), "end_time": _time(end.strip())}


READERS: dict[str, Callable[[str], Any]] = {
    "google.type.Date": _date,
    "google.protobuf.Timestamp": _time,
    "google.protobuf.Duration": lambda given: given if given.endswith("s") else f"{given}s",
    QUALIFICATION: _qualification,
    "shuzheng.assessment.v1.ExamWindow": _window,
}
FORMS = {
    "google.type.Date": "2026-03-16",
    "google.protobuf.Timestamp": "2026-03-16T09:00 (+08:00)",
    "google.protobuf.Duration": "90s",
    QUALIFICATION: "occupation/direction/level, occupation/level",
    "shuzheng.assessment.v1.ExamWindow": "2026-05-23T09:00/2026-05-23T12:00",
}


def fields(method: MethodDescriptor) -> list[Field]:
    """Return the fields of an RPC's request, the one that names something first where there is one."""
    found: dict[str, Field] = {}
    for field in _spread(method):
        found.setdefault(field.key, field)
    return list(found.values())


def _spread(method: MethodDescriptor) -> Iterator[Field]:
    for field in method.input_type.fields:
        inner = field.message_type
        if field.name in AUTOMATIC or field.type == FieldDescriptor.TYPE_BYTES:
            continue
        if inner is None or field.is_repeated or inner.full_name in READERS:
            yield Field((field.name,), field, REQUIRED in behaviors(field))
        else:
            yield from _resource(field.name, inner, update=method.name.startswith("Update"))


def _resource(name: str, message: Descriptor, *, update: bool) -> Iterator[Field]:
    """Yield what callers say of a resource: not what services set, nor what an update cannot change."""
    hidden = {OUTPUT_ONLY, IMMUTABLE} if update else {OUTPUT_ONLY, IDENTIFIER}
    needed = IDENTIFIER if update else REQUIRED
    for field in message.fields:
        if not hidden & behaviors(field) and (update or field.name != "etag"):
            yield Field((name, field.name), field, needed in behaviors(field))


def positional(method: MethodDescriptor) -> Field | None:
    """Return the field that needs no name of its own: the first one, where it names something."""
    first = next(iter(fields(method)), None)
    if first is None or first.descriptor.type != FieldDescriptor.TYPE_STRING or first.repeated:
        return None
    named = len(first.path) == 1 or first.key == "name"
    return first if named and first.key != "page_token" else None
