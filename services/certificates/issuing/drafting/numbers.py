"""Numbers of certificates: a scheme takes them in the transaction that uses them, never one for two certificates."""

import secrets
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from stdnum.iso7064 import mod_97_10

from services.certificates.document.domain.certificate import Kind
from services.certificates.document.domain.numbering import OfficialCodes, compose
from services.certificates.issuing.storage.reservations import take
from services.certificates.reasons import Reason
from services.kit.errors import precondition
from services.kit.storage.store import Transaction
from services.vocabulary.level import Level


class Wanted(NamedTuple):
    """What a number is wanted for."""

    kind: Kind
    owner: str
    level: Level
    year: int


class NumberScheme(Protocol):
    """Takes numbers of letters A-Z and digits, so that the lower-case form can stand in a resource name."""

    async def take(self, tx: Transaction, wanted: Sequence[Wanted]) -> list[str]:
        """Return a number for each new certificate, in their order."""
        ...


class RandomDigits:
    """Prefix, two-digit year, random digits, two check digits (ISO 7064 MOD 97-10): typo-proof, not guessable.

    With 12 digits and a million certificates one guess in a million hits a number, and still needs the name.
    """

    def __init__(self, prefix: str = "DE", digits: int = 12) -> None:
        self.prefix = prefix
        self.digits = digits

    def new(self, kind: Kind, owner: str, year: int) -> str:
        """Return for example DE26 301847560293 58, without the blanks."""
        serial = f"{secrets.randbelow(10**self.digits):0{self.digits}d}"
        body = f"{self.prefix}{year % 100:02d}{serial}"
        return body + mod_97_10.calc_check_digits(body)

    async def take(self, tx: Transaction, wanted: Sequence[Wanted]) -> list[str]:
        """Return random numbers; the register refuses one that is taken."""
        return [self.new(each.kind, each.owner, each.year) for each in wanted]


@dataclass(frozen=True, slots=True)
class OfficialPattern:
    """The 22 characters of the authority's pattern, with serials by body and year that leave no number out."""

    codes: OfficialCodes

    async def take(self, tx: Transaction, wanted: Sequence[Wanted]) -> list[str]:
        """Return numbers; raises BODY_WITHOUT_CODE and NUMBERS_USED_UP."""
        groups: dict[tuple[str, int], list[int]] = defaultdict(list)
        for place, each in enumerate(wanted):
            groups[self._code(each.owner), each.year].append(place)
        numbers = [""] * len(wanted)
        for (code, year), places in sorted(groups.items()):
            before = await take(tx, f"serial/{code}/{year}", len(places))
            for serial, place in enumerate(places, before + 1):
                numbers[place] = self._number(code, wanted[place], serial)
        return numbers

    def _code(self, owner: str) -> str:
        code = self.codes.owners.get(owner)
        if code is None:
            message = f"{owner} has no code for certificate numbers; add it to number_codes_file."
            raise precondition(Reason.BODY_WITHOUT_CODE, message, owner=owner)
        return code

    def _number(self, code: str, wanted: Wanted, serial: int) -> str:
        try:
            return compose(code, wanted.year, self.codes.levels[wanted.level], serial)
        except ValueError as error:
            raise precondition(Reason.NUMBERS_USED_UP, f"{error}.", owner=wanted.owner) from error
