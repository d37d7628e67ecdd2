"""An application behind its limits: sizes and rates are looked at before it, headers and refusals after it."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.kit import logs
from services.kit.errors import AppError
from services.kit.http.answers import STATUS, Refuse, in_text
from services.kit.http.headers import DEFAULTS
from services.kit.http.limits import Limits, client
from services.kit.rpc.limits import Limiter

RAW = [(name.lower().encode(), value.encode()) for name, value in DEFAULTS.items()]
Ready = Callable[[], Awaitable[bool]]


def application(
    routes: Sequence[BaseRoute], limits: Limits, refuse: Refuse = in_text, ready: Ready | None = None
) -> ASGIApp:
    """Return the application: these routes, `/livez` and `/readyz` where `ready` is given, all refusals by `refuse`."""
    refusals = Refusals(refuse)
    handlers: Any = {
        HTTPException: refusals.http,
        AppError: refusals.app,
        ClientDisconnect: refusals.nobody,
        Exception: refusals.fault,
    }
    bounded = Middleware(Bounded, limits, refusals)
    own = [*(health(ready) if ready else ()), *routes]
    return Secured(Starlette(routes=own, exception_handlers=handlers, middleware=[bounded]))


def health(ready: Ready) -> list[Route]:
    """Return what tells that the process lives, and whether it can serve."""

    async def live(_: Request) -> Response:
        return PlainTextResponse("alive\n")

    async def serves(_: Request) -> Response:
        found = await ready()
        return PlainTextResponse("ready\n" if found else "not ready\n", 200 if found else 503)

    return [Route("/livez", live), Route("/readyz", serves)]


class Refusals:
    """What went wrong as answers; no cache keeps one, it may be otherwise in a moment."""

    def __init__(self, refuse: Refuse) -> None:
        self.refuse = refuse

    def http(self, request: Request, error: Any) -> Response:
        """Answer a refusal that names its status."""
        answer = self.refuse(request, error.status_code, error.detail)
        answer.headers.update({"Cache-Control": "no-store", **(error.headers or {})})
        return answer

    def app(self, request: Request, error: Any) -> Response:
        """Answer a refusal of the kit or of a service."""
        headers = (
            {"Retry-After": str(int(error.retry_after.total_seconds()) + 1)} if error.retry_after else {}
        )
        return self.http(request, HTTPException(STATUS[error.kind], error.message, headers))

    def fault(self, request: Request, error: Exception) -> Response:
        """Say that it is our fault and log why; the query is left out, it may name people."""
        path, method = request.scope["path"], request.method
        logs.logger("http").error(logs.CALL_FAILED, method=method, path=path, exc_info=error)
        return self.http(request, HTTPException(500))

    def nobody(self, _: Request, __: Exception) -> Response:
        """Answer a client that hung up; nobody reads it."""
        return Response(status_code=400)


class Secured:
    """Gives an answer the headers that it lacks, whoever made it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""

        async def secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                told = {name for name, _ in message["headers"]}
                message["headers"] += [header for header in RAW if header[0] not in told]
            await send(message)

        await self.app(scope, receive, secured)


class Bounded:
    """Refuses requests that are too large, or too many from one address."""

    def __init__(self, app: ASGIApp, limits: Limits, refusals: Refusals) -> None:
        self.app = app
        self.limits = limits
        self.refusals = refusals
        self.limiter = Limiter(limits.rate, limits.rate * 2)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        try:
            self._look(scope)
        except HTTPException as error:
            await self.refusals.http(Request(scope), error)(scope, receive, send)
        except AppError as error:
            await self.refusals.app(Request(scope), error)(scope, receive, send)
        else:
            await self.app(scope, self._counted(receive), send)

    def _look(self, scope: Scope) -> None:
        """Raise what a request is refused for before any of its body is read."""
        size, length = len(scope["raw_path"]) + len(scope["query_string"]), 0
        for name, value in scope["headers"]:
            size += len(name) + len(value)
            length = int(value) if name == b"content-length" else length
        if size > self.limits.head_bytes:
            raise HTTPException(431, headers={"Connection": "close"})
        if self.limits.rate and scope["client"]:
            self.limiter.take(client(scope["client"][0]), asyncio.get_running_loop().time())
        if length > self.limits.body_bytes:
            raise self._too_large()

    def _counted(self, receive: Receive) -> Receive:
        """Let no more of a body through than it may have: its length need not have been told."""
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self.limits.body_bytes:
                raise self._too_large()
            return message

        return counted

    def _too_large(self) -> HTTPException:
        return HTTPException(413, f"At most {self.limits.body_bytes} bytes", {"Connection": "close"})
