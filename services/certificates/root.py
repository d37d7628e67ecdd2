"""What every row of certificates derives from."""

from services.kit.storage.rows import row_base

Base = row_base("certificates")
