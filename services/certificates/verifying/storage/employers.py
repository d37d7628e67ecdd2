"""Employers, their keys and reports, by name; and what they used today, counted so that nobody slips through."""

from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlmodel import col

from services.certificates.verifying.storage.rows.employers import (
    ApiKeyRow,
    EmployerRow,
    ReportContentRow,
    ReportRow,
    UsageRow,
)
from services.kit.storage.pages import Page
from services.kit.storage.store import Transaction

USAGE: Any = UsageRow.__table__  # type: ignore[attr-defined]
CONTENTS: Any = ReportContentRow.__table__  # type: ignore[attr-defined]


async def page(tx: Transaction, size: int, token: str) -> Page[EmployerRow]:
    """Return one page of the employers."""
    return await tx.page(select(EmployerRow), EmployerRow, size, token)


async def page_of_keys(tx: Transaction, employer: str, size: int, token: str) -> Page[ApiKeyRow]:
    """Return one page of the keys of an employer, oldest first."""
    return await tx.page(select(ApiKeyRow).where(col(ApiKeyRow.parent) == employer), ApiKeyRow, size, token)


async def page_of_reports(tx: Transaction, employer: str, size: int, token: str) -> Page[ReportRow]:
    """Return one page of the reports of an employer, oldest first."""
    return await tx.page(select(ReportRow).where(col(ReportRow.parent) == employer), ReportRow, size, token)


async def valid_keys(tx: Transaction, employer: str, now: int) -> int:
    """Return how many keys of an employer are accepted at `now` (UTC seconds)."""
    wanted = (
        col(ApiKeyRow.parent) == employer,
        col(ApiKeyRow.revoked_at) == 0,
        col(ApiKeyRow.expires_at) > now,
    )
    return int((await tx.execute(select(func.count()).select_from(ApiKeyRow).where(*wanted))).scalar_one())


async def use(tx: Transaction, employer: str, day: date, rows: int) -> int:
    """Count rows towards the day; returns the new sum. Others wait for this transaction to end."""
    statement = tx.upsert(USAGE).values(employer=employer, day=day, rows=rows)
    added = statement.on_conflict_do_update(
        index_elements=[USAGE.c.employer, USAGE.c.day], set_={"rows": USAGE.c.rows + statement.excluded.rows}
    )
    return int((await tx.execute(added.returning(USAGE.c.rows))).scalar_one())


async def insert_report(tx: Transaction, row: ReportRow, content: bytes) -> ReportRow:
    """Store a report."""
    await tx.insert(row)
    await tx.execute(CONTENTS.insert().values(name=row.name, content=content))
    return row


async def report_content(tx: Transaction, name: str) -> bytes:
    """Return the bytes of a report that exists."""
    return bytes((await tx.execute(select(CONTENTS.c.content).where(CONTENTS.c.name == name))).scalar_one())
