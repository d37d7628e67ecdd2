"""Results in the log: committed before their certificates, one leaf each, opened by the nonce that the award keeps."""

import pytest
from sqlalchemy import select

from services.certificates.issuing.storage.rows.awards import AwardRow
from services.certificates.issuing.storage.rows.certificates import CertificateRow
from services.certificates.log.ledger.leaf import LeafType, commitment, digest, leaf_from
from services.certificates.log.storage.rows.log import LogLeafRow
from tests.support.statements import statements


async def leaves(world):
    """Return every leaf in its order, by source."""
    async with world.service.store.read() as tx:
        rows = await tx.all(select(LogLeafRow).order_by(LogLeafRow.origin, LogLeafRow.leaf_index))
    return {row.source: row for row in rows}


def of(found, leaf_type):
    return [row for row in found.values() if row.type == leaf_type.value]


async def test_each_certificate_has_a_result_leaf_before_its_issue_leaf(world):
    await world.deliver(*(world.completion(number) for number in range(3)))
    await world.deliver_together(*(world.result(number) for number in range(3)))
    issued = await world.certificates()
    found = await leaves(world)
    assert len(of(found, LeafType.RESULT)) == len(of(found, LeafType.ISSUE)) == len(issued) == 6
    for one in issued:
        assert found[f"result:{one.source}"].leaf_index < found[f"issue:{one.name}"].leaf_index


async def test_the_nonce_of_the_award_opens_its_leaf_and_nothing_else_does(world):
    await world.deliver(world.result(1), world.result(2))
    await world.certificates()
    found = await leaves(world)
    async with world.service.store.read() as tx:
        first, second = await tx.all(select(AwardRow).order_by(AwardRow.name))
    blinded = leaf_from(found[f"result:{first.name}"].leaf).commitment
    assert first.log_position.endswith(f"#{found[f'result:{first.name}'].leaf_index}")
    assert commitment(first.nonce, digest(first.award)) == blinded
    assert commitment(second.nonce, digest(first.award)) != blinded
    assert commitment(first.nonce, digest(first.award | {"theory_score": "99"})) != blinded


async def test_what_earns_nothing_leaves_no_leaf_until_it_does(world):
    await world.deliver(world.result(1, passed=False), world.annulment(2), world.result(2))
    assert of(await leaves(world), LeafType.RESULT) == []
    await world.deliver(world.result(1, theory_score="90"))
    await world.certificate()
    (row,) = of(await leaves(world), LeafType.RESULT)
    assert row.source == "result:bodies/b1/results/r1"


async def test_a_redelivery_and_a_correction_add_none(world):
    await world.deliver(world.result(1))
    await world.certificate()
    await world.deliver(world.result(1))
    await world.deliver_together(world.result(1), world.result(1))
    found = await leaves(world)
    assert [len(of(found, each)) for each in (LeafType.RESULT, LeafType.ISSUE)] == [1, 1]


async def test_a_draft_that_is_refused_leaves_no_leaf(world):
    with pytest.raises(Exception, match="astrology"):
        await world.deliver(world.result(1, qualification={"occupation": "astrology", "level": 2}))
    assert of(await leaves(world), LeafType.RESULT) == []


async def test_a_thousand_results_stay_bulk_work(world):
    with statements(world.service) as asked:
        await world.deliver_together(*(world.result(number) for number in range(1000)))
    found = await leaves(world)
    assert len(of(found, LeafType.RESULT)) == 1000
    async with world.service.store.read() as tx:
        assert len(await tx.all(select(CertificateRow.name))) == 1000
        assert len(set(await tx.all(select(AwardRow.nonce)))) == 1000
    assert len(asked) < 100
