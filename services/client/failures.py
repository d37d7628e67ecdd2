"""Refusals as people read them, and faults: one line for what happened, one for each field and rule."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import grpc
from google.rpc import status_pb2

from services.kit.errors import AppError, Kind
from services.kit.rpc.status import error_of, from_call
from services.vocabulary import sentences

KINDS = {
    Kind.INVALID: ("请求有误", "The request is wrong"),
    Kind.NOT_FOUND: ("不存在", "Not found"),
    Kind.ALREADY_EXISTS: ("已存在", "Exists already"),
    Kind.PRECONDITION: ("不符合规定", "Refused by the rules"),
    Kind.CONFLICT: ("数据已被他人更改，请重试", "Changed in between, try again"),
    Kind.FORBIDDEN: ("无权操作", "Not allowed"),
    Kind.UNAUTHENTICATED: ("未登录或登录已失效", "Not logged in"),
    Kind.EXHAUSTED: ("超出限额", "A limit is reached"),
    Kind.UNAVAILABLE: ("服务暂不可用", "Not available now"),
    Kind.DEADLINE: ("超时", "Took too long"),
    Kind.CANCELLED: ("已提前终止", "Ended early"),
}
HAN = re.compile("[\u4e00-\u9fff]")
FAULTS = (
    grpc.StatusCode.INTERNAL,
    grpc.StatusCode.UNKNOWN,
    grpc.StatusCode.DATA_LOSS,
    grpc.StatusCode.UNIMPLEMENTED,
)


class Fault(Exception):
    """A fault of a service, of which the caller can put nothing right; the text is the service's own."""

    def __init__(self, call: str, code: grpc.StatusCode, details: str) -> None:
        super().__init__(details)
        self.call, self.code = call, code


@contextmanager
def told(call: str) -> Iterator[None]:
    """Turn an error of gRPC within the block into an AppError or a Fault of `call`."""
    try:
        yield
    except grpc.RpcError as error:
        raise raised(call, error) from None


def raised(call: str, error: Any) -> AppError | Fault:
    """Return the refusal, or the fault, that an error of gRPC stands for."""
    return Fault(call, error.code(), error.details()) if error.code() in FAULTS else from_call(error)


def failed(call: str, status: status_pb2.Status) -> AppError | Fault:
    """Return the refusal, or the fault, that long work ended with."""
    if status.code in {code.value[0] for code in FAULTS}:
        return Fault(call, grpc.StatusCode.INTERNAL, status.message)
    return error_of(status)


def told_by(status: status_pb2.Status) -> dict[str, str]:
    """Return what a status says, and its reason where it has one."""
    reason = error_of(status).reason
    return {"message": status.message} | ({"reason": reason} if reason else {})


def lines(refusal: AppError, lang: str) -> Iterator[str]:
    """Yield the line that says what happened, then one for each field and rule."""
    kind = KINDS[refusal.kind][lang == "en"]
    yield _sentence(kind, refusal.reason, refusal.message, lang)
    for violation in refusal.violations:
        yield f"  - {violation.field}: {violation.message}"
    for rule in refusal.unmet:
        yield "  - " + _sentence("", rule.reason, rule.message, lang)


def _sentence(kind: str, reason: str, message: str, lang: str) -> str:
    said = explained(reason, message, lang)
    return f"{kind}：{said}" if kind and lang != "en" else ": ".join(filter(None, (kind, said)))


def explained(reason: str, message: str, lang: str) -> str:
    """Return a reason with the service's own words, in Chinese first unless `lang` is "en"."""
    said = message if lang == "en" or HAN.match(message) else sentences.explained(reason, message)
    return f"{said} [{reason}]"


def as_json(refusal: AppError) -> dict[str, Any]:
    """Return a refusal for programs."""
    return {
        "kind": str(refusal.kind),
        "reason": refusal.reason,
        "message": refusal.message,
        "metadata": refusal.metadata,
        "violations": [
            {"field": v.field, "message": v.message, "reason": v.reason} for v in refusal.violations
        ],
        "unmet": [{"reason": u.reason, "message": u.message, "subject": u.subject} for u in refusal.unmet],
    }
