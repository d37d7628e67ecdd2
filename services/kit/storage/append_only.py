"""Tables whose rows nobody changes: triggers refuse it, written into the migration that makes the table.

A table is declared so by `info=APPEND_ONLY` (machinery.py); `op.append_only("acts")` is the line of the migration.
On SQLite a batch alteration copies the table without its triggers, so a migration that alters one says it again.
"""

from typing import Any

from alembic.autogenerate import renderers
from alembic.operations import MigrateOperation, Operations
from alembic.operations.ops import CreateTableOp, MigrationScript

SQLITE = """
CREATE TRIGGER {table}_refuse_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
POSTGRES = (
    """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$
""",
    """
CREATE TRIGGER {table}_refuse_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
""",
)


@Operations.register_operation("append_only")
class AppendOnly(MigrateOperation):
    """The line of a migration that makes a table append-only."""

    def __init__(self, table: str) -> None:
        self.table = table

    @classmethod
    def append_only(cls, operations: Operations, table: str) -> Any:
        """Refuse UPDATE and DELETE of the rows of `table` from now on."""
        return operations.invoke(cls(table))


@Operations.implementation_for(AppendOnly)
def _create_triggers(operations: Operations, operation: AppendOnly) -> None:
    for statement in triggers(operations.get_bind().dialect.name, operation.table):
        operations.execute(statement)


def triggers(dialect: str, table: str) -> list[str]:
    """Return the statements that make `table` append-only on that engine."""
    if dialect == "postgresql":
        return [statement.format(table=table) for statement in POSTGRES]
    return [SQLITE.format(table=table, verb=verb) for verb in ("UPDATE", "DELETE")]


@renderers.dispatch_for(AppendOnly)
def _render(_context: Any, operation: AppendOnly) -> str:
    return f'op.append_only("{operation.table}")'


def add_lines(_context: Any, _revision: Any, scripts: list[MigrationScript]) -> None:
    """Add the line for every append-only table that a new migration makes."""
    for upgrade in (found for script in scripts for found in script.upgrade_ops_list):
        made = [found for found in upgrade.ops if isinstance(found, CreateTableOp)]
        upgrade.ops += [AppendOnly(table.table_name) for table in made if table.info.get("append_only")]
