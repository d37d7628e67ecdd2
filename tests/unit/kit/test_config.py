"""Settings: usable without a file, overridden in a known order, and in production refused all at once."""

from pathlib import Path

import pytest
from pydantic_settings import SettingsConfigDict

from services.kit.config import ServiceConfig


class DemoConfig(ServiceConfig):
    """Settings of a service that exists only here."""

    model_config = SettingsConfigDict(env_prefix="SHUZHENG_DEMO_", frozen=True, extra="forbid")
    seats: int = 3

    def more_problems(self) -> list[str]:
        return ["seats: production needs an even number"] if self.seats % 2 else []


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch, tmp_path):
    monkeypatch.delenv("SHUZHENG_CONFIG", raising=False)
    monkeypatch.chdir(tmp_path)


def refusal(capsys, **overrides) -> str:
    """Return what `load` prints when it exits."""
    with pytest.raises(SystemExit) as left:
        DemoConfig.load(**overrides)
    assert left.value.code == 78
    return capsys.readouterr().err


def write(monkeypatch, text: str) -> None:
    Path("shuzheng.toml").write_text(text, "utf-8")
    monkeypatch.setenv("SHUZHENG_CONFIG", "shuzheng.toml")


def test_the_defaults_are_embedded_and_need_no_file(tmp_path):
    config = DemoConfig.load()
    assert (config.mode, config.service(), config.embedded) == ("embedded", "demo", True)
    assert config.database == f"sqlite:///{tmp_path}/var/demo.db"
    assert config.jwks == Path("var/keys/jwks.json")
    assert config.problems() == []


def test_an_argument_beats_the_environment_and_that_beats_the_file(monkeypatch):
    write(
        monkeypatch,
        '[all]\nissuer = "file-all"\ngrace = 1\n[demo]\ngrace = 2\nseats = 8\nlisten = "file:1"\n',
    )
    monkeypatch.setenv("SHUZHENG_DEMO_SEATS", "9")
    monkeypatch.setenv("SHUZHENG_DEMO_LISTEN", "env:1")
    config = DemoConfig.load(listen="argument:1")
    assert (config.issuer, config.grace, config.seats, config.listen) == ("file-all", 2, 9, "argument:1")


def test_settings_do_not_change_after_the_start():
    with pytest.raises(ValueError, match="frozen"):
        DemoConfig.load().seats = 4


def test_production_lists_every_problem_at_once_and_exits_78(capsys, tmp_path):
    text = refusal(capsys, mode="production", jwks_file=tmp_path / "missing.json")
    for field in (
        "database_url",
        "issuer",
        "jwks_file",
        "vault_secret_file",
        "tls_cert_file",
        "tls_key_file",
        "seats",
    ):
        assert f"- {field}: " in text


def test_a_wrong_value_does_not_hide_what_production_lacks(capsys):
    text = refusal(capsys, mode="production", caller_rate=-1, tls_key_file=7, seats=4)
    assert "- caller_rate: " in text
    assert "- tls_key_file: " in text
    assert "- database_url: production needs" in text


def test_production_with_everything_starts(tmp_path):
    for name in ("jwks.json", "vault.hex", "cert.pem", "key.pem"):
        (tmp_path / name).write_text("x")
    config = DemoConfig.load(
        mode="production", database_url="postgresql://u@db/demo", issuer="https://id.example", seats=4,
        jwks_file=tmp_path / "jwks.json", vault_secret_file=tmp_path / "vault.hex",
        tls_cert_file=tmp_path / "cert.pem", tls_key_file=tmp_path / "key.pem",
    )  # fmt: skip
    assert config.problems() == []


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("[demo]\nseat = 3", "seat: "),
        ("[demo", "Expected ']'"),
        ("[demo]\nmode = 'x'", "mode: "),
        ("[demo]\nseats='many'", "seats: "),
    ],
)
def test_a_file_with_a_mistake_is_refused_with_its_place(monkeypatch, capsys, text: str, complaint: str):
    write(monkeypatch, text)
    assert complaint in refusal(capsys)


def test_a_file_that_is_missing_or_no_text_is_refused(monkeypatch, capsys):
    monkeypatch.setenv("SHUZHENG_CONFIG", "nowhere.toml")
    assert "nowhere.toml" in refusal(capsys)
    Path("nowhere.toml").write_bytes(b"\xff\xfe")
    assert "demo: the configuration cannot be used" in refusal(capsys)
