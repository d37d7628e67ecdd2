"""The document of a certificate: a W3C Verifiable Credential 2.0 that is an Open Badges 3.0 achievement.

A closed profile: no JSON numbers, NFC text without control characters, moments in whole UTC seconds. Members
are those of the OB 3.0 schema only; its AchievementSubject is closed and has no `name`, so the holder's name
stands in `identifier` (an IdentityObject of type `name`), where OB displayers look for the recipient.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from services.certificates.document.domain import profile
from services.certificates.document.domain.award import Award, start_of_day
from services.certificates.document.domain.certificate import Kind
from services.certificates.document.domain.policy import Disclosure
from services.vocabulary.occupations import OCCUPATIONS

CONTEXT = profile.CONTEXT
PASS_MARK = "60"  # of 100, in both parts: reference JDZJ, 考核方式
FULL_MARK = "100"
ACHIEVEMENT_TYPE = {Kind.TRAINING: "CertificateOfCompletion", Kind.GRADE: "Certification"}
CRITERIA = {
    Kind.TRAINING: "完成该职业、方向和等级规定的全部学时与培训内容，结业考核合格。",
    Kind.GRADE: "理论知识考试与专业能力考核成绩均达到60分（百分制）以上（含60分）。",
}

UNWANTED = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who signs: `url` is where its identifiers resolve, without a slash at the end."""

    did: str
    name: str
    url: str


@dataclass(frozen=True, slots=True)
class StatusEntry:
    """The place of a certificate in a status list, reserved before the document is written."""

    list_id: str
    index: int


@dataclass(frozen=True, slots=True)
class Particulars:
    """What one certificate has beside its award."""

    number: str
    subject: str
    valid_from: datetime
    valid_until: datetime | None
    holder_name: Disclosure
    status: StatusEntry


def build(award: Award, particulars: Particulars, issuer: Issuer) -> Json:
    """Return the document without proofs."""
    document: Json = {
        "@context": CONTEXT,
        "id": credential_id(issuer, particulars.number),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": f"{title(award)} {award.kind.zh}",
        "issuer": {"id": issuer.did, "type": ["Profile"], "name": issuer.name, "url": issuer.url},
        "validFrom": moment(particulars.valid_from),
        "awardedDate": moment(start_of_day(award.awarded_on)),
        "credentialSubject": _subject(award, particulars, issuer),
        "credentialStatus": _status(particulars.status, issuer),
        "credentialSchema": profile.reference(issuer.url),
    }
    if particulars.valid_until is not None:
        document["validUntil"] = moment(particulars.valid_until)
    return document


def credential_id(issuer: Issuer, number: str) -> str:
    """Return the address that names a certificate."""
    return f"{issuer.url}/c/{number}"


def status_list_url(issuer_url: str, list_id: str) -> str:
    """Return where a status list is published."""
    return f"{issuer_url}/status/{list_id}"


def title(award: Award) -> str:
    """Return occupation, direction and level in the words of the standard."""
    occupation = OCCUPATIONS[award.occupation]
    direction = occupation.direction(award.direction)
    return f"{occupation.name_zh}{f'（{direction.name_zh}）' if direction else ''} {award.level.zh}"


def moment(value: datetime) -> str:
    """Return a moment as whole UTC seconds."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _subject(award: Award, particulars: Particulars, issuer: Issuer) -> Json:
    achievement = _achievement(award, issuer)
    subject: Json = {
        "id": particulars.subject,
        "type": ["AchievementSubject"],
        "licenseNumber": particulars.number,
        "activityEndDate": moment(start_of_day(award.achieved_on)),
        "source": _owner(award, issuer),
        "achievement": achievement,
        "result": [
            {"type": ["Result"], "resultDescription": f"{achievement['id']}#{key}", "value": value}
            for key, value in _scores(award).items()
        ],
    }
    if particulars.holder_name is Disclosure.PLAIN:
        subject["identifier"] = [_identity("name", award.holder_name)]
    return subject


def _status(entry: StatusEntry, issuer: Issuer) -> Json:
    address = status_list_url(issuer.url, entry.list_id)
    return {
        "id": f"{address}#{entry.index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": str(entry.index),
        "statusListCredential": address,
    }


def _identity(kind: str, value: str) -> Json:
    return {"type": "IdentityObject", "hashed": False, "identityHash": value, "identityType": kind}


def _owner(award: Award, issuer: Issuer) -> Json:
    """Describe the institution or body that trained or assessed, with its listing at the date of the act."""
    entries = {
        "ext:unifiedSocialCreditCode": award.owner_uscc,
        "ext:listing": award.listing,
        "ext:listingBatch": award.listing_batch,
    }
    owner: Json = {
        "id": f"{issuer.url}/{award.owner}",
        "type": ["Profile"],
        "name": award.owner_display_name,
    }
    known = _entries(entries)
    return owner | {"otherIdentifier": known} if known else owner


def _achievement(award: Award, issuer: Issuer) -> Json:
    occupation = OCCUPATIONS[award.occupation]
    parts = [award.kind.lower(), award.occupation, award.direction, award.level.name.lower()]
    identifier = f"{issuer.url}/achievements/{'/'.join(part for part in parts if part)}"
    achievement: Json = {
        "id": identifier,
        "type": ["Achievement"],
        "achievementType": ACHIEVEMENT_TYPE[award.kind],
        "name": f"{title(award)} {award.kind.zh}",
        "description": f"{title(award)}，依据{occupation.standard_doc}颁布的职业标准。",
        "criteria": {"narrative": CRITERIA[award.kind]},
        "humanCode": f"{occupation.code_2022}/{award.level.zh}",
        "fieldOfStudy": occupation.name_zh,
        "otherIdentifier": _entries(
            {
                "ext:occupationCode2015": occupation.standard_code,
                "ext:occupationCode2022": occupation.code_2022,
            }
        ),
        "resultDescription": [_described(identifier, key) for key in _scores(award)],
    }
    if direction := occupation.direction(award.direction):
        achievement["specialization"] = direction.name_zh
    return achievement


def _entries(values: dict[str, str]) -> list[Json]:
    return [
        {"type": "IdentifierEntry", "identifier": value, "identifierType": kind}
        for kind, value in values.items()
        if value
    ]


def _scores(award: Award) -> dict[str, str]:
    values = {"hours": award.hours, "theory": award.theory_score, "ability": award.ability_score}
    return {key: value for key, value in values.items() if value}


RESULTS: dict[str, Json] = {
    "hours": {"name": "完成学时（计入继续教育学时）"},
    "theory": {"name": "理论知识考试", "valueMin": "0", "valueMax": FULL_MARK, "requiredValue": PASS_MARK},
    "ability": {"name": "专业能力考核", "valueMin": "0", "valueMax": FULL_MARK, "requiredValue": PASS_MARK},
}


def _described(achievement: str, key: str) -> Json:
    shape: Json = {"id": f"{achievement}#{key}", "type": ["ResultDescription"], "resultType": "RawScore"}
    return shape | RESULTS[key]


def faults(value: object, path: str = "$") -> Iterator[str]:
    """Name every place where a document leaves the closed profile."""
    if isinstance(value, dict):
        for key, member in value.items():
            if not key.isascii() or not key.isprintable():
                yield f"{path} has a member whose name is not plain ASCII"
            yield from faults(member, f"{path}.{key}")
    elif isinstance(value, list):
        for index, member in enumerate(value):
            yield from faults(member, f"{path}[{index}]")
    elif isinstance(value, str):
        if UNWANTED.search(value):
            yield f"{path} holds a control character"
        if not value.isascii() and not unicodedata.is_normalized("NFC", value):
            yield f"{path} is not in Unicode form NFC"
    elif value is not True and value is not False:
        yield f"{path} is neither text nor true or false"
