"""SiteService: examination sites (考核站点)."""

from collections.abc import Callable
from typing import Any

from shuzheng.assessment.v1 import site_service_pb2 as messages
from shuzheng.assessment.v1 import site_service_pb2_grpc as services
from shuzheng.assessment.v1.site_pb2 import Site
from shuzheng.assessment.v1.site_pb2 import SiteState as StateNumber

from services.assessment.register.domain.site import SiteAction
from services.assessment.register.storage.rows.sites import SiteRow
from services.assessment.register.usecases.sites import Sites
from services.kit.rpc import enums
from services.kit.rpc.convert import apply_mask, head
from services.kit.rpc.moves import Moves


def message(row: SiteRow) -> Site:
    """Return the message of a site."""
    return Site(
        **head(row),
        state=enums.number(StateNumber, row.state),
        display_name=row.display_name,
        host=row.host,
        address=row.address,
        occupations=row.occupations,
        seats=row.seats,
        reason=row.reason,
    )


def _set_occupations(row: SiteRow, occupations: Any) -> None:
    row.occupations = list(occupations)


CHANGEABLE: dict[str, str | Callable[[Any, Any], None]] = {
    "display_name": "display_name",
    "host": "host",
    "address": "address",
    "seats": "seats",
    "occupations": _set_occupations,
}
MOVES = Moves(Sites, message)


class SiteService(services.SiteServiceServicer):
    """Answers the authority, which authorizes, and the bodies, which apply."""

    def __init__(self, sites: Sites) -> None:
        self.sites = self.lifecycle = sites

    async def CreateSite(self, request: messages.CreateSiteRequest, context: Any) -> Site:
        """Apply for a site."""
        asked = request.site
        row = await self.sites.create(
            request.parent,
            request.site_id,
            display_name=asked.display_name,
            host=asked.host,
            address=asked.address,
            occupations=list(asked.occupations),
            seats=asked.seats,
        )
        return message(row)

    async def GetSite(self, request: messages.GetSiteRequest, context: Any) -> Site:
        """Read one."""
        return message(await self.sites.get(request.name))

    async def ListSites(self, request: messages.ListSitesRequest, context: Any) -> messages.ListSitesResponse:
        """List those of a body."""
        state = enums.word(StateNumber, request.state)
        page = await self.sites.page(
            request.page_size, request.page_token, parent=request.parent, state=state
        )
        return messages.ListSitesResponse(sites=map(message, page.rows), next_page_token=page.next_page_token)

    async def UpdateSite(self, request: messages.UpdateSiteRequest, context: Any) -> Site:
        """Change one."""
        asked = request.site
        row = await self.sites.update(
            asked.name, asked.etag, lambda row: apply_mask(row, asked, request.update_mask, CHANGEABLE)
        )
        return message(row)

    PublicizeSite = MOVES.step(SiteAction.PUBLICIZE)
    AdmitSite = MOVES.step(SiteAction.ADMIT)
    SuspendSite = MOVES.decision(SiteAction.SUSPEND)
    RestoreSite = MOVES.step(SiteAction.RESTORE)
    RemoveSite = MOVES.decision(SiteAction.REMOVE)
