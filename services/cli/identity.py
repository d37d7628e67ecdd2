"""`shuzheng login`: a token of the development issuer, kept in the data folder for the commands that follow."""

import json as json_text
import os
import time
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from services.cli import output
from services.cli.commands import Json, reported, started
from services.cli.connection import TOKEN_FILE
from services.cli.fields import CHINA
from services.kit.errors import forbidden, invalid
from services.kit.rpc.identity import Issuer

ISSUER = "shuzheng-development"
ROLES = {
    "supervisor": "", "service": "", "institution": "institutions/", "body": "bodies/", "examiner": "bodies/",
    "candidate": "candidates/", "employer": "employers/",
}  # fmt: skip


def add(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("login", help="以某角色登录（开发签发者）· sign in as a role")(login)
    app.command("logout", help="退出登录 · forget the token")(logout)
    app.command("whoami", help="当前登录者 · who is logged in")(whoami)


def login(
    ctx: typer.Context,
    role: Annotated[
        str, typer.Option("--as", help="supervisor, institution:institutions/sdu, candidate:candidates/…")
    ],
    subject: Annotated[str, typer.Option("--subject", help="姓名或工号 · who you are")] = "",
    hours: Annotated[
        int, typer.Option("--hours", min=1, max=24, help="有效小时数 · hours until it expires")
    ] = 12,
    json: Json = False,
) -> None:
    """Sign a token with the development issuer and keep it (readable by the owner only)."""
    session = started(ctx, json)
    with reported(session):
        name, _, tenant = role.partition(":")
        check(name, tenant)
        kept = sign(session.data_dir, name, tenant, subject or name, hours * 3600)
        keep(session.data_dir / TOKEN_FILE, kept)
        _show(kept, session.json)


def check(role: str, tenant: str) -> None:
    """Raise UNKNOWN_ROLE where no such role exists or its tenant is no name of its kind."""
    if role not in ROLES:
        raise invalid("UNKNOWN_ROLE", f"Roles are {', '.join(ROLES)}.")
    if not tenant.startswith(ROLES[role]) or bool(tenant) != bool(ROLES[role]):
        form = f"{role}:{ROLES[role]}…" if ROLES[role] else role
        raise invalid("UNKNOWN_ROLE", f"Give --as {form}")


def sign(folder: Path, role: str, tenant: str, subject: str, seconds: int) -> dict[str, Any]:
    """Return a token and what it says; raises NO_ISSUER where the data folder has no development issuer."""
    if not (folder / "keys" / "issuer.jwk").exists():
        raise forbidden(
            "NO_ISSUER", f"{folder / 'keys'} has no development issuer; start `shuzheng up` first."
        )
    token = Issuer.open(folder / "keys", ISSUER).token(subject, [role], tenant, seconds=seconds)
    return {
        "subject": subject,
        "role": role,
        "tenant": tenant,
        "expires": int(time.time()) + seconds,
        "token": token,
    }


def keep(file: Path, kept: dict[str, Any]) -> None:
    """Write a token where only its owner reads it."""
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as target:
        json_text.dump(kept, target)


def _show(kept: dict[str, Any], as_json: bool) -> None:
    told = {key: value for key, value in kept.items() if key != "token" and value}
    if told:
        told["expires"] = datetime.fromtimestamp(told["expires"], CHINA).isoformat(" ", "minutes")
    output.print_json(told) if as_json else output.lines(output.account(told) if told else ["(public)"])


def logout(ctx: typer.Context, json: Json = False) -> None:
    """Forget the token."""
    session = started(ctx, json)
    with reported(session):
        (session.data_dir / TOKEN_FILE).unlink(missing_ok=True)
        _show({}, session.json)


def whoami(ctx: typer.Context, json: Json = False) -> None:
    """Show who is logged in."""
    session = started(ctx, json)
    with reported(session):
        _show(session.kept_token(), session.json)
