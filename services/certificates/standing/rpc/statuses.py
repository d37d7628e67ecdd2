"""StatusService: the newest versions of the status lists, for everyone."""

from typing import Any

from shuzheng.certificates.v1 import status_service_pb2 as messages
from shuzheng.certificates.v1 import status_service_pb2_grpc
from shuzheng.certificates.v1.status_list_pb2 import StatusList

from services.certificates.document.domain.document import status_list_url
from services.certificates.issuing.rpc.certificates import moment
from services.certificates.issuing.storage.rows.certificates import StatusListRow
from services.certificates.standing.lists.credential import TTL
from services.certificates.standing.lists.token import token_url
from services.certificates.standing.usecases.statuses import Statuses


class StatusService(status_service_pb2_grpc.StatusServiceServicer):
    """Answers anyone."""

    def __init__(self, statuses: Statuses) -> None:
        self.statuses = statuses
        self.public_url = statuses.authority.public_url

    async def GetStatusList(self, request: messages.GetStatusListRequest, context: Any) -> StatusList:
        """Fetch the newest version of one list."""
        return self._message(await self.statuses.get(request.name))

    async def ListStatusLists(
        self, request: messages.ListStatusListsRequest, context: Any
    ) -> messages.ListStatusListsResponse:
        """Fetch the newest versions of many lists."""
        page = await self.statuses.page(request.page_size, request.page_token)
        found = map(self._message, page.rows)
        return messages.ListStatusListsResponse(status_lists=found, next_page_token=page.next_page_token)

    def _message(self, row: StatusListRow) -> StatusList:
        url = status_list_url(self.public_url, row.name.rpartition("/")[2])
        return StatusList(
            name=row.name,
            sequence=row.sequence,
            credential=row.credential,
            credential_url=url,
            token=row.token,
            token_url=token_url(url),
            publish_time=moment(row.published_at),
            expire_time=moment(row.expires_at),
            ttl_seconds=TTL,
            log_position=row.log_position,
            log_nonce=row.nonce,
        )
