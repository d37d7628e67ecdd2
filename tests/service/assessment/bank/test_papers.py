"""Blueprints and papers over real gRPC: drawn exactly, sealed, and closed to everybody until the window."""

import hashlib
import json
from collections import Counter
from contextlib import contextmanager
from datetime import timedelta

import grpc
import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from google.rpc import error_details_pb2, status_pb2
from shuzheng.assessment.v1 import blueprint_service_pb2 as plans
from shuzheng.assessment.v1 import item_pb2, paper_pb2
from shuzheng.assessment.v1 import paper_service_pb2 as messages
from shuzheng.assessment.v1.blueprint_service_pb2_grpc import BlueprintServiceStub
from shuzheng.assessment.v1.paper_service_pb2_grpc import PaperServiceStub

from services.assessment.bank.storage import papers
from services.assessment.bank.storage.rows.papers import PaperContentRow
from tests.support.assessment_bank import (
    BANK,
    BODY,
    adopt_blueprint,
    example_blueprint,
    import_examples,
    list_body,
    open_bank,
    ready_bank,
    register_body,
)
from tests.support.fuzz import reason_of

PAPER = f"{BODY}/papers/spring"


@contextmanager
def refused(reason):
    with pytest.raises(grpc.aio.AioRpcError) as error:
        yield error
    assert reason_of(error.value) == reason, error.value.details()


def unmet(error):
    status = status_pb2.Status.FromString(dict(error.trailing_metadata())["grpc-status-details-bin"])
    failure = error_details_pb2.PreconditionFailure()
    return [v.description for detail in status.details if detail.Unpack(failure) for v in failure.violations]


def stub(opened, subject="drawer"):
    return opened.stub(PaperServiceStub, "body", BODY, subject=subject)


def moment(value):
    stamp = Timestamp()
    stamp.FromDatetime(value)
    return stamp


async def draw(opened, clock, blueprint, identifier="spring", seed="2026"):
    opens = clock.now() + timedelta(days=1)
    request = messages.DrawPaperRequest(
        parent=BODY,
        paper_id=identifier,
        blueprint=blueprint,
        seed=seed,
        release_from=moment(opens),
        release_to=moment(opens + timedelta(hours=2)),
    )
    return await stub(opened).DrawPaper(request)


async def seal(opened, name=PAPER):
    await stub(opened, "checker").ReviewPaper(messages.ReviewPaperRequest(name=name))
    return await stub(opened, "checker").SealPaper(messages.SealPaperRequest(name=name))


async def content(opened):
    return await stub(opened).GetPaperContent(messages.GetPaperContentRequest(name=PAPER))


async def test_a_paper_satisfies_its_blueprint_exactly(open_service, clock):
    opened = await open_service("assessment")
    paper = await draw(opened, clock, await ready_bank(opened))
    drawn = await content(opened)
    wanted = Counter()
    for part in example_blueprint().parts:
        for section in part.sections:
            wanted[part.function, section.type, section.points] += section.count
    keys = {key.position: key for key in drawn.keys}
    found = Counter(
        (keys[q.position].knowledge_point.split(".")[0], q.type, q.points) for q in drawn.questions
    )
    assert found == wanted
    assert sum(float(question.points) for question in drawn.questions) == 100
    assert paper.question_count == len(drawn.questions) == len({key.item_version for key in drawn.keys})


async def test_the_same_seed_draws_the_same_questions(open_service, clock):
    opened = await open_service("assessment")
    blueprint = await ready_bank(opened)
    await draw(opened, clock, blueprint)
    first = await content(opened)
    again = await draw(opened, clock, blueprint, "again")
    other = await draw(opened, clock, blueprint, "other", seed="2027")
    contents = [
        await stub(opened).GetPaperContent(messages.GetPaperContentRequest(name=paper.name))
        for paper in (again, other)
    ]
    assert list(contents[0].questions) == list(first.questions)
    assert list(contents[1].questions) != list(first.questions)


async def test_a_refusal_names_everything_that_the_bank_lacks(open_service, clock):
    opened = await open_service("assessment")
    await register_body(opened)
    await list_body(opened)
    await open_bank(opened)
    await import_examples(opened)  # drafts: none may be drawn
    blueprint = await adopt_blueprint(opened)
    with refused("BANK_LACKS_ITEMS") as error:
        await draw(opened, clock, blueprint)
    sections = [section for part in example_blueprint().parts for section in part.sections]
    assert len(unmet(error.value)) == len(sections)
    assert "function 1 needs 4 active SINGLE_CHOICE, the bank has 0" in unmet(error.value)


async def test_a_sealed_paper_shows_its_hash_and_nothing_else_until_the_window(open_service, clock):
    opened = await open_service("assessment")
    await draw(opened, clock, await ready_bank(opened))
    with refused("OWN_PAPER"):
        await stub(opened).ReviewPaper(messages.ReviewPaperRequest(name=PAPER))
    sealed = await seal(opened)
    assert (sealed.state, len(sealed.content_hash)) == (paper_pb2.PAPER_STATE_SEALED, 64)
    with refused("PAPER_SEALED"):
        await content(opened)
    release = messages.ReleasePaperRequest(name=PAPER)
    with refused("OUTSIDE_WINDOW"):
        await stub(opened).ReleasePaper(release)
    clock.advance(days=1)
    released = await stub(opened).ReleasePaper(release)
    assert released.state == paper_pb2.PAPER_STATE_RELEASED
    shown = await content(opened)
    assert shown.questions and not shown.keys
    used = await stub(opened).FinishPaper(messages.FinishPaperRequest(name=PAPER))
    assert [paper_pb2.PaperAction.Name(entry.action)[13:] for entry in used.custody] == [
        "DRAW",
        "REVIEW",
        "SEAL",
        "RELEASE",
        "USE",
    ]
    assert (await content(opened)).keys


async def test_a_paper_does_not_open_after_its_window(open_service, clock):
    opened = await open_service("assessment")
    await draw(opened, clock, await ready_bank(opened))
    await seal(opened)
    clock.advance(days=2)
    with refused("OUTSIDE_WINDOW"):
        await stub(opened).ReleasePaper(messages.ReleasePaperRequest(name=PAPER))


async def test_a_paper_retired_before_its_release_stays_closed(open_service, clock):
    opened = await open_service("assessment")
    await draw(opened, clock, await ready_bank(opened))
    await seal(opened)
    await stub(opened).RetirePaper(messages.RetirePaperRequest(name=PAPER))
    with refused("PAPER_SEALED"):
        await content(opened)


async def test_the_hash_is_that_of_the_canonical_content_and_a_changed_content_does_not_open(
    open_service, clock
):
    opened = await open_service("assessment")
    await draw(opened, clock, await ready_bank(opened))
    sealed = await seal(opened)
    clock.advance(days=1)
    async with opened.service.store.write() as tx:
        row = await tx.get(PaperContentRow, papers.content_name(PAPER))
        assert hashlib.sha256(row.content.encode()).hexdigest() == sealed.content_hash
        questions = json.loads(row.content)
        questions[0]["content"]["stem"] = "被改过的题干"
        row.content = json.dumps(questions, ensure_ascii=False)
        await tx.save(row)
    with refused("SEAL_BROKEN"):
        await stub(opened).ReleasePaper(messages.ReleasePaperRequest(name=PAPER))


async def test_a_paper_keeps_the_versions_it_was_drawn_from(open_service, clock):
    from google.protobuf.field_mask_pb2 import FieldMask
    from shuzheng.assessment.v1 import item_service_pb2 as items
    from shuzheng.assessment.v1.item_service_pb2_grpc import ItemServiceStub

    opened = await open_service("assessment")
    await draw(opened, clock, await ready_bank(opened))
    before = await content(opened)
    drawn = before.keys[0].item_version.rpartition("/versions/")[0]
    changed = item_pb2.ItemContent(type=item_pb2.ITEM_TYPE_TRUE_FALSE, stem="另一道题。", statement_true=True)
    await opened.stub(ItemServiceStub, "body", BODY).UpdateItem(
        items.UpdateItemRequest(
            item=item_pb2.Item(name=drawn, content=changed), update_mask=FieldMask(paths=["content"])
        )
    )
    assert await content(opened) == before


async def test_only_adopted_blueprints_draw_and_adopted_ones_do_not_change(open_service, clock):
    opened = await open_service("assessment")
    adopted = await ready_bank(opened)
    own = opened.stub(BlueprintServiceStub, "body", BODY)
    draft = await own.CreateBlueprint(
        plans.CreateBlueprintRequest(parent=BANK, blueprint=example_blueprint())
    )
    with refused("BLUEPRINT_NOT_ADOPTED"):
        await draw(opened, clock, draft.name)
    change = example_blueprint()
    change.name = adopted
    with refused("WRONG_STATE"):
        await own.UpdateBlueprint(
            plans.UpdateBlueprintRequest(blueprint=change, update_mask={"paths": ["parts"]})
        )


async def test_a_blueprint_that_does_not_add_up_is_refused_with_its_fields(open_service):
    opened = await open_service("assessment")
    await ready_bank(opened)
    wrong = example_blueprint()
    wrong.parts[0].weight = "17"
    with refused("INVALID_BLUEPRINT") as error:
        await opened.stub(BlueprintServiceStub, "body", BODY).CreateBlueprint(
            plans.CreateBlueprintRequest(parent=BANK, blueprint=wrong)
        )
    assert "101" in error.value.details()


async def test_candidates_and_other_bodies_never_reach_papers(open_service, clock):
    opened = await open_service("assessment")
    await draw(opened, clock, await ready_bank(opened))
    request = messages.GetPaperContentRequest(name=PAPER)
    with refused("ROLE_NOT_ALLOWED"):
        await opened.stub(PaperServiceStub, "candidate", "candidates/zhao").GetPaperContent(request)
    with refused("ROLE_NOT_ALLOWED"):
        await opened.stub(PaperServiceStub, "supervisor").GetPaperContent(request)
    with refused("OTHER_TENANT"):
        await opened.stub(PaperServiceStub, "body", "bodies/other").GetPaperContent(request)
