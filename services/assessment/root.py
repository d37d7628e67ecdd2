"""The root of all rows of assessment: one registry and one metadata of their own."""

from services.kit.storage.root import row_base

Base = row_base("assessment")
