"""What a benchmark run found: a table for people, JSON for machines."""

import json
import platform
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table


@dataclass
class Line:
    """One measurement; `ratio` is to the floor of the same run, `goal` what was asked for."""

    name: str
    value: float
    unit: str
    ratio: float | None = None
    goal: str = ""
    reached: bool | None = None
    note: str = ""

    @property
    def told_ratio(self) -> str:
        """The ratio as people read it; small ones keep two digits that count."""
        if self.ratio is None:
            return ""
        return f"{self.ratio:.2f}" if self.ratio >= 0.1 else f"{self.ratio:.2g}"


@dataclass
class Report:
    """The lines of one run."""

    lines: list[Line] = field(default_factory=list)

    def add(self, name: str, value: float, unit: str, **more: Any) -> None:
        """Add a line and show it at once."""
        line = Line(name, value, unit, **more)
        self.lines.append(line)
        ratio = f"  ratio {line.told_ratio}" if line.ratio is not None else ""
        Console().print(f"  {name}: {value:,.2f} {unit}{ratio} {line.goal} {line.note}", highlight=False)

    def show(self) -> None:
        """Print the table."""
        table = Table(title="Shuzheng benchmark")
        for column in ("what", "value", "unit", "ratio to floor", "goal", "reached", "note"):
            table.add_column(column, justify="right" if column in {"value", "ratio to floor"} else "left")
        for line in self.lines:
            reached = "" if line.reached is None else "yes" if line.reached else "NO"
            table.add_row(
                line.name, f"{line.value:,.2f}", line.unit, line.told_ratio, line.goal, reached, line.note
            )
        Console(width=160).print(table)

    def write(self, path: Path) -> None:
        """Write the run as JSON."""
        path.parent.mkdir(parents=True, exist_ok=True)
        found = {
            "machine": platform.platform(),
            "python": platform.python_version(),
            "lines": [asdict(x) for x in self.lines],
        }
        path.write_text(json.dumps(found, ensure_ascii=False, indent=2), "utf-8")
