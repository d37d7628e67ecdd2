"""`shuzheng audit`: checks an export again, whole and offline, with nothing of the service that made it."""

import json as json_text
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import typer

from services.cli import log_reader, output
from services.cli.commands import Json, reported, started
from services.cli.failures import REFUSED
from services.cli.fields import BadValue
from services.cli.log_reader import LogProblem
from services.verifier import offline

SHOWN = 50  # problems on the screen; --json has them all
GOOD = frozenset({"VALID", "INDETERMINATE", "EXPIRED", "REVOKED", "NOT_YET_VALID"})  # the signature is right
ISSUE = "issue"


@dataclass
class Findings:
    """What an audit found; each problem names its file."""

    certificates: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    logs: dict[str, dict[str, Any]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Return everything for scripts."""
        return {
            "certificates": self.certificates,
            "outcomes": dict(self.outcomes),
            "logs": self.logs,
            "problems": self.problems,
        }


def add(app: typer.Typer) -> None:
    """Add the command."""
    app.command("audit", help="离线复核导出的全部证书与日志 · check an export again, offline")(audit)


def audit(
    ctx: typer.Context,
    folder: Annotated[Path, typer.Option("--dir", help="导出目录 · folder of an export")],
    keys: Annotated[
        list[Path] | None,
        typer.Option("--keys", help="自己固定的 DID 文档，缺省用导出中的 did.json · pinned DID documents"),
    ] = None,
    vkeys: Annotated[
        Path | None,
        typer.Option("--vkeys", help="自己固定的日志公钥，缺省用导出中的 · pinned verifier keys of the log"),
    ] = None,
    before: Annotated[
        Path | None, typer.Option("--before", help="更早的导出：历史不得改变 · an earlier export")
    ] = None,
    json: Json = False,
) -> None:
    """Verify every signature and the log; the exit code is 0 only where nothing is wrong."""
    session = started(ctx, json)
    with reported(session):
        try:
            found = examine(folder, keys or [folder / "did.json"], vkeys, before)
        except ValueError as error:
            raise BadValue(f"--keys: {error}") from None
        output.print_json(found.as_json()) if session.json else output.lines(lines(found))
    if found.problems:
        raise typer.Exit(REFUSED)


def examine(
    folder: Path, keys: list[Path], vkeys: Path | None = None, before: Path | None = None
) -> Findings:
    """Check an export against pinned keys, and against an earlier one; raises ValueError for unusable keys."""
    found = Findings()
    pinned = offline.read_keys(keys)
    lists: dict[str, bytes] = {}
    found.problems += _status_lists(folder, pinned, lists)
    found.problems += _credentials(folder, pinned, lists, found)
    found.problems += _logs(folder, vkeys, found)
    found.problems += _completeness(folder, found)
    if before is not None:
        found.problems += history(folder, before)
    return found


def lines(found: Findings) -> Iterator[str]:
    """Yield what an audit tells people."""
    outcomes = ", ".join(f"{word} {count}" for word, count in sorted(found.outcomes.items()))
    yield f"证书 certificates: {found.certificates} ({outcomes})"
    for origin, about in found.logs.items():
        yield f"日志 log {origin}: {about['size']} ({', '.join(f'{k} {v}' for k, v in about['leaves'].items())})"
    yield from (f"  ✗ {problem}" for problem in found.problems[:SHOWN])
    if len(found.problems) > SHOWN:
        yield f"  … {len(found.problems) - SHOWN} more"
    yield "✗ 有问题 · problems found" if found.problems else "✓ 全部相符 · nothing is wrong"


def _status_lists(folder: Path, keys: offline.Keys, lists: dict[str, bytes]) -> Iterator[str]:
    """Put the lists that are rightly signed into `lists` by their address; whether they are too old is told later."""
    for file in sorted((folder / "status").glob("*.json")):
        try:
            document = offline.strict_json(file.read_bytes())
            offline.check_proofs(document, document.pop("proof", None), keys, "status")
            lists[str(document["id"])] = file.read_bytes()
        except (offline.Refused, ValueError, KeyError, RecursionError) as problem:
            yield f"status/{file.name}: {problem}"


def _credentials(folder: Path, keys: offline.Keys, lists: dict[str, bytes], found: Findings) -> Iterator[str]:
    for file in sorted((folder / "credentials").glob("*.json")):
        content = file.read_bytes()
        answer = offline.verify(content, keys, status=lists.get(_list_of(content)))
        found.certificates += 1
        found.outcomes[answer.outcome] += 1
        if answer.outcome not in GOOD:
            yield f"{file.name}: {answer.outcome} {answer.steps[-1].reason}"
        elif _number(content) != file.stem:
            yield f"{file.name}: the document is of {_number(content)}"


def _list_of(content: bytes) -> str:
    try:
        return str(json_text.loads(content)["credentialStatus"]["statusListCredential"])
    except (ValueError, KeyError, TypeError):
        return ""


def _number(content: bytes) -> str:
    return str(json_text.loads(content).get("credentialSubject", {}).get("licenseNumber", ""))


def _logs(folder: Path, vkeys: Path | None, found: Findings) -> Iterator[str]:
    years = _years(folder)
    if not years:
        yield "log: the export holds no log"
    for year in years:
        try:
            lines_ = (vkeys or year / "vkeys").read_text("utf-8").split()
            reading = log_reader.read_log(year, lines_)
        except (LogProblem, OSError, UnicodeDecodeError) as problem:
            yield f"log/{year.name}: {problem}"
            continue
        head = reading.head
        about = {"size": head.size, "root": head.root.hex(), "leaves": dict(sorted(reading.leaves.items()))}
        found.logs[head.origin] = about
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
            earlier = log_reader.read_head(year / "checkpoint")
            kept = log_reader.extends(folder / "log" / year.name, earlier)
        except LogProblem as problem:
            yield f"log/{year.name}: {problem}"
            continue
        if not kept:
            yield f"log/{year.name}: the first {earlier.size} leaves are not those of {before}"


def _years(folder: Path) -> list[Path]:
    return sorted(each for each in (folder / "log").glob("[0-9][0-9][0-9][0-9]") if each.is_dir())
