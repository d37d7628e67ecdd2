"""SQL compiled once from the tables, with the conversions of its parameters and columns."""

import json
from collections.abc import Callable, Sequence
from typing import Any, Self

from sqlalchemy import Executable, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.elements import ColumnElement
from sqlalchemy.types import ARRAY, Boolean, String

Processor = Callable[[Any], Any]


class in_array(ColumnElement[bool]):
    """`column IN (one bound list of strings)`, so that one compiled statement serves lists of any length."""

    inherit_cache = True
    type = Boolean()

    def __init__(self, column: ColumnElement[Any], name: str) -> None:
        self.column = column
        self.name = name

    def self_group(self, against: Any = None) -> Self:
        """Stay as it is among other conditions: SQLAlchemy would append `= 1`, which no index can answer."""
        return self


@compiles(in_array, "sqlite")
def _in_json(element: in_array, compiler: Any, **kw: Any) -> str:
    column = compiler.process(element.column, **kw)
    listed = compiler.process(bindparam(element.name, type_=_JsonList()), **kw)
    return f"{column} IN (SELECT value FROM json_each({listed}))"


@compiles(in_array, "postgresql")
def _in_any(element: in_array, compiler: Any, **kw: Any) -> str:
    column = compiler.process(element.column, **kw)
    return f"{column} = ANY({compiler.process(bindparam(element.name, type_=ARRAY(String)), **kw)})"


class _JsonList(String):
    """A list of strings bound as JSON text."""

    def bind_processor(self, dialect: Any) -> Processor:
        return lambda value: json.dumps(list(value), ensure_ascii=False)


class Compiled:
    """SQL text, the order of its parameters, and how values go in and come out."""

    def __init__(self, statement: Executable, dialect: Any) -> None:
        compiled: Any = statement.compile(dialect=dialect)
        if compiled.post_compile_params:
            raise ValueError("a hot statement cannot hold expanding parameters; use in_array")
        self.sql: str = str(compiled)
        self.order: list[str] = list(compiled.positiontup or ())
        self.fixed = {key: bind.effective_value for key, bind in compiled.binds.items() if not bind.required}
        self.bind = _processors(compiled.binds.items(), dialect, "bind_processor")
        returned = getattr(statement, "selected_columns", None) or getattr(statement, "_returning", ())
        processors = [_result_processor(column, dialect) for column in returned]
        self.result = [(place, f) for place, f in enumerate(processors) if f is not None]
        self.returns = bool(processors)

    def arguments(self, values: dict[str, Any]) -> list[Any]:
        """Return the values in the order of the SQL text."""
        found = []
        for name in self.order:
            value = values[name] if name in values else self.fixed[name]
            convert = self.bind.get(name)
            found.append(convert(value) if convert is not None else value)
        return found

    def row(self, raw: Sequence[Any]) -> tuple[Any, ...]:
        """Return one row with the types of its columns."""
        values = list(raw)
        for place, convert in self.result:  # most columns need nothing
            values[place] = convert(values[place])
        return tuple(values)


def _processors(binds: Any, dialect: Any, kind: str) -> dict[str, Processor]:
    found = {name: getattr(bind.type.dialect_impl(dialect), kind)(dialect) for name, bind in binds}
    return {name: processor for name, processor in found.items() if processor is not None}


def _result_processor(column: Any, dialect: Any) -> Processor | None:
    return column.type.dialect_impl(dialect).result_processor(dialect, None)


Unit = list[tuple[Compiled, list[Any]]]  # statements that succeed or fail together, with their arguments
