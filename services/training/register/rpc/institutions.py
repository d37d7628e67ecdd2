"""InstitutionService."""

from typing import Any

from shuzheng.training.v1 import institution_service_pb2 as messages
from shuzheng.training.v1 import institution_service_pb2_grpc as services
from shuzheng.training.v1.institution_pb2 import Institution
from shuzheng.training.v1.institution_pb2 import InstitutionKind as KindNumber

from services.kit.rpc import enums
from services.kit.rpc.convert import apply_mask, head
from services.training.register.domain.institution import InstitutionKind
from services.training.register.storage.rows.institutions import InstitutionRow
from services.training.register.usecases.institutions import Institutions


def message(row: InstitutionRow) -> Institution:
    """Return the message of an institution."""
    return Institution(
        **head(row),
        display_name=row.display_name,
        uscc=row.uscc,
        kind=enums.number(KindNumber, row.kind),
        region=row.region,
        warnings=row.warnings,
    )


def _set_kind(row: InstitutionRow, kind: KindNumber.ValueType) -> None:
    row.kind = InstitutionKind(enums.word(KindNumber, kind)) if kind else row.kind


CHANGEABLE: dict[str, Any] = {"display_name": "display_name", "region": "region", "kind": _set_kind}


class InstitutionService(services.InstitutionServiceServicer):
    """Institutions."""

    def __init__(self, institutions: Institutions) -> None:
        self.institutions = institutions

    async def CreateInstitution(
        self, request: messages.CreateInstitutionRequest, context: Any
    ) -> Institution:
        """Enter an institution."""
        asked = request.institution
        row = await self.institutions.create(
            request.institution_id,
            display_name=asked.display_name,
            uscc=asked.uscc,
            region=asked.region,
            kind=InstitutionKind(enums.word(KindNumber, asked.kind)),
        )
        return message(row)

    async def GetInstitution(self, request: messages.GetInstitutionRequest, context: Any) -> Institution:
        """Read one."""
        return message(await self.institutions.get(request.name))

    async def ListInstitutions(
        self, request: messages.ListInstitutionsRequest, context: Any
    ) -> messages.ListInstitutionsResponse:
        """List them."""
        page = await self.institutions.page(request.page_size, request.page_token, region=request.region)
        return messages.ListInstitutionsResponse(
            institutions=map(message, page.rows), next_page_token=page.next_page_token
        )

    async def UpdateInstitution(
        self, request: messages.UpdateInstitutionRequest, context: Any
    ) -> Institution:
        """Change one."""
        asked = request.institution
        row = await self.institutions.update(
            asked.name, asked.etag, lambda row: apply_mask(row, asked, request.update_mask, CHANGEABLE)
        )
        return message(row)
