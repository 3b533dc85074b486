"""How far a long command is: a bar for people, lines for logs, and nothing on standard output."""

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from ledgerstream.progress import Progress

ROOT = Path(__file__).parent.parent.parent
PROGRAM = """
import structlog
from ledgerstream.logs import set_up_logs
from ledgerstream.progress import Progress
set_up_logs("info", "auto")
with Progress(1200, "verifying") as progress:
    for _ in range(12):
        progress.advance(100)
        print("a finding")
    structlog.get_logger("test").info("a line of the log")
"""


def test_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Elsewhere than on a terminal: a line after each ten seconds of work, and one at the end."""
    monkeypatch.setattr("sys.stderr.isatty", lambda: False)
    now = [100.0]
    monkeypatch.setattr("ledgerstream.progress.time.monotonic", lambda: now[0])
    with capture_logs() as lines, Progress(40, "verifying") as progress:
        for _ in range(4):
            now[0] += 5
            progress.advance(5)
            progress.advance(0)
    told = [(line["event"], line["ledgers"], line["of"], line["percent"], line["seconds_left"]) for line in lines]
    assert told == [("verifying", 10, 40, 25.0, 30), ("verifying", 20, 40, 50.0, 20), ("verifying", 20, 40, 50.0, 20)]
    assert lines[0]["ledgers_per_second"] == 1.0


def test_nothing_done_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No ledger in no time, and none at all, are no division by zero."""
    monkeypatch.setattr("sys.stderr.isatty", lambda: False)
    monkeypatch.setattr("ledgerstream.progress.time.monotonic", lambda: 100.0)
    with capture_logs() as lines:
        for total in (0, 7):
            with Progress(total, "verifying"):
                pass
    assert [(line["percent"], line["seconds_left"]) for line in lines] == [(100.0, None), (0.0, None)]


def test_a_bar() -> None:
    """On a terminal a bar, which leaves what is printed where it is piped to, and lines of the log whole."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "120"}
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM], stdout=subprocess.PIPE, stderr=theirs, cwd=ROOT, env=environment, check=True
    )
    os.close(theirs)
    shown = b""
    try:
        while block := os.read(ours, 65536):
            shown += block
    except OSError:  # how a terminal says that nobody writes to it any more
        pass
    os.close(ours)
    assert ended.stdout == b"a finding\n" * 12
    assert b"1,200 of 1,200 ledgers" in shown
    assert b"a line of the log" in shown
    assert b"a finding" not in shown
