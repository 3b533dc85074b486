"""A Postgres with TLS, from the system's own programs: the embedded one is built without."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from ledgerstream.embedded import ports
from ledgerstream.embedded.system_user import SystemUser, database_user
from tests.support.certificates import Authority

_SETTINGS = """
listen_addresses = '127.0.0.1'
port = {port}
unix_socket_directories = '{folder}'
ssl = on
ssl_ca_file = '{authority}'
ssl_cert_file = '{certificate}'
ssl_key_file = '{key}'
fsync = off
"""

_WHO_MAY = """
local   all all                          trust
hostssl all by_password    127.0.0.1/32 scram-sha-256
hostssl all by_certificate 127.0.0.1/32 cert
"""


@dataclass(frozen=True, slots=True)
class TlsPostgres:
    """A server on 127.0.0.1, known as `localhost` by its certificate; `socket` is its administrator's door."""

    socket: Path
    port: int
    authority: Authority


def programs() -> Path | None:
    """Where the system keeps the newest Postgres that it has; Debian puts none of them on the path."""
    found = shutil.which("initdb")
    if found is not None:
        return Path(found).resolve().parent
    return max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name), default=None)


@contextmanager
def tls_postgres(folder: Path) -> Iterator[TlsPostgres]:
    """Start one, all of whose files are in `folder`, which everybody can reach."""
    bin_folder = programs()
    if bin_folder is None:
        if os.environ.get("LEDGERSTREAM_REQUIRE_POSTGRES_TLS") == "1":
            pytest.fail("there is no Postgres of the system's, and it is required")
        pytest.skip("there is no Postgres with TLS on this machine")
    authority = Authority(folder, "authority")
    server = authority.server("localhost")
    data, [port] = folder / "data", ports.choose(1)
    user = database_user()
    for path in (folder, *folder.iterdir()):
        _give_away(path, user)
    _run(user, bin_folder / "initdb", "--auth=trust", "--username=postgres", "--encoding=UTF8", "-D", data)
    settings = _SETTINGS.format(
        port=port, folder=folder, authority=authority.certificate, certificate=server.certificate, key=server.key
    )
    with (data / "postgresql.conf").open("a") as file:
        file.write(settings)
    (data / "pg_hba.conf").write_text(_WHO_MAY)
    _run(user, bin_folder / "pg_ctl", "start", "-w", "-D", data, "-l", folder / "log")
    try:
        yield TlsPostgres(folder, port, authority)
    finally:
        _run(user, bin_folder / "pg_ctl", "stop", "-w", "-m", "immediate", "-D", data)


def _give_away(path: Path, user: SystemUser | None) -> None:
    if user is not None:
        os.chown(path, user.user_id, user.group_id)


def _run(user: SystemUser | None, *command: Path | str) -> None:
    subprocess.run(
        [str(word) for word in command],
        check=True,
        stdout=subprocess.DEVNULL,
        user=None if user is None else user.user_id,
        group=None if user is None else user.group_id,
        extra_groups=None if user is None else [],
    )
