"""Keeping completions, results and their withdrawals: whichever comes first makes the row, neither undoes the other.

Storing locks the source until COMMIT, so that an award and its withdrawal never decide at the same time.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, literal_column, select, update
from sqlalchemy.dialects import postgresql, sqlite

from services.certificates.document.domain.award import Award, Withdrawal, to_json
from services.certificates.document.domain.certificate import Kind
from services.certificates.issuing.storage.rows.awards import AwardRow
from services.certificates.issuing.storage.rows.certificates import CertificateRow
from services.kit.storage.store import Transaction

TABLE: Any = AwardRow.__table__  # type: ignore[attr-defined]
CERTIFICATES: Any = CertificateRow.__table__  # type: ignore[attr-defined]
LONGEST_REASON = 1000


class Kept(NamedTuple):
    """What is known of a source after storing: `seen_before` tells that something of it had come already."""

    withdrawn: bool
    seen_before: bool


class Logged(NamedTuple):
    """The `result` leaf of a source: its nonce and its position."""

    source: str
    blind: bytes
    position: str


async def keep_awards(tx: Transaction, awards: Sequence[Award]) -> dict[str, Kept]:
    """Store each award unless its source has one (no source may occur twice); returns what is known by source."""
    rows = [_frame(tx, award.source, award.kind) | {"award": to_json(award)} for award in awards]
    return await _keep(tx, "award", rows)


async def keep_withdrawal(tx: Transaction, withdrawal: Withdrawal) -> None:
    """Store the withdrawal unless its source has one."""
    values = {
        "withdrawn_on": withdrawal.withdrawn_on,
        "withdrawal_reason": withdrawal.reason[:LONGEST_REASON],
    }
    await _keep(tx, "withdrawn_on", [_frame(tx, withdrawal.source, withdrawal.kind) | values])


async def replace_award(tx: Transaction, award: Award) -> None:
    """Put an award in the place of the one that its source has."""
    await tx.execute(update(TABLE).where(TABLE.c.name == award.source).values(award=to_json(award)))


async def store_positions(tx: Transaction, logged: Sequence[Logged]) -> None:
    """Store where the leaves of awards stand, and what opens them."""
    if logged:
        await tx.execute(_LOGGED, [one._asdict() for one in logged])


async def certificates_of(tx: Transaction, sources: Sequence[str]) -> dict[str, int]:
    """Return how many certificates rest on each source; those with none are left out."""
    column = CERTIFICATES.c.source
    counted = select(column, func.count()).where(column.in_(list(sources))).group_by(column)
    found = (await tx.execute(counted)).all() if sources else []
    return {row[0]: row[1] for row in found}


def _frame(tx: Transaction, source: str, kind: Kind) -> dict[str, Any]:
    frame = {
        "name": source,
        "parent": "",
        "kind": kind,
        "create_time": tx.now,
        "update_time": tx.now,
        "version": 1,
    }
    return frame | {"withdrawal_reason": "", "nonce": b"", "log_position": ""}


_LOGGED = (
    update(TABLE)
    .where(TABLE.c.name == bindparam("source"))
    .values(nonce=bindparam("blind"), log_position=bindparam("position"))
)


async def _keep(tx: Transaction, column: str, rows: list[dict[str, Any]]) -> dict[str, Kept]:
    found = await tx.execute(_upsert(column, tx.store.database.is_sqlite), rows)
    return {name: Kept(withdrawn_on is not None, version > 1) for name, withdrawn_on, version in found}


@cache
def _upsert(column: str, on_sqlite: bool) -> Any:
    """Return the statement that fills `column` (and a reason that comes with it) only where it is empty."""
    insert: Any = (sqlite if on_sqlite else postgresql).insert(TABLE)
    first = {
        column: func.coalesce(TABLE.c[column], insert.excluded[column]),
        "withdrawal_reason": func.coalesce(
            func.nullif(TABLE.c.withdrawal_reason, ""), insert.excluded.withdrawal_reason
        ),
        "version": TABLE.c.version + literal_column("1"),
        "update_time": insert.excluded.update_time,
    }
    statement = insert.on_conflict_do_update(index_elements=["name"], set_=first)
    return statement.returning(TABLE.c.name, TABLE.c.withdrawn_on, TABLE.c.version)
