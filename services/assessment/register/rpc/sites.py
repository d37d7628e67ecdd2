"""SiteService: examination sites (考核站点)."""

from collections.abc import Callable
from typing import Any

from shuzheng.assessment.v1 import site_service_pb2 as messages
from shuzheng.assessment.v1 import site_service_pb2_grpc
from shuzheng.assessment.v1.site_pb2 import Site, SiteState

from services.assessment.enum_words import from_enum, to_enum
from services.assessment.names import BODY, SITE
from services.assessment.register.domain.site import SiteAction
from services.assessment.register.storage.rows.sites import SiteRow
from services.assessment.register.usecases.sites import Sites
from services.assessment.resource_head import head
from services.kit.rpc.convert import apply_mask


def _set_occupations(row: SiteRow, occupations: Any) -> None:
    row.occupations = list(occupations)


CHANGEABLE: dict[str, str | Callable[[Any, Any], None]] = {
    "display_name": "display_name",
    "host": "host",
    "address": "address",
    "seats": "seats",
    "occupations": _set_occupations,
}


class SiteService(site_service_pb2_grpc.SiteServiceServicer):
    """Answers the authority, which authorizes, and the bodies, which apply."""

    def __init__(self, sites: Sites) -> None:
        self.sites = sites

    async def CreateSite(self, request: messages.CreateSiteRequest, context: Any) -> Site:
        """Apply for a site."""
        BODY.parse(request.parent, "parent")
        site = request.site
        row = await self.sites.create(
            request.parent,
            request.site_id,
            site.display_name,
            site.host,
            site.address,
            list(site.occupations),
            site.seats,
        )
        return site_message(row)

    async def GetSite(self, request: messages.GetSiteRequest, context: Any) -> Site:
        """Read a site."""
        SITE.parse(request.name)
        return site_message(await self.sites.get(request.name))

    async def ListSites(self, request: messages.ListSitesRequest, context: Any) -> messages.ListSitesResponse:
        """List a body's sites."""
        BODY.parse(request.parent, "parent")
        state = from_enum(SiteState, request.state)
        page = await self.sites.page(request.parent, state, request.page_size, request.page_token)
        return messages.ListSitesResponse(
            sites=map(site_message, page.rows), next_page_token=page.next_page_token
        )

    async def UpdateSite(self, request: messages.UpdateSiteRequest, context: Any) -> Site:
        """Change a site."""
        SITE.parse(request.site.name, "site.name")
        row = await self.sites.update(
            request.site.name,
            request.site.etag,
            lambda row: apply_mask(row, request.site, request.update_mask, CHANGEABLE),
        )
        return site_message(row)

    async def PublicizeSite(self, request: messages.PublicizeSiteRequest, context: Any) -> Site:
        """APPLIED → PUBLICIZED."""
        return await self._move(request, SiteAction.PUBLICIZE)

    async def AdmitSite(self, request: messages.AdmitSiteRequest, context: Any) -> Site:
        """PUBLICIZED → LISTED."""
        return await self._move(request, SiteAction.ADMIT)

    async def SuspendSite(self, request: messages.SuspendSiteRequest, context: Any) -> Site:
        """LISTED → SUSPENDED."""
        return await self._move(request, SiteAction.SUSPEND, request.remark)

    async def RestoreSite(self, request: messages.RestoreSiteRequest, context: Any) -> Site:
        """SUSPENDED → LISTED."""
        return await self._move(request, SiteAction.RESTORE)

    async def RemoveSite(self, request: messages.RemoveSiteRequest, context: Any) -> Site:
        """Take a site out of use."""
        return await self._move(request, SiteAction.REMOVE, request.remark)

    async def _move(self, request: Any, action: SiteAction, remark: str = "") -> Site:
        SITE.parse(request.name)
        return site_message(await self.sites.move(request.name, request.etag, action, remark))


def site_message(row: SiteRow) -> Site:
    """Return a site as it travels."""
    return Site(
        **head(row),
        state=to_enum(SiteState, row.state),
        display_name=row.display_name,
        host=row.host,
        address=row.address,
        occupations=row.occupations,
        seats=row.seats,
        remark=row.remark,
    )
