"""Errors on the wire: an AppError ↔ a gRPC status with google.rpc details, by one two-way table."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any

import grpc
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.message import DecodeError, Message
from google.rpc import error_details_pb2, status_pb2

from services.kit.errors import AppError, Kind, Unmet, Violation

CODES: dict[Kind, grpc.StatusCode] = {
    Kind.INVALID: grpc.StatusCode.INVALID_ARGUMENT,
    Kind.NOT_FOUND: grpc.StatusCode.NOT_FOUND,
    Kind.ALREADY_EXISTS: grpc.StatusCode.ALREADY_EXISTS,
    Kind.PRECONDITION: grpc.StatusCode.FAILED_PRECONDITION,
    Kind.CONFLICT: grpc.StatusCode.ABORTED,
    Kind.FORBIDDEN: grpc.StatusCode.PERMISSION_DENIED,
    Kind.UNAUTHENTICATED: grpc.StatusCode.UNAUTHENTICATED,
    Kind.EXHAUSTED: grpc.StatusCode.RESOURCE_EXHAUSTED,
    Kind.UNAVAILABLE: grpc.StatusCode.UNAVAILABLE,
    Kind.DEADLINE: grpc.StatusCode.DEADLINE_EXCEEDED,
    Kind.CANCELLED: grpc.StatusCode.CANCELLED,
}
KINDS = {code: kind for kind, code in CODES.items()}
DETAILS_KEY = "grpc-status-details-bin"
LONGEST_SENTENCE = 250  # characters of one text; a client refuses trailing metadata above 8 KiB
LARGEST_LIST = 2400  # bytes of the violations that are listed, for the same reason


def sentence(text: str) -> str:
    """Return `text` cut to what fits into trailing metadata."""
    return text if len(text) <= LONGEST_SENTENCE else text[: LONGEST_SENTENCE - 1] + "…"


def trailing(error: AppError, domain: str, request_id: str) -> tuple[tuple[str, bytes], ...]:
    """Return the trailing metadata that carries the details of `error`."""
    return ((DETAILS_KEY, status_of(error, domain, request_id).SerializeToString()),)


def status_of(error: AppError, domain: str, request_id: str = "") -> status_pb2.Status:
    """Return `error` with its details as one message."""
    status = status_pb2.Status(code=CODES[error.kind].value[0], message=sentence(error.message))
    for detail in _details(error, domain, request_id):
        packed = AnyMessage()
        packed.Pack(detail)
        status.details.append(packed)
    return status


def error_of(status: status_pb2.Status) -> AppError:
    """Return the error that a status tells of; codes outside the table become UNAVAILABLE."""
    kinds = {code.value[0]: kind for code, kind in KINDS.items()}
    found = AppError(kinds.get(status.code, Kind.UNAVAILABLE), "", status.message)
    _read(found, status)
    return found


def _details(error: AppError, domain: str, request_id: str) -> list[Message]:
    info = error_details_pb2.ErrorInfo(reason=error.reason, domain=domain)
    info.metadata.update({key: sentence(str(value)) for key, value in error.metadata.items()})
    details: list[Message] = [info, error_details_pb2.RequestInfo(request_id=request_id)]
    if error.violations:
        bad = error_details_pb2.BadRequest()
        _list(bad.field_violations, [_field(v) for v in error.violations], info)
        details.append(bad)
    if error.unmet:
        failed = error_details_pb2.PreconditionFailure()
        _list(failed.violations, [_rule(u) for u in error.unmet], info)
        details.append(failed)
    if error.retry_after is not None:
        details.append(_retry(error.retry_after))
    return details


def _field(v: Violation) -> Message:
    return error_details_pb2.BadRequest.FieldViolation(
        field=v.field, description=sentence(v.message), reason=v.reason
    )


def _rule(u: Unmet) -> Message:
    return error_details_pb2.PreconditionFailure.Violation(
        type=u.reason, subject=u.subject, description=sentence(u.message)
    )


def _retry(delay: timedelta) -> Message:
    found = error_details_pb2.RetryInfo()
    found.retry_delay.FromTimedelta(delay)
    return found


def _list(target: Any, entries: Sequence[Message], info: error_details_pb2.ErrorInfo) -> None:
    """Fill `target` as far as there is room; `info` tells how many entries were left out."""
    room = LARGEST_LIST
    for position, entry in enumerate(entries):
        room -= entry.ByteSize() + 3
        if room < 0:
            info.metadata["omitted"] = str(len(entries) - position)
            return
        target.append(entry)


def from_call(error: Any) -> AppError:
    """Return the AppError behind a client's `grpc.RpcError`; codes outside the table become UNAVAILABLE."""
    told = [value for key, value in error.trailing_metadata() or () if key == DETAILS_KEY]
    kind = KINDS.get(error.code(), Kind.UNAVAILABLE)
    if kind is Kind.CANCELLED and not told:  # a connection that ended, not work that somebody ended
        kind = Kind.UNAVAILABLE
    found = AppError(kind, error.code().name, error.details() or error.code().name)
    for value in told:
        with suppress(DecodeError):
            _read(found, status_pb2.Status.FromString(value))
    return found


def _read(error: AppError, status: status_pb2.Status) -> None:
    for detail in status.details:
        name = detail.TypeName().rpartition(".")[2]
        if name in READERS:
            kind, read = READERS[name]
            found = kind()
            detail.Unpack(found)
            read(error, found)


def _read_info(error: AppError, info: Any) -> None:
    error.reason = info.reason
    error.metadata = dict(info.metadata) | error.metadata


def _read_fields(error: AppError, bad: Any) -> None:
    error.violations = tuple(Violation(v.field, v.description, v.reason) for v in bad.field_violations)


def _read_rules(error: AppError, failed: Any) -> None:
    error.unmet = tuple(Unmet(v.type, v.description, v.subject) for v in failed.violations)


def _read_retry(error: AppError, retry: Any) -> None:
    error.retry_after = retry.retry_delay.ToTimedelta()


def _read_request(error: AppError, request: Any) -> None:
    error.metadata = error.metadata | {"request_id": request.request_id}


READERS: dict[str, tuple[type[Message], Callable[[AppError, Any], None]]] = {
    "ErrorInfo": (error_details_pb2.ErrorInfo, _read_info),
    "BadRequest": (error_details_pb2.BadRequest, _read_fields),
    "PreconditionFailure": (error_details_pb2.PreconditionFailure, _read_rules),
    "RetryInfo": (error_details_pb2.RetryInfo, _read_retry),
    "RequestInfo": (error_details_pb2.RequestInfo, _read_request),
}
