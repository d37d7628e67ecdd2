"""Nothing of a person is in the log: every file and every row of it is searched for the whole test population."""

import base64
import unicodedata
from hashlib import sha256

import pytest
from shuzheng.certificates.v1.certificate_service_pb2 import SupersedeCertificateRequest
from shuzheng.certificates.v1.hold_pb2 import HOLD_REASON_APPEAL
from shuzheng.certificates.v1.hold_service_pb2 import HoldCertificateRequest
from sqlalchemy import select

from services.certificates.log.ledger.merkle import leaf_hash
from services.certificates.log.storage import log as storage
from services.certificates.log.storage.rows.log import LogLeafRow, LogOpeningRow
from tests.support.exports import export
from tests.support.people import person

POPULATION = 12
CORRECTED = "欧阳𠮷"


def written(text):
    """Return every way in which a text could stand in bytes: plain, and hashed, each in several encodings."""
    found = set()
    for form in {text, unicodedata.normalize("NFKC", text), text.lower(), text.upper()}:
        plain = {form.encode(), form.encode("utf-16-le"), form.encode("utf-16-be"), form.encode("gb18030")}
        hashed = {sha256(each).digest() for each in plain}
        for raw in plain | hashed:
            found |= {raw, raw.hex().encode(), raw.hex().upper().encode()}
            for start in range(3):  # base64 differs with where the text begins
                middle = base64.b64encode(bytes(start) + raw)[4 if start else 0 :]
                middle = middle.rstrip(b"=")[: len(middle.rstrip(b"=")) // 4 * 4]
                found |= {middle, middle.translate(bytes.maketrans(b"+/", b"-_"))}
    return {each for each in found if len(each) >= 6}


def hits(haystacks, secrets):
    """Return which secrets stand in which haystack."""
    needles = {needle: secret for secret in secrets for needle in written(secret)}
    return {(where, needles[n]) for where, content in haystacks.items() for n in needles if n in content}


async def haystacks(world, folder):
    """Return every byte of the log, published and stored: files of the folder, files of an export, rows."""
    log = world.service.config.log_files
    found = {str(file): file.read_bytes() for file in log.rglob("*") if file.is_file()}
    await export(world, folder)
    found |= {str(file): file.read_bytes() for file in (folder / "log").rglob("*") if file.is_file()}
    async with world.service.store.read() as tx:
        for row in await tx.all(select(LogLeafRow)):
            found[f"row {row.leaf_index}"] = b"|".join(
                (row.type.encode(), row.leaf, row.leaf_hash, row.commitment)
            )
        for row in await tx.all(select(LogOpeningRow)):
            found[f"opening {row.leaf_index}"] = repr((row.subject, row.nonce, row.says)).encode()
    return found


async def sources(world):
    """Return what the database notes beside each leaf; it names certificates, and is not published."""
    async with world.service.store.read() as tx:
        return {f"source {row.leaf_index}": row.source.encode() for row in await tx.all(select(LogLeafRow))}


@pytest.fixture
async def population(world):
    """Certificates of both kinds with every act, and everything that identifies their holders."""
    await world.deliver(*(world.completion(number) for number in range(POPULATION)))
    await world.deliver(*(world.result(number) for number in range(POPULATION)))
    first, second, *_ = issued = await world.certificates()
    await world.supervisor.SupersedeCertificate(
        SupersedeCertificateRequest(name=first.name, etag=first.etag, holder_name=CORRECTED)
    )
    await world.supervisor.HoldCertificate(
        HoldCertificateRequest(name=second.name, etag=second.etag, reason=HOLD_REASON_APPEAL, note="申诉")
    )
    await world.deliver(world.annulment(POPULATION - 1))
    issued = [*await world.certificates(), *issued]
    people = [person(number) for number in range(POPULATION)]
    facts = {CORRECTED, *(one.display_name for one in people)}
    ids = {one.national_id for one in people} | {one.phone for one in people}
    return {"names": facts, "ids": ids, "numbers": {one.number for one in issued}}


async def test_no_name_number_or_id_stands_in_the_log(world, population, tmp_path):
    searched = await haystacks(world, tmp_path / "export")
    assert any("tile/entries" in where for where in searched)
    assert any(where.endswith("checkpoint") for where in searched)
    assert len([where for where in searched if where.startswith("row")]) > 4 * POPULATION
    everything = {secret for kind in population.values() for secret in kind}
    assert len(everything) > 4 * POPULATION
    assert hits(searched, everything) == set()
    assert hits(await sources(world), population["names"] | population["ids"]) == set()


PLANTED = (
    lambda text: text.encode(),
    lambda text: text.encode("utf-16-le"),
    lambda text: text.encode().hex().encode(),
    lambda text: base64.b64encode(b"x" + text.encode()),
    lambda text: base64.urlsafe_b64encode(sha256(text.encode()).digest()),
    lambda text: sha256(unicodedata.normalize("NFKC", text).encode()).hexdigest().encode(),
)


@pytest.mark.parametrize("kind", range(len(PLANTED)))
@pytest.mark.parametrize("secret", [person(3).display_name, person(3).national_id, "DE2630184756029358"])
def test_what_is_planted_is_found(kind, secret):
    content = bytes(range(256)) * 4
    assert hits({"entries": content}, {secret}) == set()
    assert hits({"entries": content + PLANTED[kind](secret) + content}, {secret}) == {("entries", secret)}


async def test_a_leaf_planted_in_the_database_is_found_in_row_and_file(world, population, tmp_path):
    secret = sorted(population["ids"])[0]
    leaf = f'{{"t":"issue","name":"{secret}"}}'.encode()
    origin = "certificates.example/log/2026"
    async with world.service.store.write() as tx:
        index = await storage.count(tx, origin)
        row = {
            "origin": origin,
            "leaf_index": index,
            "type": "issue",
            "leaf": leaf,
            "leaf_hash": leaf_hash(leaf),
        }
        await storage.append(tx, [row | {"commitment": bytes(32), "source": "planted", "created": tx.now}])
    found = hits(await haystacks(world, tmp_path / "export"), {secret})
    assert (f"row {index}", secret) in found
    assert any("tile/entries" in where for where, _ in found)
