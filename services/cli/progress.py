"""Progress of long calls: bars on a terminal, one plain line at the end of each stage elsewhere."""

import sys
from types import TracebackType
from typing import Self

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from services.cli import output


class Stages:
    """Shows stages one after the other; quiet where the answer is JSON."""

    def __init__(self, *, quiet: bool = False) -> None:
        self.quiet = quiet
        self.live = sys.stderr.isatty() and not quiet
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self.bars = Progress(*columns, console=output.error_console(), disable=not self.live)
        self.tasks: dict[str, tuple[int, int]] = {}
        self.ids: dict[str, int] = {}

    def __enter__(self) -> Self:
        """Start to draw."""
        self.bars.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Stop to draw; tell what was done where no bars were."""
        self.bars.stop()
        if not self.live and not self.quiet:
            for stage, (done, total) in self.tasks.items():
                output.error_console().print(f"{stage} {done}/{total}", markup=False)

    def note(self, operation: str) -> None:
        """Say under which name the work goes on where this program ends; "" where it does not."""
        if operation and not self.quiet:
            self.bars.console.print(f"长任务 operation: {operation}", markup=False)

    def show(self, stage: str, done: int, total: int) -> None:
        """Say how far a stage is; 0 in all means unknown."""
        self.tasks[stage] = (done, max(done, total))
        if self.live:
            if stage not in self.ids:
                self.ids[stage] = self.bars.add_task(stage, total=None)
            self.bars.update(self.ids[stage], completed=done, total=total or None)  # type: ignore[arg-type]
