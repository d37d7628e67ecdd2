"""What came of a file that was sent: rows refused, things noticed, and the file to correct and send again."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import typer

from services.cli import output
from services.cli.session import Session
from services.client import failures, notices

SHOWN = 20  # rejects on the screen; the file has them all
KeepRejects = Annotated[
    Path | None,
    typer.Option(
        "--rejects", help="退回内容另存，改正后可再次导入 · refused ones go here, to correct and send again"
    ),
]


@dataclass
class Intake:
    """Collected from the answers of an import; `at` is the field of a reject that says where in the file it stood."""

    at: str = "row"
    rejects: list[Any] = field(default_factory=list)
    notices: list[Any] = field(default_factory=list)
    file: bytes = b""

    def take(self, answer: Any) -> None:
        """Take what one answer says of the file."""
        self.rejects += getattr(answer, "rejects", ())
        self.notices += answer.notices
        self.file += answer.rejects_file

    def keep(self, path: Path | None) -> None:
        """Write the rejects file where one is wanted and something was refused."""
        if path is not None and self.file:
            path.write_bytes(self.file)
            output.error_console().print(f"退回内容 rejects: {path}", markup=False)

    def tell(
        self, session: Session, rejects: Path | None, plain: dict[str, Any], lines: Iterable[str]
    ) -> None:
        """Keep what was refused, and show it below `lines`, or beside `plain` for programs."""
        self.keep(rejects)
        if session.json:
            output.print_json(plain | self.plain())
        else:
            output.lines(lines)
            output.lines(self.lines(session.lang))

    def plain(self) -> dict[str, Any]:
        """Return everything as JSON values."""
        return {
            "rejects": [output.plain(reject) for reject in self.rejects],
            "notices": [output.plain(notice) for notice in self.notices],
        }

    def lines(self, lang: str) -> Iterator[str]:
        """Yield a line for each of the first rejects and for each notice."""
        for reject in self.rejects[:SHOWN]:
            number = getattr(reject, self.at)
            where = notices.row(number, lang) if self.at == "row" or lang != "en" else f"{self.at} {number}"
            field = f"{reject.field}: " if reject.field else ""
            yield f"  {where}: {field}{failures.explained(reject.reason, reject.message, lang)}"
        if len(self.rejects) > SHOWN:
            more = len(self.rejects) - SHOWN
            yield f"  … {more} more" if lang == "en" else f"  … 另有 {more} 条"
        if self.notices:
            yield "notices:" if lang == "en" else "提示："
        for notice in self.notices:
            yield f"  - {notices.line(notice, lang)}"
