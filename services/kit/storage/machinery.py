"""The tables that every service has beside its own: outbox, inbox, parked messages, request ids."""

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


class Machinery:
    """The four tables, in the service's own metadata."""

    def __init__(self, metadata: MetaData) -> None:
        self.outbox = _outbox(metadata)
        self.inbox = _inbox(metadata)
        self.parked = _parked(metadata)
        self.requests = _requests(metadata)


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
        PrimaryKeyConstraint("consumer", "event_id", name="pk_parked"),
    )


def _requests(metadata: MetaData) -> Table:
    return Table(
        "requests",
        metadata,
        Column("subject", String(200), nullable=False),
        Column("method", String(160), nullable=False),
        Column("request_id", String(36), nullable=False),
        Column("fingerprint", LargeBinary, nullable=False),
        Column("result_table", String(80), nullable=False, server_default=""),
        Column("result_names", JSON, nullable=False),
        Column("create_time", UtcTime, nullable=False, index=True),
        PrimaryKeyConstraint("subject", "method", "request_id", name="pk_requests"),
    )
