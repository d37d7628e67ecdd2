"""Every reason in a Chinese sentence: what people read before the service's own English words."""

from functools import cache
from importlib.resources import files
from tomllib import loads


@cache
def sentences() -> dict[str, str]:
    """Return the Chinese sentence of every reason that a service gives."""
    return loads((files(__package__) / "sentences.toml").read_text("utf-8"))


def explained(reason: str, message: str) -> str:
    """Return a reason in Chinese with the service's own words behind it; these alone where there is no sentence."""
    chinese = sentences().get(reason, "")
    return f"{chinese} ({message})" if chinese else message
