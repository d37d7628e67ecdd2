"""What the options before the noun, and the environment, say: the data folder, the language, who calls and whom."""

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from services.client import identity
from services.client.callers import Caller
from services.client.channels import Channels, blocking
from services.client.endpoints import Endpoints


@dataclass
class Session:
    """One run of a command."""

    data_dir: Path = Path("var")
    lang: str = "zh"
    json: bool = False
    endpoints: str = ""
    token: str = ""

    @cached_property
    def caller(self) -> Caller:
        """Calls the services; nothing is opened before the first call."""
        told = self.endpoints or os.environ.get("SHUZHENG_ENDPOINTS", "")
        return Caller(Channels(Endpoints(self.data_dir, told).address, blocking), self._metadata)

    def _metadata(self) -> identity.Metadata:
        token = (
            self.token
            or os.environ.get("SHUZHENG_TOKEN", "")
            or identity.kept(self.data_dir).get("token", "")
        )
        return identity.metadata(token, os.environ.get("SHUZHENG_API_KEY", ""))

    def close(self) -> None:
        """Hang up."""
        self.caller.close()
