"""The tables that every service has beside its own: outbox, inbox, parked messages, acts."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
)

from services.kit.storage.columns import UtcTime

POSITION = BigInteger().with_variant(Integer, "sqlite")
APPEND_ONLY = {"append_only": True}  # read where a migration is written (append_only.py)


class Machinery:
    """The five tables, in the service's own metadata."""

    def __init__(self, metadata: MetaData) -> None:
        self.outbox = _outbox(metadata)
        self.inbox = _inbox(metadata)
        self.parked = _parked(metadata)
        self.acts = _acts(metadata)
        self.act_names = _act_names(metadata)


def _outbox(metadata: MetaData) -> Table:
    table = Table(
        "outbox",
        metadata,
        Column("position", POSITION, primary_key=True, autoincrement=True),
        Column("id", String(36), nullable=False, unique=True),
        Column("aggregate_type", String(80), nullable=False),
        Column("aggregate_id", String(300), nullable=False),
        Column("type", String(120), nullable=False),
        Column("payload", LargeBinary, nullable=False),
        Column("occurred_at", UtcTime, nullable=False),
        Column("traceparent", String(60), nullable=False, server_default=""),
        Column("published_at", UtcTime, nullable=True),
        Column("publication", Integer, nullable=False, server_default="0"),
        sqlite_autoincrement=True,
    )
    waiting = table.c.published_at.is_(None)
    Index("ix_outbox_waiting", table.c.position, postgresql_where=waiting, sqlite_where=waiting)
    return table


def _inbox(metadata: MetaData) -> Table:
    return Table(
        "inbox",
        metadata,
        Column("consumer", String(80), nullable=False),
        Column("event_id", String(36), nullable=False),
        Column("type", String(120), nullable=False),
        Column("received_at", UtcTime, nullable=False),
        PrimaryKeyConstraint("consumer", "event_id", name="pk_inbox"),
    )


def _parked(metadata: MetaData) -> Table:
    return Table(
        "parked",
        metadata,
        Column("consumer", String(80), nullable=False),
        Column("event_id", String(36), nullable=False),
        Column("type", String(120), nullable=False),
        Column("headers", JSON, nullable=False),
        Column("payload", LargeBinary, nullable=False),
        Column("deliveries", Integer, nullable=False),
        Column("reason", Text, nullable=False),
        Column("parked_at", UtcTime, nullable=False),
        PrimaryKeyConstraint("event_id", "consumer", name="pk_parked"),
    )


def _acts(metadata: MetaData) -> Table:
    """Who did what, when, why and under which request; what a repeat of the request is answered with."""
    table = Table(
        "acts",
        metadata,
        Column("position", POSITION, primary_key=True, autoincrement=True),
        Column("time", UtcTime, nullable=False),
        Column("subject", String(200), nullable=False),
        Column("roles", JSON, nullable=False),
        Column("tenant", String(300), nullable=False),
        Column("duties", JSON, nullable=False),
        Column("method", String(160), nullable=False),
        Column("step", Integer, nullable=False),
        Column("request_id", String(36), nullable=True),
        Column("fingerprint", LargeBinary, nullable=True),
        Column("names", JSON, nullable=False),
        Column("name_count", Integer, nullable=False),
        Column("moves", JSON, nullable=False),
        Column("reason", Text, nullable=False),
        Column("details", JSON, nullable=False),
        Column("result_table", String(80), nullable=False),
        Column("result_names", JSON, nullable=False),
        sqlite_autoincrement=True,
        info=APPEND_ONLY,
    )
    repeatable = table.c.fingerprint.is_not(None)
    key = (table.c.request_id, table.c.subject, table.c.method, table.c.step)
    Index("uq_acts_request", *key, unique=True, postgresql_where=repeatable, sqlite_where=repeatable)
    return table


def _act_names(metadata: MetaData) -> Table:
    """Under which names an act is found."""
    return Table(
        "act_names",
        metadata,
        Column("name", String(300), nullable=False),
        Column("position", POSITION, nullable=False),
        PrimaryKeyConstraint("name", "position", name="pk_act_names"),
        sqlite_with_rowid=False,
        info=APPEND_ONLY,
    )
