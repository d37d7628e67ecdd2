"""Numbers and choices that an authority sets: by date, each with its source and how sure we are of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from services.certificates.document.domain.award import CHINA
from services.certificates.document.domain.certificate import Kind
from services.vocabulary.calendar import add_months
from services.vocabulary.policy import Dated, in_force, started


class Disclosure(StrEnum):
    """Whether the signed document shows the holder's name."""

    PLAIN = "plain"
    OMIT = "omit"


class Release(StrEnum):
    """Whether a drafted certificate is signed at once, or only with a batch that two persons agreed to."""

    AT_ONCE = "at_once"
    BY_BATCH = "by_batch"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseRule(Dated):
    """How certificates of one kind are released."""

    kind: Kind
    release: Release


@dataclass(frozen=True, slots=True, kw_only=True)
class KindPolicy(Dated):
    """The rule for one kind of certificate; `validity_months` 0 means without end."""

    kind: Kind
    validity_months: int
    holder_name: Disclosure


@dataclass(frozen=True, slots=True)
class Policy:
    """All rules, of every date."""

    kinds: tuple[KindPolicy, ...]
    releases: tuple[ReleaseRule, ...] = ()

    def release_of(self, kind: Kind, day: date) -> Release:
        """Return how certificates drafted on `day` are released; at once where no rule is in force."""
        begun = started((rule for rule in self.releases if rule.kind == kind), day)
        return in_force(begun, day, f"the release of {kind}").release if begun else Release.AT_ONCE

    def of(self, kind: Kind, day: date) -> KindPolicy:
        """Return the rule for a kind that is in force on `day`; raises NO_POLICY."""
        return in_force((rule for rule in self.kinds if rule.kind == kind), day, f"{kind} certificates")


def policy_from(kinds: Iterable[dict], releases: Iterable[dict] = ()) -> Policy:
    """Return the policy that rows of a policy file describe, [[kind]] and [[release]]; raises TypeError, ValueError."""
    return Policy(
        tuple(_kind_policy(**entry) for entry in kinds), tuple(_release_rule(**entry) for entry in releases)
    )


def _kind_policy(kind: str, holder_name: str, **rest: Any) -> KindPolicy:
    return KindPolicy(kind=Kind(kind), holder_name=Disclosure(holder_name), **rest)


def _release_rule(kind: str, release: str, **rest: Any) -> ReleaseRule:
    return ReleaseRule(kind=Kind(kind), release=Release(release), **rest)


def end_of_validity(start: datetime, months: int) -> datetime | None:
    """Return the first moment after validity: `months` later by the calendar of China; None for 0 months."""
    if not months:
        return None
    local = start.astimezone(CHINA)
    return datetime.combine(add_months(local.date(), months), local.timetz()).astimezone(start.tzinfo)
