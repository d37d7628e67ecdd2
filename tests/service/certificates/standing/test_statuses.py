"""Status lists as other people read them: revoked in seconds, held in one form only, never believed too long."""

import asyncio
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta
from pathlib import Path

import grpc
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from openbadgeslib.errors import LibOpenBadgesException
from openbadgeslib.ob3 import status as openbadgeslib
from openvc import status as openvc
from openvc.proof.data_integrity import DataIntegrityProofSuite
from openvc.proof.di_jcs import EddsaJcsProofSuite
from shuzheng.certificates.v1 import certificate_pb2 as pb
from shuzheng.certificates.v1 import hold_pb2
from shuzheng.certificates.v1.certificate_service_pb2 import (
    GetCertificateDocumentRequest,
    RevokeCertificateRequest,
    SupersedeCertificateRequest,
)
from shuzheng.certificates.v1.hold_service_pb2 import HoldCertificateRequest, ReleaseCertificateRequest
from shuzheng.certificates.v1.status_service_pb2 import GetStatusListRequest, ListStatusListsRequest
from shuzheng.certificates.v1.status_service_pb2_grpc import StatusServiceStub
from shuzheng.certificates.v1.verification_service_pb2 import GetDidDocumentRequest, VerifyCertificateRequest
from sqlalchemy import select
from sqlmodel import col

from services.certificates.document.domain.verification import Outcome
from services.certificates.log.ledger.leaf import commitment, digest
from services.certificates.log.storage.rows.log import LogLeafRow
from services.certificates.proofs.signing import multibase
from services.certificates.standing.lists.reader import StatusReader
from services.certificates.standing.usecases.statuses import logged
from services.verifier import offline
from tests.support.services import open_on

DID = "did:web:certificates.example"
VALID, INVALID, SUSPENDED, SUPERSEDED = range(4)


class Reader:
    """What the public fetches: the lists, and the keys from the DID document."""

    def __init__(self, world):
        self.world = world
        self.stub = world.opened.stub(StatusServiceStub)

    async def keys(self) -> dict[str, bytes]:
        document = json.loads((await self.world.public.GetDidDocument(GetDidDocumentRequest())).content)
        usable = set(document["assertionMethod"])
        return {
            method["id"]: multibase.decode(method["publicKeyMultibase"])[2:]
            for method in document["verificationMethod"]
            if method["id"] in usable
        }

    async def document(self, name: str) -> dict:
        request = GetCertificateDocumentRequest(name=name)
        return json.loads((await self.world.supervisor.GetCertificateDocument(request)).content)

    async def list_of(self, document: dict):
        url = document["credentialStatus"]["statusListCredential"]
        return await self.stub.GetStatusList(
            GetStatusListRequest(name=f"statusLists/{url.rpartition('/')[2]}")
        )

    async def until(self, document: dict, token_status: int):
        """The first published version that tells this of a certificate; the clock of the service stands still."""
        async with asyncio.timeout(10):
            while True:
                try:
                    published = await self.list_of(document)
                except grpc.aio.AioRpcError as error:
                    assert error.code() == grpc.StatusCode.NOT_FOUND
                else:
                    if self.token_status(published, document) == token_status:
                        return published
                await asyncio.sleep(0.05)

    @staticmethod
    def index(document: dict) -> int:
        return int(document["credentialStatus"]["statusListIndex"])

    def token_status(self, published, document: dict) -> int:
        claims = json.loads(_decoded(published.token.split(b".")[1]))["status_list"]
        assert claims["bits"] == 2
        return openvc.get_status(openvc.decode_status_list(claims["lst"]), self.index(document), bits=2)


def _decoded(part: bytes) -> bytes:
    return urlsafe_b64decode(part + b"=" * (-len(part) % 4))


def is_revoked(published, document: dict) -> bool:
    """Ask both foreign readers; they must agree."""
    credential = json.loads(published.credential)
    result = openvc.check_credential_status(document, resolve_status_list=lambda url: credential)
    bits = openbadgeslib.decode_encoded_list(credential["credentialSubject"]["encodedList"])
    index = Reader.index(document)
    assert (index in openbadgeslib.set_indices(bits)) == result.revoked
    return result.revoked


async def revoke(world, name: str) -> pb.Certificate:
    reason = pb.REVOCATION_REASON_FALSE_EVIDENCE
    return await world.supervisor.RevokeCertificate(RevokeCertificateRequest(name=name, reason=reason))


@pytest.fixture
def reader(world) -> Reader:
    return Reader(world)


async def test_a_revocation_is_in_the_list_within_sixty_seconds_and_nobody_else_is(world, reader):
    await world.deliver(world.result(1), world.result(2))
    one, other = await world.certificates()
    bad, good = await reader.document(one.name), await reader.document(other.name)
    before = await reader.until(bad, VALID)
    assert not is_revoked(before, bad) and not is_revoked(before, good)
    revoked = await revoke(world, one.name)
    after = await reader.until(bad, INVALID)
    assert after.publish_time.seconds - revoked.revoke_time.seconds + after.ttl_seconds <= 60
    assert is_revoked(after, bad) and not is_revoked(after, good)
    assert after.sequence > before.sequence
    bits = openbadgeslib.decode_encoded_list(json.loads(after.credential)["credentialSubject"]["encodedList"])
    assert len(bits) * 8 >= 131_072
    assert openbadgeslib.set_indices(bits) == {reader.index(bad)}


async def test_another_index_and_the_wrong_bit_order_tell_something_else(world, reader):
    """The negative control: a reader that looks at the wrong place does not see the revocation."""
    await world.deliver(world.result(1))
    name = (await world.certificate()).name
    document = await reader.document(name)
    await revoke(world, name)
    published = await reader.until(document, INVALID)
    index = reader.index(document)
    packed = openvc.decode_bitstring(json.loads(published.credential)["credentialSubject"]["encodedList"])
    assert openvc.get_status_bit(packed, index) == 1
    assert openvc.get_status_bit(packed, index ^ 1) == 0
    assert openvc.get_status_bit(packed, index ^ 7) == 0  # least significant bit first
    assert len(packed) == 16_384 and packed[index % len(packed)] in (0, 0x80 >> (index & 7))


async def test_a_hold_is_suspended_in_the_token_list_and_no_bit_in_the_other(world, reader):
    await world.deliver(world.result(1))
    name = (await world.certificate()).name
    document = await reader.document(name)
    hold = HoldCertificateRequest(name=name, reason=hold_pb2.HOLD_REASON_APPEAL)
    await world.supervisor.HoldCertificate(hold)
    assert not is_revoked(await reader.until(document, SUSPENDED), document)
    await world.supervisor.ReleaseCertificate(ReleaseCertificateRequest(name=name))
    assert not is_revoked(await reader.until(document, VALID), document)


async def test_a_corrected_certificate_is_not_revoked(world, reader):
    await world.deliver(world.result(1))
    name = (await world.certificate()).name
    document = await reader.document(name)
    correction = SupersedeCertificateRequest(name=name, holder_name="更正名")
    await world.supervisor.SupersedeCertificate(correction)
    assert not is_revoked(await reader.until(document, SUPERSEDED), document)


async def test_both_proofs_of_a_list_verify_elsewhere_by_a_key_of_its_own(world, reader):
    await world.deliver(world.result(1))
    document = await reader.document((await world.certificate()).name)
    published = await reader.until(document, VALID)
    credential = json.loads(published.credential)
    assert (
        credential["id"] == published.credential_url == document["credentialStatus"]["statusListCredential"]
    )
    (key_id,) = {proof["verificationMethod"] for proof in credential["proof"]}
    assert key_id.startswith(f"{DID}#status-")
    assert key_id not in {proof["verificationMethod"] for proof in document["proof"]}
    raw = (await reader.keys())[key_id]
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": urlsafe_b64encode(raw).decode().rstrip("=")}
    by_suite = {proof["cryptosuite"]: proof for proof in credential["proof"]}
    now = world.service.clock.now()
    for name, suite in (
        ("eddsa-rdfc-2022", DataIntegrityProofSuite()),
        ("eddsa-jcs-2022", EddsaJcsProofSuite()),
    ):
        suite.verify(credential | {"proof": by_suite[name]}, public_key_jwk=jwk, now=now)
    Ed25519PublicKey.from_public_bytes(raw).verify(*_signature(published.token))
    with pytest.raises(InvalidSignature):
        Ed25519PublicKey.from_public_bytes(raw).verify(*_signature(published.token.replace(b".", b".e", 1)))


def _signature(token: bytes) -> tuple[bytes, bytes]:
    signed, _, signature = token.rpartition(b".")
    return _decoded(signature), signed


async def test_the_token_names_itself_and_when_it_ends(world, reader):
    await world.deliver(world.result(1))
    document = await reader.document((await world.certificate()).name)
    published = await reader.until(document, VALID)
    header, claims = (json.loads(_decoded(part)) for part in published.token.split(b".")[:2])
    assert header["typ"] == "statuslist+jwt" and header["kid"] in await reader.keys()
    assert claims["sub"] == published.token_url == f"{published.credential_url}.jwt"
    assert (claims["iss"], claims["ttl"]) == (DID, published.ttl_seconds)
    assert (claims["iat"], claims["exp"]) == (published.publish_time.seconds, published.expire_time.seconds)


async def test_a_stale_list_fails_closed_for_us_and_for_others(world, reader, clock):
    await world.deliver(world.result(1))
    document = await reader.document((await world.certificate()).name)
    published = await reader.until(document, VALID)
    ours = StatusReader(DID, await reader.keys())
    entry = document["credentialStatus"]
    end = clock.now() + timedelta(days=1)
    assert ours.read(published.credential, entry, end - timedelta(seconds=1)).outcome is Outcome.VALID
    stale = ours.read(published.credential, entry, end)
    assert (stale.outcome, "stale" in stale.problem) == (Outcome.INDETERMINATE, True)
    with pytest.raises(
        LibOpenBadgesException, match=r"valid|expired"
    ):  # its clock is years away from the list's
        openbadgeslib._check_entry(entry, lambda url: published.credential)


async def test_the_offline_verifier_judges_the_real_document_by_the_real_list(world, reader, clock):
    await world.deliver(world.result(1))
    name = (await world.certificate()).name
    document = await reader.document(name)
    did = json.loads((await world.public.GetDidDocument(GetDidDocumentRequest())).content)
    keys = offline.Keys().add(did)
    raw = json.dumps(document, ensure_ascii=False).encode()

    def judged(published, now) -> str:
        return offline.verify(raw, keys, now, status=published.credential).outcome

    good = await reader.until(document, VALID)
    assert judged(good, clock.now()) == "VALID"
    assert judged(good, clock.now() + timedelta(days=1)) == "INDETERMINATE"
    await revoke(world, name)
    assert judged(await reader.until(document, INVALID), clock.now()) == "REVOKED"


async def test_a_list_is_made_anew_before_it_grows_stale(open_service, world_of, clock):
    world = world_of(await open_service("certificates", status_interval=0.1))
    reader = Reader(world)
    await world.deliver(world.result(1))
    document = await reader.document((await world.certificate()).name)
    first = await reader.until(document, VALID)
    clock.advance(hours=11)
    await asyncio.sleep(0.5)
    assert (await reader.list_of(document)).sequence == first.sequence
    clock.advance(hours=2)
    async with asyncio.timeout(10):
        while (await reader.list_of(document)).sequence == first.sequence:
            await asyncio.sleep(0.05)
    assert (await reader.list_of(document)).expire_time.seconds == int(clock.now().timestamp()) + 86_400


async def test_a_change_by_another_process_is_published_without_a_nudge(
    open_service, world_of, clock, tmp_path
):
    world = world_of(await open_service("certificates", status_interval=0.1))
    url = world.service.config.database_url
    opened = await open_on("certificates", url, tmp_path / "data", clock, status_interval=30)
    try:
        await world.deliver(world.result(1))
        name = (await world.certificate()).name
        reader = Reader(world)
        document = await reader.document(name)
        await reader.until(document, VALID)
        await revoke(world_of(opened), name)
        assert is_revoked(await reader.until(document, INVALID), document)
    finally:
        await opened.close()


async def test_the_files_are_what_the_call_returns(world, reader):
    await world.deliver(world.result(1))
    name = (await world.certificate()).name
    document = await reader.document(name)
    await revoke(world, name)
    published = await reader.until(document, INVALID)
    folder: Path = world.service.config.status_files
    list_id = published.name.rpartition("/")[2]
    expected = {list_id: published.credential, f"{list_id}.jwt": published.token}
    async with asyncio.timeout(10):
        while {path.name: path.read_bytes() for path in folder.glob("[0-9]*")} != expected:
            await asyncio.sleep(0.02)


async def test_every_published_list_is_committed_to_in_the_log(world, reader):
    await world.deliver(world.result(1))
    document = await reader.document((await world.certificate()).name)
    published = await reader.until(document, VALID)
    assert published.log_position.startswith("certificates.example/log/2026#")
    said = logged(published.name, published.credential, published.token)
    expected = commitment(published.log_nonce, digest(said))
    leaves = select(LogLeafRow).where(col(LogLeafRow.type) == "status")
    async with world.service.store.read() as tx:
        assert expected in [leaf.commitment for leaf in await tx.all(leaves)]


async def test_lists_are_listed_and_an_unknown_one_is_not_found(world, reader):
    await world.deliver(world.result(1))
    published = await reader.until(await reader.document((await world.certificate()).name), VALID)
    listed = await reader.stub.ListStatusLists(ListStatusListsRequest())
    assert [each.name for each in listed.status_lists] == [published.name]
    for name, code in (("statusLists/none", "NOT_FOUND"), ("lists/1", "INVALID_ARGUMENT")):
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await reader.stub.GetStatusList(GetStatusListRequest(name=name))
        assert refused.value.code().name == code


async def test_a_status_key_signs_no_certificates(world, reader):
    """A certificate whose proofs name the status key is refused: every key has one purpose."""
    await world.deliver(world.result(1))
    document = await reader.document((await world.certificate()).name)
    published = await reader.until(document, VALID)
    status_key = json.loads(published.credential)["proof"][0]["verificationMethod"]
    for proof in document["proof"]:
        proof["verificationMethod"] = status_key
    raw = json.dumps(document, ensure_ascii=False).encode()
    answer = await world.public.VerifyCertificate(VerifyCertificateRequest(document=raw))
    assert answer.outcome == Outcome.UNKNOWN_ISSUER
