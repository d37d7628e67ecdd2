"""EmployerService: employers and the keys of their programs."""

from collections.abc import Callable
from typing import Any

from shuzheng.certificates.v1 import employer_service_pb2 as messages
from shuzheng.certificates.v1 import employer_service_pb2_grpc
from shuzheng.certificates.v1.employer_pb2 import ApiKey, Employer

from services.certificates.issuing.rpc.certificates import moment
from services.certificates.verifying.storage.rows.employers import ApiKeyRow, EmployerRow
from services.certificates.verifying.usecases.employers import Employers, set_uscc
from services.kit.rpc.convert import apply_mask, moment_of, timestamp

CHANGEABLE: dict[str, str | Callable[[EmployerRow, str], None]] = {
    "display_name": "display_name",
    "uscc": set_uscc,
}


class EmployerService(employer_service_pb2_grpc.EmployerServiceServicer):
    """Answers the authority and the employers themselves."""

    def __init__(self, employers: Employers) -> None:
        self.employers = employers

    async def CreateEmployer(self, request: messages.CreateEmployerRequest, context: Any) -> Employer:
        """Register an employer."""
        wanted = request.employer
        return employer_message(
            await self.employers.create(request.employer_id, wanted.display_name, wanted.uscc)
        )

    async def GetEmployer(self, request: messages.GetEmployerRequest, context: Any) -> Employer:
        """Read an employer."""
        return employer_message(await self.employers.get(request.name))

    async def ListEmployers(
        self, request: messages.ListEmployersRequest, context: Any
    ) -> messages.ListEmployersResponse:
        """List the employers."""
        page = await self.employers.page(request.page_size, request.page_token)
        found = map(employer_message, page.rows)
        return messages.ListEmployersResponse(employers=found, next_page_token=page.next_page_token)

    async def UpdateEmployer(self, request: messages.UpdateEmployerRequest, context: Any) -> Employer:
        """Change an employer."""
        wanted, mask = request.employer, request.update_mask
        row = await self.employers.update(
            wanted.name, wanted.etag, lambda row: apply_mask(row, wanted, mask, CHANGEABLE)
        )
        return employer_message(row)

    async def CreateApiKey(
        self, request: messages.CreateApiKeyRequest, context: Any
    ) -> messages.CreateApiKeyResponse:
        """Make a key."""
        wanted = request.api_key
        given = wanted.HasField("expire_time")
        end = moment_of(wanted.expire_time, "api_key.expire_time") if given else None
        made = await self.employers.create_key(request.parent, wanted.display_name, end)
        return messages.CreateApiKeyResponse(api_key=key_message(made.key), secret=made.secret)

    async def ListApiKeys(
        self, request: messages.ListApiKeysRequest, context: Any
    ) -> messages.ListApiKeysResponse:
        """List the keys of an employer."""
        page = await self.employers.keys(request.parent, request.page_size, request.page_token)
        found = map(key_message, page.rows)
        return messages.ListApiKeysResponse(api_keys=found, next_page_token=page.next_page_token)

    async def RevokeApiKey(self, request: messages.RevokeApiKeyRequest, context: Any) -> ApiKey:
        """Revoke a key."""
        return key_message(await self.employers.revoke_key(request.name))


def employer_message(row: EmployerRow) -> Employer:
    """Return a row as the resource."""
    return Employer(
        name=row.name,
        etag=row.etag,
        create_time=timestamp(row.create_time),
        update_time=timestamp(row.update_time),
        display_name=row.display_name,
        uscc=row.uscc,
        uscc_problems=row.uscc_problems,
    )


def key_message(row: ApiKeyRow) -> ApiKey:
    """Return a key as the resource, without its secret."""
    return ApiKey(
        name=row.name,
        display_name=row.display_name,
        expire_time=moment(row.expires_at),
        revoke_time=moment(row.revoked_at),
        create_time=timestamp(row.create_time),
    )
