"""Settings: composed of parts, usable without a file, overridden in a known order, and refused all at once."""

from pathlib import Path

import pytest

from services.kit.config import Process, Sealed, ServiceConfig, Stored, Unusable, Web, environment


class DemoConfig(ServiceConfig, Sealed):
    """Settings of a service that exists only here."""

    model_config = environment("demo")
    seats: int = 3

    def problems(self) -> list[str]:
        found = super().problems()
        return [*found, "seats: an even number"] if self.seats % 2 and not self.embedded else found


class ShopConfig(Web):
    """Settings of another process of it, which reads less."""

    model_config = environment("demo")
    wares: str = ""


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch, tmp_path):
    monkeypatch.delenv("SHUZHENG_CONFIG", raising=False)
    monkeypatch.chdir(tmp_path)


def refusal(model=DemoConfig, services=(), **overrides) -> list[str]:
    """Return what `load` says."""
    with pytest.raises(Unusable) as refused:
        model.load(services, **overrides)
    return refused.value.problems


def settings_of(problems: list[str]) -> set[str]:
    return {problem.partition(": ")[0] for problem in problems}


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


def test_production_lists_the_problems_of_every_part_at_once(tmp_path):
    problems = refusal(mode="production", jwks_file=tmp_path / "missing.json")
    assert settings_of(problems) == {
        "database_url", "issuer", "jwks_file", "vault_secret_file", "tls_cert_file", "tls_key_file", "seats",
    }  # fmt: skip


def test_a_process_is_asked_only_for_what_it_reads():
    assert ShopConfig.load(mode="production").problems() == []
    assert not {"listen", "database_url", "nats_url", "issuer"} & set(ShopConfig.model_fields)


def test_a_wrong_value_does_not_hide_what_production_lacks():
    problems = refusal(mode="production", caller_rate=-1, tls_key_file=7, seats=4)
    assert {"caller_rate", "tls_key_file", "database_url"} <= settings_of(problems)


@pytest.mark.parametrize("listen", ["8080", "host", "http://host:80", "host:port"])
def test_an_address_has_a_host_and_a_port(listen):
    assert refusal(listen=listen) == ["listen: must be host:port to serve on; port 0 takes a free one"]


def test_a_value_that_may_be_a_secret_is_not_shown():
    assert "hidden" not in str(refusal(database_url="mysql://user:hidden@host/db"))


def test_tls_is_a_whole_pair_and_client_certificates_need_it(tmp_path):
    (tmp_path / "file").write_text("x")
    only = {"tls_cert_file": tmp_path / "file", "tls_client_ca_file": tmp_path / "none"}
    assert settings_of(refusal(ShopConfig, **only)) == {"tls_cert_file, tls_key_file", "tls_client_ca_file"}
    assert "both or none" in str(refusal(ShopConfig, tls_cert_file=tmp_path / "file"))
    assert "client certificates need" in str(refusal(ShopConfig, tls_client_ca_file=tmp_path / "file"))
    assert ShopConfig.load(tls_cert_file=tmp_path / "file", tls_key_file=tmp_path / "file")


def test_proxies_are_networks():
    assert settings_of(refusal(ShopConfig, http_proxies="10.0.0.0/8, proxy.example")) == {"http_proxies"}
    assert ShopConfig.load(http_proxies="10.0.0.0/8, ::1, 192.0.2.1")


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
        ("[demo]\nseat = 3", "seat: there is no such setting in [demo]; did you mean seats?"),
        ("[all]\nissuerr = 'x'", "issuerr: there is no such setting in [all]; did you mean issuer?"),
        ("[demo]\nqqqq = 3", "qqqq: there is no such setting in [demo]; docs/config.md lists"),
        ("[demo", "Expected ']'"),
        ("[demo]\nmode = 'x'", "mode: "),
        ("[demo]\nseats='many'", "seats: "),
    ],
)
def test_a_file_with_a_mistake_is_refused_with_its_place(monkeypatch, text: str, complaint: str):
    write(monkeypatch, text)
    assert complaint in str(refusal())


def test_a_variable_that_nobody_reads_is_refused_with_the_nearest(monkeypatch):
    monkeypatch.setenv("SHUZHENG_DEMO_LISTENN", "x:1")
    monkeypatch.setenv("SHUZHENG_OTHER_LISTENN", "x:1")
    assert refusal() == [
        "SHUZHENG_DEMO_LISTENN: there is no such setting; did you mean SHUZHENG_DEMO_LISTEN?"
    ]


def test_what_is_unknown_is_said_together_with_what_is_wrong(monkeypatch):
    monkeypatch.setenv("SHUZHENG_DEMO_SEAT", "3")
    assert settings_of(refusal(mode="production")) >= {"SHUZHENG_DEMO_SEAT", "database_url"}
    assert settings_of(refusal(grace=-1)) == {"SHUZHENG_DEMO_SEAT", "grace"}


def test_the_settings_of_other_processes_and_services_are_let_be(monkeypatch):
    write(
        monkeypatch,
        "[all]\nissuer = 'x'\nhttp_idle = 3\n[demo]\nseats = 4\nwares = 'bread'\n[other]\nx = 1\n",
    )
    monkeypatch.setenv("SHUZHENG_DEMO_NATS_URL", "nats://x")
    shop = ShopConfig.load(["demo", "other"])
    assert (shop.wares, shop.http_idle, DemoConfig.load(["demo", "other"]).seats) == ("bread", 3, 4)


def test_a_table_of_no_service_is_refused(monkeypatch):
    write(monkeypatch, "[demoo]\nseats = 4")
    assert refusal(services=["demo"]) == ["demoo: there is no such service; did you mean demo?"]


def test_a_file_that_is_missing_or_no_text_is_refused(monkeypatch):
    monkeypatch.setenv("SHUZHENG_CONFIG", "nowhere.toml")
    assert "nowhere.toml" in str(refusal())
    Path("nowhere.toml").write_bytes(b"\xff\xfe")
    assert "nowhere.toml: " in str(refusal())


def test_a_part_that_forgets_the_others_would_hide_their_problems():
    """The negative control: `super().problems()` is what lets each part speak."""

    class Forgetful(Process):
        def problems(self) -> list[str]:
            return []

    class Composed(Forgetful, Stored):
        """Asks the forgetful part first."""

    assert Composed(mode="production").problems() == []
    assert settings_of(Stored(mode="production").problems()) == {"database_url"}
