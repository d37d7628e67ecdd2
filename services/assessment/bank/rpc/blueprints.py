"""BlueprintService: blueprints (命题细目表)."""

from collections.abc import Callable, Iterable
from typing import Any

from shuzheng.assessment.v1 import blueprint_service_pb2 as messages
from shuzheng.assessment.v1 import blueprint_service_pb2_grpc as services
from shuzheng.assessment.v1.blueprint_pb2 import Blueprint, BlueprintPart, BlueprintSection
from shuzheng.assessment.v1.blueprint_pb2 import BlueprintState as StateNumber
from shuzheng.assessment.v1.item_pb2 import ItemType as TypeNumber

from services.assessment.bank.domain.blueprint import BlueprintAction, Part, Section, from_json, to_json
from services.assessment.bank.domain.item import ItemType
from services.assessment.bank.storage.rows.blueprints import BlueprintRow
from services.assessment.bank.usecases.blueprints import Blueprints
from services.kit.rpc import enums
from services.kit.rpc.convert import apply_mask, head
from services.kit.rpc.moves import Moves
from services.vocabulary import tenths


def message(row: BlueprintRow) -> Blueprint:
    """Return the message of a blueprint."""
    return Blueprint(
        **head(row),
        state=enums.number(StateNumber, row.state),
        display_name=row.display_name,
        parts=map(_part, from_json(row.parts)),
        source=row.source,
    )


def _part(part: Part) -> BlueprintPart:
    sections = [
        BlueprintSection(type=enums.number(TypeNumber, s.type), count=s.count, points=tenths.show(s.points))
        for s in part.sections
    ]
    return BlueprintPart(function=part.function, weight=tenths.show(part.weight), sections=sections)


def parts_of(parts: Iterable[BlueprintPart]) -> tuple[Part, ...]:
    """Return the weight table as the domain knows it."""
    return tuple(
        Part(part.function, tenths.parse(part.weight), tuple(_section(section) for section in part.sections))
        for part in parts
    )


def _section(section: BlueprintSection) -> Section:
    return Section(
        ItemType(enums.word(TypeNumber, section.type)), section.count, tenths.parse(section.points)
    )


def _set_parts(row: BlueprintRow, parts: Any) -> None:
    row.parts = to_json(parts_of(parts))


CHANGEABLE: dict[str, str | Callable[[Any, Any], None]] = {
    "display_name": "display_name",
    "source": "source",
    "parts": _set_parts,
}
MOVES = Moves(Blueprints, message)


class BlueprintService(services.BlueprintServiceServicer):
    """Answers the bodies."""

    def __init__(self, blueprints: Blueprints) -> None:
        self.blueprints = self.lifecycle = blueprints

    async def CreateBlueprint(self, request: messages.CreateBlueprintRequest, context: Any) -> Blueprint:
        """Write a blueprint."""
        asked = request.blueprint
        row = await self.blueprints.create(
            request.parent,
            request.blueprint_id,
            display_name=asked.display_name,
            parts=parts_of(asked.parts),
            source=asked.source,
        )
        return message(row)

    async def GetBlueprint(self, request: messages.GetBlueprintRequest, context: Any) -> Blueprint:
        """Read a blueprint."""
        return message(await self.blueprints.get(request.name))

    async def ListBlueprints(
        self, request: messages.ListBlueprintsRequest, context: Any
    ) -> messages.ListBlueprintsResponse:
        """List the blueprints of a bank."""
        state = enums.word(StateNumber, request.state)
        page = await self.blueprints.page(
            request.page_size, request.page_token, parent=request.parent, state=state
        )
        return messages.ListBlueprintsResponse(
            blueprints=map(message, page.rows), next_page_token=page.next_page_token
        )

    async def UpdateBlueprint(self, request: messages.UpdateBlueprintRequest, context: Any) -> Blueprint:
        """Change a draft."""
        asked = request.blueprint
        row = await self.blueprints.update(
            asked.name, asked.etag, lambda row: apply_mask(row, asked, request.update_mask, CHANGEABLE)
        )
        return message(row)

    AdoptBlueprint = MOVES.step(BlueprintAction.ADOPT)
    RetireBlueprint = MOVES.step(BlueprintAction.RETIRE)
