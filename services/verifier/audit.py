"""Checks an export again, whole and offline, with nothing of the service that made it.

The log is read first; then each certificate is tied to its own leaf, each key, rule and status list to theirs.
"""

import json as json_text
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from services.verifier import ledger as ledgers
from services.verifier import log, offline, rdfc
from services.verifier.ledger import Ledger
from services.verifier.log import LogProblem

CHECKED = ("jcs", "rdfc", "issue", "status", "key", "policy", "result")
GOOD = frozenset({"VALID", "INDETERMINATE", "EXPIRED", "REVOKED", "NOT_YET_VALID"})  # the signature is right
ISSUE = "issue"


@dataclass
class Findings:
    """What an audit found; each problem names its file."""

    certificates: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    logs: dict[str, dict[str, Any]] = field(default_factory=dict)
    checked: dict[str, int] = field(default_factory=lambda: dict.fromkeys(CHECKED, 0))
    problems: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Return everything for scripts."""
        return {
            "certificates": self.certificates,
            "outcomes": dict(self.outcomes),
            "logs": self.logs,
            "checked": self.checked,
            "problems": self.problems,
        }


def examine(
    folder: Path, keys: list[Path], vkeys: Path | None = None, before: Path | None = None
) -> Findings:
    """Check an export against pinned keys, and against an earlier one; raises ValueError for unusable keys."""
    found, ledger = Findings(), Ledger()
    pinned = offline.read_keys(keys)
    lists: dict[str, bytes] = {}
    found.problems += _logs(folder, vkeys, found, ledger)
    found.problems += ledgers.read_openings(folder, ledger)
    found.problems += ledgers.published_keys(folder, ledger)
    found.problems += ledgers.order(ledger)
    found.problems += _status_lists(folder, pinned, lists, ledger)
    found.problems += _credentials(folder, pinned, lists, found, ledger)
    found.problems += _completeness(folder, found)
    found.checked |= ledger.checked
    found.checked["result"] = sum(about["leaves"].get("result", 0) for about in found.logs.values())
    if before is not None:
        found.problems += history(folder, before)
    return found


def _status_lists(folder: Path, keys: offline.Keys, lists: dict[str, bytes], ledger: Ledger) -> Iterator[str]:
    """Put the lists that are rightly signed into `lists` by their address; whether they are too old is told later."""
    for file in sorted((folder / "status").glob("*.json")):
        try:
            document = offline.strict_json(file.read_bytes())
            if wrong := rdfc.check(document, keys, "status"):
                yield f"status/{file.name}: {wrong}"
            offline.check_proofs(document, document.pop("proof", None), keys, "status")
            lists[str(document["id"])] = file.read_bytes()
        except (offline.Refused, ValueError, KeyError, RecursionError) as problem:
            yield f"status/{file.name}: {problem}"
        yield from ledgers.status_list(folder, file, ledger)


def _credentials(
    folder: Path, keys: offline.Keys, lists: dict[str, bytes], found: Findings, ledger: Ledger
) -> Iterator[str]:
    for file in sorted((folder / "credentials").glob("*.json")):
        content = file.read_bytes()
        answer = offline.verify(content, keys, status=lists.get(_list_of(content)))
        found.certificates += 1
        found.outcomes[answer.outcome] += 1
        if answer.outcome not in GOOD:
            yield f"{file.name}: {answer.outcome} {answer.steps[-1].reason}"
        elif _number(content) != file.stem:
            yield f"{file.name}: the document is of {_number(content)}"
        else:
            found.checked["jcs"] += 1
            yield from _evidence(folder, file.stem, json_text.loads(content), keys, found, ledger)


def _evidence(
    folder: Path,
    number: str,
    document: dict[str, Any],
    keys: offline.Keys,
    found: Findings,
    ledger: Ledger,
) -> Iterator[str]:
    """Check what the answer of the offline verifier leaves open: the other proof, and the certificate's own leaf."""
    if wrong := rdfc.check(document, keys, "credential"):
        yield f"{number}.json: BAD_SIGNATURE {wrong}"
    else:
        found.checked["rdfc"] += 1
    yield from ledgers.certificate(folder, number, document, ledger)


def _list_of(content: bytes) -> str:
    try:
        return str(json_text.loads(content)["credentialStatus"]["statusListCredential"])
    except (ValueError, KeyError, TypeError):
        return ""


def _number(content: bytes) -> str:
    return str(json_text.loads(content).get("credentialSubject", {}).get("licenseNumber", ""))


def _logs(folder: Path, vkeys: Path | None, found: Findings, ledger: Ledger) -> Iterator[str]:
    years = _years(folder)
    if not years:
        yield "log: the export holds no log"
    for year in years:
        try:
            lines_ = (vkeys or year / "vkeys").read_text("utf-8").split()
            reading = log.read_log(year, lines_)
        except (LogProblem, OSError, UnicodeDecodeError) as problem:
            yield f"log/{year.name}: {problem}"
            continue
        head = reading.head
        about = {"size": head.size, "root": head.root.hex(), "leaves": dict(sorted(reading.leaves.items()))}
        found.logs[head.origin] = about
        ledger.logs[head.origin] = reading.entries
        yield from (f"log/{year.name}: {problem}" for problem in reading.problems)


def _completeness(folder: Path, found: Findings) -> Iterator[str]:
    try:
        told = json_text.loads((folder / "manifest.json").read_text("utf-8"))
        expected = int(told["certificates"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        yield f"manifest.json: {error!r}"
        return
    if expected != found.certificates:
        yield f"manifest.json: {expected} certificates were exported, {found.certificates} are here"
    issued = sum(about["leaves"].get(ISSUE, 0) for about in found.logs.values())
    if issued < found.certificates:
        yield f"log: {issued} issue leaves for {found.certificates} certificates"


def history(folder: Path, before: Path) -> Iterator[str]:
    """Yield what an earlier export shows otherwise: documents that changed or are gone, logs that were rewritten."""
    for file in sorted((before / "credentials").glob("*.json")):
        now = folder / "credentials" / file.name
        if not now.is_file():
            yield f"{file.name}: is in {before}, and is here no more"
        elif now.read_bytes() != file.read_bytes():
            yield f"{file.name}: other bytes than in {before}"
    for year in _years(before):
        try:
            earlier = log.read_head(year / "checkpoint")
            kept = log.extends(folder / "log" / year.name, earlier)
        except LogProblem as problem:
            yield f"log/{year.name}: {problem}"
            continue
        if not kept:
            yield f"log/{year.name}: the first {earlier.size} leaves are not those of {before}"


def _years(folder: Path) -> list[Path]:
    return sorted(each for each in (folder / "log").glob("[0-9][0-9][0-9][0-9]") if each.is_dir())
