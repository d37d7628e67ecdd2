"""The HTTP side: GET and HEAD of what the addresses name, for scripts of other sites too."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from services.certificates.site.addresses import Addresses, Found
from services.kit.http.answers import conditional, in_text
from services.kit.http.application import application
from services.kit.http.headers import SHARED
from services.kit.http.limits import Limits


def files(addresses: Addresses, limits: Limits) -> ASGIApp:
    """Return the application that serves them."""

    def answer(request: Request) -> Response:  # not async: Starlette runs it in a thread, as it reads files
        found = addresses.find(request.scope["path"], request.headers.get("accept", ""))
        if found is None:
            raise HTTPException(404)
        return conditional(request, found.content, found.content_type, headers_of(found))

    return application([Route("/{path:path}", answer)], limits, refuse=refused)


def headers_of(found: Found) -> dict[str, str]:
    """Return the headers that an answer has, whether with its bytes or without."""
    more = {"Cache-Control": found.cache_control, "Content-Security-Policy": found.policy}
    return more | (SHARED if found.shared else {}) | ({"Vary": "Accept"} if found.varies else {})


def refused(request: Request, status: int, detail: str) -> Response:
    """Answer what is not there or not allowed, so that scripts of other sites can read it."""
    answer = in_text(request, status, detail)
    answer.headers.update(SHARED)
    return answer
