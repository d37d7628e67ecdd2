"""Whether an occupation and a direction of it exist."""

from services.assessment.reasons import Reason
from services.kit.errors import Violation, invalid
from services.vocabulary import occupations


def check_occupation(occupation: str, field: str) -> None:
    """Raise UNKNOWN_OCCUPATION that names `field`."""
    for message in occupations.problems(occupation, ""):
        raise invalid(
            Reason.UNKNOWN_OCCUPATION, message, Violation(field, message, Reason.UNKNOWN_OCCUPATION)
        )


def check_direction(occupation: str, direction: str, field: str) -> None:
    """Raise UNKNOWN_OCCUPATION or UNKNOWN_DIRECTION; `field` is that of the qualification."""
    check_occupation(occupation, f"{field}.occupation")
    for message in occupations.problems(occupation, direction):
        violation = Violation(f"{field}.direction", message, Reason.UNKNOWN_DIRECTION)
        raise invalid(Reason.UNKNOWN_DIRECTION, message, violation)
