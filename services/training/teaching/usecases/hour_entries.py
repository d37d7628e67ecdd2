"""The ledger of learning hours: entries are added in batches, corrections name what they replace."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.kit.clock import local_day
from services.kit.errors import not_found, precondition
from services.kit.resource import Resource
from services.kit.storage.commands import command
from services.kit.storage.store import Store, Transaction
from services.kit.values.ids import new_id
from services.kit.values.text import optional_line
from services.training.names import HOUR_ENTRY, check_below
from services.training.policy import Policy
from services.training.reasons import Reason
from services.training.teaching.domain import cohort, hour_entry, program
from services.training.teaching.domain.enrollment import check_enrolled
from services.training.teaching.domain.event_day import check_not_future
from services.training.teaching.domain.hour_entry import TeachingMode, Totals
from services.training.teaching.domain.program import Program
from services.training.teaching.storage import enrollments, hour_entries
from services.training.teaching.storage.rows.cohorts import CohortRow
from services.training.teaching.storage.rows.enrollments import EnrollmentRow
from services.training.teaching.storage.rows.hour_entries import HourEntryRow


@dataclass(frozen=True, slots=True)
class NewEntry:
    """One entry as it is asked for; hours in decimal text, `corrects` "" for a first entry."""

    enrollment: str
    item: str
    mode: TeachingMode
    hours: str
    taught_on: date
    corrects: str
    reason: str


class HourEntries(Resource[HourEntryRow]):
    """Commands and questions about learning hours."""

    row, pattern = HourEntryRow, HOUR_ENTRY

    def __init__(self, store: Store, policy: Policy) -> None:
        super().__init__(store)
        self.policy = policy

    @command
    async def record(self, tx: Transaction, parent: str, entries: Sequence[NewEntry]) -> list[HourEntryRow]:
        """Add entries, all or none; raises the reason of the first that is wrong, with its index."""
        for number, entry in enumerate(entries):
            _check_names(parent, entry, f"entries[{number}]")
        row = await tx.get(CohortRow, parent)
        cohort.check_state(row.state, cohort.TEACHES, parent, "an entry")
        rules = program.require(self.policy, row.qualification, row.start_date)
        known = await enrollments.named(tx, list({entry.enrollment for entry in entries}))
        await self._check_corrections(tx, entries)
        added = [
            self._row(rules, known, entry, local_day(tx.now), f"entries[{number}]")
            for number, entry in enumerate(entries)
        ]
        await tx.insert_all(added)
        return added

    def _row(
        self, rules: Program, known: Mapping[str, EnrollmentRow], entry: NewEntry, today: date, field: str
    ) -> HourEntryRow:
        if entry.enrollment not in known:
            raise not_found(entry.enrollment)
        check_enrolled(known[entry.enrollment].state, entry.enrollment)
        hour_entry.check_item(entry.item, rules, f"{field}.item")
        check_not_future(entry.taught_on, today, f"{field}.taught_on")
        return HourEntryRow(
            name=HOUR_ENTRY.child(entry.enrollment, new_id()),
            parent=entry.enrollment,
            item=entry.item,
            mode=entry.mode,
            hours=hour_entry.hours(entry.hours, f"{field}.hours", correction=bool(entry.corrects)),
            taught_on=entry.taught_on,
            corrects=entry.corrects or None,
            reason=optional_line(entry.reason, 500, f"{field}.reason"),
        )

    async def _check_corrections(self, tx: Transaction, entries: Sequence[NewEntry]) -> None:
        """Raise where an entry to correct does not exist or has a correction."""
        names = [entry.corrects for entry in entries if entry.corrects]
        if not names:
            return
        existing = await hour_entries.existing(tx, names)
        if missing := [name for name in names if name not in existing]:
            raise not_found(missing[0])
        taken = sorted(await hour_entries.corrected(tx, names)) or _twice(names)
        if taken:
            message = f"{taken[0]} was corrected already: correct its correction."
            raise precondition(Reason.ALREADY_CORRECTED, message, name=taken[0])

    async def summary(self, enrollment: str) -> tuple[Program, Totals]:
        """Return what an enrollment gathered and the program that says what it needs."""
        async with self.store.read() as tx:
            row = await tx.get(EnrollmentRow, enrollment)
            taught = await tx.get(CohortRow, row.parent)
            sums = await hour_entries.sums(tx, [enrollment])
        return program.require(self.policy, taught.qualification, taught.start_date), sums[enrollment].totals


def _check_names(parent: str, entry: NewEntry, field: str) -> None:
    check_below(parent, entry.enrollment, f"{field}.enrollment")
    hour_entry.check_correction(entry.corrects, entry.reason, entry.enrollment, field)


def _twice(names: Sequence[str]) -> list[str]:
    return sorted({name for name in names if names.count(name) > 1})
