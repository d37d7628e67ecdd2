"""The fields that every resource begins with."""

from typing import Any

from services.kit.rpc.convert import timestamp
from services.kit.storage.rows import Entity


def head(row: Entity) -> dict[str, Any]:
    """Return name, etag, create_time and update_time of a row."""
    return {
        "name": row.name,
        "etag": row.etag,
        "create_time": timestamp(row.create_time),
        "update_time": timestamp(row.update_time),
    }
