"""Institutions: what a record needs, and what is odd but accepted.

A USCC whose check digit does not fit warns only, because real records hold such codes (GB 32100-2015).
"""

from enum import StrEnum

from services.kit.errors import Violation, invalid
from services.training.reasons import Reason
from services.vocabulary import uscc


class InstitutionKind(StrEnum):
    """Sorts of organization that train."""

    UNIVERSITY = "UNIVERSITY"
    VOCATIONAL_COLLEGE = "VOCATIONAL_COLLEGE"
    ENTERPRISE = "ENTERPRISE"
    SOCIETY = "SOCIETY"
    TRAINING_SCHOOL = "TRAINING_SCHOOL"
    PUBLIC_INSTITUTION = "PUBLIC_INSTITUTION"


def checked_uscc(text: str, field: str = "institution.uscc") -> tuple[str, list[str]]:
    """Return the normalized code and the warnings about it; raises INVALID_USCC where it can be no code."""
    if problem := uscc.shape_problem(text):
        raise invalid(Reason.INVALID_USCC, f"uscc {problem}.", Violation(field, problem, Reason.INVALID_USCC))
    return uscc.normalize(text), [f"USCC: {problem}" for problem in uscc.problems(text)]
