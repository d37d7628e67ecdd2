"""The twin shows what its holder chooses, to two implementations that share no code with each other."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwcrypto.jwk import JWK
from openvc.proof.errors import ProofError
from openvc.proof.sd_jwt import SdJwtVcProofSuite
from sd_jwt.holder import SDJWTHolder
from sd_jwt.verifier import SDJWTVerifier

from services.certificates.document.domain.certificate import Kind
from services.certificates.paper.disclosure.sd_jwt import Place, Terms, Twins, presentation
from services.certificates.proofs.signing.signer import FileSigner

DID = "did:web:certificates.example"
SIGNER = FileSigner(f"{DID}#disclosure-1", Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
JWK_OF_SIGNER = {
    "kty": "OKP",
    "crv": "Ed25519",
    "x": urlsafe_b64encode(SIGNER.public_key).decode().rstrip("="),
}
PLACE = Place("https://certificates.example/status/2026-1.jwt", 77)
TWINS = Twins(DID, "https://certificates.example", SIGNER)
FACTS = {"name": "钱四海", "number": "DE2612345678901234", "level": "中级", "theoryScore": "81"}
HIDDEN = {"_sd", "_sd_alg"}


START = datetime(2023, 11, 14, tzinfo=UTC)


def twin(until: datetime | None = None) -> bytes:
    return TWINS.issue(Terms(Kind.GRADE, START, until, PLACE), dict(FACTS))


def seen_by_sd_jwt(shown: bytes) -> dict:
    verifier = SDJWTVerifier(shown.decode(), lambda issuer, header: JWK(**JWK_OF_SIGNER))
    return verifier.get_verified_payload()


def seen_by_openvc(shown: bytes) -> dict:
    return SdJwtVcProofSuite().verify(shown.decode(), public_key_jwk=JWK_OF_SIGNER).claims


@pytest.mark.parametrize("seen", [seen_by_sd_jwt, seen_by_openvc])
@pytest.mark.parametrize("shown", [[], ["name"], ["name", "level"], list(FACTS)])
def test_only_what_the_holder_shows_is_seen(seen, shown: list[str]):
    claims = seen(presentation(twin(), shown))
    assert {key: claims[key] for key in FACTS if key in claims} == {key: FACTS[key] for key in shown}
    assert set(claims) - HIDDEN == {"iss", "vct", "iat", "nbf", "status", *shown}
    assert claims["status"] == {"status_list": {"idx": 77, "uri": PLACE.url}}
    assert claims["vct"] == "https://certificates.example/types/grade-certificate"


def test_another_wallet_can_show_the_name_only():
    holder = SDJWTHolder(twin().decode())
    holder.create_presentation({"name": True})
    claims = seen_by_sd_jwt(holder.sd_jwt_presentation.encode())
    assert claims["name"] == "钱四海" and "number" not in claims


def test_the_signed_part_tells_nothing_of_the_holder_nor_how_many_facts_there_are():
    body = json.loads(urlsafe_b64decode(twin().split(b".")[1] + b"=="))
    digests = body.pop("_sd")  # random letters, in which a short fact may stand by chance
    assert len(digests) == len(FACTS) + 3
    assert {len(urlsafe_b64decode(digest + "=")) for digest in digests} == {32}
    assert not any(value in json.dumps(body, ensure_ascii=False) for value in FACTS.values())


def test_salts_are_never_the_same():
    salts = {part for _ in range(5) for part in twin().decode().split("~")[1:-1]}
    assert len(salts) == 5 * len(FACTS)


@pytest.mark.parametrize("seen", [seen_by_sd_jwt, seen_by_openvc])
def test_a_made_up_fact_is_refused(seen):
    made_up = urlsafe_b64encode('["c2FsdHNhbHRzYWx0c2FsdA","level","高级"]'.encode()).rstrip(b"=")
    shown = presentation(twin(), ["name"]) + made_up + b"~"
    if seen is seen_by_openvc:
        with pytest.raises(ProofError):
            seen(shown)
    else:
        assert "level" not in seen(shown)


def test_expiry_is_always_visible():
    with pytest.raises(ProofError, match="expired"):
        seen_by_openvc(presentation(twin(START + timedelta(seconds=100)), ["name"]))


def test_a_fact_that_is_not_there_cannot_be_shown():
    with pytest.raises(KeyError):
        presentation(twin(), ["nationalId"])
