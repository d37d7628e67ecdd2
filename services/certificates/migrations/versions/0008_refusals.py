"""Why a certificate may not be signed."""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString(length=2000)
    op.add_column("certificates", sa.Column("refusal", text, nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("certificates", "refusal")
