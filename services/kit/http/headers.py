"""Headers that every answer has, and Content-Security-Policies, of which each answer may have its own."""

from base64 import b64encode
from hashlib import sha256
from http import HTTPStatus

CLOSED = "'none'"
UNASKED = ("connect_src", "base_uri", "form_action", "frame_ancestors")  # closed unless an answer opens them
NOTHING = "default-src 'none'; frame-ancestors 'none'"
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000",
}
SHARED = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
PRIVATE = {"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin"}
DEFAULTS = {**ALWAYS, "Content-Security-Policy": NOTHING, "Cache-Control": "no-store"}


def policy(**sources: str) -> str:
    """Return a policy that allows these sources and nothing else: `policy(script_src="'self'")`."""
    told = {"default_src": CLOSED, **sources}
    told |= {name: CLOSED for name in UNASKED if name not in told}
    return "; ".join(f"{name.replace('_', '-')} {value}" for name, value in told.items())


def digest(text: str) -> str:
    """Return the source by which a policy allows one inline script or style."""
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def sentence(status: int, detail: str = "") -> str:
    """Return what a refusal says to a reader: `404 Not Found`."""
    return f"{status} {detail or HTTPStatus(status).phrase}\n"


def bare_refusal(status: int) -> bytes:
    """Return a whole refusal for a connection that no application will answer."""
    content = sentence(status).encode()
    headers = {
        **DEFAULTS, "Content-Type": "text/plain; charset=utf-8", "Content-Length": str(len(content)),
        "Connection": "close",
    }  # fmt: skip
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}", *(f"{k}: {v}" for k, v in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode() + content
