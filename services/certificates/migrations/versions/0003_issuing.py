"""Issuing in Boulder's order: reserved status entries, messages that passed the lint, nonces, log positions."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "counters",
        sa.Column("scope", sqlmodel.sql.sqltypes.AutoString(length=100), nullable=False),
        sa.Column("taken", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("scope", name=op.f("pk_counters")),
    )
    text = {"rdf_sha256": 64, "status_list": 60, "log_position": 240}
    for name, length in text.items():
        kind = sqlmodel.sql.sqltypes.AutoString(length=length)
        op.add_column("certificates", sa.Column(name, kind, nullable=False, server_default=""))
    op.add_column("certificates", sa.Column("status_index", sa.Integer(), nullable=True))
    op.create_index("ix_certificates_status", "certificates", ["status_list", "status_index"], unique=True)
    op.add_column("documents", sa.Column("messages", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column(
        "documents", sa.Column("nonce", sa.LargeBinary(), nullable=False, server_default=sa.text("''"))
    )


def downgrade() -> None:
    op.drop_column("documents", "nonce")
    op.drop_column("documents", "messages")
    op.drop_index("ix_certificates_status", "certificates")
    for name in ("status_index", "log_position", "status_list", "rdf_sha256"):
        op.drop_column("certificates", name)
    op.drop_table("counters")
