"""Background processes that outlive the command that started them.

A pid alone proves nothing: after a crash or a reboot it may be somebody else's. A server is recognised by its
command line, which names a file or folder below the data directory; no clock or boot time is needed for that.

The one file that imports psutil, inside its functions: psutil belongs to the extra `local`.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from ledgerstream.embedded.errors import LocalExtraMissing, ServerDidNotStop

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from pathlib import Path
    from types import ModuleType

POLL_INTERVAL_SECONDS = 0.05
END_TIMEOUT_SECONDS = 10
LOG_TAIL_BYTES = 4096


def _psutil() -> ModuleType:
    try:
        import psutil  # type: ignore[import-untyped]  # noqa: PLC0415 - see above
    except ModuleNotFoundError as error:
        raise LocalExtraMissing(["psutil"]) from error
    module: ModuleType = psutil
    return module


def wait_until(condition: Callable[[], bool], timeout_seconds: float) -> bool:
    """Whether `condition` came true in time."""
    deadline = time.monotonic() + timeout_seconds
    while not condition():
        if time.monotonic() >= deadline:
            return False
        time.sleep(POLL_INTERVAL_SECONDS)
    return True


def start_in_background(command: Sequence[str], *, folder: Path, log_file: Path, environment: Mapping[str, str]) -> int:
    """Start a server that neither the end of this process nor a Ctrl-C in its terminal reaches; its pid."""
    with log_file.open("ab") as log:
        if sys.platform == "win32":
            flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW
        else:
            flags = 0
        child = subprocess.Popen(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            creationflags=flags,
        )
    # Popen warns when a handle is dropped while its process runs on, which is just what is wanted here.
    child.returncode = 0
    return child.pid


def is_ours(pid: int | None, marks: Collection[str]) -> bool:
    """Whether `pid` is alive and its command line has all of `marks` as words."""
    if pid is None or pid <= 0:
        return False
    psutil = _psutil()
    try:
        words = psutil.Process(pid).cmdline()
    except psutil.Error:  # it is gone, dead and not yet reaped, or another user's
        return False
    return all(mark in words for mark in marks)


def all_with_marks(marks: Collection[str]) -> Iterator[int]:
    """The pids of all processes whose command line has all of `marks` as words."""
    for process in _psutil().process_iter(["cmdline"]):
        words = process.info["cmdline"] or ()
        if all(mark in words for mark in marks):
            yield process.pid


def all_working_in(folder: Path, name: str) -> Iterator[int]:
    """The pids of all processes of this name whose working directory is `folder`."""
    for process in _psutil().process_iter(["name", "cwd"]):
        if process.info["name"] == name and process.info["cwd"] == str(folder):
            yield process.pid


def stop(server: str, pid: int, marks: Collection[str], grace_seconds: float) -> None:
    """SIGTERM and wait; SIGKILL when the time is up.

    Raises:
        ServerDidNotStop: It outlived even that.
    """
    _signal(pid, signal.SIGTERM)
    if not wait_until(lambda: not is_alive(pid), grace_seconds) and is_ours(pid, marks):
        kill(server, pid)


def kill(server: str, pid: int) -> None:
    """SIGKILL, and wait for the end.

    Raises:
        ServerDidNotStop: It outlived even that.
    """
    _signal(pid, signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)
    wait_for_end(server, pid)


def wait_for_end(server: str, pid: int) -> None:
    """Wait for a process that is on its way out: it holds its ports and locks to the last.

    Raises:
        ServerDidNotStop: It does not end.
    """
    if not wait_until(lambda: not is_alive(pid), END_TIMEOUT_SECONDS):
        raise ServerDidNotStop(server, pid)


def is_alive(pid: int) -> bool:
    """Whether there is a process of this pid, whosever it is, with at least one thread that runs."""
    if sys.platform != "win32":
        try:
            # Where this process started it, only this tells, and it leaves no zombie.
            return os.waitpid(pid, os.WNOHANG) == (0, 0)
        except ChildProcessError:
            pass
    psutil = _psutil()
    try:
        process = psutil.Process(pid)
        # A zombie's other threads may run on for a moment. A true one stays where process 1 reaps nobody.
        return bool(process.status() != psutil.STATUS_ZOMBIE or process.num_threads() > 1)
    except psutil.Error:
        return False


def exists(pid: int) -> bool:
    """Whether the pid is in use in any way, if only by a zombie."""
    return bool(_psutil().pid_exists(pid))


def is_ending(pid: int | None) -> bool:
    """Whether it is about to end: the kernel takes a process's memory first, with its command line."""
    if pid is None or pid <= 0 or not is_alive(pid):
        return False
    psutil = _psutil()
    try:
        return not psutil.Process(pid).cmdline()
    except psutil.ZombieProcess:
        return True
    except psutil.Error:
        return False


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def read_pid(pid_file: Path) -> int | None:
    """The number in the first line, or None for a file that is missing, half-written or garbage."""
    try:
        return int(pid_file.read_text(encoding="utf-8").split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None


def rotate(log_file: Path) -> None:
    """Begin a new log, and keep the one before: why a server died is asked after the next start."""
    if log_file.exists():
        log_file.replace(log_file.with_name(f"{log_file.name}.previous"))


def tail(log_file: Path) -> str:
    """The last lines of a log."""
    try:
        content = log_file.read_bytes()
    except FileNotFoundError:
        return ""
    return content[-LOG_TAIL_BYTES:].decode("utf-8", errors="replace").strip()


def environment_without(*prefixes: str) -> dict[str, str]:
    """This process's environment, less what would change a server's settings behind our back."""
    return {name: value for name, value in os.environ.items() if not name.startswith(prefixes)}
