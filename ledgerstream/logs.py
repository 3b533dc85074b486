"""Logs: one line a state change, on standard error; for humans on a terminal, JSON otherwise."""

import logging
import os
import re
import sys
from typing import TextIO

import structlog

_SHARED: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


class _Tracebacks:
    """Whether an error that has a name shows its traceback, too; one that nobody foresaw always does."""

    shown = False


tracebacks = _Tracebacks()


def set_up_logs(level: str, form: str) -> None:
    """Send our lines, and those of the libraries, through one formatter. `form` is `auto`, `human` or `json`."""
    human = form == "human" or (form == "auto" and sys.stderr.isatty())
    renderer: list[structlog.typing.Processor] = (
        [
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty() and not os.environ.get("NO_COLOR"),
                # The default one shows all local variables, passwords among them.
                exception_formatter=structlog.dev.plain_traceback,
            )
        ]
        if human
        else [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    )
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = _ToStandardError()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_SHARED,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderer],
        )
    )
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    # What librdkafka retries by itself is noise; what it gives up comes to us as an error of our own.
    librdkafka = logging.getLogger("librdkafka")
    librdkafka.setLevel(logging.DEBUG if level == "debug" else logging.ERROR)
    librdkafka.addFilter(_OnceAMinute())


def set_up_worker_logs(level: str, form: str) -> None:
    """The same, in a process of a command's: it says what goes wrong, its parent says how far it is."""
    set_up_logs("warning" if level == "info" else level, form)


class _ToStandardError(logging.StreamHandler[TextIO]):
    """To what standard error is now: a progress bar puts itself before it, so that lines do not break it."""

    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stderr
        super().emit(record)


class _OnceAMinute(logging.Filter):
    """Lets a message pass once a minute, whatever its counts and times: a broker that is away says the same again."""

    def __init__(self) -> None:
        super().__init__()
        self._passed_at: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if "in state DOWN" in record.getMessage():  # of a connection that the client itself was closing
            return False
        kind = re.sub(r"\(after .*|\[.*?\]|\d+", "", record.getMessage())
        if record.created - self._passed_at.get(kind, float("-inf")) < 60:  # noqa: PLR2004 - the class's name
            return False
        self._passed_at[kind] = record.created
        return True
