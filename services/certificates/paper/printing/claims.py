"""What the QR code says of a certificate: ten claims that a person can compare with the page, signed, offline.

Written as a CBOR map with the keys 1 to 10. The holder's name is text, or where policy keeps it out a salted hash
that shows only whether a name one already knows is right; the salt is the document's hash, random for each.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256

import cbor2

from services.certificates.document.domain.certificate import Kind
from services.certificates.document.domain.holder import comparable
from services.vocabulary.level import Level
from services.vocabulary.occupations import OCCUPATIONS, Occupation
from services.vocabulary.occupations import find as find_occupation

DID_WEB = "did:web:"
EPOCH = date(1970, 1, 1)
HASH = 16  # bytes of a SHA-256 that are kept: no other document can be made to fit
ISSUER, NUMBER, HOLDER, KIND, OCCUPATION, DIRECTION, LEVEL, ISSUED, DOCUMENT, UNTIL = range(1, 11)
KINDS = {Kind.TRAINING: 1, Kind.GRADE: 2}  # as in shuzheng.certificates.v1.CertificateKind


@dataclass(frozen=True, slots=True)
class Claims:
    """The claims; `holder` is the name or its salted hash, `valid_until` is in UTC seconds, 0: without end."""

    issuer: str
    number: str
    holder: str | bytes
    kind: Kind
    occupation: str
    direction: str
    level: Level
    issued: date
    document: bytes
    valid_until: int = 0


def name_hash(name: str, document: bytes) -> bytes:
    """Return the salted hash of a name; spellings that count as equal give the same."""
    return sha256(b"shuzheng-name/v1\n" + document + comparable(name).encode()).digest()[:HASH]


def encode(claims: Claims) -> bytes:
    """Return the claims as deterministic CBOR."""
    occupation = OCCUPATIONS[claims.occupation]
    members = {
        ISSUER: claims.issuer.removeprefix(DID_WEB),
        NUMBER: claims.number,
        HOLDER: claims.holder,
        KIND: KINDS[claims.kind],
        OCCUPATION: occupation.code_2022,
        DIRECTION: direction_number(occupation, claims.direction),
        LEVEL: int(claims.level),
        ISSUED: (claims.issued - EPOCH).days,
        DOCUMENT: claims.document,
        UNTIL: claims.valid_until,
    }
    return cbor2.dumps({key: value for key, value in members.items() if value}, canonical=True)


def decode(payload: bytes) -> Claims:
    """Return the claims of a payload whose signature was verified; raises ValueError."""
    members = cbor2.loads(payload)
    occupation = find_occupation(members[OCCUPATION])
    if occupation is None:
        raise ValueError(f"unknown occupation {members[OCCUPATION]!r}")
    return Claims(
        issuer=DID_WEB + members[ISSUER],
        number=members[NUMBER],
        holder=members[HOLDER],
        kind=next(kind for kind, number in KINDS.items() if number == members[KIND]),
        occupation=occupation.key,
        direction=_direction_key(occupation, members.get(DIRECTION, 0)),
        level=Level(members[LEVEL]),
        issued=EPOCH + timedelta(members[ISSUED]),
        document=members[DOCUMENT],
        valid_until=members.get(UNTIL, 0),
    )


def direction_number(occupation: Occupation, key: str) -> int:
    """Return the place of a direction in its standard, from 1; 0 for none. Places never change."""
    return next((place for place, known in enumerate(occupation.directions, 1) if known.key == key), 0)


def _direction_key(occupation: Occupation, place: int) -> str:
    return occupation.directions[place - 1].key if place else ""
