"""Rules of several conditions, evaluated completely so that a caller learns every reason at once."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from services.kit.errors import Unmet

Facts = TypeVar("Facts")


@dataclass(frozen=True)
class Rule(Generic[Facts]):
    """One condition: its reason code, what to tell the caller, and when it holds."""

    reason: str
    explanation: str | Callable[[Facts], str]
    holds: Callable[[Facts], bool]


def unmet(rules: Iterable[Rule[Facts]], facts: Facts, subject: str = "") -> list[Unmet]:
    """Return one entry for each rule that does not hold, in the order of the rules."""
    return [
        Unmet(str(rule.reason), _explain(rule, facts), subject) for rule in rules if not rule.holds(facts)
    ]


def _explain(rule: Rule[Facts], facts: Facts) -> str:
    return rule.explanation if isinstance(rule.explanation, str) else rule.explanation(facts)
