"""`shuzheng login`: a token of the development issuer, kept in the data folder for the commands that follow."""

from datetime import datetime
from typing import Annotated, Any

import typer

from services.cli import output
from services.cli.commands import reported, started
from services.cli.options import Json
from services.client import identity
from services.client.fields import CHINA


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
        identity.check(name, tenant)
        signed = identity.sign(session.data_dir, name, tenant, subject or name, hours * 3600)
        identity.keep(session.data_dir, signed)
        _show(signed, session.json)


def _show(kept: dict[str, Any], as_json: bool) -> None:
    told = {key: value for key, value in kept.items() if key != "token" and value}
    if told:
        told["expires"] = datetime.fromtimestamp(told["expires"], CHINA).isoformat(" ", "minutes")
    output.print_json(told) if as_json else output.lines(output.account(told) if told else ["(public)"])


def logout(ctx: typer.Context, json: Json = False) -> None:
    """Forget the token."""
    session = started(ctx, json)
    with reported(session):
        identity.forget(session.data_dir)
        _show({}, session.json)


def whoami(ctx: typer.Context, json: Json = False) -> None:
    """Show who is logged in."""
    session = started(ctx, json)
    with reported(session):
        _show(identity.kept(session.data_dir), session.json)
