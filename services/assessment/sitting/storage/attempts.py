"""Look-ups of attempts, the clock that closes them, and the hot statement that saves an answer."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Integer, Text, bindparam, select, update

from services.assessment.sitting.domain.attempt import AttemptState
from services.assessment.sitting.storage.rows.attempts import AnswerRow, AttemptRow
from services.kit.storage.columns import UtcTime
from services.kit.storage.hot import HotPath
from services.kit.storage.store import Transaction, insert_for

ATTEMPTS = AttemptRow.__table__  # type: ignore[attr-defined]
ANSWERS = AnswerRow.__table__  # type: ignore[attr-defined]


class AnswerWriter:
    """Saves answers durably; one statement an answer checks clock, state, question and sequence, and writes."""

    def __init__(self, hot: HotPath) -> None:
        self.write = hot.write(_save_statement(hot))
        columns = (ATTEMPTS.c.state, ATTEMPTS.c.deadline, ATTEMPTS.c.question_count)
        self.attempt = hot.query(select(*columns).where(ATTEMPTS.c.name == bindparam("attempt")))

    async def save(self, attempt: str, answers: Sequence[tuple[int, int, str]], now: datetime) -> int:
        """Save (position, sequence, JSON) triples as one unit; returns how many of them are now the saved ones."""
        shared = {"attempt": attempt, "now": now, "largest": max(position for position, _, _ in answers)}
        rows = [
            {**shared, "position": position, "sequence": sequence, "answer": answer}
            for position, sequence, answer in answers
        ]
        return sum(await self.write.many(rows))


def _save_statement(hot: HotPath) -> Any:
    """INSERT … SELECT from the running attempt … ON CONFLICT DO UPDATE where the sequence is higher.

    FOR SHARE (PostgreSQL) makes a submission wait for answers under way, so that none comes after it.
    """
    running = (
        select(
            ATTEMPTS.c.name,
            bindparam("position", type_=Integer),
            bindparam("sequence", type_=BigInteger),
            bindparam("answer", type_=Text),
            bindparam("now", type_=UtcTime),
        )
        .where(
            ATTEMPTS.c.name == bindparam("attempt"),
            ATTEMPTS.c.state == AttemptState.STARTED,
            ATTEMPTS.c.deadline > bindparam("now", type_=UtcTime),
            ATTEMPTS.c.question_count >= bindparam("largest", type_=Integer),
        )
        .with_for_update(read=True)
    )
    columns = ["attempt", "position", "sequence", "answer", "save_time"]
    statement = insert_for(hot.database, ANSWERS).from_select(columns, running)
    new = statement.excluded
    return statement.on_conflict_do_update(
        index_elements=["attempt", "position"],
        set_={"sequence": new.sequence, "answer": new.answer, "save_time": new.save_time},
        where=new.sequence > ANSWERS.c.sequence,
    )


async def any_overdue(tx: Transaction) -> bool:
    """Tell whether an attempt has passed its deadline."""
    return await tx.one(select(AttemptRow.name).where(*_overdue(tx))) is not None


async def close_overdue(tx: Transaction) -> int:
    """Submit every attempt whose time is over, as of its deadline; returns how many."""
    values = {
        "state": AttemptState.SUBMITTED,
        "submit_time": ATTEMPTS.c.deadline,
        "submitted_by_clock": True,
        "version": ATTEMPTS.c.version + 1,
        "update_time": tx.now,
    }
    closing = update(ATTEMPTS).where(*_overdue(tx)).values(values).returning(ATTEMPTS.c.name)
    closed = (await tx.execute(closing)).scalars().all()
    for name in closed:
        tx.act.touch(name, AttemptState.STARTED, AttemptState.SUBMITTED)
    return len(closed)


def _overdue(tx: Transaction) -> tuple[Any, ...]:
    return (ATTEMPTS.c.state == AttemptState.STARTED, ATTEMPTS.c.deadline <= tx.now)


async def unsubmitted(tx: Transaction, exam: str) -> Sequence[AttemptRow]:
    """Return the attempts of an exam that are not submitted."""
    of_exam = select(AttemptRow).where(AttemptRow.exam == exam, AttemptRow.state != AttemptState.SUBMITTED)
    return await tx.all(of_exam.order_by(AttemptRow.name))


async def saved_answers(tx: Transaction, attempt: str) -> Sequence[AnswerRow]:
    """Return the saved answers of an attempt in the order of the paper."""
    return await tx.all(select(AnswerRow).where(AnswerRow.attempt == attempt).order_by(AnswerRow.position))


async def answers_of_exam(tx: Transaction, exam: str) -> dict[str, dict[int, str]]:
    """Return registration → position → JSON answer of a whole exam."""
    statement = (
        select(ATTEMPTS.c.registration, ANSWERS.c.position, ANSWERS.c.answer)
        .join(ANSWERS, ANSWERS.c.attempt == ATTEMPTS.c.name)
        .where(ATTEMPTS.c.exam == exam)
    )
    found: dict[str, dict[int, str]] = {}
    for registration, position, answer in (await tx.execute(statement)).all():
        found.setdefault(registration, {})[position] = answer
    return found
