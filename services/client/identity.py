"""Who calls: the token or API key that goes with a call, the token that a data folder keeps, and development tokens."""

import json
import os
import time
from pathlib import Path
from typing import Any

from services.kit.errors import forbidden, invalid, unauthenticated
from services.kit.rpc.identity import Issuer

DEVELOPMENT = "shuzheng-development"  # the issuer whose key lies in the data folder of an embedded system
TOKEN_FILE = "token.json"
ROLES = {
    "supervisor": "", "service": "", "institution": "institutions/", "body": "bodies/", "examiner": "bodies/",
    "candidate": "candidates/", "employer": "employers/",
}  # fmt: skip
Metadata = tuple[tuple[str, str], ...]


def metadata(token: str = "", api_key: str = "") -> Metadata:
    """Return what goes with a call; neither is the public."""
    known = (("authorization", f"Bearer {token}"),) if token else ()
    return known + ((("x-api-key", api_key),) if api_key else ())


def check(role: str, tenant: str) -> None:
    """Raise UNKNOWN_ROLE where no such role exists or its tenant is no name of its kind."""
    if role not in ROLES:
        raise invalid("UNKNOWN_ROLE", f"Roles are {', '.join(ROLES)}.")
    if not tenant.startswith(ROLES[role]) or bool(tenant) != bool(ROLES[role]):
        form = f"{role}:{ROLES[role]}…" if ROLES[role] else role
        raise invalid("UNKNOWN_ROLE", f"Give --as {form}")


def development_issuer(folder: Path) -> Issuer:
    """Return the development issuer of a data folder; raises NO_ISSUER where it has none."""
    if not (folder / "keys" / "issuer.jwk").exists():
        raise forbidden(
            "NO_ISSUER", f"{folder / 'keys'} has no development issuer; start `shuzheng up` first."
        )
    return Issuer.open(folder / "keys", DEVELOPMENT)


def sign(folder: Path, role: str, tenant: str, subject: str, seconds: int) -> dict[str, Any]:
    """Return a token of the development issuer and what it says; raises NO_ISSUER."""
    token = development_issuer(folder).token(subject, [role], tenant, seconds=seconds)
    return {
        "subject": subject,
        "role": role,
        "tenant": tenant,
        "expires": int(time.time()) + seconds,
        "token": token,
    }


def keep(folder: Path, signed: dict[str, Any]) -> None:
    """Keep a token in a data folder where only its owner reads it."""
    forget(folder)
    file = os.open(folder / TOKEN_FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(file, "w") as target:
        json.dump(signed, target)


def kept(folder: Path) -> dict[str, Any]:
    """Return the token that a data folder keeps and what it says, {} where it keeps none; raises UNAUTHENTICATED."""
    try:
        found: dict[str, Any] = json.loads((folder / TOKEN_FILE).read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError):
        raise unauthenticated("The kept token cannot be read; run `shuzheng login` again.") from None
    return found


def forget(folder: Path) -> None:
    """Keep no token any more."""
    (folder / TOKEN_FILE).unlink(missing_ok=True)
