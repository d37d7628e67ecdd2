"""The question bank over real gRPC: import, preview, review by two people, versions, export."""

from contextlib import contextmanager
from hashlib import sha256

import grpc
import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from shuzheng.assessment.v1 import bank_pb2, item_pb2
from shuzheng.assessment.v1 import bank_service_pb2 as banks
from shuzheng.assessment.v1 import item_service_pb2 as messages
from shuzheng.assessment.v1.bank_service_pb2_grpc import BankServiceStub
from shuzheng.assessment.v1.item_service_pb2_grpc import ItemServiceStub
from shuzheng.type.v1 import notice_pb2

from tests.support.acts import acts_of
from tests.support.assessment_bank import (
    BANK,
    BODY,
    EXAMPLES,
    FORMATS,
    import_examples,
    list_body,
    open_bank,
    register_body,
    send_file,
)
from tests.support.fuzz import reason_of

XML, GIFT = messages.ITEM_FORMAT_MOODLE_XML, messages.ITEM_FORMAT_GIFT
STATEMENT = item_pb2.ItemContent(
    type=item_pb2.ITEM_TYPE_TRUE_FALSE, stem="Kafka 分区内消息有序。", statement_true=True
)


@contextmanager
def refused(reason):
    with pytest.raises(grpc.aio.AioRpcError) as error:
        yield
    assert reason_of(error.value) == reason, error.value.details()


@pytest.fixture
async def opened(open_service):
    service = await open_service("assessment")
    await register_body(service)
    await list_body(service)
    await open_bank(service)
    return service


def stub(opened, subject="author"):
    return opened.stub(ItemServiceStub, "body", BODY, subject=subject)


async def create(opened, content=STATEMENT, subject="author"):
    item = item_pb2.Item(content=content, knowledge_point="4.1.1")
    return await stub(opened, subject).CreateItem(messages.CreateItemRequest(parent=BANK, item=item))


async def count(opened):
    found = await stub(opened).ListItems(messages.ListItemsRequest(parent=BANK, page_size=1000))
    return len(found.items)


async def test_the_example_files_go_in_and_their_bad_questions_come_back(opened):
    for file, imported, rejects in (
        ("questions.xml", 55, ["UNSUPPORTED_TYPE", "UNSUPPORTED_CONTENT"]),
        ("questions.gift", 16, ["PARTIAL_CREDIT"]),
    ):
        progress = await send_file(opened, BANK, (EXAMPLES / file).read_bytes(), FORMATS[file])
        assert progress[-1].done and progress[-1].imported == imported
        assert [reject.reason for message in progress for reject in message.rejects] == rejects
        assert all(reject.line and reject.index for message in progress for reject in message.rejects)
    assert await count(opened) == 71


async def test_importing_the_same_file_twice_changes_nothing(opened):
    await import_examples(opened)
    before = await count(opened)
    assert await import_examples(opened) == []
    assert await count(opened) == before


async def test_an_import_is_known_by_its_file_and_what_it_brought(opened):
    data = (EXAMPLES / "questions.gift").read_bytes()
    await send_file(opened, BANK, data, GIFT, preview=True)
    created = await acts_of(opened.service.store, BANK)
    await send_file(opened, BANK, data, GIFT, subject="author-3")
    *before, act = await acts_of(opened.service.store, BANK)
    assert before == created, "a preview is no act"
    counts = {"found": 17, "checked": 17, "imported": 16, "duplicates": 0, "rejected": 1}
    assert act.details == {"sha256": sha256(data).hexdigest(), **counts}
    assert (act.subject, act.method.rpartition("/")[2]) == ("author-3", "ImportItems")


async def test_a_review_says_who_and_why(opened):
    (name, *_) = await import_examples(opened)
    request = messages.ReviewItemRequest(name=name, approve=True, reason="通过")
    await stub(opened, "reviewer-one").ReviewItem(request)
    (act,) = await acts_of(opened.service.store, name)
    assert (act.subject, act.roles, act.reason) == ("reviewer-one", ["body"], "通过")


async def test_a_preview_tells_everything_and_stores_nothing(opened):
    data = (EXAMPLES / "questions.gift").read_bytes()
    preview = await send_file(opened, BANK, data, GIFT, preview=True)
    assert (preview[-1].imported, preview[-1].rejected) == (16, 1)
    assert {item.name for message in preview for item in message.items} == {""}
    assert await count(opened) == 0


@pytest.mark.parametrize("preview", [False, True])
async def test_the_corrected_rejects_file_goes_in(opened, preview):
    sent = "$CATEGORY: top/1 采集\n\n::甲:: 一{T}\n\n::乙:: 二{}\n\n$CATEGORY: top/99 没有\n\n::丙:: <b>三</b>{F}"
    progress = await send_file(opened, BANK, sent.encode("gb18030"), GIFT, preview=preview)
    assert [r.reason for m in progress for r in m.rejects] == ["UNSUPPORTED_TYPE", "UNKNOWN_KNOWLEDGE_POINT"]
    assert [n.code for n in progress[-1].notices] == [notice_pb2.NOTICE_CODE_ENCODING_ASSUMED]
    back = b"".join(message.rejects_file for message in progress).decode()
    corrected = back.replace("二{}", "二{T}").replace("top/99 没有", "top/1 采集")
    last = (await send_file(opened, BANK, corrected.encode(), GIFT, preview=preview))[-1]
    assert (last.found, last.imported, last.rejected, last.rejects_file) == (2, 2, 0, b"")
    assert {notice.code: (notice.count, notice.rows[0]) for notice in last.notices} == {
        notice_pb2.NOTICE_CODE_REASONS_LEFT_OUT: (4, 1),
        notice_pb2.NOTICE_CODE_FORMATTING_LEFT_OUT: (1, 11),
    }
    assert await count(opened) == (0 if preview else 3)


async def test_what_the_default_point_was_assumed_for_is_noticed(opened):
    last = (await send_file(opened, BANK, "一{T}\n\n二{F}".encode(), GIFT, default="1"))[-1]
    assert [(n.code, n.field, n.count, list(n.rows)) for n in last.notices] == [
        (notice_pb2.NOTICE_CODE_VALUE_ASSUMED, "category", 2, [1, 3])
    ]


async def test_a_part_of_another_file_is_refused(opened):
    async def stream():
        for bank in (BANK, BANK + "x"):
            yield messages.ImportItemsRequest(parent=bank, format=GIFT, chunk=b"a{T}")

    with refused("INVALID_FIELD"):
        [message async for message in stub(opened).ImportItems(stream())]


async def test_a_question_twice_in_one_file_goes_in_once(opened):
    done = (await send_file(opened, BANK, "一{T}\n\n一{T}".encode("gb18030"), GIFT, default="1"))[-1]
    assert (done.found, done.imported, done.duplicates) == (2, 1, 1)


async def test_a_question_without_a_knowledge_point_of_the_bank_is_rejected(opened):
    progress = await send_file(opened, BANK, "$CATEGORY: top/99 没有\n\n一{T}".encode(), GIFT)
    assert [r.reason for m in progress for r in m.rejects] == ["UNKNOWN_KNOWLEDGE_POINT"]


@pytest.mark.parametrize(
    ("data", "file_format"),
    [
        (b"<quiz><question>", XML),
        (b"<html/>", XML),
        (b"<quiz/>", XML),
        (b"", GIFT),
        (b"\xff\xfe\x00", GIFT),
        (b'<!DOCTYPE q [<!ENTITY a "aaaa">]><quiz><question type="truefalse">&a;</question></quiz>', XML),
    ],
)
async def test_a_file_that_cannot_be_read_is_refused_whole(opened, data, file_format):
    with refused("UNREADABLE_FILE"):
        await send_file(opened, BANK, data, file_format)


async def test_an_export_imports_back_to_the_same_items(opened):
    await import_examples(opened)
    chunks = [part.chunk async for part in stub(opened).ExportItems(messages.ExportItemsRequest(parent=BANK))]
    data = b"".join(chunks)
    again = (await send_file(opened, BANK, data, XML))[-1]
    assert (again.found, again.duplicates, again.imported, again.rejected) == (71, 71, 0, 0)


async def test_two_people_who_are_not_the_author_review_an_item(opened):
    item = await create(opened)
    approve = messages.ReviewItemRequest(name=item.name, approve=True)
    with refused("OWN_ITEM"):
        await stub(opened).ReviewItem(approve)
    first = await stub(opened, "zhao").ReviewItem(approve)
    assert first.state == item_pb2.ITEM_STATE_IN_REVIEW
    with refused("SECOND_REVIEWER_NEEDED"):
        await stub(opened, "zhao").ReviewItem(approve)
    with refused("WRONG_STATE"):
        await stub(opened).ActivateItem(messages.ActivateItemRequest(name=item.name))
    second = await stub(opened, "qian").ReviewItem(approve)
    assert [review.reviewer for review in second.reviews] == ["zhao", "qian"]
    active = await stub(opened).ActivateItem(messages.ActivateItemRequest(name=item.name))
    assert active.state == item_pb2.ITEM_STATE_ACTIVE


async def test_editing_an_active_item_makes_a_version_and_keeps_the_old_one(opened):
    item = await create(opened)
    for reviewer in ("zhao", "qian"):
        await stub(opened, reviewer).ReviewItem(messages.ReviewItemRequest(name=item.name, approve=True))
    await stub(opened).ActivateItem(messages.ActivateItemRequest(name=item.name))
    changed = item_pb2.ItemContent(
        type=item_pb2.ITEM_TYPE_TRUE_FALSE, stem="Kafka 主题内消息全局有序。", statement_true=False
    )
    edited = await stub(opened, "sun").UpdateItem(
        messages.UpdateItemRequest(
            item=item_pb2.Item(name=item.name, content=changed), update_mask=FieldMask(paths=["content"])
        )
    )
    assert (edited.version, edited.state, edited.author) == (2, item_pb2.ITEM_STATE_DRAFT, "sun")
    assert not edited.reviews
    kept = await stub(opened).ListItemVersions(messages.ListItemVersionsRequest(parent=item.name))
    assert [version.content.statement_true for version in kept.versions] == [True, False]


async def test_a_file_is_recognized_after_its_item_was_edited(opened):
    line = "$CATEGORY: top/4.1.1 采集\n\nKafka 分区内消息有序。{T}".encode()
    name = (await send_file(opened, BANK, line, GIFT))[0].items[0].name
    changed = item_pb2.ItemContent(
        type=item_pb2.ITEM_TYPE_TRUE_FALSE, stem="改过的题干。", statement_true=True
    )
    await stub(opened).UpdateItem(
        messages.UpdateItemRequest(
            item=item_pb2.Item(name=name, content=changed), update_mask=FieldMask(paths=["content"])
        )
    )
    assert (await send_file(opened, BANK, line, GIFT))[-1].duplicates == 1


async def test_equal_content_is_one_item(opened):
    await create(opened)
    with refused("DUPLICATE_ITEM"):
        await create(opened, subject="zhao")


async def test_an_item_that_does_not_fit_its_type_is_refused_with_its_fields(opened):
    with refused("INVALID_ITEM"):
        await create(opened, item_pb2.ItemContent(type=item_pb2.ITEM_TYPE_SINGLE_CHOICE, stem="没有选项"))


async def test_lists_filter_by_type_and_by_branch_of_the_standard(opened):
    await import_examples(opened)
    request = messages.ListItemsRequest(
        parent=BANK, type=item_pb2.ITEM_TYPE_NUMERIC, knowledge_point="4", page_size=1
    )
    first = await stub(opened).ListItems(request)
    request.page_token = first.next_page_token
    second = await stub(opened).ListItems(request)
    found = [*first.items, *second.items]
    assert [item.knowledge_point for item in found] in (["4.2.1", "4.3.2"], ["4.3.2", "4.2.1"])
    assert not second.next_page_token


async def test_knowledge_points_need_their_parents_and_list_in_order(opened):
    stub_of_banks = opened.stub(BankServiceStub, "body", BODY)
    orphan = bank_pb2.KnowledgePoint(code="9.1", title="无父节点")
    with refused("ORPHAN_KNOWLEDGE_POINT"):
        await stub_of_banks.PutKnowledgePoints(banks.PutKnowledgePointsRequest(parent=BANK, points=[orphan]))
    listed = await stub_of_banks.ListKnowledgePoints(
        banks.ListKnowledgePointsRequest(parent=BANK, page_size=1000)
    )
    codes = [point.code for point in listed.points]
    assert codes[:4] == ["1", "1.1", "1.1.1", "1.1.2"]
    assert listed.points[0].key == "big-data/data-analysis/1/1"


async def test_a_body_has_one_bank_for_a_qualification(opened):
    with refused("BANK_EXISTS"):
        await open_bank(opened, identifier="second")


async def test_a_closed_bank_takes_no_items(opened):
    await opened.stub(BankServiceStub, "body", BODY).CloseBank(banks.CloseBankRequest(name=BANK))
    with refused("BANK_CLOSED"):
        await create(opened)
    with refused("BANK_CLOSED"):
        await send_file(opened, BANK, "一{T}".encode(), GIFT)


async def test_another_body_reaches_nothing_of_the_bank(opened):
    foreign = opened.stub(ItemServiceStub, "body", "bodies/other")
    with refused("OTHER_TENANT"):
        await foreign.ListItems(messages.ListItemsRequest(parent=BANK))
    with refused("OTHER_TENANT"):
        async for _ in foreign.ExportItems(messages.ExportItemsRequest(parent=BANK)):
            pass
