"""InstitutionService."""

from typing import Any

from shuzheng.training.v1 import institution_pb2, institution_service_pb2, institution_service_pb2_grpc

from services.kit.rpc.convert import apply_mask, timestamp
from services.training import enums
from services.training.register.storage.rows.institutions import InstitutionRow
from services.training.register.usecases.institutions import Institutions

KIND = institution_pb2.InstitutionKind, "INSTITUTION_KIND_"


def message(row: InstitutionRow) -> institution_pb2.Institution:
    """Return the message of an institution."""
    return institution_pb2.Institution(
        name=row.name,
        display_name=row.display_name,
        uscc=row.uscc,
        kind=enums.value(*KIND, row.kind),
        region=row.region,
        warnings=row.warnings,
        etag=row.etag,
        create_time=timestamp(row.create_time),
        update_time=timestamp(row.update_time),
    )


def _set_kind(row: InstitutionRow, kind: int) -> None:
    row.kind = enums.word(*KIND, kind) or row.kind


CHANGEABLE: dict[str, Any] = {"display_name": "display_name", "region": "region", "kind": _set_kind}


class InstitutionService(institution_service_pb2_grpc.InstitutionServiceServicer):
    """Institutions."""

    def __init__(self, institutions: Institutions) -> None:
        self.institutions = institutions

    async def CreateInstitution(self, request: Any, context: Any) -> Any:
        """Enter an institution."""
        asked = request.institution
        return message(
            await self.institutions.create(
                request.institution_id,
                display_name=asked.display_name,
                uscc=asked.uscc,
                region=asked.region,
                kind=enums.word(*KIND, asked.kind),
            )
        )

    async def GetInstitution(self, request: Any, context: Any) -> Any:
        """Read one."""
        return message(await self.institutions.get(request.name))

    async def ListInstitutions(self, request: Any, context: Any) -> Any:
        """List them."""
        page = await self.institutions.page(request.region, request.page_size, request.page_token)
        return institution_service_pb2.ListInstitutionsResponse(
            institutions=map(message, page.rows), next_page_token=page.next_page_token
        )

    async def UpdateInstitution(self, request: Any, context: Any) -> Any:
        """Change one."""
        asked = request.institution
        return message(
            await self.institutions.update(
                asked.name, asked.etag, lambda row: apply_mask(row, asked, request.update_mask, CHANGEABLE)
            )
        )
