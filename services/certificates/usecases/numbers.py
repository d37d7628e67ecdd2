"""Numbers of certificates: a scheme makes one; it never makes the same one for two certificates knowingly."""

import secrets
from typing import Protocol

from stdnum.iso7064 import mod_97_10

from services.certificates.domain.certificate import Kind


class NumberScheme(Protocol):
    """Makes numbers of letters A-Z and digits, so that the lower-case form can stand in a resource name."""

    def new(self, kind: Kind, owner: str, year: int) -> str:
        """Return a number for a new certificate of `owner`, taken in `year`."""
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


def normalize(number: str) -> str:
    """Return a number as it is stored: upper case, without blanks and dashes."""
    if number.isascii() and number.isalnum():
        return number.upper()
    return number.translate(IGNORED).upper()


IGNORED = {ord(letter): None for letter in " \t\r\n-\u00a0\u2010\u2011\u2012\u2013\u2014\u3000"} | {
    0xFF10 + digit: str(digit) for digit in range(10)
}
