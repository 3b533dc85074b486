"""A session with the database: how it is opened, and what its loss is called."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import structlog
from psycopg.conninfo import make_conninfo

from consumer.errors import DatabaseLost, DatabaseUnreachable, DatabaseUrlMalformed, ListenersBehind, NoRights

Connection = psycopg.Connection[tuple[object, ...]]

_ASK_AGAIN_SECONDS = 0.5

_SESSION: dict[str, str | int] = {
    "connect_timeout": 5,
    # Memos are any text, whatever the environment says.
    "client_encoding": "utf8",
    # A peer that is gone is noticed in about 20 s, in the middle of a statement too.
    "keepalives_idle": 5,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}

_SETTINGS = {
    # The server ends a session whose client is gone also while the session waits for a lock.
    "client_connection_check_interval": "1s",
    # Second line of defence: a client that stopped within a transaction.
    "idle_in_transaction_session_timeout": "60s",
    # READ COMMITTED: a snapshot taken before a lock wait would read a stale cursor.
    "default_transaction_isolation": "read committed",
}

log = structlog.get_logger(__name__)


def connect(url: str, *, application_name: str, timeout_seconds: float) -> Connection:
    """Open an autocommit session, waiting for a database that is still starting.

    Raises:
        DatabaseUrlMalformed: the URL is none.
        DatabaseUnreachable: no session in time; the message is the database's last word.
    """
    deadline = time.monotonic() + timeout_seconds
    told = ""
    try:
        conninfo = make_conninfo(url, application_name=application_name, **_SESSION)
    except psycopg.ProgrammingError as error:
        raise DatabaseUrlMalformed(f"{url!r} is no database URL ({error}): postgresql://user@host/name") from error
    while True:
        try:
            return _open(conninfo)
        except psycopg.OperationalError as error:
            if time.monotonic() > deadline:
                raise DatabaseUnreachable(f"no session with the database in {timeout_seconds:g} s: {error}") from error
            if str(error) != told:
                told = str(error)
                log.warning("waiting for the database", reason=told.strip())
            time.sleep(_ASK_AGAIN_SECONDS)


def _open(conninfo: str) -> Connection:
    connection = psycopg.connect(conninfo, autocommit=True)
    for name, value in _SETTINGS.items():
        try:
            connection.execute("select set_config(%s, %s, false)", (name, value))
        except psycopg.errors.InvalidParameterValue:  # a server on a platform that can't watch its clients
            log.debug("the server does not support a setting", setting=name)
    return connection


@contextmanager
def loss_named() -> Iterator[None]:
    """Turn what the session does not survive into an error of ours. It is never opened again: the process ends.

    Raises:
        ListenersBehind: COMMIT failed because the queue of notifications is full.
        NoRights: the role may not do that.
        DatabaseLost: the session is gone, or the server can't go on (stopping, disk full …).
    """
    try:
        yield
    except psycopg.errors.ProgramLimitExceeded as error:
        raise ListenersBehind(
            f"the ledger was not committed: {str(error).strip()}. Find the listener that does not read "
            "(pg_notification_queue_usage, pg_stat_activity), or go on without notifications (--no-notify)"
        ) from error
    except psycopg.errors.InsufficientPrivilege as error:
        raise NoRights(
            f"{str(error).strip()}: a subscriber's role needs CREATE on the database, or must own the schema"
        ) from error
    except psycopg.OperationalError as error:
        raise DatabaseLost(f"the session with the database failed: {str(error).strip()}") from error
