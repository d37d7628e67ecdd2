"""Errors on the wire: an AppError ↔ a gRPC status with google.rpc details, by one two-way table."""

from typing import Any

import grpc
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.duration_pb2 import Duration
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
}
KINDS = {code: kind for kind, code in CODES.items()}
DETAILS_KEY = "grpc-status-details-bin"
LONGEST = 50  # details lists are cut here: trailing metadata has a size limit


def trailing(error: AppError, domain: str, request_id: str) -> tuple[tuple[str, bytes], ...]:
    """Return the trailing metadata that carries the details of `error`."""
    status = status_pb2.Status(code=CODES[error.kind].value[0], message=error.message)
    for detail in _details(error, domain, request_id):
        packed = AnyMessage()
        packed.Pack(detail)
        status.details.append(packed)
    return ((DETAILS_KEY, status.SerializeToString()),)


def _details(error: AppError, domain: str, request_id: str) -> list[Message]:
    details: list[Message] = [
        error_details_pb2.ErrorInfo(reason=error.reason, domain=domain, metadata=error.metadata),
        error_details_pb2.RequestInfo(request_id=request_id),
    ]
    if error.violations:
        details.append(_bad_request(error.violations[:LONGEST]))
    if error.unmet:
        details.append(_precondition(error.unmet[:LONGEST]))
    if error.retry_after is not None:
        delay = Duration()
        delay.FromTimedelta(error.retry_after)
        details.append(error_details_pb2.RetryInfo(retry_delay=delay))
    return details


def _bad_request(violations: tuple[Violation, ...]) -> Message:
    found = error_details_pb2.BadRequest()
    for v in violations:
        found.field_violations.add(field=v.field, description=v.message, reason=v.reason)
    return found


def _precondition(unmet: tuple[Unmet, ...]) -> Message:
    found = error_details_pb2.PreconditionFailure()
    for rule in unmet:
        found.violations.add(type=rule.reason, subject=rule.subject, description=rule.message)
    return found


def from_call(error: Any) -> AppError:
    """Return the AppError behind a client's `grpc.RpcError`; codes outside the table become UNAVAILABLE."""
    kind = KINDS.get(error.code(), Kind.UNAVAILABLE)
    found = AppError(kind, error.code().name, error.details() or error.code().name)
    for key, value in error.trailing_metadata() or ():
        if key == DETAILS_KEY:
            _read(found, value)
    return found


def _read(error: AppError, raw: bytes) -> None:
    status = status_pb2.Status()
    try:
        status.ParseFromString(raw)
    except DecodeError:
        return
    info, bad, failed = (
        error_details_pb2.ErrorInfo(),
        error_details_pb2.BadRequest(),
        error_details_pb2.PreconditionFailure(),
    )
    request = error_details_pb2.RequestInfo()
    for detail in status.details:
        if detail.Unpack(info):
            error.reason, error.metadata = info.reason, dict(info.metadata)
        elif detail.Unpack(bad):
            error.violations = tuple(
                Violation(v.field, v.description, v.reason) for v in bad.field_violations
            )
        elif detail.Unpack(failed):
            error.unmet = tuple(Unmet(v.type, v.description, v.subject) for v in failed.violations)
        elif detail.Unpack(request):
            error.metadata["request_id"] = request.request_id
