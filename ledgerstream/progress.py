"""How far a command is that goes through many ledgers: a bar on a terminal, a line now and then elsewhere."""

import sys
import time
from types import TracebackType
from typing import Self

import structlog
from rich.console import Console
from rich.progress import BarColumn, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar
from rich.text import Text

_LINE_SECONDS = 10.0

log = structlog.get_logger(__name__)


class Progress:
    """`with Progress(total, what) as progress: progress.advance(ledgers)`, on standard error; `what` is a word or two.

    Elsewhere than on a terminal it is a log line every ten seconds, as long as it is called, and one at the end.
    """

    def __init__(self, total: int, what: str) -> None:
        self.total = total
        self.done = 0
        self._what = what
        self._began = self._told = time.monotonic()
        self._bar = _bar() if sys.stderr.isatty() else None

    def __enter__(self) -> Self:
        self._began = self._told = time.monotonic()
        if self._bar is not None:
            self._bar.add_task(self._what, total=self.total)
            self._bar.start()
        return self

    def advance(self, ledgers: int) -> None:
        """So many more are done; 0 is a sign of life."""
        self.done += ledgers
        if self._bar is not None:
            self._bar.update(self._bar.task_ids[0], completed=self.done)
        elif time.monotonic() - self._told >= _LINE_SECONDS:
            self._tell()

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()
        else:
            self._tell()

    def _tell(self) -> None:
        self._told = time.monotonic()
        seconds = self._told - self._began
        rate = self.done / seconds if seconds > 0 else 0.0
        left = round((self.total - self.done) / rate) if rate > 0 else None
        log.info(
            self._what,
            ledgers=self.done,
            of=self.total,
            percent=round(100 * self.done / self.total, 1) if self.total else 100.0,
            ledgers_per_second=round(rate, 1),
            seconds_left=left,
        )


def _bar() -> Bar:
    return Bar(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:,.0f} of {task.total:,.0f} ledgers"),
        _Rate(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        redirect_stdout=sys.stdout.isatty(),  # what is piped stays so
    )


class _Rate(ProgressColumn):
    """Ledgers a second, lately."""

    def render(self, task: Task) -> Text:
        return Text("" if task.speed is None else f"{task.speed:,.0f}/s")
