"""What must hold over all three services when everything has come to rest, whatever happened before.

`problems` looks at a snapshot of the databases and logs, so that each rule can be tried on a copy with a planted
violation; `check` waits for rest, and ends every e2e, model and fault test.
"""

import asyncio
import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from stdnum.iso7064 import mod_11_2

from services.kit.storage.database import Database
from services.kit.storage.migrate import metadata_of
from tests.support.journey import Ledger

Row = dict[str, Any]
REST = 60.0  # seconds until outboxes must be empty
QUIET = 0.5  # seconds after which a late repeat would have shown
BY_HAND = frozenset({"FALSE_EVIDENCE", "MISCONDUCT", "ISSUED_IN_ERROR"})
ENDED = frozenset({"REVOKED", "SUPERSEDED"})
LISTENERS = {
    "certificates": ("training.v1.", "assessment.v1."),
    "assessment": (
        "training.v1.", "certificates.v1.certificate.issued", "certificates.v1.certificate.revoked",
    ),
}  # fmt: skip
ID_NUMBER = re.compile(
    r"(?<![0-9A-Za-z])[1-9]\d{5}((?:18|19|20)\d{2})(0\d|1[0-2])([0-3]\d)\d{3}[\dXx](?![0-9A-Za-z])"
)


@dataclass
class Snapshot:
    """All rows of all services, as `tables["training"]["completions"]`, and what was logged."""

    tables: dict[str, dict[str, list[Row]]]
    ledger: Ledger = field(default_factory=Ledger)
    log: str = ""
    parked_allowed: bool = False

    def rows(self, service: str, table: str) -> list[Row]:
        """Return the rows of a table."""
        return self.tables[service][table]


async def read(urls: Mapping[str, str]) -> dict[str, dict[str, list[Row]]]:
    """Read every table of the services whose database URLs are given."""
    found = {}
    for service, url in urls.items():
        database = Database(url)
        try:
            found[service] = await _tables(database, service)
        finally:
            await database.close()
    return found


async def _tables(database: Database, service: str) -> dict[str, list[Row]]:
    async with database.engine.connect() as connection:
        return {
            table.name: [dict(row) for row in (await connection.execute(select(table))).mappings()]
            for table in metadata_of(service).sorted_tables
        }


async def check(
    urls: Mapping[str, str],
    ledger: Ledger | None = None,
    log: Callable[[], str] = str,
    *,
    parked: bool = False,
) -> Snapshot:
    """Wait until everything rests, then hold it to every rule; raises AssertionError with all that is wrong."""
    end = asyncio.get_running_loop().time() + REST
    while True:
        snapshot = Snapshot(await read(urls), ledger or Ledger(), log(), parked)
        if not (restless := list(unrest(snapshot))):
            break
        assert asyncio.get_running_loop().time() < end, "not at rest: " + "; ".join(restless)
        await asyncio.sleep(0.1)
    await asyncio.sleep(QUIET)
    snapshot = Snapshot(await read(urls), ledger or Ledger(), log(), parked)
    found = problems(snapshot)
    assert not found, "\n".join(found[:30])
    return snapshot


def unrest(snapshot: Snapshot) -> Iterator[str]:
    """Yield what is still on its way."""
    for service, tables in snapshot.tables.items():
        if waiting := [row["type"] for row in tables["outbox"] if row["published_at"] is None]:
            yield f"{service} has {len(waiting)} facts to publish"
    for service, subjects in LISTENERS.items():
        if missing := _unheard(snapshot, service, subjects):
            yield f"{service} has not handled {len(missing)} facts, for example {missing[0]}"
    if unsigned := [
        row["name"] for row in snapshot.rows("certificates", "certificates") if row["state"] == "INTENT"
    ]:
        yield f"{len(unsigned)} certificates wait for their signature"


def _unheard(snapshot: Snapshot, service: str, subjects: tuple[str, ...]) -> list[str]:
    known = {row["event_id"] for row in snapshot.rows(service, "inbox")}
    known |= {row["event_id"] for row in snapshot.rows(service, "parked")}
    return [
        row["type"]
        for tables in snapshot.tables.values()
        for row in tables["outbox"]
        if row["type"].startswith(subjects) and row["id"] not in known
    ]


def problems(snapshot: Snapshot) -> list[str]:
    """Return every violation, in words."""
    return [f"{rule.__name__}: {text}" for rule in RULES for text in rule(snapshot)]


def at_rest(snapshot: Snapshot) -> Iterator[str]:
    """Outboxes are drained, inboxes have everything, every certificate is signed."""
    yield from unrest(snapshot)


def nothing_parked(snapshot: Snapshot) -> Iterator[str]:
    """No message was given up."""
    for service, tables in snapshot.tables.items():
        for row in () if snapshot.parked_allowed else tables["parked"]:
            yield f"{service} parked {row['type']} {row['event_id']}: {row['reason']}"


def acknowledged_exists(snapshot: Snapshot) -> Iterator[str]:
    """Whatever a service has acknowledged is there."""
    ledger = snapshot.ledger
    for service, names in ledger.names.items():
        stored = {row["name"] for rows in snapshot.tables[service].values() for row in rows if "name" in row}
        yield from (f"{name} was acknowledged and is gone" for name in sorted(names - stored))
    yield from _states(
        snapshot, "training", "completions", ledger.completed - ledger.withdrawn, {"REGISTERED"}
    )
    yield from _states(snapshot, "training", "completions", ledger.withdrawn, {"WITHDRAWN"})
    yield from _states(snapshot, "assessment", "results", ledger.published - ledger.annulled, {"PUBLISHED"})
    yield from _states(snapshot, "assessment", "results", ledger.annulled, {"ANNULLED"})


def _states(
    snapshot: Snapshot, service: str, table: str, names: Collection[str], states: Collection[str]
) -> Iterator[str]:
    stored = {row["name"]: row["state"] for row in snapshot.rows(service, table)}
    for name in sorted(names):
        if stored.get(name) not in states:
            yield f"{name} was acknowledged as {' or '.join(states)} and is {stored.get(name)}"


def answers_kept(snapshot: Snapshot) -> Iterator[str]:
    """No acknowledged answer is lost or older than what was acknowledged."""
    stored = {
        (row["attempt"], row["position"]): row["sequence"] for row in snapshot.rows("assessment", "answers")
    }
    for key, sequence in snapshot.ledger.answers.items():
        if stored.get(key, -1) < sequence:
            yield f"answer {key} was saved with sequence {sequence} and has {stored.get(key)}"


def issued_once(snapshot: Snapshot) -> Iterator[str]:
    """One certificate that is not superseded for person, occupation, direction, level, kind and source."""
    counted = Counter(
        (row["person"], row["occupation"], row["direction"], row["level"], row["kind"], row["source"])
        for row in snapshot.rows("certificates", "certificates")
        if row["state"] != "SUPERSEDED"
    )
    yield from (f"{count} certificates for {key}" for key, count in counted.items() if count > 1)
    numbers = Counter(row["number"] for row in snapshot.rows("certificates", "certificates"))
    yield from (f"number {number} was given {count} times" for number, count in numbers.items() if count > 1)


def certificates_have_facts(snapshot: Snapshot) -> Iterator[str]:
    """Every certificate rests on a completion, or on a published result, of the same person and qualification."""
    facts = {row["name"]: row for row in snapshot.rows("training", "completions")}
    facts |= {
        r["name"]: r
        for r in snapshot.rows("assessment", "results")
        if r["state"] in ("PUBLISHED", "ANNULLED")
    }
    for row in snapshot.rows("certificates", "certificates"):
        fact = facts.get(row["source"])
        if fact is None:
            yield f"{row['name']} rests on {row['source']}, which is no fact"
        elif any(fact[key] != row[key] for key in ("person", "occupation", "direction", "level")):
            yield f"{row['name']} differs from {row['source']} in person or qualification"


def facts_have_certificates(snapshot: Snapshot) -> Iterator[str]:
    """A standing completion or passed published result has exactly one certificate in force, unless ended by hand."""
    standing = [
        row["name"] for row in snapshot.rows("training", "completions") if row["state"] == "REGISTERED"
    ]
    standing += [
        row["name"]
        for row in snapshot.rows("assessment", "results")
        if row["state"] == "PUBLISHED" and row["passed"]
    ]
    of_source = _certificates_by_source(snapshot)
    for name in standing:
        alive = [
            row
            for row in of_source[name]
            if row["state"] not in ENDED
            or (row["state"] == "REVOKED" and row["revocation_reason"] in BY_HAND)
        ]
        if len(alive) != 1:
            yield f"{name} stands and has {len(alive)} certificates: {[row['state'] for row in of_source[name]]}"


def ended_facts_have_none(snapshot: Snapshot) -> Iterator[str]:
    """No certificate stands for a completion that was withdrawn, or a result that was annulled or not passed."""
    ended = [row["name"] for row in snapshot.rows("training", "completions") if row["state"] == "WITHDRAWN"]
    results = snapshot.rows("assessment", "results")
    ended += [row["name"] for row in results if row["state"] != "PUBLISHED" or not row["passed"]]
    of_source = _certificates_by_source(snapshot)
    for name in ended:
        yield from (
            f"{row['name']} is {row['state']} although {name} does not stand"
            for row in of_source[name]
            if row["state"] not in ENDED
        )


def _certificates_by_source(snapshot: Snapshot) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in snapshot.rows("certificates", "certificates"):
        found[row["source"]].append(row)
    return found


def documents_are_signed(snapshot: Snapshot) -> Iterator[str]:
    """Every certificate has its document, unchanged since it was intended, and proofs once it was issued."""
    documents = {row["name"]: row for row in snapshot.rows("certificates", DOCUMENTS)}
    for row in snapshot.rows("certificates", "certificates"):
        document = documents.get(row["name"])
        if document is None or hashlib.sha256(document["document"]).hexdigest() != row["document_sha256"]:
            yield f"{row['name']} has no document, or another one than was intended"
        elif not document["proofs"] and row["state"] in ("ISSUED", "SUPERSEDED"):
            yield f"{row['name']} is {row['state']} and has no proof"


def evidence_follows_completions(snapshot: Snapshot) -> Iterator[str]:
    """Assessment knows of every completion whether it stands."""
    known = {row["name"]: row["state"] for row in snapshot.rows("assessment", "evidence")}
    for row in snapshot.rows("training", "completions"):
        wanted = "STANDING" if row["state"] == "REGISTERED" else "WITHDRAWN"
        if known.get(row["name"]) != wanted:
            yield f"{row['name']} is {row['state']}, its evidence {known.get(row['name'])}"


def seats_are_real(snapshot: Snapshot) -> Iterator[str]:
    """No exam has more candidates than seats, no seat two candidates, and the count is right."""
    live: dict[str, list[int]] = defaultdict(list)
    for row in snapshot.rows("assessment", "registrations"):
        if row["state"] != "CANCELLED":
            live[row["parent"]].append(row["seat"])
    for exam in snapshot.rows("assessment", "exams"):
        seats = live[exam["name"]]
        if len(seats) > exam["capacity"] or len(set(seats)) < len(seats) or len(seats) != exam["seats_taken"]:
            yield f"{exam['name']} has {exam['capacity']} seats, counts {exam['seats_taken']}, gave {sorted(seats)}"


def no_national_id(snapshot: Snapshot) -> Iterator[str]:
    """No national ID number is in a log, an event or a certificate's document."""
    yield from (f"the log holds the ID number {found}" for found in id_numbers(snapshot.log))
    for service, tables in snapshot.tables.items():
        for row in tables["outbox"]:
            if id_numbers(row["payload"].decode("utf-8", "replace")):
                yield f"event {row['type']} {row['id']} of {service} holds an ID number"
    for row in snapshot.rows("certificates", DOCUMENTS):
        if id_numbers(row["document"].decode("utf-8", "replace")):
            yield f"the document of {row['name']} holds an ID number"


def id_numbers(text: str) -> list[str]:
    """Return the national ID numbers in a text: shape, calendar day and check digit are right."""
    return [match[0] for match in ID_NUMBER.finditer(text) if _is_day(*match.groups()) and _checks(match[0])]


def _is_day(year: str, month: str, day: str) -> bool:
    try:
        return bool(date(int(year), int(month), int(day)))
    except ValueError:
        return False


def _checks(number: str) -> bool:
    return mod_11_2.is_valid(number.upper())


DOCUMENTS = "documents"
RULES: tuple[Callable[[Snapshot], Iterator[str]], ...] = (
    at_rest, nothing_parked, acknowledged_exists, answers_kept, issued_once, certificates_have_facts,
    facts_have_certificates, ended_facts_have_none, documents_are_signed, evidence_follows_completions, seats_are_real,
    no_national_id,
)  # fmt: skip
