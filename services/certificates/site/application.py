"""The HTTP side: GET and HEAD, revalidation by ETag, and headers that keep browsers from guessing."""

from hashlib import sha256

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from services.certificates.site.addresses import NOTHING, Addresses, Found

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000",
}
SHARED = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}


def application(addresses: Addresses) -> Starlette:
    """Return the application that serves them."""

    def answer(request: Request) -> Response:  # not async: Starlette runs it in a thread, as it reads files
        found = addresses.find(request.scope["path"], request.headers.get("accept", ""))
        if found is None:
            raise HTTPException(404)
        headers = headers_of(found)
        if matches(request.headers.get("if-none-match", ""), headers["ETag"]):
            return Response(status_code=304, headers=headers)
        return Response(found.content, media_type=found.content_type, headers=headers)

    return Starlette(routes=[Route("/{path:path}", answer)], exception_handlers={HTTPException: refused})


def headers_of(found: Found) -> dict[str, str]:
    """Return the headers that an answer has, whether with its bytes or without."""
    tag = sha256(found.content_type.encode() + b"\n" + found.content).hexdigest()[:32]
    more = {"ETag": f'"{tag}"', "Cache-Control": found.cache_control, "Content-Security-Policy": found.policy}
    return ALWAYS | more | (SHARED if found.shared else {}) | ({"Vary": "Accept"} if found.varies else {})


def matches(if_none_match: str, tag: str) -> bool:
    """Tell whether a client has this version already (RFC 9110, 13.1.2: weak comparison)."""
    known = [each.strip().removeprefix("W/") for each in if_none_match.split(",")]
    return tag in known or known == ["*"]


def refused(request: Request, error: Exception) -> Response:
    """Answer what is not there or not allowed; no cache keeps it, it may be there in a moment."""
    assert isinstance(error, HTTPException)
    headers = {**ALWAYS, **SHARED, "Cache-Control": "no-store", "Content-Security-Policy": NOTHING}
    return PlainTextResponse(
        f"{error.status_code} {error.detail}\n",
        error.status_code,
        headers={**headers, **(error.headers or {})},
    )
