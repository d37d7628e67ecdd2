"""Generated calls of every RPC, and what an answer must never be.

Requests are written from the descriptors and their protovalidate rules, so that a new field is fuzzed from its first
day; `oddness` is the chance of each field to break its rules on purpose.
"""

import asyncio
import string
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from random import Random
from re import _parser  # type: ignore[attr-defined]
from typing import Any

import grpc
from buf.validate import validate_pb2
from google.protobuf.descriptor import Descriptor, FieldDescriptor, MethodDescriptor
from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from google.rpc import error_details_pb2, status_pb2
from shuzheng.options.v1 import access_pb2

from services.kit.rpc.behavior import REQUIRED, behaviors
from services.kit.rpc.names import type_of
from services.vocabulary.occupations import OCCUPATIONS
from tests.support.people import national_id, organization_code, person
from tests.support.places import ROOT
from tools import contract

GENERATED = ROOT / "gen"
SENDING_FAILED = "Internal error from Core"
PATIENCE = 20  # seconds until a call counts as stuck
MAPPED = frozenset(
    grpc.StatusCode[name]
    for name in (
        "INVALID_ARGUMENT", "NOT_FOUND", "ALREADY_EXISTS", "FAILED_PRECONDITION", "ABORTED", "PERMISSION_DENIED",
        "UNAUTHENTICATED", "RESOURCE_EXHAUSTED",
    )
)  # fmt: skip
ODD_TEXT = (
    "", " ", "\t\r\n", "\x00", "a\x00b", "\x1b[31m", "\u202e反", "e\u0301\u0301", "\ufeff", "\ufffe", "\u2028",
    "😀" * 40, "%s%n{}", "'; DROP TABLE cohorts; --", "../../etc/passwd", "institutions/", "/", "a/b/c", "ＩＤ１２３",
    "-1", "1e999", "NaN", "0" * 5000, "长" * 400, "bodies/-", "institutions/-", "bodies/../bodies/b", "null",
)  # fmt: skip
ODD_NUMBERS = (-(2**63), -(2**31), -1, 0, 1, 2**31 - 1, 2**31, 2**32 - 1, 2**53, 2**63 - 1)
WORDS = ("示例", "甲", "王子涵", "数字技术", "plain text", "a", "第1期", "𠮷野家")
ROLES = ("supervisor", "institution", "body", "examiner", "candidate", "employer", "service")


def methods(service: str) -> list[MethodDescriptor]:
    """Return every RPC of a package shuzheng.<service>.v1, from the generated code."""
    files = sorted((GENERATED / "shuzheng" / service / "v1").glob("*_service_pb2.py"))
    modules = [import_module(f"shuzheng.{service}.v1.{file.stem}") for file in files]
    services = [found for module in modules for found in module.DESCRIPTOR.services_by_name.values()]
    return [method for found in services for method in found.methods]


@dataclass(frozen=True)
class Who:
    """A caller; role "public" sends no token."""

    role: str
    tenant: str = ""


@dataclass(frozen=True)
class Answer:
    """What became of one call."""

    method: str
    who: Who
    requests: tuple[bytes, ...]
    code: grpc.StatusCode
    reason: str

    @property
    def fault(self) -> str:
        """Why this answer must not be; empty for an OK or a mapped error that says its reason."""
        if self.code is grpc.StatusCode.OK or (self.code in MAPPED and self.reason):
            return ""
        return f"{self.method} as {self.who}: {self.code.name} {self.reason or 'without ErrorInfo'}"


class Writer:
    """Writes requests; `names` are resource names that exist, the same seed writes the same requests."""

    def __init__(self, seed: int, names: Sequence[str] = ()):
        self.random = Random(seed)
        self.names: dict[str, list[str]] = {}
        for name in names:
            self.names.setdefault(_shape(name), []).append(name)
        self.all_names = list(names) or ["institutions/none"]

    def request(self, kind: Descriptor, oddness: float, depth: int = 0) -> Message:
        """Return a message of `kind`."""
        message: Message = GetMessageClass(kind)()
        if kind.full_name in WELL_KNOWN:
            WELL_KNOWN[kind.full_name](self, message, oddness)
            return message
        for field in self._chosen(kind, oddness):
            self._fill(message, field, oddness, depth)
        return message

    def _chosen(self, kind: Descriptor, oddness: float) -> Iterator[FieldDescriptor]:
        for field in kind.fields:
            if field.containing_oneof and not field.containing_oneof.name.startswith("_"):
                continue
            if self.random.random() < (0.5 * oddness if _wanted(field) else min(0.15 + oddness, 0.5)):
                continue
            yield field
        for oneof in kind.oneofs:
            if not oneof.name.startswith("_") and self.random.random() > 0.1:
                yield self.random.choice(oneof.fields)

    def _fill(self, message: Message, field: FieldDescriptor, oddness: float, depth: int) -> None:
        rules = field.GetOptions().Extensions[validate_pb2.field]
        if not field.is_repeated:
            self._set(message, field, rules, oddness, depth)
            return
        low, high = rules.repeated.min_items, rules.repeated.max_items or 5
        count = self.random.randint(low, max(low, min(high, low + 3)))
        if self.random.random() < 0.3 * oddness and high <= 1000:
            count = high + 1
        values = [self._value(field, rules.repeated.items, oddness, depth + 1) for _ in range(count)]
        getattr(message, field.name).extend(values)

    def _set(self, message: Message, field: FieldDescriptor, rules: Any, oddness: float, depth: int) -> None:
        if field.message_type is None:
            setattr(message, field.name, self._value(field, rules, oddness, depth))
        elif depth < 6:
            getattr(message, field.name).CopyFrom(self._value(field, rules, oddness, depth + 1))

    def _value(self, field: FieldDescriptor, rules: Any, oddness: float, depth: int) -> Any:
        if field.message_type is not None:
            return self.request(field.message_type, oddness, depth)
        odd = self.random.random() < oddness
        match field.type:
            case FieldDescriptor.TYPE_STRING:
                return self._odd_text(rules) if odd else self._text(field, rules.string)
            case FieldDescriptor.TYPE_BYTES:
                return self.random.randbytes(self.random.choice((0, 1, 2, 30, 3000)))
            case FieldDescriptor.TYPE_BOOL:
                return self.random.random() < 0.5
            case FieldDescriptor.TYPE_ENUM:
                return self._choice(field, odd)
            case _:
                return self._number(field, rules, odd)

    def _choice(self, field: FieldDescriptor, odd: bool) -> int:
        assert field.enum_type is not None
        known = [value.number for value in field.enum_type.values]
        return self.random.choice((-1, 99, 2**31 - 1)) if odd else self.random.choice(known[1:] or known)

    def _number(self, field: FieldDescriptor, rules: Any, odd: bool) -> int:
        bits = 64 if field.type in (FieldDescriptor.TYPE_INT64, FieldDescriptor.TYPE_UINT64) else 32
        if odd:
            return self.random.choice([n for n in ODD_NUMBERS if -(2 ** (bits - 1)) <= n < 2 ** (bits - 1)])
        kind = rules.int64 if bits == 64 else rules.int32
        low = kind.gte if kind.HasField("gte") else kind.gt + 1 if kind.HasField("gt") else 0
        high = (
            kind.lte if kind.HasField("lte") else kind.lt - 1 if kind.HasField("lt") else 2 ** (bits - 1) - 1
        )
        return self.random.choice((low, high, self.random.randint(low, min(high, low + 20))))

    def _odd_text(self, rules: Any) -> str:
        longest = rules.string.max_len or 300
        own = (
            "x" * (longest + 1),
            "x" * longest,
            "\x00" * min(longest, 40),
            self.random.choice(self.all_names),
        )
        return self.random.choice((*ODD_TEXT, *own))

    def _text(self, field: FieldDescriptor, rules: Any) -> str:
        if rules.uuid or field.name == "request_id":
            return str(uuid.UUID(bytes=self.random.randbytes(16), version=4))
        if (special := SPECIAL.get(field.name)) is not None:
            return special(self.random)
        if (name := self._name_for(field)) and not rules.pattern:
            return name
        if rules.pattern and self.random.random() < 0.9:
            return matching(rules.pattern, self.random)
        return self.random.choice(WORDS)[: rules.max_len or None]

    def _name_for(self, field: FieldDescriptor) -> str:
        """Return a name of the kind that the field refers to; now and then any other name."""
        shapes = [_shape(name) for found in contract.patterns().get(type_of(field), ()) for name in found]
        if not shapes:
            return ""
        if self.random.random() < 0.1:
            return self.random.choice(self.all_names) + self.random.choice(("", "x", "/listings/none"))
        fitting = [name for shape in shapes for name in self.names.get(shape, ())]
        return self.random.choice(fitting or self.all_names)


def _shape(name: str) -> str:
    """Return the collections of a name: institutions/cohorts for institutions/a/cohorts/b."""
    return "/".join(name.split("/")[::2])


def _wanted(field: FieldDescriptor) -> bool:
    return REQUIRED in behaviors(field) or field.name in ("name", "display_name", "qualification")


SPECIAL: dict[str, Callable[[Random], str]] = {
    "national_id": lambda r: national_id(r.randrange(500)),
    "uscc": lambda r: organization_code(r.randrange(500)),
    "occupation": lambda r: r.choice([*OCCUPATIONS, "no-such"]),
    "direction": lambda r: r.choice(["", *(d.key for o in OCCUPATIONS.values() for d in o.directions)]),
    "etag": lambda r: r.choice(("", "", "", "", '"1"', "odd")),
    "page_token": lambda r: r.choice(("", "", "", "odd", "AAAA", "eyJ9", "é")),
    "holder_name": lambda r: person(r.randrange(60)).display_name,
    "item": lambda r: r.choice(("analysis", "management", "none")),
    "filename": lambda r: r.choice(("a.csv", "a.xlsx", "a.xls", "", "a.exe")),
}


def matching(pattern: str, random: Random) -> str:
    """Return a text that matches a regular expression (the part of the language that our protos use)."""
    return _written(_parser.parse(pattern), random)


def _written(parsed: Any, random: Random) -> str:
    return "".join(_part(str(op), argument, random) for op, argument in parsed)


def _part(op: str, argument: Any, random: Random) -> str:
    match op:
        case "LITERAL":
            return chr(argument)
        case "IN":
            return _one_of(argument, random)
        case "ANY":
            return random.choice(string.ascii_letters)
        case "MAX_REPEAT" | "MIN_REPEAT":
            low, high, inner = argument
            return "".join(
                _written(inner, random) for _ in range(random.randint(low, min(int(high), low + 3)))
            )
        case "SUBPATTERN":
            return _written(argument[3], random)
        case "BRANCH":
            return _written(random.choice(argument[1]), random)
        case "AT":
            return ""
    raise LookupError(f"{op} in a pattern of the protos cannot be written")


def _one_of(members: Any, random: Random) -> str:
    ranges = [
        m[1] if str(m[0]) == "RANGE" else (m[1], m[1]) for m in members if str(m[0]) in ("RANGE", "LITERAL")
    ]
    if not ranges:  # a category or a negation
        return random.choice(string.digits)
    return chr(random.randint(*random.choice(ranges)))


def _date(writer: Writer, message: Any, oddness: float) -> None:
    if writer.random.random() < oddness:
        odd = (-1, 0, 1, 13, 31, 9999, 10**6)
        message.year, message.month, message.day = (writer.random.choice(odd) for _ in "ymd")
    else:
        message.year, message.month = writer.random.randint(2015, 2027), writer.random.randint(1, 12)
        message.day = writer.random.randint(1, 28)


def _moment(writer: Writer, message: Any, oddness: float) -> None:
    odd = writer.random.random() < oddness
    choices = (-(2**62), -1, 0, 253402300800, 2**62) if odd else (1772500000, 1772600000, 1900000000)
    message.seconds = writer.random.choice(choices)
    message.nanos = writer.random.choice((-1, 10**9, 2**31 - 1)) if odd else 0


def _mask(writer: Writer, message: Any, oddness: float) -> None:
    known = [
        "display_name",
        "capacity",
        "start_date",
        "region",
        "parts",
        "content",
        "seats",
        "phone",
        "titles",
    ]
    odd = ["", "name", "state", "*", "etag", "a.b.c", "display_name.x", "显示", "\x00"]
    choices = odd if writer.random.random() < oddness else known
    message.paths.extend(writer.random.sample(choices, writer.random.choice((0, 0, 1, 3))))


WELL_KNOWN: dict[str, Callable[[Writer, Any, float], None]] = {
    "google.type.Date": _date,
    "google.protobuf.Timestamp": _moment,
    "google.protobuf.Duration": _moment,
    "google.protobuf.FieldMask": _mask,
}


def callers(method: MethodDescriptor, requests: Sequence[Message], writer: Writer) -> Who:
    """Return one of those who may call here, or somebody else: public, wrong role, another tenant."""
    grants = method.GetOptions().Extensions[access_pb2.access].grants
    roll = writer.random.random()
    if roll < 0.07:
        return Who("public")
    if roll < 0.16:
        return Who(writer.random.choice(ROLES), writer.random.choice(writer.all_names))
    grant = writer.random.choice(list(grants))
    role = access_pb2.Role.Name(grant.role).removeprefix("ROLE_").lower()
    return Who(role, _tenant(role, grant.tenant_field, requests, writer))


def _tenant(role: str, path: str, requests: Sequence[Message], writer: Writer) -> str:
    value: Any = requests[0] if requests else None
    for part in path.split(".") if path and value is not None else ():
        value = getattr(value, part)
    name = value if isinstance(value, str) else value[0] if isinstance(value, Sequence) and value else ""
    parts = (name if isinstance(name, str) else "").split("/")
    tenant = "/".join(parts[: 4 if role == "examiner" else 2])
    return tenant[:300] or writer.random.choice(writer.all_names)


async def call(
    channel: grpc.aio.Channel, method: MethodDescriptor, requests: Sequence[bytes], who: Who, metadata: Any
) -> Answer:
    """Send serialized requests (one, unless the client streams) and take the whole answer.

    grpc.aio reports INTERNAL by itself where the server has answered while the client was still sending; such a call
    says nothing about the service and is made again.
    """
    for _ in range(20):
        answer, text = await _call(channel, method, requests, who, metadata)
        if text != SENDING_FAILED:
            break
    return answer


async def _call(
    channel: grpc.aio.Channel, method: MethodDescriptor, requests: Sequence[bytes], who: Who, metadata: Any
) -> tuple[Answer, str]:
    from_client, to_client = method.client_streaming, method.server_streaming
    shape = f"{'stream' if from_client else 'unary'}_{'stream' if to_client else 'unary'}"
    path = f"/{method.containing_service.full_name}/{method.name}"
    start = getattr(channel, shape)(path)
    given = iter(requests) if from_client else requests[0]
    running = start(given, metadata=metadata, timeout=PATIENCE)
    reason = ""
    try:
        async with asyncio.timeout(PATIENCE + 5):
            if to_client:
                async for _ in running:
                    pass
            else:
                await running
    except grpc.aio.AioRpcError as error:
        reason = reason_of(error)
    return Answer(path, who, tuple(requests), await running.code(), reason), await running.details() or ""


def reason_of(error: grpc.aio.AioRpcError) -> str:
    """Return the reason of the ErrorInfo that an error carries, "" where there is none."""
    for key, value in error.trailing_metadata() or ():
        if key == "grpc-status-details-bin":
            for detail in status_pb2.Status.FromString(value).details:
                info = error_details_pb2.ErrorInfo()
                if detail.Unpack(info):
                    return str(info.reason)
    return ""
