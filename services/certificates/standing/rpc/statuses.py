"""StatusService: the newest versions of the status lists, for everyone."""

from typing import Any

from shuzheng.certificates.v1 import status_service_pb2 as messages
from shuzheng.certificates.v1 import status_service_pb2_grpc as services
from shuzheng.certificates.v1.status_list_pb2 import StatusList

from services.certificates.document.domain.document import status_list_url
from services.certificates.standing.lists.credential import TTL
from services.certificates.standing.lists.token import token_url
from services.certificates.standing.storage.rows.statuses import StatusListRow
from services.certificates.standing.usecases.statuses import Statuses
from services.kit.rpc.convert import timestamp


class StatusService(services.StatusServiceServicer):
    """Answers anyone."""

    def __init__(self, statuses: Statuses) -> None:
        self.statuses = statuses
        self.public_url = statuses.authority.public_url

    async def GetStatusList(self, request: messages.GetStatusListRequest, context: Any) -> StatusList:
        """Fetch the newest version of one list."""
        return message(await self.statuses.get(request.name), self.public_url)

    async def ListStatusLists(
        self, request: messages.ListStatusListsRequest, context: Any
    ) -> messages.ListStatusListsResponse:
        """Fetch the newest versions of many lists."""
        page = await self.statuses.page(request.page_size, request.page_token)
        found = (message(row, self.public_url) for row in page.rows)
        return messages.ListStatusListsResponse(status_lists=found, next_page_token=page.next_page_token)


def message(row: StatusListRow, public_url: str) -> StatusList:
    """Return the message of a status list of the issuer at this address."""
    url = status_list_url(public_url, row.name.rpartition("/")[2])
    return StatusList(
        name=row.name,
        sequence=row.sequence,
        credential=row.credential,
        credential_url=url,
        token=row.token,
        token_url=token_url(url),
        publish_time=timestamp(row.published_at),
        expire_time=timestamp(row.expires_at),
        ttl_seconds=TTL,
        log_position=row.log_position,
        log_nonce=row.nonce,
    )
