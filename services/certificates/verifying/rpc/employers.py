"""EmployerService: employers and the keys of their programs."""

from typing import Any

from shuzheng.certificates.v1 import employer_service_pb2 as messages
from shuzheng.certificates.v1 import employer_service_pb2_grpc as services
from shuzheng.certificates.v1.employer_pb2 import ApiKey, Employer

from services.certificates.verifying.storage.rows.api_keys import ApiKeyRow
from services.certificates.verifying.storage.rows.employers import EmployerRow
from services.certificates.verifying.usecases.api_keys import ApiKeys
from services.certificates.verifying.usecases.employers import Employers
from services.kit.rpc.convert import apply_mask, head, moment_of, timestamp

CHANGEABLE: dict[str, Any] = {"display_name": "display_name", "uscc": "uscc"}


class EmployerService(services.EmployerServiceServicer):
    """Answers the authority and the employers themselves."""

    def __init__(self, employers: Employers, keys: ApiKeys) -> None:
        self.employers = employers
        self.keys = keys

    async def CreateEmployer(self, request: messages.CreateEmployerRequest, context: Any) -> Employer:
        """Register an employer."""
        wanted = request.employer
        return message(await self.employers.create(request.employer_id, wanted.display_name, wanted.uscc))

    async def GetEmployer(self, request: messages.GetEmployerRequest, context: Any) -> Employer:
        """Read an employer."""
        return message(await self.employers.get(request.name))

    async def ListEmployers(
        self, request: messages.ListEmployersRequest, context: Any
    ) -> messages.ListEmployersResponse:
        """List the employers."""
        page = await self.employers.page(request.page_size, request.page_token)
        return messages.ListEmployersResponse(
            employers=map(message, page.rows), next_page_token=page.next_page_token
        )

    async def UpdateEmployer(self, request: messages.UpdateEmployerRequest, context: Any) -> Employer:
        """Change an employer."""
        wanted, mask = request.employer, request.update_mask
        row = await self.employers.update(
            wanted.name, wanted.etag, lambda row: apply_mask(row, wanted, mask, CHANGEABLE)
        )
        return message(row)

    async def CreateApiKey(
        self, request: messages.CreateApiKeyRequest, context: Any
    ) -> messages.CreateApiKeyResponse:
        """Make a key."""
        wanted = request.api_key
        given = wanted.HasField("expire_time")
        end = moment_of(wanted.expire_time, "api_key.expire_time") if given else None
        made = await self.keys.create(request.parent, wanted.display_name, end)
        return messages.CreateApiKeyResponse(api_key=key_message(made.key), secret=made.secret)

    async def ListApiKeys(
        self, request: messages.ListApiKeysRequest, context: Any
    ) -> messages.ListApiKeysResponse:
        """List the keys of an employer."""
        page = await self.keys.page(request.parent, request.page_size, request.page_token)
        found = map(key_message, page.rows)
        return messages.ListApiKeysResponse(api_keys=found, next_page_token=page.next_page_token)

    async def RevokeApiKey(self, request: messages.RevokeApiKeyRequest, context: Any) -> ApiKey:
        """Revoke a key."""
        return key_message(await self.keys.revoke(request.name))


def message(row: EmployerRow) -> Employer:
    """Return the message of an employer."""
    return Employer(
        **head(row),
        display_name=row.display_name,
        uscc=row.uscc,
        uscc_problems=row.uscc_problems,
    )


def key_message(row: ApiKeyRow) -> ApiKey:
    """Return the message of a key, without its secret."""
    return ApiKey(
        name=row.name,
        display_name=row.display_name,
        expire_time=timestamp(row.expires_at),
        revoke_time=timestamp(row.revoked_at),
        create_time=timestamp(row.create_time),
    )
