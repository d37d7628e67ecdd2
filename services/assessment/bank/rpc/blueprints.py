"""BlueprintService: blueprints (命题细目表)."""

from collections.abc import Callable, Iterable
from typing import Any

from shuzheng.assessment.v1 import blueprint_service_pb2 as messages
from shuzheng.assessment.v1 import blueprint_service_pb2_grpc
from shuzheng.assessment.v1.blueprint_pb2 import Blueprint, BlueprintPart, BlueprintSection, BlueprintState
from shuzheng.assessment.v1.item_pb2 import ItemType as TypeNumber

from services.assessment.bank.domain.blueprint import BlueprintAction, Part, Section, from_json, to_json
from services.assessment.bank.domain.item import ItemType
from services.assessment.bank.storage.rows.blueprints import BlueprintRow
from services.assessment.bank.usecases.blueprints import Blueprints
from services.assessment.enum_words import from_enum, to_enum
from services.assessment.names import BANK, BLUEPRINT
from services.assessment.resource_head import head
from services.kit.rpc.convert import apply_mask
from services.vocabulary import tenths


def _set_parts(row: BlueprintRow, parts: Any) -> None:
    row.parts = to_json(parts_of(parts))


CHANGEABLE: dict[str, str | Callable[[Any, Any], None]] = {
    "display_name": "display_name",
    "source": "source",
    "parts": _set_parts,
}


class BlueprintService(blueprint_service_pb2_grpc.BlueprintServiceServicer):
    """Answers the bodies."""

    def __init__(self, blueprints: Blueprints) -> None:
        self.blueprints = blueprints

    async def CreateBlueprint(self, request: messages.CreateBlueprintRequest, context: Any) -> Blueprint:
        """Write a blueprint."""
        BANK.parse(request.parent, "parent")
        wanted = request.blueprint
        row = await self.blueprints.create(
            request.parent, request.blueprint_id, wanted.display_name, parts_of(wanted.parts), wanted.source
        )
        return blueprint_message(row)

    async def GetBlueprint(self, request: messages.GetBlueprintRequest, context: Any) -> Blueprint:
        """Read a blueprint."""
        BLUEPRINT.parse(request.name)
        return blueprint_message(await self.blueprints.get(request.name))

    async def ListBlueprints(
        self, request: messages.ListBlueprintsRequest, context: Any
    ) -> messages.ListBlueprintsResponse:
        """List the blueprints of a bank."""
        BANK.parse(request.parent, "parent")
        state = from_enum(BlueprintState, request.state)
        page = await self.blueprints.page(request.parent, state, request.page_size, request.page_token)
        return messages.ListBlueprintsResponse(
            blueprints=map(blueprint_message, page.rows), next_page_token=page.next_page_token
        )

    async def UpdateBlueprint(self, request: messages.UpdateBlueprintRequest, context: Any) -> Blueprint:
        """Change a draft."""
        BLUEPRINT.parse(request.blueprint.name, "blueprint.name")
        row = await self.blueprints.update(
            request.blueprint.name,
            request.blueprint.etag,
            lambda row: apply_mask(row, request.blueprint, request.update_mask, CHANGEABLE),
        )
        return blueprint_message(row)

    async def AdoptBlueprint(self, request: messages.AdoptBlueprintRequest, context: Any) -> Blueprint:
        """DRAFT → ADOPTED."""
        return await self._move(request, BlueprintAction.ADOPT)

    async def RetireBlueprint(self, request: messages.RetireBlueprintRequest, context: Any) -> Blueprint:
        """ADOPTED → RETIRED."""
        return await self._move(request, BlueprintAction.RETIRE)

    async def _move(self, request: Any, action: BlueprintAction) -> Blueprint:
        BLUEPRINT.parse(request.name)
        return blueprint_message(await self.blueprints.move(request.name, request.etag, action))


def parts_of(parts: Iterable[BlueprintPart]) -> tuple[Part, ...]:
    """Return the weight table as the domain knows it."""
    return tuple(
        Part(part.function, tenths.parse(part.weight), tuple(_section(section) for section in part.sections))
        for part in parts
    )


def _section(section: BlueprintSection) -> Section:
    return Section(ItemType(from_enum(TypeNumber, section.type)), section.count, tenths.parse(section.points))


def blueprint_message(row: BlueprintRow) -> Blueprint:
    """Return a blueprint as it travels."""
    return Blueprint(
        **head(row),
        state=to_enum(BlueprintState, row.state),
        display_name=row.display_name,
        parts=map(_part, from_json(row.parts)),
        source=row.source,
    )


def _part(part: Part) -> BlueprintPart:
    sections = [
        BlueprintSection(type=to_enum(TypeNumber, s.type), count=s.count, points=tenths.show(s.points))
        for s in part.sections
    ]
    return BlueprintPart(function=part.function, weight=tenths.show(part.weight), sections=sections)
