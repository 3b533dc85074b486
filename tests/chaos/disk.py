"""A small file system of the run's own for the database's rows, which can be full: where the machine allows a mount."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg

from ledgerstream.embedded.postgres import DATABASE_NAME
from ledgerstream.embedded.system_user import database_user

_SIZE = "8g"  # at most, in memory; what is not used costs nothing
_TRIES = 50
_STEP_BYTES = 1 << 20


class Disk:
    """A file system in memory. Full, it has no byte for more than what it holds."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def fill(self) -> None:
        """Somebody may write meanwhile, a database that recovers, say: it gets a little more, and fills that."""
        for tried in range(_TRIES):
            with suppress(subprocess.CalledProcessError):
                self._resize(f"{self._used_bytes() + tried * _STEP_BYTES}")
                return
        raise OSError(f"{self._folder} can't be made smaller: somebody fills it faster")

    def _used_bytes(self) -> int:
        state = os.statvfs(self._folder)
        return (state.f_blocks - state.f_bfree) * state.f_frsize

    def clear(self) -> None:
        self._resize(_SIZE)

    def _resize(self, size: str) -> None:
        _run("mount", "-o", f"remount,size={size}", str(self._folder))


@contextmanager
def small_disk(folder: Path) -> Iterator[Disk | None]:
    """None where this process may not mount anything."""
    folder.mkdir()
    if not _mounted(folder):
        yield None
        return
    try:
        yield Disk(folder)
    finally:
        _run("umount", "--lazy", str(folder))


def _mounted(folder: Path) -> bool:
    try:
        _run("mount", "-t", "tmpfs", "-o", f"size={_SIZE},mode=0755", "chaos", str(folder))
    except (FileNotFoundError, subprocess.CalledProcessError):
        return False
    return True


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)


def move_database(database_url: str, disk: Path) -> None:
    """Have all rows of the database on that disk: in a tablespace there. The log and the catalogs' own stay."""
    rows = disk / "rows"
    rows.mkdir(mode=0o700)
    if (user := database_user()) is not None:
        shutil.chown(rows, user.user_id, user.group_id)
    with psycopg.connect(database_url, dbname="postgres", autocommit=True) as database:
        database.execute(f"create tablespace small location '{rows}'".encode())
        database.execute(f"alter database {DATABASE_NAME} set tablespace small".encode())
