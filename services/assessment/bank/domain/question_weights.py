"""Percentages of question files as right and wrong: objective items know no partial credit."""

from collections.abc import Sequence

from services.assessment.bank.domain.item import Choice, ItemContent, ItemType
from services.assessment.bank.domain.question_file import FlawError
from services.assessment.reasons import Reason

FULL = 100.0
ROUNDING = 0.51  # files write 33.33333 or 33


def choice_content(
    stem: str, choices: Sequence[tuple[str, float]], explanation: str, *, single: bool
) -> ItemContent:
    """Return a choice item of (text, percent); raises FlawError where percents are partial credit."""
    check = _check_single if single else _check_multiple
    check([percent for _, percent in choices])
    kept = tuple(Choice("", text, percent > 0) for text, percent in choices)
    kind = ItemType.SINGLE_CHOICE if single else ItemType.MULTIPLE_CHOICE
    return ItemContent(kind, stem, choices=kept, explanation=explanation)


def full_credit(answers: Sequence[tuple[str, float]]) -> list[str]:
    """Return the texts that earn everything; raises FlawError where one earns a part."""
    for at, (text, percent) in enumerate(answers):
        if 0 < percent < FULL:
            raise _partial(at, f"{text[:40]!r} earns {percent:g} percent")
    return [text for text, percent in answers if percent >= FULL]


def _check_single(percents: Sequence[float]) -> None:
    for at, percent in enumerate(percents):
        if 0 < percent < FULL:
            raise _partial(at, f"a single choice earns {percent:g} percent")


def _check_multiple(percents: Sequence[float]) -> None:
    right = [percent for percent in percents if percent > 0]
    if right and max(right) - min(right) > ROUNDING:
        at = percents.index(min(right))
        raise _partial(at, "the right choices have different weights")
    if right and abs(sum(right) - FULL) > ROUNDING * len(right):
        at = percents.index(right[0])
        raise _partial(at, f"the right choices sum to {sum(right):g} percent, not 100")


def _partial(at: int, what: str) -> FlawError:
    message = f"{what}: partial credit is not possible, an item is right or wrong"
    return FlawError(f"answers[{at}]", Reason.PARTIAL_CREDIT, message)
