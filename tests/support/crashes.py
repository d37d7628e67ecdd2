"""What stands in the place of a step at which the process dies."""

from typing import Any, NoReturn


class Crash(Exception):
    """The moment at which the process dies."""


def dies(*_args: Any, **_kwargs: Any) -> NoReturn:
    """Die."""
    raise Crash
