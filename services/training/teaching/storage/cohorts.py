"""Cohorts in the database."""

from typing import Any

from sqlalchemy import Select, select
from sqlmodel import col

from services.training.teaching.storage.rows.cohorts import CohortRow


def of_institution(institution: str, state: str) -> Select[Any]:
    """Return the SELECT of an institution's cohorts; an empty state is left out."""
    statement = select(CohortRow).where(col(CohortRow.parent) == institution)
    return statement.where(col(CohortRow.state) == state) if state else statement
