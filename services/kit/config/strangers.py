"""Settings that nobody reads: a slip of the pen must not pass for a setting that holds."""

import os
from collections.abc import Collection
from difflib import get_close_matches


def in_environment(prefix: str, known: Collection[str]) -> list[str]:
    """Return a sentence for each variable with a service's prefix that is no setting of the service."""
    variables = {f"{prefix}{name}".upper() for name in known}
    told = sorted(name for name in os.environ if name.upper().startswith(prefix.upper()))
    return [_sentence(name, "setting", variables) for name in told if name.upper() not in variables]


def in_table(table: str, told: Collection[str], known: Collection[str]) -> list[str]:
    """Return a sentence for each key of a TOML table that is no setting."""
    return [_sentence(name, f"setting in [{table}]", known) for name in told if name not in known]


def in_file(told: Collection[str], known: Collection[str]) -> list[str]:
    """Return a sentence for each table that belongs to nobody."""
    return [_sentence(name, "service", known) for name in told if name not in known]


def _sentence(name: str, what: str, known: Collection[str]) -> str:
    nearest = get_close_matches(name, known, 1)
    hint = f"did you mean {nearest[0]}?" if nearest else "docs/config.md lists those that there are"
    return f"{name}: there is no such {what}; {hint}"
