"""The transparency log: leaves in order, and the state of each published tree."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

import services.kit.storage.columns

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "log_leaves",
        sa.Column("origin", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("leaf_index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("type", sqlmodel.sql.sqltypes.AutoString(length=12), nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.Column("leaf_hash", sa.LargeBinary(), nullable=False),
        sa.Column("commitment", sa.LargeBinary(), nullable=False),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(length=400), nullable=False),
        sa.Column("created", services.kit.storage.columns.UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("origin", "leaf_index", name=op.f("pk_log_leaves")),
        sa.UniqueConstraint("source", name=op.f("uq_log_leaves_source")),
    )
    op.create_table(
        "log_state",
        sa.Column("origin", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("frontier", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("origin", name=op.f("pk_log_state")),
    )


def downgrade() -> None:
    op.drop_table("log_state")
    op.drop_table("log_leaves")
