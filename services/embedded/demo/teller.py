"""Tells what happens, in Chinese or English: headings, sentences and progress; bars on a terminal only."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from shuzheng.type.v1.notice_pb2 import Notice

from services.client import notices
from services.client.failures import explained


class Teller:
    """`seconds` keeps how long each stage took."""

    def __init__(self, lang: str, *, aside: bool = False) -> None:
        """`aside` tells on standard error, so that standard output is free for the summary."""
        self.lang = lang
        stream = sys.stderr if aside else sys.stdout
        self.console = Console(stderr=aside, highlight=False, soft_wrap=not stream.isatty())
        self.seconds: dict[str, float] = {}

    def words(self, zh: str, en: str) -> str:
        """Return the one in the language of this run."""
        return en if self.lang == "en" else zh

    def say(self, zh: str, en: str) -> None:
        """Print one sentence."""
        self.console.print(f"  {self.words(zh, en)}", markup=False)

    def note(self, text: str) -> None:
        """Print a detail below a sentence."""
        self.console.print(f"      {text}", markup=False, style="dim")

    def reason(self, reason: str, message: str, before: str = "") -> None:
        """Print one reason below a sentence, in Chinese with the service's own words behind it."""
        self.note(before + explained(reason, message, self.lang))

    def notice(self, notice: Notice) -> None:
        """Print what a reader of a file folded, assumed or left out."""
        self.note(notices.line(notice, self.lang))

    @contextmanager
    def stage(self, key: str, zh: str, en: str) -> Iterator[None]:
        """Print a heading and measure what happens below it."""
        began = time.perf_counter()
        self.console.print(
            f"\n{len(self.seconds) + 1}. {self.words(zh, en)}", markup=False, style="bold cyan"
        )
        yield
        self.seconds[key] = round(time.perf_counter() - began, 3)

    @contextmanager
    def progress(self, zh: str, en: str, total: int) -> Iterator[Callable[[int], None]]:
        """Yield a function that says how many are done; where there is no terminal, one line tells the end."""
        label, done = self.words(zh, en), 0
        columns = (TextColumn("  {task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        live = self.console.is_terminal
        with Progress(*columns, console=self.console, disable=not live) as bars:
            task = bars.add_task(label, total=total)

            def step(count: int = 1) -> None:
                nonlocal done
                done += count
                bars.update(task, completed=done)

            yield step
        if not live:
            self.console.print(f"  {label} {done}/{total}", markup=False)
