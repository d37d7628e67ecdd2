"""Everything that stands on a certificate page, as text in Chinese and English, and what the file carries along."""

from dataclasses import asdict, dataclass, fields
from datetime import date
from enum import StrEnum

from services.certificates.document.domain.award import Award
from services.certificates.document.domain.certificate import Kind
from services.vocabulary.level import Level
from services.vocabulary.occupations import OCCUPATIONS

LEVEL_EN = {Level.JUNIOR: "Junior", Level.MID: "Intermediate", Level.SENIOR: "Senior"}
TITLE_EN = {
    Kind.TRAINING: "Certificate of Training Completion",
    Kind.GRADE: "Certificate of Professional Technical Level",
}
NOT_SHOWN = frozenset({"layout", "kind", "day"})


class Layout(StrEnum):
    """What the page is for: A4 to print and frame, or a small screen."""

    PRINT = "PRINT"
    SCREEN = "SCREEN"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file inside the file."""

    name: str
    media_type: str
    description: str
    text: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """The texts of one page; an empty one is left out. `day` dates the file itself, as YYYY-MM-DD."""

    layout: Layout
    kind: str
    day: str
    title_zh: str
    title_en: str
    number: str
    holder_name: str
    occupation_zh: str
    occupation_en: str
    codes: str
    direction_zh: str
    level_zh: str
    level_en: str
    hours: str
    theory: str
    ability: str
    owner: str
    listing: str
    awarded_zh: str
    awarded_en: str
    issuer: str
    issuer_id: str
    issued_zh: str
    issued_en: str
    until_zh: str
    until_en: str
    fingerprint: str

    def texts(self) -> list[tuple[str, str]]:
        """Return what must have a glyph, with the name of each text."""
        return [(name, text) for name, text in asdict(self).items() if name not in NOT_SHOWN]


@dataclass(frozen=True, slots=True)
class Particulars:
    """What the page says beside the award."""

    number: str
    issued: date
    until: date | None
    document_sha256: str
    issuer: str
    issuer_id: str


def sheet(award: Award, particulars: Particulars, layout: Layout) -> Sheet:
    """Return the page of an award."""
    occupation = OCCUPATIONS[award.occupation]
    direction = occupation.direction(award.direction)
    until = particulars.until
    return Sheet(
        layout=layout,
        kind=award.kind,
        day=particulars.issued.isoformat(),
        title_zh=award.kind.zh,
        title_en=TITLE_EN[award.kind],
        number=particulars.number,
        holder_name=award.holder_name,
        occupation_zh=occupation.name_zh,
        occupation_en=occupation.name_en,
        codes=f"{occupation.code_2022}（2022）　{occupation.standard_code}（2015）",
        direction_zh=direction.name_zh if direction else "",
        level_zh=award.level.zh,
        level_en=LEVEL_EN[award.level],
        hours=award.hours,
        theory=award.theory_score,
        ability=award.ability_score,
        owner=award.owner_display_name,
        listing=award.listing_batch,
        awarded_zh=day_zh(award.awarded_on),
        awarded_en=award.awarded_on.isoformat(),
        issuer=particulars.issuer,
        issuer_id=particulars.issuer_id,
        issued_zh=day_zh(particulars.issued),
        issued_en=particulars.issued.isoformat(),
        until_zh=day_zh(until) if until else "长期有效",
        until_en=until.isoformat() if until else "without end",
        fingerprint=grouped(particulars.document_sha256[:32]),
    )


def day_zh(day: date) -> str:
    """Return a day in Chinese words."""
    return f"{day.year}年{day.month}月{day.day}日"


def grouped(digits: str) -> str:
    """Return hexadecimal digits in groups of four, to be compared by eye."""
    return " ".join(digits[place : place + 4] for place in range(0, len(digits), 4))


def inputs(page: Sheet) -> dict[str, str]:
    """Return the page as the template reads it."""
    return {field.name: str(getattr(page, field.name)) for field in fields(page)}
