"""What every row of certificates derives from."""

from services.kit.storage.root import row_base

Base = row_base("certificates")
