"""Places that are taken once: status entries at random, serials without gaps, whatever is rolled back."""

import asyncio

import pytest
from sqlalchemy import select

from services.certificates.issuing.storage import reservations
from services.certificates.issuing.storage.rows.certificates import CertificateRow
from tests.support.services import open_on

CODES = """
[levels]
digits = { junior = 3, mid = 2, senior = 1 }
source = "a decision"
mark = "UNCONFIRMED"
[[owner]]
owner = "institutions/i1"
code = "S000137000001"
[[owner]]
owner = "bodies/b1"
code = "Y000237000009"
"""


async def rows(world):
    async with world.service.store.read() as tx:
        return list(await tx.all(select(CertificateRow).order_by(CertificateRow.number)))


@pytest.fixture
async def official(databases, tmp_path, clock, world_of):
    """A service that gives numbers of the official pattern."""
    (tmp_path / "codes.toml").write_text(CODES, "utf-8")
    url = await databases.migrated("certificates")
    settings = {"number_scheme": "official", "number_codes_file": tmp_path / "codes.toml"}
    opened = await open_on("certificates", url, tmp_path / "data", clock, **settings)
    yield world_of(opened)
    await opened.close()


async def test_every_certificate_has_its_own_status_entry(world):
    await world.deliver_together(*(world.completion(number) for number in range(100)))
    await world.certificates()
    places = [(row.status_list, row.status_index) for row in await rows(world)]
    assert len(set(places)) == 100 and {name for name, _ in places} == {"1"}
    assert all(0 <= index < reservations.ENTRIES for _, index in places)
    assert [index for _, index in places] != sorted(index for _, index in places)


async def test_a_used_up_list_is_followed_by_the_next(world, monkeypatch):
    monkeypatch.setattr(reservations, "USED", 5)
    monkeypatch.setattr(reservations, "ENTRIES", 8)
    for start in range(0, 12, 4):
        await world.deliver_together(*(world.completion(number) for number in range(start, start + 4)))
    await world.certificates()
    lists = sorted(row.status_list for row in await rows(world))
    assert lists == ["1"] * 5 + ["2"] * 5 + ["3"] * 2


async def test_serials_of_a_body_and_year_have_no_gaps(official):
    await official.deliver(*(official.completion(number) for number in range(3)), official.result(1))
    with pytest.raises(Exception, match="UNKNOWN_QUALIFICATION"):
        strange = official.completion(7)
        strange.qualification.occupation = "alchemy"
        await official.deliver(strange)
    await official.deliver(official.completion(8))
    numbers = [row.number for row in await rows(official)]
    assert numbers == [
        "S000137000001262000001", "S000137000001262000002", "S000137000001262000003", "S000137000001262000004",
        "Y000237000009262000001",
    ]  # fmt: skip
    found = await official.certificates()
    assert (await official.verify(found[0].number, found[0].holder_name)).outcome == 1


async def test_serials_taken_at_the_same_time_have_no_gaps(official):
    batches = [[official.completion(10 * batch + number) for number in range(5)] for batch in range(4)]
    await asyncio.gather(*(official.deliver_together(*batch) for batch in batches))
    serials = [int(row.number[-6:]) for row in await rows(official)]
    assert serials == list(range(1, 21))


async def test_a_body_without_a_code_gets_no_number(official):
    with pytest.raises(Exception, match="BODY_WITHOUT_CODE"):
        await official.deliver(official.completion(1, institution="i2"))
    assert await rows(official) == []
