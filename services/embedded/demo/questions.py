"""Question banks: import with rejects, review by two people, blueprint, a paper drawn, sealed, and its secrecy."""

from collections import Counter
from typing import Any

from services.client import uploads
from services.embedded.demo import files
from services.embedded.demo.expectation import expect, refused
from services.embedded.demo.journey import Journey

FORMATS = {"questions.xml": "ITEM_FORMAT_MOODLE_XML", "questions.gift": "ITEM_FORMAT_GIFT"}
AUTHOR, FIRST, SECOND = "命题 高老师", "审题 甘老师", "审题 章老师"


async def banks(j: Journey) -> None:
    """Each body fills its bank from files; items become active when two other people approve them."""
    j.summary["items_rejected"] = {"questions": 0, "reasons": {}}
    for each in j.scenario["body"]:
        bank = await _open_bank(j, each["id"])
        for name in FORMATS:
            await _import(j, each["id"], bank, name)
        await _review(j, each["id"], bank)


async def _open_bank(j: Journey, body: str) -> str:
    author = j.body(body, AUTHOR)
    about = {"display_name": "大数据工程技术人员（初级）题库", "qualification": j.qualification}
    bank = await author(
        "BankService/CreateBank", parent=f"bodies/{body}", bank_id="big-data-junior", bank=about
    )
    points = [{"code": row["编号"], "title": row["名称"]} for row in files.table("points.csv")]
    await author("BankService/PutKnowledgePoints", parent=bank.name, points=points)
    return str(bank.name)


async def _import(j: Journey, body: str, bank: str, name: str) -> None:
    author = j.body(body, AUTHOR)
    sent = uploads.parts(files.content(name), every={"parent": bank, "format": FORMATS[name]})
    preview = (
        await author.stream("ItemService/ImportItems", [part | {"validate_only": True} for part in sent])
    )[-1]
    answers = await author.stream("ItemService/ImportItems", sent)
    last, rejects = answers[-1], [reject for answer in answers for reject in answer.rejects]
    expect("items of the preview", preview.imported, last.imported)
    file = j.folder / f"rejects-{body}-{name}"
    file.write_bytes(b"".join(answer.rejects_file for answer in answers))
    j.teller.say(
        f"{body} ← {name}：{last.found} 题，入库 {last.imported}，重复 {last.duplicates}，"
        f"退回 {last.rejected} → {file.name}",
        f"{body} ← {name}: {last.found} questions, {last.imported} taken, {last.duplicates} known, "
        f"{last.rejected} rejected → {file.name}",
    )
    for reject in rejects:
        j.teller.reason(reject.reason, reject.message, f"#{reject.index} {reject.title}: ")
    for notice in last.notices:
        j.teller.notice(notice)
    j.add("items_imported", last.imported)
    told = j.summary["items_rejected"]
    told["questions"] += last.rejected
    told["reasons"] = dict(Counter(told["reasons"]) + Counter(reject.reason for reject in rejects))


async def _review(j: Journey, body: str, bank: str) -> None:
    first = j.body(body, FIRST)
    names = [item.name for item in await first.every("ItemService/ListItems", "items", parent=bank)]
    review: dict[str, Any] = {"parent": bank, "names": names, "approve": True}
    own = await refused(j.body(body, AUTHOR)("ItemService/BatchReviewItems", **review), "OWN_ITEM")
    await first("ItemService/BatchReviewItems", **review)
    await refused(first("ItemService/BatchReviewItems", **review), "SECOND_REVIEWER_NEEDED")
    await j.body(body, SECOND)("ItemService/BatchReviewItems", **review)
    await first("ItemService/BatchActivateItems", parent=bank, names=names)
    j.teller.say(
        f"{body}：{len(names)} 题经两人审核启用；命题人自审被拒（{own.reason}）",
        f"{body}: {len(names)} items active after two reviews; the author's own review was refused ({own.reason})",
    )


async def papers(j: Journey) -> None:
    """Papers are drawn to the blueprint, reviewed, sealed; a sealed paper shows nothing."""
    for each in j.scenario["exam"]:
        body = each["body"]
        bank = f"bodies/{body}/banks/big-data-junior"
        blueprint = await _blueprint(j, body, bank)
        paper = await _draw(j, each, blueprint)
        content = await j.body(body, FIRST)("PaperService/GetPaperContent", name=paper)
        j.keys[paper] = {key.position: key.content for key in content.keys}
        await _seal(j, body, paper)
        j.papers[body] = paper


async def _blueprint(j: Journey, body: str, bank: str) -> str:
    staff = j.body(body, AUTHOR)
    parts = j.scenario["blueprint"]
    wrong = [parts[0] | {"weight": "30"}, *parts[1:]]
    about = {"display_name": "初级理论知识命题细目表", "source": "示例，按国家职业标准权重表编制"}
    create: dict[str, Any] = {"parent": bank, "blueprint": about | {"parts": wrong}}
    error = await refused(staff("BlueprintService/CreateBlueprint", **create), "INVALID_BLUEPRINT")
    j.teller.say(
        f"{body}：权重不等于 100 的细目表被拒：", f"{body}: a blueprint that does not add up is refused:"
    )
    for violation in error.violations:
        j.teller.reason(violation.reason, violation.message, f"{violation.field}: ")
    create["blueprint"] = about | {"parts": parts}
    made = await staff("BlueprintService/CreateBlueprint", blueprint_id="theory", **create)
    await _lacking(j, body, bank, about)
    await staff("BlueprintService/AdoptBlueprint", name=made.name)
    return str(made.name)


async def _lacking(j: Journey, body: str, bank: str, about: dict[str, Any]) -> None:
    """A blueprint that the bank cannot fill is refused when a paper is drawn, with what is lacking."""
    staff = j.body(body, AUTHOR)
    parts = [
        {"function": "4", "weight": "100", "sections": [
            {"type": "ITEM_TYPE_TRUE_FALSE", "count": 50, "points": "2"}]},
    ]  # fmt: skip
    made = await staff(
        "BlueprintService/CreateBlueprint",
        parent=bank,
        blueprint_id="too-much",
        blueprint=about | {"parts": parts},
    )
    await staff("BlueprintService/AdoptBlueprint", name=made.name)
    error = await refused(
        staff(
            "PaperService/DrawPaper", parent=f"bodies/{body}", blueprint=made.name, **_window("2026-05-01")
        ),
        "BANK_LACKS_ITEMS",
    )
    j.teller.say(f"{body}：题库不足以组卷，逐项说明：", f"{body}: the bank cannot fill the paper:")
    for rule in error.unmet:
        j.teller.reason(rule.reason, rule.message)


def _window(day: str) -> dict[str, Any]:
    from datetime import UTC, datetime

    opens, closes = (
        datetime.fromisoformat(f"{day}T{at}:00+08:00").astimezone(UTC) for at in ("08:30", "18:00")
    )
    return {"release_from": opens, "release_to": closes}


async def _draw(j: Journey, each: dict[str, Any], blueprint: str) -> str:
    body = each["body"]
    paper = await j.body(body, AUTHOR)(
        "PaperService/DrawPaper", parent=f"bodies/{body}", paper_id=each["id"], blueprint=blueprint,
        seed=f"demo {each['id']}", **_window(str(each["day"])),
    )  # fmt: skip
    j.teller.say(
        f"{body}：按细目表抽题组卷 {paper.question_count} 题",
        f"{body}: a paper of {paper.question_count} questions drawn",
    )
    return str(paper.name)


async def _seal(j: Journey, body: str, paper: str) -> None:
    await refused(j.body(body, AUTHOR)("PaperService/ReviewPaper", name=paper), "OWN_PAPER")
    reviewer = j.body(body, FIRST)
    await reviewer("PaperService/ReviewPaper", name=paper)
    sealed = await reviewer("PaperService/SealPaper", name=paper)
    hidden = await refused(reviewer("PaperService/GetPaperContent", name=paper), "PAPER_SEALED")
    early = await refused(reviewer("PaperService/ReleasePaper", name=paper), "OUTSIDE_WINDOW")
    j.teller.say(
        f"{body}：试卷封存（SHA-256 {sealed.content_hash[:16]}…）；此后不可查看（{hidden.reason}），"
        f"时段外不可启封（{early.reason}）",
        f"{body}: paper sealed (SHA-256 {sealed.content_hash[:16]}…); not shown ({hidden.reason}), "
        f"not released before its window ({early.reason})",
    )
