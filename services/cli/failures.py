"""Refusals as people read them: one line for what happened, one for each reason, and an exit code for scripts."""

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from tomllib import loads
from typing import Any

import grpc

from services.cli.fields import BadValue
from services.kit.errors import AppError, Kind
from services.kit.rpc.status import from_call

OK, REFUSED, USAGE, NOT_FOUND, NOT_ALLOWED, CONFLICT, UNAVAILABLE, INTERNAL = 0, 1, 2, 3, 4, 5, 6, 70
CODES = {
    Kind.INVALID: USAGE,
    Kind.NOT_FOUND: NOT_FOUND,
    Kind.ALREADY_EXISTS: REFUSED,
    Kind.PRECONDITION: REFUSED,
    Kind.CONFLICT: CONFLICT,
    Kind.FORBIDDEN: NOT_ALLOWED,
    Kind.UNAUTHENTICATED: NOT_ALLOWED,
    Kind.EXHAUSTED: REFUSED,
    Kind.UNAVAILABLE: UNAVAILABLE,
    Kind.DEADLINE: UNAVAILABLE,
}
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
}
EXIT_CODES = {
    OK: ("成功", "done"),
    REFUSED: ("规则不允许", "refused by the rules"),
    USAGE: ("用法或请求有误", "wrong usage or request"),
    NOT_FOUND: ("不存在", "not found"),
    NOT_ALLOWED: ("未登录或无权", "not logged in or not allowed"),
    CONFLICT: ("冲突，可重试", "conflict, try again"),
    UNAVAILABLE: ("服务不可用，可重试", "not available, try again"),
    INTERNAL: ("内部错误", "internal fault"),
}
HAN = re.compile("[\u4e00-\u9fff]")
FAULTS = (
    grpc.StatusCode.INTERNAL,
    grpc.StatusCode.UNKNOWN,
    grpc.StatusCode.DATA_LOSS,
    grpc.StatusCode.UNIMPLEMENTED,
)


@cache
def reasons() -> dict[str, str]:
    """Return the Chinese sentence of every reason that a service gives."""
    return loads((files("services.cli") / "reasons.toml").read_text("utf-8"))


def of(error: Exception) -> AppError | None:
    """Return the refusal that an exception is; None for a fault of the service or of this program."""
    if isinstance(error, AppError):
        return error
    if isinstance(error, BadValue):
        return AppError(Kind.INVALID, "INVALID_FIELD", str(error))
    if isinstance(error, OSError):
        return AppError(Kind.INVALID, "FILE_UNREADABLE", str(error))
    if isinstance(error, grpc.RpcError) and error.code() not in FAULTS:
        return from_call(error)
    return None


def exit_code(refusal: AppError | None) -> int:
    """Return the exit code of a refusal; 70 for a fault."""
    if refusal is None:
        return INTERNAL
    return UNAVAILABLE if refusal.reason == "RATE_LIMITED" else CODES[refusal.kind]


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
    chinese = "" if lang == "en" or HAN.match(message) else reasons().get(reason, "")
    return f"{chinese} ({message}) [{reason}]" if chinese else f"{message} [{reason}]"


def fault(error: Exception, lang: str) -> str:
    """Return one line for a fault."""
    said = error.details() if isinstance(error, grpc.RpcError) else f"{type(error).__name__}: {error}"
    return f"{EXIT_CODES[INTERNAL][lang == 'en']}: {said}"


def as_json(error: Exception, refusal: AppError | None) -> dict[str, Any]:
    """Return the refusal for scripts."""
    if refusal is None:
        return {"error": {"reason": "INTERNAL", "message": fault(error, "en"), "exit_code": INTERNAL}}
    return {
        "error": {
            "kind": str(refusal.kind),
            "reason": refusal.reason,
            "message": refusal.message,
            "metadata": refusal.metadata,
            "exit_code": exit_code(refusal),
            "violations": [
                {"field": v.field, "message": v.message, "reason": v.reason} for v in refusal.violations
            ],
            "unmet": [
                {"reason": u.reason, "message": u.message, "subject": u.subject} for u in refusal.unmet
            ],
        }
    }
