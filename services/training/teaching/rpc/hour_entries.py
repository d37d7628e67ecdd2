"""HourEntryService."""

from typing import Any

from shuzheng.training.v1 import hour_entry_service_pb2 as messages
from shuzheng.training.v1 import hour_entry_service_pb2_grpc as services
from shuzheng.training.v1.hour_entry_pb2 import HourEntry, HoursSummary, ItemHours
from shuzheng.training.v1.hour_entry_pb2 import TeachingMode as ModeNumber

from services.kit.rpc import enums
from services.kit.rpc.convert import date_message, day_of, timestamp
from services.training.teaching.domain import hour_entry
from services.training.teaching.domain.hour_entry import TeachingMode, Totals
from services.training.teaching.domain.program import Program
from services.training.teaching.storage.rows.hour_entries import HourEntryRow
from services.training.teaching.usecases.hour_entries import HourEntries, NewEntry
from services.vocabulary import tenths


def message(row: HourEntryRow) -> HourEntry:
    """Return the message of an entry."""
    return HourEntry(
        name=row.name,
        enrollment=row.parent,
        item=row.item,
        mode=enums.number(ModeNumber, row.mode),
        hours=tenths.show(row.hours),
        taught_on=date_message(row.taught_on),
        corrects=row.corrects or "",
        reason=row.reason,
        create_time=timestamp(row.create_time),
    )


def _new(asked: HourEntry) -> NewEntry:
    return NewEntry(
        enrollment=asked.enrollment,
        item=asked.item,
        mode=TeachingMode(enums.word(ModeNumber, asked.mode)),
        hours=asked.hours,
        taught_on=day_of(asked, "taught_on"),
        corrects=asked.corrects,
        reason=asked.reason,
    )


def _summary(enrollment: str, program: Program, totals: Totals) -> HoursSummary:
    return HoursSummary(
        enrollment=enrollment,
        total_hours=tenths.show(hour_entry.total(totals)),
        online_hours=tenths.show(hour_entry.of_mode(totals, TeachingMode.ONLINE)),
        items=[
            ItemHours(
                item=item.key,
                hours=tenths.show(hour_entry.of_item(totals, item.key)),
                required_hours=tenths.show(item.hours),
            )
            for item in program.items
        ],
    )


class HourEntryService(services.HourEntryServiceServicer):
    """Learning hours."""

    def __init__(self, hour_entries: HourEntries) -> None:
        self.hour_entries = hour_entries

    async def RecordHours(
        self, request: messages.RecordHoursRequest, context: Any
    ) -> messages.RecordHoursResponse:
        """Add entries."""
        rows = await self.hour_entries.record(request.parent, [_new(entry) for entry in request.entries])
        return messages.RecordHoursResponse(entries=map(message, rows))

    async def ListHourEntries(
        self, request: messages.ListHourEntriesRequest, context: Any
    ) -> messages.ListHourEntriesResponse:
        """List those of an enrollment."""
        page = await self.hour_entries.page(request.page_size, request.page_token, parent=request.parent)
        return messages.ListHourEntriesResponse(
            hour_entries=map(message, page.rows), next_page_token=page.next_page_token
        )

    async def GetHoursSummary(self, request: messages.GetHoursSummaryRequest, context: Any) -> HoursSummary:
        """Sum them."""
        return _summary(request.enrollment, *await self.hour_entries.summary(request.enrollment))
