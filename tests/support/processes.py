"""The real command line in real processes."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from tests.support.secrets import MARKER, check_command_lines, check_shown, password, with_password

ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended. `lines` are its log's, decoded."""

    code: int
    out: str
    lines: list[dict[str, Any]]

    @property
    def reason(self) -> str:
        """What the command said when it ended with an error."""
        return next((str(line.get("reason")) for line in reversed(self.lines) if line.get("event") == "ended"), "")

    @property
    def error(self) -> str:
        """The name of the error that ended it."""
        return next((str(line.get("error")) for line in reversed(self.lines) if line.get("event") == "ended"), "")


def one_line(ended: Ended) -> str:
    """What a refused command says: one line, or the usage and one line."""
    said = [line for line in ended.lines if line.get("level") in (None, "error")]
    text = [str(line["text"]) for line in said if line.get("text")]
    assert "Traceback" not in str(ended.lines)
    if text:
        assert [line.split()[0] for line in text] == ["Usage:", "Try", "Error:"], text
        return text[-1]
    [line] = [line for line in said if line["event"] == "ended"]
    assert "\n" not in str(line["reason"])
    return str(line["reason"])


@dataclass(slots=True)
class Running:
    """A command that runs."""

    process: subprocess.Popen[str]
    command: list[str] = field(default_factory=list)

    def wait(self, timeout_seconds: float = 60) -> Ended:
        """How it ends. No password of a test's is in what it says, or in how it is called."""
        if MARKER not in str(self.command):
            check_command_lines(self.process.pid)
        try:
            out, err = self.process.communicate(timeout=timeout_seconds)
        except subprocess.TimeoutExpired:
            self._kill_all()
            out, err = self.process.communicate()
            message = f"{' '.join(self.command)} did not end in {timeout_seconds} s:\n{err}"
            raise AssertionError(message) from None
        check_shown(out + err, f"the output of {self.command[-1]}")
        return Ended(self.process.returncode, out, [_decoded(line) for line in err.splitlines()])

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def kill(self) -> str:
        """End it, if it still runs; what it has said since it was last asked."""
        if self.process.poll() is None:
            self._kill_all()
        return "".join(self.process.communicate())

    def children(self) -> list[int]:
        """The process ids of those that it has started itself; where /proc does not tell, none."""
        number = self.process.pid
        try:
            return [int(each) for each in Path(f"/proc/{number}/task/{number}/children").read_text("ascii").split()]
        except OSError:
            return []

    def _kill_all(self) -> None:
        """One that stands still would outlive its parent, and hold our end of its output open."""
        children = self.children()
        self.process.kill()
        for child in children:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)


def _decoded(line: str) -> dict[str, Any]:
    try:
        decoded = json.loads(line)
    except ValueError:
        return {"text": line}
    return decoded if isinstance(decoded, dict) else {"text": line}


class CommandLine:
    """Starts commands with an environment of their own; what still runs at the end of a test is killed."""

    def __init__(self, environment: dict[str, str], folder: Path = ROOT) -> None:
        ours = {name: value for name, value in os.environ.items() if not name.startswith("LEDGERSTREAM_")}
        self.environment = {**ours, "LEDGERSTREAM_LOG_FORMAT": "json", **environment}
        # Passwords that nobody asks for, in the way of every test.
        self.environment.setdefault("LEDGERSTREAM_KAFKA_OPTION", f"sasl.password={password()}")
        if url := self.environment.get("LEDGERSTREAM_DATABASE_URL"):
            self.environment["LEDGERSTREAM_DATABASE_URL"] = with_password(url)
        self._folder = folder
        self._started: list[Running] = []

    def start(self, *arguments: str) -> Running:
        return self._start([sys.executable, "-m", "ledgerstream", *arguments])

    def start_with_input(self, text: str, *arguments: str) -> Running:
        """The same with something to read on standard input."""
        with tempfile.TemporaryFile("w+") as file:
            file.write(text)
            file.seek(0)
            return self._start([sys.executable, "-m", "ledgerstream", *arguments], file)

    def run(self, *arguments: str, timeout_seconds: float = 60) -> Ended:
        return self.start(*arguments).wait(timeout_seconds)

    def run_program(self, program: str) -> Ended:
        return self._start([sys.executable, "-c", program]).wait()

    def run_to(self, point: str, *arguments: str, times: int = 1, number: signal.Signals = signal.SIGKILL) -> Ended:
        """Run until the named crash point is reached for the `times`-th time, where the process gets the signal."""
        return self.start_to(point, *arguments, times=times, number=number).wait()

    def start_to(self, point: str, *arguments: str, times: int = 1, number: signal.Signals = signal.SIGSTOP) -> Running:
        """The same, but let it run, and stop there."""
        crashing = [sys.executable, "-m", "tests.support.crashing", point, str(times), str(int(number))]
        return self._start([*crashing, *arguments])

    def _start(self, command: list[str], standard_input: IO[str] | None = None) -> Running:
        process = subprocess.Popen(
            command,
            cwd=self._folder,
            env=self.environment,
            text=True,
            stdin=standard_input,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        running = Running(process, command)
        self._started.append(running)
        return running

    def end_all(self) -> None:
        said = [(running, running.kill()) for running in self._started]
        for running, text in said:
            check_shown(text, f"the output of {running.command[-1]}")
