"""Status lists as published, holds, share links, and the SD-JWT twins."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import services.kit.storage.columns

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "holds",
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("parent", sqlmodel.sql.sqltypes.AutoString(length=240), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("create_time", services.kit.storage.columns.UtcTime(), nullable=False),
        sa.Column("update_time", services.kit.storage.columns.UtcTime(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("held_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=False),
        sa.Column("end_note", sqlmodel.sql.sqltypes.AutoString(length=1000), nullable=False),
        sa.Column("nonce", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_holds")),
    )
    with op.batch_alter_table("holds", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_holds_parent"), ["parent"], unique=False)

    op.create_table(
        "shares",
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("parent", sqlmodel.sql.sqltypes.AutoString(length=240), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("create_time", services.kit.storage.columns.UtcTime(), nullable=False),
        sa.Column("update_time", services.kit.storage.columns.UtcTime(), nullable=False),
        sa.Column("token_sha256", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("purpose", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("shown", sa.JSON(), nullable=False),
        sa.Column("by_holder", sa.Boolean(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_shares")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_shares_token_sha256")),
    )
    with op.batch_alter_table("shares", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shares_parent"), ["parent"], unique=False)

    op.create_table(
        "status_lists",
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("parent", sqlmodel.sql.sqltypes.AutoString(length=240), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("create_time", services.kit.storage.columns.UtcTime(), nullable=False),
        sa.Column("update_time", services.kit.storage.columns.UtcTime(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("credential", sa.LargeBinary(), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("packed_sha256", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("nonce", sa.LargeBinary(), nullable=False),
        sa.Column("log_position", sqlmodel.sql.sqltypes.AutoString(length=240), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_status_lists")),
    )
    with op.batch_alter_table("status_lists", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_status_lists_parent"), ["parent"], unique=False)

    op.create_table(
        "twins",
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["name"], ["certificates.name"], name=op.f("fk_twins_name")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_twins")),
    )
    with op.batch_alter_table("certificates", schema=None) as batch_op:
        batch_op.create_index(
            "ix_certificates_told",
            ["status_list"],
            unique=False,
            sqlite_where=sa.text("state IN ('REVOKED', 'SUPERSEDED', 'HELD')"),
            postgresql_where=sa.text("state IN ('REVOKED', 'SUPERSEDED', 'HELD')"),
        )


def downgrade() -> None:
    with op.batch_alter_table("certificates", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_certificates_told",
            sqlite_where=sa.text("state IN ('REVOKED', 'SUPERSEDED', 'HELD')"),
            postgresql_where=sa.text("state IN ('REVOKED', 'SUPERSEDED', 'HELD')"),
        )

    op.drop_table("twins")
    with op.batch_alter_table("status_lists", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_status_lists_parent"))

    op.drop_table("status_lists")
    with op.batch_alter_table("shares", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shares_parent"))

    op.drop_table("shares")
    with op.batch_alter_table("holds", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_holds_parent"))

    op.drop_table("holds")
