"""Where the embedded stack keeps its files, and who may enter there."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from ledgerstream.embedded.errors import DataFolderUnreachable

if TYPE_CHECKING:
    from ledgerstream.embedded.system_user import SystemUser

ENTER_FOR_OTHERS = stat.S_IXGRP | stat.S_IXOTH


def default_data_dir() -> Path:
    """The data folder of a user who named none."""
    if sys.platform == "win32":
        return _from_environment("LOCALAPPDATA", "AppData/Local") / "ledgerstream" / "data"
    if os.geteuid() == 0 and sys.platform != "darwin":
        # Root's home is closed to the system user as whom PostgreSQL then runs.
        return Path("/var/lib/ledgerstream")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "ledgerstream"
    return _from_environment("XDG_DATA_HOME", ".local/share") / "ledgerstream"


def cache_dir() -> Path:
    """What can be downloaded again, shared by all data folders of a user."""
    if sys.platform == "win32":
        return _from_environment("LOCALAPPDATA", "AppData/Local") / "ledgerstream" / "cache"
    if sys.platform == "darwin" and "XDG_CACHE_HOME" not in os.environ:
        return Path.home() / "Library" / "Caches" / "ledgerstream"
    return _from_environment("XDG_CACHE_HOME", ".cache") / "ledgerstream"


def _from_environment(variable: str, below_home: str) -> Path:
    return Path(os.environ.get(variable) or Path.home() / below_home)


def make_data_dir(data_dir: Path, user: SystemUser | None) -> None:
    """Make the data folder; with a system user for the database, one that this user can reach.

    Folders that were there before keep their permissions, except for the data folder itself: it may come
    from `mkdtemp`, closed to everybody else.

    Raises:
        DataFolderUnreachable: A folder above it is closed to `user`.
    """
    missing = [folder for folder in (data_dir, *data_dir.parents) if not folder.exists()]
    for folder in reversed(missing):
        folder.mkdir(exist_ok=True)
        if user is not None:
            open_to_others(folder)
    if user is None:
        return
    if _is_ours(data_dir):
        open_to_others(data_dir)
    closed = closed_folder(data_dir, user)
    if closed is not None:
        raise DataFolderUnreachable(data_dir, closed, user.name)


def _is_ours(data_dir: Path) -> bool:
    """Whether nothing but the stack lives there: nobody else's folder is opened to others."""
    return {entry.name for entry in data_dir.iterdir()} <= {"kafka", "postgres", "stack.lock"}


def open_to_others(folder: Path) -> None:
    """Others may pass through, and still not list what is there."""
    folder.chmod(folder.stat().st_mode | ENTER_FOR_OTHERS)


def closed_folder(folder: Path, user: SystemUser) -> Path | None:
    """The first folder on the way down to `folder` that `user` cannot enter, or None."""
    way_down = (*reversed(folder.parents), folder)
    return next((step for step in way_down if not _may_enter(step, user)), None)


def _may_enter(folder: Path, user: SystemUser) -> bool:
    status = folder.stat()
    if status.st_uid == user.user_id:
        return bool(status.st_mode & stat.S_IXUSR)
    if status.st_gid == user.group_id:
        return bool(status.st_mode & stat.S_IXGRP)
    return bool(status.st_mode & stat.S_IXOTH)


def write_atomically(file: Path, text: str) -> None:
    """Write a file that a reader sees as a whole or not at all, whenever this process may die."""
    draft = file.with_name(f"{file.name}.{os.getpid()}.draft")
    draft.write_text(text, encoding="utf-8")
    draft.replace(file)


def sync_to_disk(folder: Path) -> None:
    """What was written below `folder` survives a loss of power that follows."""
    if sys.platform == "win32":
        return  # folders cannot be opened there
    for path in (*folder.rglob("*"), folder):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
