"""The SD-JWT twin: its holder shows the name only, and another implementation verifies it."""

import json
from base64 import urlsafe_b64encode

import grpc
import pytest
from jwcrypto.jwk import JWK
from openvc.status import parse_token_status_ref
from sd_jwt.holder import SDJWTHolder
from sd_jwt.verifier import SDJWTVerifier
from shuzheng.certificates.v1.certificate_paper_service_pb2 import GetCertificateDisclosureRequest
from shuzheng.certificates.v1.certificate_service_pb2 import GetCertificateDocumentRequest
from shuzheng.certificates.v1.verification_service_pb2 import GetDidDocumentRequest

from services.certificates.paper.disclosure.sd_jwt import presentation
from services.certificates.proofs.signing import multibase


async def twin_of(world, name: str) -> bytes:
    return (
        await world.supervisor.GetCertificateDisclosure(GetCertificateDisclosureRequest(name=name))
    ).content


async def seen(world, shown: bytes) -> dict:
    """What the other implementation sees, with the key that the DID document names."""
    did = json.loads((await world.public.GetDidDocument(GetDidDocumentRequest())).content)
    methods = {method["id"]: method for method in did["verificationMethod"]}

    def key(issuer: str, header: dict) -> JWK:
        assert issuer == did["id"] and header["kid"] in did["assertionMethod"]
        assert "#disclosure-" in header["kid"] and header["typ"] == "dc+sd-jwt"
        raw = multibase.decode(methods[header["kid"]]["publicKeyMultibase"])[2:]
        return JWK(kty="OKP", crv="Ed25519", x=urlsafe_b64encode(raw).decode().rstrip("="))

    return SDJWTVerifier(shown.decode(), key).get_verified_payload()


async def test_the_holder_shows_the_name_only(world):
    await world.deliver(world.result(1))
    found = await world.certificate()
    twin = await twin_of(world, found.name)
    holder = SDJWTHolder(twin.decode())
    holder.create_presentation({"name": True})
    claims = await seen(world, holder.sd_jwt_presentation.encode())
    assert claims["name"] == found.holder_name
    assert not {"number", "level", "theoryScore", "owner"} & set(claims)
    assert found.number not in json.dumps(claims, ensure_ascii=False)
    assert await seen(world, presentation(twin, ["name"])) == claims


async def test_everything_can_be_shown_and_there_is_no_national_id(world):
    await world.deliver(world.result(1))
    found = await world.certificate()
    claims = await seen(world, await twin_of(world, found.name))
    assert claims["number"] == found.number
    assert (claims["theoryScore"], claims["abilityScore"], claims["level"]) == ("81", "76.5", "中级")
    assert (claims["occupation"], claims["owner"]) == ("人工智能工程技术人员", found.owner_display_name)
    assert claims["awardedOn"] == "2026-02-28"
    assert not [key for key in claims if "id" in key.lower() and key != "_sd"]
    assert "hours" not in claims


async def test_a_training_certificate_shows_its_hours(world):
    await world.deliver(world.completion(1))
    claims = await seen(world, await twin_of(world, (await world.certificate()).name))
    assert claims["hours"] == "80.5" and "theoryScore" not in claims
    assert claims["vct"].endswith("/training-certificate")


async def test_the_twin_has_the_place_of_its_certificate_in_the_token_list(world):
    await world.deliver(world.result(1))
    name = (await world.certificate()).name
    request = GetCertificateDocumentRequest(name=name)
    document = json.loads((await world.supervisor.GetCertificateDocument(request)).content)
    reference = parse_token_status_ref(await seen(world, await twin_of(world, name)))
    entry = document["credentialStatus"]
    assert reference.index == int(entry["statusListIndex"])
    assert reference.uri == f"{entry['statusListCredential']}.jwt"


async def test_the_twin_is_the_same_bytes_every_time(world):
    await world.deliver(world.result(1))
    name = (await world.certificate()).name
    assert await twin_of(world, name) == await twin_of(world, name)


async def test_only_owner_and_authority_fetch_it_and_only_when_there_is_a_signature(world, monkeypatch):
    await world.deliver(world.result(1))
    name = (await world.certificate()).name
    own = GetCertificateDisclosureRequest(name=name, owner="bodies/b1")
    other = GetCertificateDisclosureRequest(name=name, owner="bodies/b2")
    assert (
        await world.staff("bodies/b1").GetCertificateDisclosure(own)
    ).media_type == "application/dc+sd-jwt"
    with pytest.raises(grpc.aio.AioRpcError, match="NOT_FOUND"):
        await world.staff("bodies/b2").GetCertificateDisclosure(other)
