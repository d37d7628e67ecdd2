"""CohortService."""

from collections.abc import Callable
from datetime import date
from typing import Any

from shuzheng.training.v1 import cohort_pb2, cohort_service_pb2, cohort_service_pb2_grpc

from services.kit.rpc.convert import apply_mask, date_message, date_of, timestamp
from services.training import enums, qualifications
from services.training.teaching.storage.rows.cohorts import CohortRow
from services.training.teaching.usecases.cohorts import Cohorts

STATE = cohort_pb2.CohortState, "COHORT_STATE_"


def message(row: CohortRow) -> cohort_pb2.Cohort:
    """Return the message of a cohort."""
    return cohort_pb2.Cohort(
        name=row.name,
        display_name=row.display_name,
        qualification=qualifications.message(row.qualification),
        start_date=date_message(row.start_date),
        end_date=date_message(row.end_date),
        capacity=row.capacity,
        state=enums.value(*STATE, row.state),
        warnings=row.warnings,
        filed_on=date_message(row.filed_on),
        etag=row.etag,
        create_time=timestamp(row.create_time),
        update_time=timestamp(row.update_time),
    )


def _change(asked: Any, mask: Any) -> Callable[[CohortRow], None]:
    days = {field: date_of(asked, field) for field in ("start_date", "end_date")}

    def set_day(field: str) -> Callable[[CohortRow, Any], None]:
        return lambda row, _: setattr(row, field, days[field] or getattr(row, field))

    def set_name(row: CohortRow, text: str) -> None:
        row.display_name = text or row.display_name

    changeable: dict[str, Any] = {"display_name": set_name, "capacity": "capacity"}
    changeable |= {field: set_day(field) for field in days}
    return lambda row: apply_mask(row, asked, mask, changeable)


def _day(asked: Any, field: str) -> date:
    found = date_of(asked, field)
    assert found is not None, "the request's own rule needs it"
    return found


class CohortService(cohort_service_pb2_grpc.CohortServiceServicer):
    """Cohorts."""

    def __init__(self, cohorts: Cohorts) -> None:
        self.cohorts = cohorts

    async def CreateCohort(self, request: Any, context: Any) -> Any:
        """Plan one."""
        asked = request.cohort
        return message(
            await self.cohorts.create(
                request.parent,
                request.cohort_id,
                display_name=asked.display_name,
                capacity=asked.capacity,
                qualification=qualifications.value(asked.qualification),
                start_date=_day(asked, "start_date"),
                end_date=_day(asked, "end_date"),
            )
        )

    async def GetCohort(self, request: Any, context: Any) -> Any:
        """Read one."""
        return message(await self.cohorts.get(request.name))

    async def ListCohorts(self, request: Any, context: Any) -> Any:
        """List those of an institution."""
        state = enums.word(*STATE, request.state)
        page = await self.cohorts.page(request.parent, state, request.page_size, request.page_token)
        return cohort_service_pb2.ListCohortsResponse(
            cohorts=map(message, page.rows), next_page_token=page.next_page_token
        )

    async def UpdateCohort(self, request: Any, context: Any) -> Any:
        """Change one."""
        asked = request.cohort
        return message(await self.cohorts.update(asked.name, asked.etag, _change(asked, request.update_mask)))

    async def FileCohort(self, request: Any, context: Any) -> Any:
        """File a plan."""
        return message(await self.cohorts.file(request.name, request.etag))

    async def OpenEnrollment(self, request: Any, context: Any) -> Any:
        """Let learners enroll."""
        return message(await self.cohorts.open_enrollment(request.name, request.etag))

    async def StartTeaching(self, request: Any, context: Any) -> Any:
        """Start teaching."""
        return message(await self.cohorts.start_teaching(request.name, request.etag))

    async def StartCompletionExam(self, request: Any, context: Any) -> Any:
        """Start the completion exam."""
        return message(await self.cohorts.start_completion_exam(request.name, request.etag))

    async def CloseCohort(self, request: Any, context: Any) -> Any:
        """End it."""
        return message(await self.cohorts.close(request.name, request.etag))

    async def ArchiveCohort(self, request: Any, context: Any) -> Any:
        """Archive it."""
        return message(await self.cohorts.archive(request.name, request.etag))
