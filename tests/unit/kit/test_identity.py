"""Only a token that our issuer signed for us, not long ago and not for long, names a caller."""

import base64
import json
import threading
import time
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import OctKey, OKPKey

from services.kit.errors import AppError, Kind
from services.kit.rpc.identity import ALGORITHM, ALGORITHMS, AUDIENCE, Issuer, Verifier


@pytest.fixture(scope="module")
def keys(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("keys")


@pytest.fixture(scope="module")
def issuer(keys: Path) -> Issuer:
    return Issuer.open(keys, "here")


@pytest.fixture(scope="module")
def verifier(keys: Path, issuer: Issuer) -> Verifier:
    return Verifier(keys / "jwks.json", "here")


def claims(**changes) -> dict:
    now = int(time.time())
    found = {
        "iss": "here",
        "aud": AUDIENCE,
        "sub": "ada",
        "roles": ["body"],
        "tenant": "bodies/a",
        "iat": now,
        "exp": now + 60,
    }
    return {key: value for key, value in (found | changes).items() if value is not None}


def signed(key, header: dict | None = None, algorithms=ALGORITHMS, **changes) -> str:
    given = header or {"alg": ALGORITHM, "kid": key.kid}
    return "Bearer " + jwt.encode(given, claims(**changes), key, algorithms=algorithms)


def refused(verifier: Verifier, header: str) -> None:
    with pytest.raises(AppError) as error:
        verifier.principal(header)
    assert error.value.kind is Kind.UNAUTHENTICATED


def test_a_good_token_names_its_caller_now_and_again(verifier: Verifier, issuer: Issuer):
    token = "Bearer " + issuer.token("ada", ["body"], "bodies/a")
    for header in (token, token, token.replace("Bearer", "bearer")):
        found = verifier.principal(header)
        assert (found.subject, found.roles, found.tenant) == ("ada", frozenset({"body"}), "bodies/a")


def test_no_token_is_the_public(verifier: Verifier):
    assert verifier.principal("").anonymous


def test_a_caller_who_is_called_anyone_is_still_a_caller(verifier: Verifier, issuer: Issuer):
    assert not verifier.principal(signed(issuer.key, sub="anyone")).anonymous


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": int(time.time()) - 3600, "iat": int(time.time()) - 7200},
        {"iss": "elsewhere"},
        {"aud": "other-system"},
        {"aud": None},
        {"iss": None},
        {"sub": None},
        {"exp": None},
        {"iat": None},
        {"iat": int(time.time()) + 3600, "exp": int(time.time()) + 7200},
        {"exp": int(time.time()) + 25 * 3600},
        {"exp": "never"},
        {"roles": "supervisor"},
        {"tenant": ["bodies/a"]},
        {"tenant": "bodies/\0"},
        {"sub": "\0"},
        {"sub": "x" * 201},
    ],
    ids=count(),
)
def test_a_token_with_a_wrong_claim_is_refused(verifier: Verifier, issuer: Issuer, changes: dict):
    refused(verifier, signed(issuer.key, **changes))


def test_a_token_of_another_key_is_refused_also_under_our_key_id(verifier: Verifier, issuer: Issuer):
    other = OKPKey.generate_key("Ed25519", auto_kid=True)
    refused(verifier, signed(other))
    refused(verifier, signed(other, {"alg": ALGORITHM, "kid": issuer.key.kid}))


def test_a_token_signed_with_our_public_key_as_a_shared_secret_is_refused(verifier: Verifier, issuer: Issuer):
    shared = OctKey.import_key(json.dumps(issuer.key.as_dict(private=False)))
    refused(verifier, signed(shared, {"alg": "HS256", "kid": issuer.key.kid}, ["HS256"]))


def test_a_token_without_a_signature_is_refused(verifier: Verifier):
    def part(value: dict) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    refused(verifier, f"Bearer {part({'alg': 'none'})}.{part(claims())}.")


def test_a_changed_token_is_refused(verifier: Verifier, issuer: Issuer):
    header, body, signature = signed(issuer.key).split(".")
    more = base64.urlsafe_b64encode(json.dumps(claims(roles=["supervisor"])).encode()).decode().rstrip("=")
    refused(verifier, f"{header}.{more}.{signature}")
    refused(verifier, f"{header}.{body}.")


@given(st.text())
def test_garbage_is_refused_and_never_an_error_of_ours(verifier: Verifier, text: str):
    for header in (f"Bearer {text}", f"Bearer a.{text}.b", f"Basic {text}"):
        refused(verifier, header)


@given(
    st.dictionaries(
        st.sampled_from(["alg", "kid", "typ", "crit", "b64", "jwk"]),
        st.none() | st.integers() | st.text() | st.lists(st.text()),
    )
)
def test_a_strange_header_is_refused(verifier: Verifier, header: dict):
    encoded = base64.urlsafe_b64encode(json.dumps(header).encode()).decode().rstrip("=")
    refused(verifier, f"Bearer {encoded}.e30.AAAA")


def test_a_token_is_forgotten_when_it_expires(verifier: Verifier, issuer: Issuer, monkeypatch):
    token = "Bearer " + issuer.token("ada", ["body"], "bodies/a", seconds=60)
    verifier.principal(token)
    later = time.time() + 3600
    monkeypatch.setattr(time, "time", lambda: later)
    refused(verifier, token)


def test_a_key_that_is_withdrawn_counts_no_more_and_a_new_one_does(tmp_path: Path):
    issuer = Issuer.open(tmp_path / "one", "here")
    verifier = Verifier(tmp_path / "one" / "jwks.json", "here")
    verifier.principal(signed(issuer.key))
    other = Issuer.open(tmp_path / "two", "here")
    (tmp_path / "one" / "jwks.json").write_text((tmp_path / "two" / "jwks.json").read_text())
    refused(verifier, signed(issuer.key, sub="bob"))
    assert verifier.principal(signed(other.key)).subject == "ada"


def test_the_private_key_is_readable_by_its_owner_only(keys: Path, issuer: Issuer):
    assert (keys / "issuer.jwk").stat().st_mode & 0o077 == 0
    assert '"d"' not in (keys / "jwks.json").read_text()


def test_services_that_start_together_share_one_key(tmp_path: Path):
    for attempt in range(10):
        folder, together, issuers = tmp_path / str(attempt), threading.Barrier(3), []

        def start(folder=folder, together=together, issuers=issuers):
            together.wait()
            issuers.append(Issuer.open(folder, "here"))

        threads = [threading.Thread(target=start) for _ in range(3)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        assert len(issuers) == 3
        verifier = Verifier(folder / "jwks.json", "here")
        assert {verifier.principal(signed(one.key)).subject for one in issuers} == {"ada"}
