"""Where the services answer: as a setting tells, or as a running system wrote it into its data folder."""

import json
from dataclasses import dataclass
from pathlib import Path

from services.kit.errors import invalid, unavailable

ENDPOINTS_FILE = "endpoints.json"


@dataclass(frozen=True)
class Endpoints:
    """`told` is `training=host:port,assessment=…`, or one address for every service; `option` is what told it."""

    folder: Path
    told: str = ""
    option: str = "--endpoint"

    def address(self, service: str) -> str:
        """Return host:port of a service; raises INVALID_ENDPOINT, and UNAVAILABLE where nobody said where it is."""
        told = self._told()
        found = told.get(service) or told.get("") or running(self.folder).get(service)
        if not found:
            message = f"No address of {service} is known: start `shuzheng up`, or give {self.option}."
            raise unavailable(message)
        return found

    def _told(self) -> dict[str, str]:
        found = {}
        for entry in filter(None, (part.strip() for part in self.told.split(","))):
            service, _, address = entry.rpartition("=")
            if ":" not in address:
                message = f"{self.option} takes SERVICE=HOST:PORT, not {entry!r}."
                raise invalid("INVALID_ENDPOINT", message)
            found[service] = address
        return found


def running(folder: Path) -> dict[str, str]:
    """Return where the services of a data folder answer, by service; empty where nothing runs on it."""
    try:
        found: dict[str, str] = json.loads((folder / ENDPOINTS_FILE).read_text("utf-8"))["services"]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return found
