"""The resource names of the training service."""

from services.kit.errors import Violation, invalid
from services.kit.values.names import Pattern

INSTITUTION = Pattern("institutions/{institution}")
LISTING = Pattern("institutions/{institution}/listings/{listing}")
COHORT = Pattern("institutions/{institution}/cohorts/{cohort}")
LEARNER = Pattern("institutions/{institution}/learners/{learner}")
ENROLLMENT = Pattern("institutions/{institution}/cohorts/{cohort}/enrollments/{enrollment}")
HOUR_ENTRY = Pattern(
    "institutions/{institution}/cohorts/{cohort}/enrollments/{enrollment}/hourEntries/{hour_entry}"
)
COMPLETION = Pattern("institutions/{institution}/completions/{completion}")
PROGRAM = Pattern("programs/{program}")


def institution_of(name: str) -> str:
    """Return the institution that any name below it lies in."""
    return "/".join(name.split("/", 2)[:2])


def check_below(parent: str, name: str, field: str) -> None:
    """Raise INVALID_NAME where `name` does not lie below `parent`, the request's tenant or cohort."""
    if not name.startswith(f"{parent}/"):
        message = f"{name[:200]!r} does not lie below {parent}"
        raise invalid("INVALID_NAME", f"{message}.", Violation(field, message, "INVALID_NAME"))
