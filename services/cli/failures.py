"""Refusals on the terminal: lines on standard error or JSON, and an exit code for scripts."""

from typing import Any

from services.cli import output
from services.client import failures
from services.client.failures import Fault
from services.client.fields import BadValue
from services.kit.errors import AppError, Kind

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
    Kind.CANCELLED: REFUSED,
}
EXIT_CODES = {
    OK: ("成功", "done"),
    REFUSED: ("规则不允许，或被提前终止", "refused by the rules, or ended early"),
    USAGE: ("用法或请求有误", "wrong usage or request"),
    NOT_FOUND: ("不存在", "not found"),
    NOT_ALLOWED: ("未登录或无权", "not logged in or not allowed"),
    CONFLICT: ("冲突，可重试", "conflict, try again"),
    UNAVAILABLE: ("服务不可用，可重试", "not available, try again"),
    INTERNAL: ("内部错误", "internal fault"),
}
TOLD = (
    AppError | Fault | BadValue | OSError
)  # what a command reports; anything else is a fault of this program


def of(error: Exception) -> AppError | None:
    """Return the refusal that an exception is; None for a fault."""
    if isinstance(error, AppError):
        return error
    if isinstance(error, BadValue):
        return AppError(Kind.INVALID, "INVALID_FIELD", str(error))
    if isinstance(error, OSError):
        return AppError(Kind.INVALID, "FILE_UNREADABLE", str(error))
    return None


def exit_code(refusal: AppError | None) -> int:
    """Return the exit code of a refusal; 70 for a fault."""
    if refusal is None:
        return INTERNAL
    return UNAVAILABLE if refusal.reason == "RATE_LIMITED" else CODES[refusal.kind]


def report(error: Exception, lang: str, as_json: bool) -> int:
    """Tell of a refusal or fault; returns the exit code."""
    refusal = of(error)
    if as_json:
        output.print_json(json_of(error, refusal))
        return exit_code(refusal)
    lines = [fault(error, lang)] if refusal is None else failures.lines(refusal, lang)
    for line in lines:
        output.error_console().print(line, markup=False)
    return exit_code(refusal)


def fault(error: Exception, lang: str) -> str:
    """Return one line for a fault."""
    said = str(error) if isinstance(error, Fault) else f"{type(error).__name__}: {error}"
    return f"{EXIT_CODES[INTERNAL][lang == 'en']}: {said}"


def json_of(error: Exception, refusal: AppError | None) -> dict[str, Any]:
    """Return the refusal or fault for scripts."""
    if refusal is None:
        about: dict[str, Any] = {"reason": "INTERNAL", "message": fault(error, "en")}
    else:
        about = failures.as_json(refusal)
    return {"error": about | {"exit_code": exit_code(refusal)}}
