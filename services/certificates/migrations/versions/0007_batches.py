"""Batches of certificates that are released by two persons."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import services.kit.storage.columns

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

UNSIGNED = {
    "sqlite_where": sa.text("state = 'INTENT' AND awaits_release = 0"),
    "postgresql_where": sa.text("state = 'INTENT' AND NOT awaits_release"),
}
WAITING = {
    "sqlite_where": sa.text("state = 'INTENT' AND awaits_release = 1"),
    "postgresql_where": sa.text("state = 'INTENT' AND awaits_release"),
}
INTENT = sa.text("state = 'INTENT'")
IN_BATCH = sa.text("batch <> ''")


def upgrade() -> None:
    op.create_table(
        "batches",
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("parent", sqlmodel.sql.sqltypes.AutoString(length=240), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("create_time", services.kit.storage.columns.UtcTime(), nullable=False),
        sa.Column("update_time", services.kit.storage.columns.UtcTime(), nullable=False),
        sa.Column("owner", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("certificate_count", sa.Integer(), nullable=False),
        sa.Column("digest", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("proposed_by", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("decided_by", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=False),
        sa.Column("reject_reason", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("issued_at", sa.BigInteger(), nullable=False),
        sa.Column("nonce", sa.LargeBinary(), nullable=False),
        sa.Column("log_position", sqlmodel.sql.sqltypes.AutoString(length=240), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_batches")),
    )
    for column in ("owner", "parent", "state"):
        op.create_index(op.f(f"ix_batches_{column}"), "batches", [column], unique=False)

    kind = sqlmodel.sql.sqltypes.AutoString(length=100)
    op.add_column("certificates", sa.Column("batch", kind, nullable=False, server_default=""))
    waits = sa.Column("awaits_release", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("certificates", waits)
    op.drop_index("ix_certificates_unsigned", "certificates")
    op.create_index("ix_certificates_unsigned", "certificates", ["name"], **UNSIGNED)
    op.create_index("ix_certificates_waiting", "certificates", ["owner", "name"], **WAITING)
    in_batch = {"sqlite_where": IN_BATCH, "postgresql_where": IN_BATCH}
    op.create_index("ix_certificates_batch", "certificates", ["batch", "state"], **in_batch)


def downgrade() -> None:
    for name in ("batch", "waiting", "unsigned"):
        op.drop_index(f"ix_certificates_{name}", "certificates")
    op.create_index(
        "ix_certificates_unsigned", "certificates", ["name"], sqlite_where=INTENT, postgresql_where=INTENT
    )
    op.drop_column("certificates", "awaits_release")
    op.drop_column("certificates", "batch")
    op.drop_table("batches")
