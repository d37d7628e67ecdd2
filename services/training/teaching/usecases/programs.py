"""Programs: read from policy, never written."""

from datetime import date

from services.kit.clock import Clock
from services.kit.errors import Violation, invalid, not_found
from services.kit.storage.pages import Page, size_of
from services.training.names import PROGRAM
from services.training.policy import Policy
from services.training.teaching.domain import program
from services.training.teaching.domain.program import Program


class Programs:
    """Questions about programs."""

    def __init__(self, policy: Policy, clock: Clock) -> None:
        self.policy = policy
        self.clock = clock

    async def get(self, name: str, day: date | None) -> Program:
        """Return a program as it is on a day (today where None); raises RESOURCE_NOT_FOUND."""
        found = program.find(self.policy, program.parse(name), day or self.clock.today())
        if found is None:
            raise not_found(name)
        return found

    async def page(
        self, occupation: str, level: int, day: date | None, size: int, token: str
    ) -> Page[Program]:
        """Return a page of programs by name; a level of 0 and an empty occupation mean all."""
        if token and not PROGRAM.matches(token):
            message = "page_token is not one that this List gave."
            raise invalid(
                "INVALID_PAGE_TOKEN", message, Violation("page_token", message, "INVALID_PAGE_TOKEN")
            )
        found = [
            each
            for each in program.every(self.policy, day or self.clock.today())
            if each.name > token
            and occupation in ("", each.qualification.occupation)
            and level in (0, each.qualification.level)
        ]
        count = size_of(size)
        return Page(found[:count], found[count - 1].name if len(found) > count else "")
