"""What the embedded PostgreSQL is told, and why."""

from __future__ import annotations

CONFIG_NAME = "ledgerstream.conf"
INCLUDE = f"\ninclude = '{CONFIG_NAME}'\n"

INITDB_OPTIONS = (
    "--username=postgres",
    # Who may connect is decided by who may enter the socket's folder.
    "--auth=trust",
    "--encoding=UTF8",
    # The same order of strings on every machine, whatever its locale.
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--no-instructions",
)

DATABASE = """\
# Written anew at every start by ledgerstream. fsync stays on.

# Nothing but the socket, or on Windows, which lacks it for this, nothing but the loopback.
listen_addresses = {listen_addresses}
port = {port}
unix_socket_directories = {socket_folders}
unix_socket_permissions = 0700

# A subscriber has a few connections for each of its processes.
max_connections = 100

# Warnings and errors go to server.log, and checkpoints are no news.
logging_collector = off
log_checkpoints = off

timezone = 'UTC'
log_timezone = 'UTC'
"""


def database_settings(listen_addresses: str, port: int, socket_folder: str) -> str:
    """The text of the file that postgresql.conf includes last."""
    return DATABASE.format(
        listen_addresses=_quoted(listen_addresses),
        port=port,
        # A list of folders, in which double quotes keep a comma or a blank of a path together.
        socket_folders=_quoted('"{}"'.format(socket_folder.replace('"', '""')) if socket_folder else ""),
    )


def _quoted(value: str) -> str:
    return "'{}'".format(value.replace("'", "''"))
