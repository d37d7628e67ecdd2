"""Tokens of made-up callers, signed by the development issuer of a data folder."""

from pathlib import Path

from services.kit.rpc.identity import Issuer

ISSUER = "shuzheng-development"


def token(keys: Path, role: str, tenant: str = "", *, subject: str = "", seconds: int = 3600) -> str:
    """Return a token for one role and tenant; `keys` is the keys folder of the services that shall believe it."""
    return Issuer.open(keys, ISSUER).token(
        subject or f"{role}@{tenant or 'all'}", [role], tenant, seconds=seconds
    )


def credentials(
    keys: Path, role: str = "public", tenant: str = "", *, subject: str = ""
) -> tuple[tuple[str, str], ...]:
    """Return the metadata of a call by that caller; the public sends none."""
    if role == "public":
        return ()
    return (("authorization", f"Bearer {token(keys, role, tenant, subject=subject)}"),)
