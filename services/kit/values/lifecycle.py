"""A lifecycle is a table `{(state, action): state}`; this is the one function that walks it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from services.kit.errors import precondition

State = TypeVar("State", bound=StrEnum)
Action = TypeVar("Action", bound=StrEnum)


def advance(
    transitions: Mapping[tuple[State, Action], State], state: State | str, action: Action, subject: str = ""
) -> State:
    """Return the state that `action` leads to; raises WRONG_STATE that lists what is possible."""
    for (source, verb), target in transitions.items():
        if source == state and verb == action:
            return target
    possible = ", ".join(allowed(transitions, state)) or "nothing"
    raise precondition(
        "WRONG_STATE",
        f"{action} is not possible in state {state} (possible: {possible}).",
        state=str(state),
        action=str(action),
        name=subject,
    )


def allowed(transitions: Mapping[tuple[State, Action], State], state: State | str) -> list[str]:
    """Return the actions that are possible in `state`."""
    return [str(action) for (source, action) in transitions if source == state]
