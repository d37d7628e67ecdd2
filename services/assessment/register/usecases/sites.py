"""Examination sites (考核站点): application, announcement, authorization."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.assessment.names import SITE
from services.assessment.register.domain.site import TRANSITIONS, SiteAction, SiteState, require_authorizing
from services.assessment.register.storage import bodies
from services.assessment.register.storage.rows.sites import SiteRow
from services.kit.resource import Lifecycle
from services.kit.storage.commands import command
from services.kit.storage.store import Transaction
from services.kit.values.ids import new_id
from services.vocabulary.qualification import check_occupation


class Sites(Lifecycle[SiteRow, SiteAction]):
    """Commands and questions about sites."""

    row, pattern, transitions = SiteRow, SITE, TRANSITIONS

    @command
    async def create(
        self,
        tx: Transaction,
        parent: str,
        identifier: str,
        *,
        display_name: str,
        host: str,
        address: str,
        occupations: Sequence[str],
        seats: int,
    ) -> SiteRow:
        """Apply for a site of a body; raises UNKNOWN_QUALIFICATION, BODY_CLOSED."""
        name = SITE.child(parent, identifier or new_id())
        _check(occupations)
        await bodies.active_body(tx, parent)
        row = SiteRow(
            name=name,
            parent=parent,
            display_name=display_name,
            host=host,
            address=address,
            occupations=list(occupations),
            seats=seats,
            state=SiteState.APPLIED,
        )
        return await tx.insert(row)

    async def changed(self, tx: Transaction, row: SiteRow, was: Mapping[str, Any]) -> None:
        """Let the occupations change only while the site is applied for."""
        if row.occupations != was["occupations"]:
            require_authorizing(row.name, row.state)
            _check(row.occupations)

    async def moved(self, tx: Transaction, row: SiteRow, action: SiteAction, reason: str) -> None:
        """Keep why the last decision was taken."""
        row.reason = reason


def _check(occupations: Sequence[str]) -> None:
    for at, occupation in enumerate(occupations):
        check_occupation(occupation, f"site.occupations[{at}]")
