"""What a database failure means to the caller: retry, decide anew, or a fault of the code."""

import sqlite3
from socket import gaierror

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm.exc import StaleDataError

from services.kit.errors import Kind
from services.kit.storage.database import translate


class Coded(Exception):
    """A driver's error with an SQLSTATE."""

    def __init__(self, sqlstate: str):
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (StaleDataError("0 rows"), Kind.CONFLICT),
        (DBAPIError("UPDATE", {}, Coded("40001")), Kind.CONFLICT),
        (DBAPIError("UPDATE", {}, Coded("40P01")), Kind.CONFLICT),
        (DBAPIError("SELECT", {}, Coded("08006")), Kind.UNAVAILABLE),
        (DBAPIError("SELECT", {}, Coded("57P01")), Kind.UNAVAILABLE),
        (DBAPIError("SELECT", {}, Coded("53300")), Kind.UNAVAILABLE),
        (OperationalError("BEGIN", {}, sqlite3.OperationalError("database is locked")), Kind.UNAVAILABLE),
        (PoolTimeout("QueuePool limit reached"), Kind.UNAVAILABLE),
        (asyncpg.CannotConnectNowError("the database system is starting up"), Kind.UNAVAILABLE),
        (asyncpg.TooManyConnectionsError("too many clients"), Kind.UNAVAILABLE),
        (ConnectionRefusedError("refused"), Kind.UNAVAILABLE),
        (gaierror("unknown host"), Kind.UNAVAILABLE),
    ],
    ids=lambda value: getattr(value, "value", str(value)[:30]),
)
def test_what_may_pass_is_told_as_such_and_without_the_drivers_text(error: Exception, kind: Kind):
    found = translate(error)
    assert found.kind is kind
    assert str(error) not in found.message


@pytest.mark.parametrize(
    "error",
    [
        IntegrityError("INSERT", {}, Coded("23503")),
        DBAPIError("SELECT", {}, Coded("42703")),
        OperationalError("SELECT", {}, sqlite3.OperationalError("no such column: x")),
        RuntimeError("a bug"),
        PermissionError("a file"),
    ],
    ids=lambda error: str(error)[:30],
)
def test_a_fault_of_the_code_is_not_dressed_up(error: Exception):
    assert translate(error) is None
