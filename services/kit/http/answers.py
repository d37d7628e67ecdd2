"""Answers: with an ETag and not sent again to who has them, or a refusal in one sentence."""

from collections.abc import Callable, Mapping
from hashlib import sha256

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from services.kit.errors import Kind
from services.kit.http.headers import sentence

Refuse = Callable[[Request, int, str], Response]  # a status and its detail as an answer: text, a page, JSON
STATUS = {
    Kind.INVALID: 400,
    Kind.NOT_FOUND: 404,
    Kind.ALREADY_EXISTS: 409,
    Kind.PRECONDITION: 400,
    Kind.CONFLICT: 409,
    Kind.FORBIDDEN: 403,
    Kind.UNAUTHENTICATED: 401,
    Kind.EXHAUSTED: 429,
    Kind.UNAVAILABLE: 503,
    Kind.DEADLINE: 504,
}  # as google.rpc.Code says of the gRPC codes that these kinds become


def conditional(request: Request, content: bytes, media_type: str, headers: Mapping[str, str]) -> Response:
    """Return content with its ETag; 304 without it where the client has this version already."""
    digest = sha256(media_type.encode() + b"\n" + content).hexdigest()[:32]
    tag = f'"{digest}"'
    told = {"ETag": tag, **headers}
    if matches(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=told)
    return Response(content, media_type=media_type, headers=told)


def matches(if_none_match: str, tag: str) -> bool:
    """Tell whether a client has this version already (RFC 9110, 13.1.2: weak comparison)."""
    known = [each.strip().removeprefix("W/") for each in if_none_match.split(",")]
    return tag in known or known == ["*"]


def in_text(request: Request, status: int, detail: str) -> Response:
    """Refuse in one line of text."""
    return PlainTextResponse(sentence(status, detail), status)
