"""Trust policies (c2sp.org/tlog-policy): the logs, the witnesses, and which of them must have cosigned."""

from collections.abc import Callable, Collection
from typing import NamedTuple

from services.certificates.log.ledger.errors import MalformedError, UnverifiedError
from services.certificates.log.ledger.note import (
    ED25519,
    ED25519_COSIGNATURE,
    ML_DSA_44_COSIGNATURE,
    Key,
    Note,
    key_from,
    number,
)
from services.certificates.log.ledger.signatures import Verified, verify

NONE = "none"
LOG_KINDS = (ED25519, ML_DSA_44_COSIGNATURE)
WITNESS_KINDS = (ED25519_COSIGNATURE, ML_DSA_44_COSIGNATURE)


class Witness(NamedTuple):
    """A witness by its name in the policy; `url` is its submission prefix."""

    name: str
    key: Key
    url: str = ""


class Group(NamedTuple):
    """Counts as having witnessed when `threshold` of its members have."""

    threshold: int
    members: tuple[str, ...]


class Policy:
    """Whom to believe."""

    def __init__(self) -> None:
        self.logs: list[Key] = []
        self.witnesses: dict[str, Witness] = {}
        self.groups: dict[str, Group] = {}
        self.quorum = ""

    def satisfied_by(self, names: Collection[str]) -> bool:
        """Tell whether the witnesses of these names are a quorum."""
        return self.quorum == NONE or self._witnessed(self.quorum, names)

    def verify(self, note: Note, origin: str) -> list[str]:
        """Return the names of the witnesses that cosigned; raises UnverifiedError.

        Every key of the log of that origin must have signed, so that the weaker of two algorithms is not enough.
        """
        logs = [key for key in self.logs if key.name == origin]
        by_key = {witness.key: witness.name for witness in self.witnesses.values()}
        signed = {found.key for found in _verified(note, [*logs, *by_key])}
        if not logs or not signed.issuperset(logs):
            raise UnverifiedError(f"the checkpoint lacks a signature of {origin}")
        names = [name for key, name in by_key.items() if key in signed]
        if not self.satisfied_by(names):
            raise UnverifiedError(f"too few witnesses cosigned the checkpoint of {origin}")
        return names

    def _witnessed(self, name: str, names: Collection[str]) -> bool:
        group = self.groups.get(name)
        if group is None:
            return name in names
        return sum(self._witnessed(member, names) for member in group.members) >= group.threshold


def _verified(note: Note, keys: list[Key]) -> list[Verified]:
    return verify(note, keys) if keys else []


def policy_from(text: str) -> Policy:
    """Read a policy file; raises MalformedError with the number of the line."""
    policy = Policy()
    for at, line in enumerate(text.split("\n"), 1):
        words = line.replace("\t", " ").split(" ")
        words = [word for word in words if word]
        if not words or words[0].startswith("#"):
            continue
        try:
            _LINES[words[0]](policy, *words[1:])
        except (MalformedError, KeyError, TypeError) as error:
            raise MalformedError(f"policy, line {at}: {error}") from error
    if not policy.quorum:
        raise MalformedError("policy: a quorum line is missing")
    return policy


def _log(policy: Policy, vkey: str, _url: str = "") -> None:
    policy.logs.append(_key(vkey, LOG_KINDS, policy.logs))


def _witness(policy: Policy, name: str, vkey: str, url: str = "") -> None:
    _new_name(policy, name)
    known = [witness.key for witness in policy.witnesses.values()]
    policy.witnesses[name] = Witness(name, _key(vkey, WITNESS_KINDS, known), url)


def _group(policy: Policy, name: str, threshold: str, *members: str) -> None:
    _new_name(policy, name)
    taken = {member for group in policy.groups.values() for member in group.members}
    if not members or len(set(members)) < len(members) or taken & set(members):
        raise MalformedError("a group has members, each of them in no other group")
    for member in members:
        _known(policy, member)
    needed = {"any": 1, "all": len(members)}.get(threshold) or number(threshold)
    if not 1 <= needed <= len(members):
        raise MalformedError(f"{needed} of {len(members)} members")
    policy.groups[name] = Group(needed, members)


def _quorum(policy: Policy, name: str) -> None:
    if policy.quorum:
        raise MalformedError("a second quorum")
    if name != NONE:
        _known(policy, name)
    policy.quorum = name


_LINES: dict[str, Callable[..., None]] = {
    "log": _log,
    "witness": _witness,
    "group": _group,
    "quorum": _quorum,
}


def _key(vkey: str, kinds: tuple[int, ...], known: list[Key]) -> Key:
    key = key_from(vkey)
    if key.kind not in kinds:
        raise MalformedError(f"{key.name}: a key of type {key.kind:#04x} is of no use here")
    if key.public in [other.public for other in known]:
        raise MalformedError(f"{key.name}: this key was named before")
    return key


def _new_name(policy: Policy, name: str) -> None:
    if name == NONE or name in policy.witnesses or name in policy.groups:
        raise MalformedError(f"the name {name} is taken")


def _known(policy: Policy, name: str) -> None:
    if name not in policy.witnesses and name not in policy.groups:
        raise MalformedError(f"{name} is not defined above")
