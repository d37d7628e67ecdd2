"""Numbers and choices that an authority sets: by date, each with its source and how sure we are of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from services.certificates.document.domain.award import CHINA
from services.certificates.document.domain.certificate import Kind


class Disclosure(StrEnum):
    """Whether the signed document shows the holder's name."""

    PLAIN = "plain"
    OMIT = "omit"


class Release(StrEnum):
    """Whether a drafted certificate is signed at once, or only with a batch that two persons agreed to."""

    AT_ONCE = "at_once"
    BY_BATCH = "by_batch"


@dataclass(frozen=True, slots=True)
class ReleaseRule:
    """How certificates of one kind are released from one day on."""

    kind: Kind
    effective_from: date
    release: Release
    source: str
    mark: str


@dataclass(frozen=True, slots=True)
class KindPolicy:
    """The rule for one kind of certificate from one day on; `validity_months` 0 means without end."""

    kind: Kind
    effective_from: date
    validity_months: int
    holder_name: Disclosure
    source: str
    mark: str


@dataclass(frozen=True, slots=True)
class Policy:
    """All rules, of every date."""

    kinds: tuple[KindPolicy, ...]
    releases: tuple[ReleaseRule, ...] = ()

    def release_of(self, kind: Kind, day: date) -> Release:
        """Return how certificates drafted on `day` are released; at once where no rule is in force."""
        rules = [rule for rule in self.releases if rule.kind == kind and rule.effective_from <= day]
        return max(rules, key=lambda rule: rule.effective_from).release if rules else Release.AT_ONCE

    def of(self, kind: Kind, day: date) -> KindPolicy:
        """Return the rule for a kind that is in force on `day`; raises LookupError where none is."""
        rules = [rule for rule in self.kinds if rule.kind == kind and rule.effective_from <= day]
        if not rules:
            raise LookupError(f"no policy for {kind} on {day}")
        return max(rules, key=lambda rule: rule.effective_from)


def policy_from(kinds: Iterable[dict], releases: Iterable[dict] = ()) -> Policy:
    """Return the policy that rows of a policy file describe: [[kind]] and [[release]]."""
    return Policy(tuple(map(_kind_policy, kinds)), tuple(map(_release_rule, releases)))


def _kind_policy(entry: dict) -> KindPolicy:
    return KindPolicy(
        Kind(entry["kind"]),
        entry["effective_from"],
        entry["validity_months"],
        Disclosure(entry["holder_name"]),
        entry["source"],
        entry["mark"],
    )


def _release_rule(entry: dict) -> ReleaseRule:
    kind, release = Kind(entry["kind"]), Release(entry["release"])
    return ReleaseRule(kind, entry["effective_from"], release, entry["source"], entry["mark"])


def end_of_validity(start: datetime, months: int) -> datetime | None:
    """Return the first moment after validity: `months` later by the calendar of China; None for 0 months."""
    if not months:
        return None
    local = start.astimezone(CHINA)
    years, month = divmod(local.month - 1 + months, 12)
    for day in range(local.day, 27, -1):
        try:
            return local.replace(year=local.year + years, month=month + 1, day=day).astimezone(start.tzinfo)
        except ValueError:
            continue
    return local.replace(year=local.year + years, month=month + 1).astimezone(start.tzinfo)
