"""`login` signs with the development issuer and keeps the token where only its owner reads it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from services.cli.__main__ import build
from services.client import identity
from services.kit.rpc.identity import Issuer, Verifier

RUNNER = CliRunner()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    Issuer.open(tmp_path / "keys", identity.DEVELOPMENT)
    return tmp_path


def run(folder: Path, *words: str) -> tuple[int, str]:
    done = RUNNER.invoke(build(words), ["--data-dir", str(folder), *words])
    return done.exit_code, done.output


def test_the_token_says_who_and_only_the_owner_reads_it(folder: Path) -> None:
    code, _ = run(folder, "login", "--as", "institution:institutions/sdu", "--subject", "张三")
    file = folder / "token.json"
    assert (code, file.stat().st_mode & 0o777) == (0, 0o600)
    token = json.loads(file.read_text("utf-8"))["token"]
    found = Verifier(folder / "keys" / "jwks.json", identity.DEVELOPMENT).principal(f"Bearer {token}")
    assert (found.subject, found.roles, found.tenant) == (
        "张三",
        frozenset({"institution"}),
        "institutions/sdu",
    )


def test_who_am_i_and_logout(folder: Path) -> None:
    run(folder, "login", "--as", "supervisor", "--subject", "李四")
    code, shown = run(folder, "whoami", "--json")
    assert (code, json.loads(shown)["subject"]) == (0, "李四")
    assert "token" not in json.loads(shown)
    run(folder, "logout")
    assert not (folder / "token.json").exists()


def test_a_folder_without_issuer_cannot_sign(tmp_path: Path) -> None:
    code, shown = run(tmp_path, "login", "--as", "supervisor")
    assert code == 4
    assert "NO_ISSUER" in shown
    assert not (tmp_path / "keys").exists()
