"""Who calls: tokens that are kept, and tokens of the development issuer."""

from pathlib import Path

import pytest

from services.client import identity
from services.kit.errors import AppError
from services.kit.rpc.identity import Issuer, Verifier


def test_a_kept_token_is_read_by_its_owner_alone_and_forgotten(tmp_path: Path) -> None:
    assert identity.kept(tmp_path) == {}
    identity.keep(tmp_path, {"token": "one"})
    identity.keep(tmp_path, {"token": "two"})
    assert identity.kept(tmp_path) == {"token": "two"}
    assert (tmp_path / "token.json").stat().st_mode & 0o777 == 0o600
    identity.forget(tmp_path)
    assert identity.kept(tmp_path) == {}


def test_a_kept_token_that_cannot_be_read_is_no_token(tmp_path: Path) -> None:
    (tmp_path / "token.json").write_text("{", "utf-8")
    with pytest.raises(AppError, match="login"):
        identity.kept(tmp_path)


def test_the_development_issuer_signs_what_services_believe(tmp_path: Path) -> None:
    Issuer.open(tmp_path / "keys", identity.DEVELOPMENT)
    signed = identity.sign(tmp_path, "body", "bodies/b1", "李四", 60)
    verifier = Verifier(tmp_path / "keys" / "jwks.json", identity.DEVELOPMENT)
    found = verifier.principal(dict(identity.metadata(signed["token"]))["authorization"])
    assert (found.subject, found.roles, found.tenant) == ("李四", frozenset({"body"}), "bodies/b1")


def test_a_folder_without_issuer_cannot_sign_and_gets_none(tmp_path: Path) -> None:
    with pytest.raises(AppError) as refused:
        identity.sign(tmp_path, "supervisor", "", "x", 60)
    assert refused.value.reason == "NO_ISSUER"
    assert not (tmp_path / "keys").exists()


@pytest.mark.parametrize(
    "role", ["king", "institution", "institution:bodies/x", "supervisor:institutions/x", "candidate:x"]
)
def test_roles_need_a_tenant_of_their_kind(role: str) -> None:
    with pytest.raises(AppError):
        identity.check(*role.partition(":")[::2])
