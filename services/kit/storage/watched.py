"""The session of a transaction, which notes in its act every resource that a flush has written."""

from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import PASSIVE_NO_INITIALIZE, get_history

from services.kit.acts.act import Act
from services.kit.storage.rows import Entity

ACT = "act"  # the key in `Session.info`


class WatchedSession(Session):
    """A session whose `info[ACT]`, where there is one, is the act that its changes belong to."""


@event.listens_for(WatchedSession, "after_flush")
def _note(session: Session, _context: object) -> None:
    act: Act | None = session.info.get(ACT)
    if act is None:
        return
    for row in session.new:
        _touch(act, row, "", _state(row))
    for row in session.dirty:
        if session.is_modified(row):
            _touch(act, row, _state_before(row), _state(row))
    for row in session.deleted:
        _touch(act, row, _state(row), "")


def _touch(act: Act, row: object, before: str, after: str) -> None:
    if isinstance(row, Entity):
        act.touch(row.name, before, after)


def _state(row: Any) -> str:
    return _word(row.state) if _has_state(row) else ""


def _state_before(row: Any) -> str:
    """Return the state that the flush has replaced."""
    if not _has_state(row):
        return ""
    changes = get_history(row, "state", PASSIVE_NO_INITIALIZE)
    return _word(changes.deleted[0]) if changes.deleted else _state(row)


def _has_state(row: Any) -> bool:
    return "state" in type(row).__mapper__.columns


def _word(state: Any) -> str:
    return str(getattr(state, "value", state) or "")
