"""The packages that only printing needs: loaded at the first page, and missed with words that help."""

from importlib import import_module
from typing import Any

from services.certificates.reasons import Reason
from services.kit.errors import precondition

INSTALL = "pip install 'shuzheng[paper]'"


def needed(module: str) -> Any:
    """Return a module of the extra `paper`; raises PAPER_NOT_INSTALLED."""
    try:
        return import_module(module)
    except ImportError as error:
        missing = error.name or module
        message = f"{missing} is missing; certificates can be printed after: {INSTALL}"
        raise precondition(Reason.PAPER_NOT_INSTALLED, message, module=missing) from error
