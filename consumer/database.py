"""A session with the database: how it is opened, how long it may be silent, and what its loss is called."""

import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress

import psycopg
import structlog
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from consumer.errors import (
    ConsumerError,
    DatabaseLost,
    DatabaseUnreachable,
    DatabaseUrlMalformed,
    ListenersBehind,
    NoRights,
)

Connection = psycopg.Connection[tuple[object, ...]]

DROPPED = (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName)
"""How a statement fails whose subscriber was dropped meanwhile."""

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

SERVER_NOTICES_SECONDS = 60
"""After this long the server by itself ends a session that is silent: the second line of defence."""

_SETTINGS = {
    # The server ends a session whose client is gone also while the session waits for a lock.
    "client_connection_check_interval": "1s",
    # A client that stands still, within a transaction or between two: a consumer has something to say every second.
    "idle_in_transaction_session_timeout": f"{SERVER_NOTICES_SECONDS}s",
    "idle_session_timeout": f"{SERVER_NOTICES_SECONDS}s",
    # A client whose host is gone, as the client itself has it of the server.
    "tcp_keepalives_idle": "5",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "20s",
    # READ COMMITTED: a snapshot taken before a lock wait would read a stale cursor.
    "default_transaction_isolation": "read committed",
}

_IMPOSSIBLE = re.compile(r"connection is bad: (?:invalid|weak) (port number|\w+)")
"""What libpq says before it connects to anything; what follows is not repeated, see `_conninfo`."""

_SHORTEST_PATIENCE_SECONDS = 1.0
_LOOK_SECONDS = 0.25

log = structlog.get_logger(__name__)


def connect(url: str, *, application_name: str, timeout_seconds: float) -> Connection:
    """Open an autocommit session, waiting for a database that is still starting.

    Raises:
        DatabaseUrlMalformed: the URL is none.
        DatabaseUnreachable: no session in time; the message is the database's last word.
        DatabaseLost: there was one, and it fell silent.
    """
    deadline = time.monotonic() + timeout_seconds
    told = ""
    conninfo = _conninfo(url, application_name)
    while True:
        try:
            return _open(conninfo, timeout_seconds)
        except psycopg.OperationalError as error:
            if (setting := _IMPOSSIBLE.match(str(error))) is not None:
                raise _malformed(f"{setting[1]} can't be what it says") from None
            if time.monotonic() > deadline:
                reason = _said(error)
                raise DatabaseUnreachable(f"no session with the database in {timeout_seconds:g} s: {reason}") from error
            if _said(error) != told:
                told = _said(error)
                log.warning("waiting for the database", reason=told)
            time.sleep(_ASK_AGAIN_SECONDS)


def _conninfo(url: str, application_name: str) -> str:
    """What to connect with. Of a URL that is none no word is repeated: any of it may be part of a password."""
    try:
        given = conninfo_to_dict(url)
    except psycopg.ProgrammingError as error:
        if re.match("(?!postgres)[a-z]+://", url):
            raise _malformed("it is one of something else") from None
        raise _malformed(str(error).partition('"')[0].strip(" :")) from None
    # The rest of a password that holds one of these itself: libpq takes what follows for a host, a port or a name.
    if "@" in str(given.get("host") or "")[1:] or ("://" in url and "@" in str(given.get("dbname") or "")):
        raise _malformed("there is an @ too many")
    if not re.fullmatch(r"[\d,]*", str(given.get("port") or "")):
        raise _malformed("the port is no number")
    return make_conninfo(url, application_name=application_name, **_SESSION)


def _malformed(what: str) -> DatabaseUrlMalformed:
    return DatabaseUrlMalformed(
        f"this is no database URL: {what}. It is postgresql://user:password@host:port/name, and what is special in "
        "user or password is percent-encoded in it (@ is %40, / is %2F, : is %3A); it is not shown, for it may hold a "
        "password"
    )


def _open(conninfo: str, timeout_seconds: float) -> Connection:
    # Nothing is prepared: behind a pooler the next statement may go to another session.
    connection = psycopg.connect(conninfo, autocommit=True, prepare_threshold=None)
    try:
        with closing(Patience(connection, timeout_seconds)) as patience, patience():
            for name, value in _SETTINGS.items():
                _set(connection, name, value)
    except BaseException:
        connection.close()
        raise
    return connection


def _set(connection: Connection, name: str, value: str) -> None:
    try:
        connection.execute("select set_config(%s, %s, false)", (name, value))
    except psycopg.errors.InvalidParameterValue:  # a server on a platform that can't watch its clients
        log.debug("the server does not support a setting", setting=name)


class Patience:
    """`with patience():` around what waits for the database: no statement waits without a bound, nor fails unnamed.

    The server's own time-outs can't bound an answer that is lost on its way. When none came in time, the session's
    socket is cut, by another thread: the statement that waits for it then fails as for any other loss.
    """

    def __init__(self, connection: Connection, timeout_seconds: float) -> None:
        self._connection = connection
        self._timeout_seconds = max(timeout_seconds, _SHORTEST_PATIENCE_SECONDS)
        # A duplicate: its number never becomes that of another socket while the thread may still cut it.
        self._socket = socket.fromfd(connection.fileno(), socket.AF_INET, socket.SOCK_STREAM)
        self._deadline: float | None = None
        self._exhausted = False
        self._closed = threading.Event()
        self._watch = threading.Thread(target=self._watch_deadlines, daemon=True)
        self._watch.start()

    @contextmanager
    def __call__(self) -> Iterator[None]:
        """Wait for so long, and name what goes wrong.

        Raises:
            DatabaseLost: the session is gone, the server can't go on (stopping, disk full …), or no answer came.
            ListenersBehind: COMMIT failed because the queue of notifications is full.
            NoRights: the role may not do that.
        """
        outer, self._deadline = self._deadline, time.monotonic() + self._timeout_seconds
        try:
            yield
        except psycopg.Error as error:
            if (named := self._exhaustion() or _named(error) or self._loss(error)) is None:
                raise
            raise named from error
        finally:
            self._deadline = outer

    def renew(self) -> None:
        """An answer came: the next one may take as long again."""
        self._deadline = time.monotonic() + self._timeout_seconds

    def _watch_deadlines(self) -> None:
        """One thread for all statements: to start one for each would cost more than the statement."""
        while not self._closed.wait(_LOOK_SECONDS):
            deadline = self._deadline  # once: it is another thread's
            if deadline is not None and time.monotonic() > deadline:
                self._exhausted = True
                with suppress(OSError):  # it was lost meanwhile
                    self._socket.shutdown(socket.SHUT_RDWR)
                return

    def _exhaustion(self) -> DatabaseLost | None:
        if not self._exhausted:
            return None
        return DatabaseLost(
            f"the database did not answer in {self._timeout_seconds:g} s (--answer-timeout): it is slow, a lock of "
            "somebody else's is in the way, or the connection is dead; what was not committed is rolled back"
        )

    def _loss(self, error: psycopg.Error) -> DatabaseLost | None:
        """Whatever it is called: a pooler between ends a session in ways of its own."""
        return _lost(error) if self._connection.closed else None

    def close(self) -> None:
        self._closed.set()
        self._watch.join()
        self._socket.close()


def _named(error: psycopg.Error) -> ConsumerError | None:
    """What the session does not survive, as an error of ours. It is never opened again: the process ends."""
    match error:
        case psycopg.errors.ProgramLimitExceeded():
            return ListenersBehind(
                f"the ledger was not committed: {_said(error)}. Find the listener that does not read "
                "(pg_notification_queue_usage, pg_stat_activity), or go on without notifications (--no-notify)"
            )
        case psycopg.errors.InsufficientPrivilege():
            return NoRights(
                f"{error.diag.message_primary}: the role that writes a subscriber must own its schema, and needs "
                "CREATE on the database to make one; to read it, a role needs USAGE on the schema and SELECT on "
                "its tables"
            )
        case psycopg.errors.AdminShutdown():
            return DatabaseLost(
                f"the session with the database was ended from outside ({_said(error)}): by a standby that took over "
                "because this process stood still for longer than its lease, by an administrator, or because the "
                "server stops; what was not committed is rolled back"
            )
        case psycopg.errors.ReadOnlySqlTransaction():
            return DatabaseLost(
                f"the database takes no writes ({_said(error)}): it is a replica, or was made one, or the role has "
                "default_transaction_read_only; name the primary in --database-url, or several hosts with "
                "target_session_attrs=read-write"
            )
        case psycopg.OperationalError():
            return _lost(error)
    return None


def _lost(error: psycopg.Error) -> DatabaseLost:
    return DatabaseLost(f"the session with the database failed: {_said(error)}")


def _said(error: psycopg.Error) -> str:
    return " ".join(str(error).split())
