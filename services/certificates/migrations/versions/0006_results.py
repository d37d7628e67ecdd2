"""Nonce and log position of results, and the openings of public leaves."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.add_column(
        "awards", sa.Column("nonce", sa.LargeBinary(), nullable=False, server_default=sa.text("''"))
    )
    op.add_column("awards", sa.Column("log_position", text(length=240), nullable=False, server_default=""))
    op.create_table(
        "log_openings",
        sa.Column("origin", text(length=200), nullable=False),
        sa.Column("leaf_index", sa.BigInteger(), nullable=False),
        sa.Column("type", text(length=12), nullable=False),
        sa.Column("subject", text(length=300), nullable=False),
        sa.Column("nonce", sa.LargeBinary(), nullable=False),
        sa.Column("says", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("origin", "leaf_index", name=op.f("pk_log_openings")),
    )
    op.create_index(op.f("ix_log_openings_type"), "log_openings", ["type"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_log_openings_type"), "log_openings")
    op.drop_table("log_openings")
    op.drop_column("awards", "log_position")
    op.drop_column("awards", "nonce")
