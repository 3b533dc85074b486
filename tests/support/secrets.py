"""Passwords of tests. Each holds a marker, and a test fails when the marker is in anything that the program shows."""

import os
import uuid
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

# The processes of one run have one: they must agree on what the tests are called.
MARKER = f"secret{os.environ.get('PYTEST_XDIST_TESTRUNUID') or uuid.uuid4().hex}"


def password(rest: str = "") -> str:
    """A password, with something special in it where that is wanted."""
    return f"{MARKER}{rest}"


def with_password(url: str) -> str:
    """A database's URL with a password that nobody asks for, unless it has one."""
    if "password" in conninfo_to_dict(url):
        return url
    if "://" not in url:
        return f"{url} password={password()}"
    return f"{url}{'&' if '?' in url else '?'}password={password()}"


def check_shown(shown: str, where: str) -> None:
    """Nothing that is shown holds a password."""
    around = shown.partition(MARKER)[0][-200:]
    assert MARKER not in shown, f"a password is in {where}, after: {around}"


def check_command_lines(pid: int) -> int:
    """Those of a process and of its children, as all users of a host see them; how many there were to look at."""
    process = Path(f"/proc/{pid}")
    try:
        command_line = (process / "cmdline").read_bytes()
        children = (process / "task" / str(pid) / "children").read_text().split()
    except OSError:  # it is gone, or this is no Linux
        return 0
    check_shown(command_line.decode(errors="replace"), f"the command line of process {pid}")
    return bool(command_line) + sum(check_command_lines(int(child)) for child in children)
