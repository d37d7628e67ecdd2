"""Lifecycle of an item: a version becomes usable when two different people, not its author, approve it."""

from collections.abc import Sequence
from enum import StrEnum

from services.assessment.reasons import Reason
from services.kit.errors import precondition
from services.kit.values.lifecycle import advance


class ItemState(StrEnum):
    """Where the latest version of an item stands."""

    DRAFT = "DRAFT"
    IN_REVIEW = "IN_REVIEW"
    REVIEWED = "REVIEWED"
    ACTIVE = "ACTIVE"
    RETIRED = "RETIRED"


class ItemAction(StrEnum):
    """What can be done to an item."""

    EDIT = "edit"
    APPROVE = "approve"
    RETURN = "return"
    ACTIVATE = "activate"
    RETIRE = "retire"


TRANSITIONS: dict[tuple[ItemState, ItemAction], ItemState] = {
    (ItemState.DRAFT, ItemAction.EDIT): ItemState.DRAFT,
    (ItemState.IN_REVIEW, ItemAction.EDIT): ItemState.DRAFT,
    (ItemState.REVIEWED, ItemAction.EDIT): ItemState.DRAFT,
    (ItemState.ACTIVE, ItemAction.EDIT): ItemState.DRAFT,
    (ItemState.DRAFT, ItemAction.APPROVE): ItemState.IN_REVIEW,
    (ItemState.IN_REVIEW, ItemAction.APPROVE): ItemState.REVIEWED,
    (ItemState.DRAFT, ItemAction.RETURN): ItemState.DRAFT,
    (ItemState.IN_REVIEW, ItemAction.RETURN): ItemState.DRAFT,
    (ItemState.REVIEWED, ItemAction.RETURN): ItemState.DRAFT,
    (ItemState.REVIEWED, ItemAction.ACTIVATE): ItemState.ACTIVE,
    **{(state, ItemAction.RETIRE): ItemState.RETIRED for state in ItemState if state != ItemState.RETIRED},
}


def makes_version(state: str) -> bool:
    """Tell whether an edit in this state makes a new version: papers may hold the present one."""
    return state == ItemState.ACTIVE


def review(
    name: str, state: str, author: str, reviewers: Sequence[str], reviewer: str, *, approve: bool
) -> ItemState:
    """Return the state after a review; raises OWN_ITEM, SECOND_REVIEWER_NEEDED, WRONG_STATE."""
    if reviewer == author:
        raise precondition(Reason.OWN_ITEM, f"{reviewer} wrote {name} and cannot review it.", name=name)
    if approve and reviewer in reviewers:
        message = f"{reviewer} has approved {name} already; the second review needs another person."
        raise precondition(Reason.SECOND_REVIEWER_NEEDED, message, name=name)
    return advance(TRANSITIONS, ItemState(state), ItemAction.APPROVE if approve else ItemAction.RETURN, name)
