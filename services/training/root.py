"""The root of all rows of training: one registry and one metadata of their own."""

from typing import Any

from services.kit.storage.root import row_base

Base: Any = row_base("training")
