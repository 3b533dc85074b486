"""Real processes, quickly: commands are forked from a server that has imported everything, and talked to by a pipe.

The server has no client, no thread and no state. A command that it forks is a process of its own, with its own
environment, arguments, files for what it says, and perhaps a point of `tests.support.crashing` where it dies; so it
costs a tenth of a start from nothing. Workers of a backfill come from `multiprocessing`'s own server of forks, for the
same reason: `spawn`, which they have otherwise, is what `tests/acceptance/test_backfill.py` has.
"""

import gc
import importlib
import json
import multiprocessing.context
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from multiprocessing import forkserver, resource_tracker
from multiprocessing.connection import Connection
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from tests.support.crashing import BACKFILL, BACKFILL_PARENT, CONSUMER, PRODUCER, arm
from tests.support.processes import ROOT, Ended, _decoded
from tests.support.secrets import check_shown

WITH_ITS_PARENT = signal.SIGUSR2
"""A worker that gets it kills its parent and itself: a host that goes away."""

_ONE_WORKER = "CRASHING_ONE_WORKER"
_FLUSH_BYTES = "MODEL_FLUSH_BYTES"


@dataclass(frozen=True, slots=True)
class Crash:
    """At which point, at the how-manieth time, which signal."""

    point: str
    times: int = 1
    signal: int = int(signal.SIGKILL)


class Forked:
    """A command that runs, or has run."""

    def __init__(self, forks: "Forks", pid: int, arguments: tuple[str, ...], said: Path, crash: Crash | None) -> None:
        self.pid = pid
        self.arguments = arguments
        self.crash = crash
        self.began = time.monotonic()
        self._forks = forks
        self._said = said

    def __repr__(self) -> str:
        return f"{' '.join(self.arguments)}{f' with {self.crash}' if self.crash else ''}"

    def code(self) -> int | None:
        """How it ended; None while it runs."""
        return self._forks.code_of(self.pid)

    def wait(self, timeout_seconds: float = 60) -> Ended:
        self.reaches(lambda: False, timeout_seconds)
        code = self.code()
        assert code is not None
        out = self._said.with_suffix(".out").read_text()
        check_shown(out + self.text(), f"what {self} said")
        return Ended(code, out, list(self.lines()))

    def reaches(self, there: Callable[[], bool], timeout_seconds: float = 60) -> bool:
        """Wait until something is so, or the command has ended; whether it is so."""
        deadline = time.monotonic() + timeout_seconds
        while not (reached := there()) and self.code() is None:
            if time.monotonic() > deadline:
                self.kill()
                raise AssertionError(f"{self} did not get there in {timeout_seconds} s:\n{self.text()}")
            self._forks.hear(0.02)
        return reached

    def says(self, event: str, timeout_seconds: float = 60) -> bool:
        """Wait until it has said so, or has ended."""
        said = f'"event": "{event}"'
        return self.reaches(lambda: said in self.text(), timeout_seconds) or said in self.text()

    def stops(self, there: Callable[[], bool] = lambda: False) -> bool:
        """Wait until it stands still; False when something else came first."""
        self.reaches(lambda: self._forks.is_stopped(self.pid) or there())
        return self._forks.is_stopped(self.pid)

    def signal(self, number: signal.Signals) -> None:
        """Send a signal, unless it has ended."""
        if self.code() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.signal(signal.SIGKILL)
        while self.code() is None:
            self._forks.hear(0.1)

    def text(self) -> str:
        said = self._said.with_suffix(".err")
        return said.read_text() if said.exists() else ""  # it may not have got so far

    def lines(self) -> Iterator[dict[str, Any]]:
        return map(_decoded, self.text().splitlines())


class Forks:
    """The server's other end."""

    def __init__(self, environment: Mapping[str, str], folder: Path) -> None:
        self.environment = dict(environment)
        self._folder = folder
        self._started = 0
        self._codes: dict[int, int] = {}
        self._stopped: set[int] = set()
        self._heard = b""
        ours = {name: value for name, value in os.environ.items() if not name.startswith("LEDGERSTREAM_")}
        self._server = subprocess.Popen(
            [sys.executable, "-c", "from tests.model.forks import serve; serve()"],
            cwd=ROOT,
            env={**ours, "LEDGERSTREAM_LOG_FORMAT": "json"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def start(self, *arguments: str, crash: Crash | None = None) -> Forked:
        self._started += 1
        said = self._folder / str(self._started)
        request = {
            "arguments": arguments,
            "environment": self.environment | {_ONE_WORKER: str(said.with_suffix(".hit"))},
            "said": str(said),
            "crash": asdict(crash) if crash else None,
        }
        assert self._server.stdin is not None
        self._server.stdin.write(json.dumps(request).encode() + b"\n")
        self._server.stdin.flush()
        return Forked(self, self._next_pid(), arguments, said, crash)

    def run(self, *arguments: str, crash: Crash | None = None, timeout_seconds: float = 60) -> Ended:
        return self.start(*arguments, crash=crash).wait(timeout_seconds)

    def _next_pid(self) -> int:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            for news in self._news(0.1):
                if news["is"] == "started":
                    return int(news["pid"])
        raise AssertionError("no command was forked")

    def hear(self, seconds: float) -> None:
        """What has become of the commands."""
        for news in self._news(seconds):
            assert news["is"] != "started"

    def _news(self, seconds: float) -> list[dict[str, Any]]:
        assert self._server.stdout is not None
        if not select.select([self._server.stdout], [], [], seconds)[0]:
            return []
        heard = os.read(self._server.stdout.fileno(), 65536)
        assert heard, "the server of forks has died"
        *lines, self._heard = (self._heard + heard).split(b"\n")
        news = [json.loads(line) for line in lines]
        for each in news:
            self._take(each)
        return news

    def _take(self, news: dict[str, Any]) -> None:
        match news["is"]:
            case "ended":
                self._codes[news["pid"]] = news["code"]
            case "stopped":
                self._stopped.add(news["pid"])
            case "woken":
                self._stopped.discard(news["pid"])
            case "started":
                self._codes.pop(news["pid"], None)  # of an earlier process of this number
                self._stopped.discard(news["pid"])

    def code_of(self, pid: int) -> int | None:
        self.hear(0)
        return self._codes.get(pid)

    def is_stopped(self, pid: int) -> bool:
        self.hear(0)
        return pid in self._stopped

    def close(self) -> None:
        """It ends with its pipe, and all that it has forked with it."""
        assert self._server.stdin is not None
        self._server.stdin.close()
        self._server.wait(30)
        assert self._server.stdout is not None
        self._server.stdout.close()


# What follows runs in the server.


def serve() -> None:
    """Fork what is asked for, one JSON line each, and tell what becomes of it, until the pipe is closed."""
    importlib.import_module("ledgerstream.cli")
    for point in (*CONSUMER.values(), *PRODUCER.values(), *BACKFILL.values(), *BACKFILL_PARENT.values()):
        importlib.import_module(point.owner.partition(":")[0])
    _start_server_of_workers()
    gc.freeze()  # what is shared stays shared
    bell, ringing = os.pipe()
    os.set_blocking(ringing, False)
    signal.set_wakeup_fd(ringing)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    children: set[int] = set()
    asked = b""
    while True:
        ready, _, _ = select.select([0, bell], [], [])
        if bell in ready:
            os.read(bell, 4096)
            _reap(children)
        if 0 in ready:
            more = os.read(0, 65536)
            if not more:
                break
            *lines, asked = (asked + more).split(b"\n")
            for line in lines:
                children.add(_forked(json.loads(line)))
    for pid in children:
        os.kill(pid, signal.SIGKILL)


def _start_server_of_workers() -> None:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["ledgerstream.cli", "tests.model.forks"])
    resource_tracker.ensure_running()
    forkserver.ensure_running()


def _reap(children: set[int]) -> None:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG | os.WUNTRACED | os.WCONTINUED)
        except ChildProcessError:
            return
        if pid == 0:
            return
        if pid not in children:
            continue
        if os.WIFSTOPPED(status):
            _tell({"is": "stopped", "pid": pid})
        elif os.WIFCONTINUED(status):
            _tell({"is": "woken", "pid": pid})
        else:
            children.discard(pid)
            _tell({"is": "ended", "pid": pid, "code": os.waitstatus_to_exitcode(status)})


def _tell(news: dict[str, object]) -> None:
    os.write(1, json.dumps(news).encode() + b"\n")


def _forked(request: dict[str, Any]) -> int:
    pid = os.fork()
    if pid == 0:
        _become(request)
    _tell({"is": "started", "pid": pid})
    return pid


def _become(request: dict[str, Any]) -> NoReturn:
    """In the child: run the command as if it had been started from a shell."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    said = Path(request["said"])
    _redirect(0, Path(os.devnull), os.O_RDONLY)
    _redirect(1, said.with_suffix(".out"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    _redirect(2, said.with_suffix(".err"), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.environ.update(request["environment"])
    sys.argv = ["ledgerstream", *request["arguments"]]
    crash = Crash(**request["crash"]) if request["crash"] else None
    if crash is not None and crash.point not in BACKFILL:
        arm({**CONSUMER, **PRODUCER, **BACKFILL_PARENT}[crash.point], crash.times, signal.Signals(crash.signal))
        crash = None
    _work_by_forks(_Ways(dict(os.environ), said.with_suffix(".err"), crash))
    importlib.import_module("ledgerstream.cli").main()
    sys.exit(0)


def _redirect(number: int, path: Path, flags: int) -> None:
    file = os.open(path, flags, 0o600)
    os.dup2(file, number)
    os.close(file)


@dataclass(frozen=True, slots=True)
class _Ways:
    """What a worker has of its parent, as a spawned one would."""

    environment: dict[str, str]
    said: Path
    crash: Crash | None


class _Context:
    """Stands for the context of `spawn`."""

    def __init__(self, ways: _Ways) -> None:
        self._ways = ways
        self._context = multiprocessing.get_context("forkserver")

    def Pipe(self) -> tuple[Connection, Connection]:  # noqa: N802 - multiprocessing's own name
        return self._context.Pipe()

    def Process(  # noqa: N802 - multiprocessing's own name
        self, *, target: Callable[..., None], args: tuple[object, ...], daemon: bool
    ) -> multiprocessing.context.ForkServerProcess:
        return self._context.Process(target=_work, args=(self._ways, target, args), daemon=daemon)


def _work_by_forks(ways: _Ways) -> None:
    server: Any = forkserver._forkserver
    server.ensure_running = lambda: None  # it is our parent's child, not ours
    run = importlib.import_module("consumer.backfill.run")
    vars(run)["get_context"] = lambda _method: _Context(ways)


def _work(ways: _Ways, target: Callable[..., None], args: tuple[object, ...]) -> None:
    """In a worker."""
    _redirect(2, ways.said, os.O_WRONLY | os.O_APPEND)
    os.environ.update(ways.environment)
    vars(importlib.import_module("consumer.backfill.worker"))["FLUSH_BYTES"] = int(ways.environment[_FLUSH_BYTES])
    if ways.crash is not None and _is_the_first(Path(ways.environment[_ONE_WORKER])):
        signal.signal(WITH_ITS_PARENT, _end_both)
        arm(BACKFILL[ways.crash.point], ways.crash.times, signal.Signals(ways.crash.signal))
    target(*args)


def _end_both(_number: int, _frame: FrameType | None) -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    assert parent.pid is not None
    for pid in (parent.pid, os.getpid()):
        os.kill(pid, signal.SIGKILL)


def _is_the_first(mark: Path) -> bool:
    try:
        mark.open("x").close()
    except FileExistsError:
        return False
    return True
