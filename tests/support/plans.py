"""How the databases carry out what the services ask: every statement of a test is explained as it runs, once.

A statement must not read a table that grows from one end to the other. SQLite is asked by EXPLAIN QUERY PLAN and
PostgreSQL by EXPLAIN with sequential scans off, so that it uses an index wherever there is one that can be used: what
is then left is a statement without an index, however small the tables of tests are.
"""

import asyncio
import json
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine, event

from services.kit.storage import hot_postgres
from services.kit.storage.hot_postgres import PostgresDriver
from services.kit.storage.hot_sqlite import SqliteDriver

# Tables that stay small, and statements that are meant to touch every row.
SMALL = {
    "status_lists": "one row for 131,072 certificates",
    "log_state": "one row for each log",
    "parked": "emptied by operators",
}
MEANT = {
    "publication=(outbox.publication": "publishing all facts again",
    "attempts=(operations.attempts + ": "sorts what is queued, which is short",
    "SELECT certificates.name, documents.document, documents.proofs": "an export reads every document",
}
PLANNED = re.compile(r"\s*(SELECT|UPDATE|DELETE|WITH|INSERT\b.*\bSELECT)\b", re.IGNORECASE | re.DOTALL)
CATALOGS = re.compile(
    r"\b(FROM|JOIN|UPDATE|INTO)\s+(pg_|sqlite_|pragma_|alembic_version)|set_config\(", re.IGNORECASE
)
SCAN = re.compile(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?$")
SORTS = "USE TEMP B-TREE FOR ORDER BY"  # a page for which everything that fits is sorted
DERIVED = ("json_each", "CONSTANT")
# Joins that read the whole of one side, which the planner likes while tables are as small as in tests.
AVOIDED = ("enable_seqscan", "enable_hashjoin", "enable_mergejoin")
AVOID, ALLOW = (
    "SELECT " + ", ".join(f"set_config('{method}', '{switch}', true)" for method in AVOIDED)
    for switch in ("off", "on")
)
PARTIAL_SQLITE = "SELECT name FROM sqlite_master WHERE type = 'index' AND sql LIKE '% WHERE %'"
PARTIAL_POSTGRES = "SELECT indexrelid::regclass::text FROM pg_index WHERE indpred IS NOT NULL"


@dataclass
class Plans:
    """What was found wrong; `known` are the texts that were looked at, with their engine.

    What tests ask by themselves is left out, unless `all`.
    """

    all: bool = False
    known: set[tuple[str, str]] = field(default_factory=set)
    refused: list[str] = field(default_factory=list)

    def is_new(self, engine: str, sql: str) -> bool:
        """Tell whether a statement of a service has a plan worth a look that nobody took yet."""
        if not PLANNED.match(sql) or CATALOGS.search(sql) or any(meant in sql for meant in MEANT):
            return False
        if (engine, sql) in self.known or not (self.all or _of_a_service()):
            return False
        self.known.add((engine, sql))
        return True

    def judge(self, engine: str, sql: str, faults: list[str]) -> None:
        """Keep what is wrong with a statement."""
        if faults:
            self.refused.append("\n".join([f"{engine}:", sql, *faults]))


def _of_a_service() -> bool:
    """Tell whether the task that is running is no test's, which may look into the database as it likes."""
    try:
        task = asyncio.current_task()
    except RuntimeError:  # the thread that writes on hot paths
        return True
    code = getattr(task and task.get_coro(), "cr_code", None)
    return code is None or not any(place in code.co_filename for place in ("/tests/", "pytest_asyncio"))


# Of this process: the services that a test opens make the same statements as those of the test before.
SEEN = Plans()


def sqlite_faults(sql: str, details: list[str], partial: set[str]) -> list[str]:
    """Return what is wrong with a plan of SQLite, from the lines of EXPLAIN QUERY PLAN."""
    scans = [line for line in details if (found := SCAN.match(line)) and not _short(found, sql, partial)]
    return scans + [line for line in details if line == SORTS and "LIMIT" in sql]


def _short(scan: re.Match[str], sql: str, partial: set[str]) -> bool:
    """Tell whether a scan ends soon: a part of the table that an index holds, or a page in its order."""
    table, index = scan.groups()
    return table in SMALL or table in DERIVED or index in partial or (index is not None and "LIMIT" in sql)


def postgres_faults(
    plan: dict[str, Any], partial: set[str], above: dict[str, Any] | None = None
) -> list[str]:
    """Return what is wrong with a plan of PostgreSQL, from a node of EXPLAIN (FORMAT JSON) downwards.

    `above` holds what the nodes above say of this one: the table and the filter of a bitmap scan, a limit.
    """
    node = (above or {}) | plan
    faults = [_told(node)] if _scans(node, partial) else []
    below = {"Limited": plan["Node Type"] == "Limit" or bool(node.get("Limited"))}
    if plan["Node Type"].startswith("Bitmap"):
        below |= {key: node[key] for key in ("Relation Name", "Filter") if key in node}
    return faults + [
        fault for part in plan.get("Plans", ()) for fault in postgres_faults(part, partial, below)
    ]


def _scans(plan: dict[str, Any], partial: set[str]) -> bool:
    """Tell whether a node reads more rows than it gives on."""
    if plan.get("Relation Name") in SMALL:
        return False
    if "Index Name" not in plan:
        return plan["Node Type"] == "Seq Scan"
    condition = plan.get("Index Cond", "")
    if plan["Index Name"] in partial or " = " in condition or "IS NULL" in condition:
        return False
    return "Filter" in plan or not (condition or plan.get("Limited"))


def _told(plan: dict[str, Any]) -> str:
    shown = ("Node Type", "Relation Name", "Index Name", "Index Cond", "Filter")
    return ", ".join(f"{key} {plan[key]}" for key in shown if key in plan)


@contextmanager
def watched(plans: Plans = SEEN) -> Iterator[Plans]:
    """Explain what the services of this process run meanwhile, in transactions and on hot paths."""
    with _sessions(plans), _hot_sqlite(plans), _hot_postgres(plans):
        yield plans


@contextmanager
def _sessions(plans: Plans) -> Iterator[None]:
    def look(connection: Connection, cursor: Any, sql: str, given: Any, context: Any, many: bool) -> None:
        engine = connection.dialect.name
        if plans.is_new(engine, sql):
            plans.judge(engine, sql, explain(connection, sql, given[0] if many else given))

    event.listen(Engine, "before_cursor_execute", look)
    try:
        yield
    finally:
        event.remove(Engine, "before_cursor_execute", look)


def explain(connection: Connection, sql: str, given: Any) -> list[str]:
    """Return what is wrong with the plan of a statement, asked in its own transaction."""
    ask = connection.exec_driver_sql
    if connection.dialect.name == "sqlite":
        return explain_on_sqlite(ask, sql, given)
    ask(AVOID)
    plan = ask(f"EXPLAIN (FORMAT JSON) {sql}", given).scalar_one()
    ask(ALLOW)
    return postgres_faults(_loaded(plan), {row[0] for row in ask(PARTIAL_POSTGRES)})


def explain_on_sqlite(ask: Callable[..., Iterable[Any]], sql: str, given: Any) -> list[str]:
    """Return what is wrong with the plan of a statement, asked by any function that runs SQL."""
    details = [row[3] for row in ask(f"EXPLAIN QUERY PLAN {sql}", given)]
    return sqlite_faults(sql, details, {row[0] for row in ask(PARTIAL_SQLITE)})


def _loaded(plan: Any) -> dict[str, Any]:
    found: dict[str, Any] = (json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"]
    return found


@contextmanager
def _hot_sqlite(plans: Plans) -> Iterator[None]:
    read, run = SqliteDriver.read, SqliteDriver._run

    def look(connection: Any, compiled: Any, arguments: list[Any]) -> None:
        if plans.is_new("sqlite", compiled.sql):
            faults = explain_on_sqlite(connection.execute, compiled.sql, arguments)
            plans.judge("sqlite", compiled.sql, faults)

    async def read_watched(self: Any, compiled: Any, arguments: list[Any], **options: Any) -> list[Any]:
        look(self.reader, compiled, arguments)
        return await read(self, compiled, arguments, **options)

    def run_watched(self: Any, compiled: Any, arguments: list[Any]) -> Any:
        look(self.writer, compiled, arguments)
        return run(self, compiled, arguments)

    SqliteDriver.read, SqliteDriver._run = read_watched, run_watched  # type: ignore[method-assign]
    try:
        yield
    finally:
        SqliteDriver.read, SqliteDriver._run = read, run  # type: ignore[method-assign]


@contextmanager
def _hot_postgres(plans: Plans) -> Iterator[None]:
    read, run = PostgresDriver.read, hot_postgres._run

    async def look(connection: Any, compiled: Any, arguments: list[Any]) -> None:
        if plans.is_new("postgresql", compiled.sql):
            async with connection.transaction():
                await connection.execute(AVOID)
                plan = await connection.fetchval(f"EXPLAIN (FORMAT JSON) {compiled.sql}", *arguments)
                partial = {row[0] for row in await connection.fetch(PARTIAL_POSTGRES)}
                await connection.execute(ALLOW)
            plans.judge("postgresql", compiled.sql, postgres_faults(_loaded(plan), partial))

    async def read_watched(self: Any, compiled: Any, arguments: list[Any], **options: Any) -> list[Any]:
        async with self._connection() as connection:
            await look(connection, compiled, arguments)
        return await read(self, compiled, arguments, **options)

    async def run_watched(connection: Any, compiled: Any, arguments: list[Any]) -> Any:
        await look(connection, compiled, arguments)
        return await run(connection, compiled, arguments)

    PostgresDriver.read, hot_postgres._run = read_watched, run_watched  # type: ignore[method-assign]
    try:
        yield
    finally:
        PostgresDriver.read, hot_postgres._run = read, run  # type: ignore[method-assign]
