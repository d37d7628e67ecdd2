"""Lifecycle of an examination site (考核站点) and whether it may hold an exam of an occupation."""

from collections.abc import Collection
from enum import StrEnum

from services.assessment.reasons import Reason
from services.kit.errors import Unmet, precondition


class SiteState(StrEnum):
    """Where a site stands."""

    APPLIED = "APPLIED"
    PUBLICIZED = "PUBLICIZED"
    LISTED = "LISTED"
    SUSPENDED = "SUSPENDED"
    REMOVED = "REMOVED"


class SiteAction(StrEnum):
    """What can be done to a site."""

    PUBLICIZE = "publicize"
    ADMIT = "admit"
    SUSPEND = "suspend"
    RESTORE = "restore"
    REMOVE = "remove"


TRANSITIONS = {
    (SiteState.APPLIED, SiteAction.PUBLICIZE): SiteState.PUBLICIZED,
    (SiteState.PUBLICIZED, SiteAction.ADMIT): SiteState.LISTED,
    (SiteState.LISTED, SiteAction.SUSPEND): SiteState.SUSPENDED,
    (SiteState.SUSPENDED, SiteAction.RESTORE): SiteState.LISTED,
    **{
        (state, SiteAction.REMOVE): SiteState.REMOVED
        for state in (SiteState.APPLIED, SiteState.PUBLICIZED, SiteState.LISTED, SiteState.SUSPENDED)
    },
}
AUTHORIZING = frozenset({SiteState.APPLIED})  # occupations may still be changed


def unauthorized(name: str, state: str, occupations: Collection[str], occupation: str) -> list[Unmet]:
    """Return why the site may not hold an exam of `occupation`; empty when it may."""
    problems = []
    if state != SiteState.LISTED:
        problems.append(f"{name} is {state}, not LISTED")
    if occupation not in occupations:
        problems.append(f"{name} is not authorized for {occupation}")
    return [Unmet(Reason.SITE_NOT_AUTHORIZED, problem, name) for problem in problems]


def require_authorizing(name: str, state: str) -> None:
    """Raise SITE_OCCUPATIONS_FIXED once the application has been announced."""
    if state not in AUTHORIZING:
        message = f"{name} is {state}: its occupations change only by a new application."
        raise precondition(Reason.SITE_OCCUPATIONS_FIXED, message, name=name)
