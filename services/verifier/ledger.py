r"""What the leaves of an export's logs must say of its certificates, keys, rules and status lists.

Written from docs/log.md alone. A commitment opens where SHA-256("cert-leaf/v1\n", nonce, digest) equals it; the
position in the file is the index that the signed root covers, so nothing else has to prove that the leaf is there.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from services.verifier import offline
from services.verifier.log import Leaf

ISSUE, RESULT, SUPERSEDE, STATUS, KEY, POLICY = "issue", "result", "supersede", "status", "key", "policy"
UNREADABLE = (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError)


@dataclass(frozen=True, order=True)
class Position:
    """Where a leaf stands; positions of one issuer are in the order of time."""

    origin: str
    index: int


class KeyState(NamedTuple):
    """What a key leaf says, and where it stands."""

    at: Position
    says: dict[str, str]


@dataclass
class Ledger:
    """The leaves of every log by origin, and what the public ones say of keys; `checked` counts what opened."""

    logs: dict[str, list[Leaf]] = field(default_factory=dict)
    keys: dict[str, list[KeyState]] = field(default_factory=dict)
    checked: dict[str, int] = field(default_factory=lambda: dict.fromkeys((ISSUE, STATUS, KEY, POLICY), 0))

    def open(self, position: str, leaf_type: str, nonce: str, digest: bytes) -> Position:
        """Return where a leaf stands that commits to `digest`; raises ValueError."""
        origin, _, number = position.rpartition("#")
        leaves, index = self.logs.get(origin, []), int(number)
        if not 0 <= index < len(leaves):
            raise ValueError(f"no leaf {position}")
        leaf = leaves[index]
        blinded = sha256(b"cert-leaf/v1\n" + offline.base64url(nonce) + digest).digest()
        if leaf.type != leaf_type:
            raise ValueError(f"leaf {position} is of type {leaf.type}, not {leaf_type}")
        if leaf.commitment != blinded:
            raise ValueError(f"leaf {position} commits to something else")
        self.checked[leaf_type] += 1
        return Position(origin, index)


def read_openings(folder: Path, ledger: Ledger) -> Iterator[str]:
    """Open every leaf about a key or a rule, and keep what they say; yields what does not open, or is not there."""
    for origin in sorted(ledger.logs):
        file = folder / "log" / origin.rpartition("/")[2] / "openings.json"
        seen = set()
        try:
            for one in json.loads(file.read_bytes())["openings"]:
                seen.add(int(one["index"]))
                yield from _opening(origin, one, ledger)
        except UNREADABLE as error:
            yield f"{_name(folder, file)}: {_why(error)}"
        for index, leaf in enumerate(ledger.logs[origin]):
            if leaf.type in (KEY, POLICY) and index not in seen:
                yield f"{_name(folder, file)}: does not open leaf {index}, a {leaf.type} leaf"


def _opening(origin: str, one: Any, ledger: Ledger) -> Iterator[str]:
    said: dict[str, str] = one["says"]
    kind = POLICY if one["type"] == POLICY else KEY
    try:
        digest = sha256(offline.jcs(said)).digest()
        at = ledger.open(f"{origin}#{one['index']}", kind, one["nonce"], digest)
    except ValueError as error:
        yield f"openings: {error}"
        return
    if kind == KEY:
        ledger.keys.setdefault(said["key"], []).append(KeyState(at, said))


def certificate(folder: Path, number: str, document: Mapping[str, Any], ledger: Ledger) -> Iterator[str]:
    """Tie a certificate to its own leaf, which must stand behind the leaf of its key; yields what is wrong."""
    file = folder / "openings" / "credentials" / f"{number}.json"
    try:
        opening = json.loads(file.read_bytes())
        unsigned = {name: value for name, value in document.items() if name != "proof"}
        digest = sha256(offline.jcs(unsigned)).digest()
        at = ledger.open(opening["position"], ISSUE, opening["nonce"], digest)
        signers = sorted({str(proof["verificationMethod"]) for proof in document["proof"]})
    except UNREADABLE as error:
        yield f"{_name(folder, file)}: {_why(error)}"
        return
    for key in signers:
        yield from (f"{number}.json: {problem}" for problem in _signer(key, at, ledger))


def _signer(key: str, at: Position, ledger: Ledger) -> Iterator[str]:
    states = ledger.keys.get(key, [])
    if not states or min(state.at for state in states) > at:
        yield f"signed by {key}, which no key leaf before leaf {at.index} names"
    for state in states:
        if below := state.says.get("below"):
            origin, _, index = below.rpartition("#")
            if at >= Position(origin, int(index)):
                yield f"leaf {at.index} is not below {below}, from which on {key} counts for nothing"


def status_list(folder: Path, file: Path, ledger: Ledger) -> Iterator[str]:
    """Tie a published status list, with its token, to its leaf; yields what is wrong."""
    opening_file = folder / "openings" / "status" / file.name
    try:
        opening = json.loads(opening_file.read_bytes())
        said = {
            "credentialSha256": sha256(file.read_bytes()).hexdigest(),
            "statusList": f"statusLists/{file.stem}",
            "tokenSha256": sha256(file.with_suffix(".jwt").read_bytes()).hexdigest(),
        }
        ledger.open(opening["position"], STATUS, opening["nonce"], sha256(offline.jcs(said)).digest())
    except UNREADABLE as error:
        yield f"status/{file.name}: {_why(error)}"


def published_keys(folder: Path, ledger: Ledger) -> Iterator[str]:
    """Yield the keys of the export that no key leaf tells of, or tells otherwise."""
    for file in (folder / "did.json", folder / "reports" / "did.json"):
        try:
            methods = json.loads(file.read_bytes())["verificationMethod"]
            told = {one["id"]: one["publicKeyMultibase"] for one in methods}
        except UNREADABLE as error:
            yield f"{_name(folder, file)}: {_why(error)}"
            continue
        for key, public in told.items():
            if not any(state.says.get("publicKeyMultibase") == public for state in ledger.keys.get(key, [])):
                yield f"{_name(folder, file)}: no key leaf tells of {key}"
    logged = {state.says.get("vkey") for states in ledger.keys.values() for state in states}
    for origin in sorted(ledger.logs):
        file = folder / "log" / origin.rpartition("/")[2] / "vkeys"
        vkeys = file.read_text("utf-8", "replace").split() if file.is_file() else []
        yield from (
            f"{_name(folder, file)}: no key leaf tells of {v[:60]}…" for v in vkeys if v not in logged
        )


def order(ledger: Ledger) -> Iterator[str]:
    """Yield where certificates were issued for which no result had been committed to.

    A corrected certificate takes the place of the one that its `supersede` leaf ended.
    """
    allowed = issued = 0
    for origin in sorted(ledger.logs):
        for index, leaf in enumerate(ledger.logs[origin]):
            allowed += leaf.type in (RESULT, SUPERSEDE)
            issued += leaf.type == ISSUE
            if leaf.type == ISSUE and issued > allowed:
                yield (
                    f"leaf {origin}#{index}: certificate {issued} was issued "
                    f"when {allowed} results and corrections stood in the log"
                )
                return


def _name(folder: Path, file: Path) -> str:
    return file.relative_to(folder).as_posix()


def _why(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "is missing"
    return str(error) if isinstance(error, ValueError) else repr(error)
