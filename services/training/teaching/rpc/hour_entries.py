"""HourEntryService."""

from typing import Any

from shuzheng.training.v1 import hour_entry_pb2, hour_entry_service_pb2, hour_entry_service_pb2_grpc

from services.kit.rpc.convert import date_message, date_of, timestamp
from services.training import enums
from services.training.teaching.domain import hour_entry
from services.training.teaching.domain.hour_entry import TeachingMode, Totals
from services.training.teaching.domain.program import Program
from services.training.teaching.storage.rows.hour_entries import HourEntryRow
from services.training.teaching.usecases.hour_entries import HourEntries, NewEntry
from services.training.tenths import show

MODE = hour_entry_pb2.TeachingMode, "TEACHING_MODE_"


def message(row: HourEntryRow) -> hour_entry_pb2.HourEntry:
    """Return the message of an entry."""
    return hour_entry_pb2.HourEntry(
        name=row.name,
        enrollment=row.parent,
        item=row.item,
        mode=enums.value(*MODE, row.mode),
        hours=show(row.hours),
        taught_on=date_message(row.taught_on),
        corrects=row.corrects or "",
        reason=row.reason,
        create_time=timestamp(row.create_time),
    )


def _new(asked: Any) -> NewEntry:
    day = date_of(asked, "taught_on")
    assert day is not None, "the request's own rule needs it"
    return NewEntry(
        enrollment=asked.enrollment,
        item=asked.item,
        mode=enums.word(*MODE, asked.mode),
        hours=asked.hours,
        taught_on=day,
        corrects=asked.corrects,
        reason=asked.reason,
    )


def _summary(enrollment: str, program: Program, totals: Totals) -> hour_entry_pb2.HoursSummary:
    return hour_entry_pb2.HoursSummary(
        enrollment=enrollment,
        total_hours=show(hour_entry.total(totals)),
        online_hours=show(hour_entry.of_mode(totals, TeachingMode.ONLINE)),
        items=[
            hour_entry_pb2.ItemHours(
                item=item.key,
                hours=show(hour_entry.of_item(totals, item.key)),
                required_hours=show(item.hours),
            )
            for item in program.items
        ],
    )


class HourEntryService(hour_entry_service_pb2_grpc.HourEntryServiceServicer):
    """Learning hours."""

    def __init__(self, hour_entries: HourEntries) -> None:
        self.hour_entries = hour_entries

    async def RecordHours(self, request: Any, context: Any) -> Any:
        """Add entries."""
        rows = await self.hour_entries.record(request.parent, [_new(entry) for entry in request.entries])
        return hour_entry_service_pb2.RecordHoursResponse(entries=map(message, rows))

    async def ListHourEntries(self, request: Any, context: Any) -> Any:
        """List those of an enrollment."""
        page = await self.hour_entries.page(request.parent, request.page_size, request.page_token)
        return hour_entry_service_pb2.ListHourEntriesResponse(
            hour_entries=map(message, page.rows), next_page_token=page.next_page_token
        )

    async def GetHoursSummary(self, request: Any, context: Any) -> Any:
        """Sum them."""
        return _summary(request.enrollment, *await self.hour_entries.summary(request.enrollment))
