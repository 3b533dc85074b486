"""The system user as whom PostgreSQL runs when this process is root: it refuses to run as root itself."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass

from ledgerstream.embedded.errors import SystemUserMissing
from ledgerstream.embedded.process import wait_until

# The name that the wheel's own Python code uses for the same purpose.
USER_NAME = "pgserver"
USERADD_TIMEOUT_SECONDS = 10


@dataclass(frozen=True)
class SystemUser:
    name: str
    user_id: int
    group_id: int


def database_user() -> SystemUser | None:
    """None for an ordinary user, whose own process PostgreSQL then is.

    Raises:
        SystemUserMissing: This is root, and the user cannot be made.
    """
    if sys.platform == "win32" or os.geteuid() != 0:
        return None
    user = _find()
    if user is None:
        _add()
        user = _find()
    assert user is not None
    return user


def _find() -> SystemUser | None:
    if sys.platform == "win32":
        return None
    import pwd  # noqa: PLC0415 - not on Windows

    try:
        entry = pwd.getpwnam(USER_NAME)
    except KeyError:
        return None
    return SystemUser(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _add() -> None:
    """Add the user; when two starts do it at the same time, one of them waits for the other's."""
    command = ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/bin/false", USER_NAME]
    try:
        result = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise SystemUserMissing(USER_NAME, "there is no useradd") from error
    # It fails at once where another useradd holds the password file, perhaps for this very user.
    timeout_seconds = 0 if result.returncode == 0 else USERADD_TIMEOUT_SECONDS
    if not wait_until(lambda: _find() is not None, timeout_seconds):
        raise SystemUserMissing(USER_NAME, result.stderr.strip())
