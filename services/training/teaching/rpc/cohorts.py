"""CohortService."""

from collections.abc import Callable
from datetime import date
from typing import Any

from google.protobuf.field_mask_pb2 import FieldMask
from shuzheng.training.v1 import cohort_service_pb2 as messages
from shuzheng.training.v1 import cohort_service_pb2_grpc as services
from shuzheng.training.v1.cohort_pb2 import Cohort
from shuzheng.training.v1.cohort_pb2 import CohortState as StateNumber

from services.kit.rpc import enums
from services.kit.rpc.convert import apply_mask, date_message, date_of, day_of, head
from services.kit.rpc.moves import Moves
from services.training.teaching.domain.cohort import CohortAction
from services.training.teaching.storage.rows.cohorts import CohortRow
from services.training.teaching.usecases.cohorts import Cohorts
from services.vocabulary.messages import qualification_message, qualification_of


def message(row: CohortRow) -> Cohort:
    """Return the message of a cohort."""
    return Cohort(
        **head(row),
        display_name=row.display_name,
        qualification=qualification_message(row.qualification),
        start_date=date_message(row.start_date),
        end_date=date_message(row.end_date),
        capacity=row.capacity,
        state=enums.number(StateNumber, row.state),
        warnings=row.warnings,
        filed_on=date_message(row.filed_on),
    )


def _change(asked: Cohort, mask: FieldMask) -> Callable[[CohortRow], None]:
    days = {field: date_of(asked, field) for field in ("start_date", "end_date")}

    def set_day(field: str, day: date | None) -> Callable[[CohortRow, Any], None]:
        return lambda row, _: setattr(row, field, day or getattr(row, field))

    def set_name(row: CohortRow, text: str) -> None:
        row.display_name = text or row.display_name

    changeable: dict[str, Any] = {"display_name": set_name, "capacity": "capacity"}
    changeable |= {field: set_day(field, day) for field, day in days.items()}
    return lambda row: apply_mask(row, asked, mask, changeable)


MOVES = Moves(Cohorts, message)


class CohortService(services.CohortServiceServicer):
    """Cohorts."""

    def __init__(self, cohorts: Cohorts) -> None:
        self.cohorts = self.lifecycle = cohorts

    async def CreateCohort(self, request: messages.CreateCohortRequest, context: Any) -> Cohort:
        """Plan one."""
        asked = request.cohort
        row = await self.cohorts.create(
            request.parent,
            request.cohort_id,
            display_name=asked.display_name,
            capacity=asked.capacity,
            aim=qualification_of(asked.qualification),
            start_date=day_of(asked, "start_date"),
            end_date=day_of(asked, "end_date"),
        )
        return message(row)

    async def GetCohort(self, request: messages.GetCohortRequest, context: Any) -> Cohort:
        """Read one."""
        return message(await self.cohorts.get(request.name))

    async def ListCohorts(
        self, request: messages.ListCohortsRequest, context: Any
    ) -> messages.ListCohortsResponse:
        """List those of an institution."""
        state = enums.word(StateNumber, request.state)
        page = await self.cohorts.page(
            request.page_size, request.page_token, parent=request.parent, state=state
        )
        return messages.ListCohortsResponse(
            cohorts=map(message, page.rows), next_page_token=page.next_page_token
        )

    async def UpdateCohort(self, request: messages.UpdateCohortRequest, context: Any) -> Cohort:
        """Change one."""
        asked = request.cohort
        change = _change(asked, request.update_mask)
        return message(await self.cohorts.update(asked.name, asked.etag, change))

    FileCohort = MOVES.step(CohortAction.FILE)
    OpenEnrollment = MOVES.step(CohortAction.OPEN_ENROLLMENT)
    StartTeaching = MOVES.step(CohortAction.START_TEACHING)
    StartCompletionExam = MOVES.step(CohortAction.START_COMPLETION_EXAM)
    CloseCohort = MOVES.step(CohortAction.CLOSE)
    ArchiveCohort = MOVES.step(CohortAction.ARCHIVE)
