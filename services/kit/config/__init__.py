"""Settings by composition: a process's model is put together from the parts that it reads, and has no others."""

from services.kit.config.parts import (
    Brokered,
    Identified,
    Limited,
    Listening,
    Observed,
    Process,
    ReaderConfig,
    Sealed,
    ServiceConfig,
    Socket,
    Stored,
    Web,
    Working,
)
from services.kit.config.settings import CONFIG_FILE, EXIT_CONFIG, Settings, Unusable, environment

__all__ = [
    "CONFIG_FILE",
    "EXIT_CONFIG",
    "Brokered",
    "Identified",
    "Limited",
    "Listening",
    "Observed",
    "Process",
    "ReaderConfig",
    "Sealed",
    "ServiceConfig",
    "Settings",
    "Socket",
    "Stored",
    "Unusable",
    "Web",
    "Working",
    "environment",
]
