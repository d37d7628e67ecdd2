"""A listed assessment body with a question bank from the example files: what papers and exams stand on."""

import csv
import tomllib
from collections.abc import AsyncIterator, Iterator
from typing import Any

from google.type.date_pb2 import Date
from shuzheng.assessment.v1 import (
    bank_pb2,
    bank_service_pb2,
    blueprint_pb2,
    blueprint_service_pb2,
    body_pb2,
    body_service_pb2,
    item_pb2,
    item_service_pb2,
    listing_pb2,
    listing_service_pb2,
)
from shuzheng.assessment.v1.bank_service_pb2_grpc import BankServiceStub
from shuzheng.assessment.v1.blueprint_service_pb2_grpc import BlueprintServiceStub
from shuzheng.assessment.v1.body_service_pb2_grpc import BodyServiceStub
from shuzheng.assessment.v1.item_service_pb2_grpc import ItemServiceStub
from shuzheng.assessment.v1.listing_service_pb2_grpc import ListingServiceStub
from shuzheng.type.v1.level_pb2 import LEVEL_JUNIOR
from shuzheng.type.v1.qualification_pb2 import Qualification

from tests.support.places import ROOT
from tests.support.services import OpenedService

EXAMPLES = ROOT / "examples" / "assessment"
BODY = "bodies/cie"
BANK = f"{BODY}/banks/big-data-junior"
USCC = "91330100799655058B"
FORMATS = {
    "questions.xml": item_service_pb2.ITEM_FORMAT_MOODLE_XML,
    "questions.gift": item_service_pb2.ITEM_FORMAT_GIFT,
}


async def register_body(opened: OpenedService, body: str = BODY, uscc: str = USCC) -> Any:
    """Register a body."""
    stub = opened.stub(BodyServiceStub, "supervisor")
    wanted = body_pb2.AssessmentBody(display_name="示例评价机构", uscc=uscc, region="370000")
    return await stub.CreateBody(body_service_pb2.CreateBodyRequest(body_id=body.split("/")[1], body=wanted))


async def list_body(opened: OpenedService, body: str = BODY, occupation: str = "big-data") -> Any:
    """Take a body into the catalogue for an occupation, 2026 to 2028."""
    stub = opened.stub(ListingServiceStub, "supervisor")
    listing = await stub.CreateListing(
        listing_service_pb2.CreateListingRequest(
            parent=body, listing_id=occupation, listing=listing_pb2.Listing(occupation=occupation)
        )
    )
    await stub.RecommendListing(listing_service_pb2.RecommendListingRequest(name=listing.name))
    await stub.ReviewListing(listing_service_pb2.ReviewListingRequest(name=listing.name))
    return await stub.ConfirmListing(
        listing_service_pb2.ConfirmListingRequest(
            name=listing.name,
            batch="第三批",
            valid_from=Date(year=2026, month=1, day=1),
            valid_to=Date(year=2028, month=12, day=31),
        )
    )


async def open_bank(opened: OpenedService, body: str = BODY, identifier: str = "big-data-junior") -> str:
    """Open a bank with the knowledge points of the examples; returns its name."""
    stub = opened.stub(BankServiceStub, "body", body)
    qualification = Qualification(occupation="big-data", direction="data-analysis", level=LEVEL_JUNIOR)
    bank = await stub.CreateBank(
        bank_service_pb2.CreateBankRequest(
            parent=body,
            bank_id=identifier,
            bank=bank_pb2.Bank(display_name="大数据初级题库", qualification=qualification),
        )
    )
    with (EXAMPLES / "knowledge-points.csv").open(encoding="utf-8") as file:
        points = [
            bank_pb2.KnowledgePoint(code=row["code"], title=row["title"]) for row in csv.DictReader(file)
        ]
    await stub.PutKnowledgePoints(bank_service_pb2.PutKnowledgePointsRequest(parent=bank.name, points=points))
    return bank.name


async def send_file(
    opened: OpenedService,
    bank: str,
    data: bytes,
    file_format: Any,
    *,
    preview: bool = False,
    default: str = "",
    subject: str = "author",
) -> list[Any]:
    """Import a question file in small chunks; returns every progress message."""

    def requests() -> Iterator[Any]:
        for start in range(0, max(len(data), 1), 4096):
            yield item_service_pb2.ImportItemsRequest(
                parent=bank,
                format=file_format,
                validate_only=preview,
                default_knowledge_point=default,
                chunk=data[start : start + 4096],
            )

    async def stream() -> AsyncIterator[Any]:
        for request in requests():
            yield request

    stub = opened.stub(ItemServiceStub, "body", bank.split("/banks")[0], subject=subject)
    return [message async for message in stub.ImportItems(stream())]


async def import_examples(opened: OpenedService, bank: str = BANK) -> list[str]:
    """Import both example files; returns the names of the new items."""
    names = []
    for file, file_format in FORMATS.items():
        messages = await send_file(opened, bank, (EXAMPLES / file).read_bytes(), file_format)
        names += [item.name for message in messages for item in message.items]
    return names


async def activate(opened: OpenedService, bank: str, names: list[str]) -> None:
    """Let two people review the items and activate them."""
    body = bank.split("/banks")[0]
    for reviewer in ("reviewer-one", "reviewer-two"):
        stub = opened.stub(ItemServiceStub, "body", body, subject=reviewer)
        await stub.BatchReviewItems(
            item_service_pb2.BatchReviewItemsRequest(parent=bank, names=names, approve=True)
        )
    await stub.BatchActivateItems(item_service_pb2.BatchActivateItemsRequest(parent=bank, names=names))


def example_blueprint() -> blueprint_pb2.Blueprint:
    """Return the blueprint of the examples."""
    plan = tomllib.loads((EXAMPLES / "blueprint.toml").read_text("utf-8"))
    parts = [
        blueprint_pb2.BlueprintPart(
            function=part["function"],
            weight=part["weight"],
            sections=[
                blueprint_pb2.BlueprintSection(
                    type=item_pb2.ItemType.Value(f"ITEM_TYPE_{section['type']}"),
                    count=section["count"],
                    points=section["points"],
                )
                for section in part["sections"]
            ],
        )
        for part in plan["parts"]
    ]
    return blueprint_pb2.Blueprint(display_name=plan["display_name"], source=plan["source"], parts=parts)


async def adopt_blueprint(opened: OpenedService, bank: str = BANK) -> str:
    """Write and adopt the blueprint of the examples; returns its name."""
    stub = opened.stub(BlueprintServiceStub, "body", bank.split("/banks")[0])
    made = await stub.CreateBlueprint(
        blueprint_service_pb2.CreateBlueprintRequest(
            parent=bank, blueprint_id="theory", blueprint=example_blueprint()
        )
    )
    await stub.AdoptBlueprint(blueprint_service_pb2.AdoptBlueprintRequest(name=made.name))
    return str(made.name)


async def ready_bank(opened: OpenedService) -> str:
    """Set up everything from the body to the adopted blueprint; returns the blueprint's name."""
    await register_body(opened)
    await list_body(opened)
    bank = await open_bank(opened)
    await activate(opened, bank, await import_examples(opened, bank))
    return await adopt_blueprint(opened, bank)
