"""The subscriber's advisory lock: who holds it, how it is taken, and how a standby takes it over."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, cast

import psycopg
import structlog

from consumer.database import SERVER_NOTICES_SECONDS, Connection, Patience
from consumer.errors import PoolerBetween, SubscriberLocked

_WAIT_SECONDS = 3.0  # a holder that was just killed keeps its lock until its server process has noticed
_TRY_EVERY_SECONDS = 0.1
_PROBE_EVERY_SECONDS = 0.5
_PREPARE_THRESHOLD = 5

_TRY = "select pg_try_advisory_lock(%s)"
_MY_PID = "select pg_backend_pid()"
_MY_ROLE = "select current_user::text"
_NAME = "select set_config('application_name', %s, false)"
# What belongs to another role is null, unless ours may read all statistics.
_SESSION = """
    select pid, usename::text, coalesce(host(client_addr), 'local'),
           extract(epoch from clock_timestamp() - greatest(query_start, state_change))::float8,
           backend_start, greatest(query_start, state_change),
           coalesce(wait_event_type = 'Lock' or wait_event = 'SyncRep', false)
      from pg_stat_activity
"""
_HOLDER = f"""
    {_SESSION} join pg_locks using (pid)
     where locktype = 'advisory' and granted and objsubid = 1
       and (classid::bigint << 32 | objid::bigint) = %s
       and pg_locks.database = (select oid from pg_database where datname = current_database())
"""
_CALLED = f"{_SESSION} where application_name = %s and datname = current_database()"
# In one statement with a last look: by now the pid may be somebody else's, or the holder may have moved.
_END = """
    select pg_terminate_backend(pid) from pg_stat_activity
     where pid = %s and backend_start = %s and greatest(query_start, state_change) = %s
"""

log = structlog.get_logger(__name__)


def lock_key(schema: str) -> int:
    """The key of the subscriber's advisory lock, derived from the schema's name alone; a signed 64-bit integer."""
    return int.from_bytes(sha256(f"ledgerstream subscriber {schema}".encode()).digest()[:8], "big", signed=True)


def standby_name(schema: str) -> str:
    """What a session that stands by calls itself."""
    return f"standby {schema}"


@dataclass(frozen=True, slots=True)
class Holder:
    """The session that holds a subscriber's lock, or works for it otherwise.

    `silent_seconds` since it last said anything to the server, `moved_at` when that was: None where our role may not
    see it. `waits_for_database`: it can't go on for a lock of somebody else's, or for a replica; nor could another.
    """

    pid: int
    role: str
    address: str
    silent_seconds: float | None
    started_at: datetime | None
    moved_at: datetime | None
    waits_for_database: bool


def holder_of(connection: Connection, schema: str) -> Holder | None:
    """Who holds the subscriber's lock now, if anybody."""
    row = cast("tuple[Any, ...] | None", connection.execute(_HOLDER, (lock_key(schema),)).fetchone())
    return None if row is None else Holder(*row)


def sessions_called(connection: Connection, name: str) -> list[Holder]:
    """All sessions of this database that call themselves so."""
    return [Holder(*row) for row in cast("list[tuple[Any, ...]]", connection.execute(_CALLED, (name,)).fetchall())]


def end_session(connection: Connection, session: Holder) -> bool:
    """End a session, unless it has moved since it was looked at; whether it was ended.

    Raises:
        InsufficientPrivilege: our role may not.
    """
    return connection.execute(_END, (session.pid, session.started_at, session.moved_at)).fetchone() == (True,)


@dataclass(frozen=True, slots=True)
class Standby:
    """How to stand by: how long a holder may be silent, in seconds, and what to call at every probe."""

    lease_seconds: float
    probed: Callable[[], object] = field(default=lambda: None)


class SubscriberLock:
    """The lock, as a session that wants it sees it. It is let go when the session ends, and never before."""

    def __init__(self, connection: Connection, schema: str, patience: Patience) -> None:
        self._connection = connection
        self._schema = schema
        self._patience = patience

    def check_session(self, *, pooled: bool) -> None:
        """See that the session is one with the server itself, unless the operator vouches for the pooler between.

        Raises:
            PoolerBetween: something between answers with a session of its own: a lock there is anybody's.
        """
        with self._patience():
            row = self._connection.execute(_MY_PID).fetchone()
        if row != (self._connection.info.backend_pid,) and not pooled:
            raise PoolerBetween(
                "between here and the database is a connection pooler, such as PgBouncer: the subscriber's lock needs "
                "a session of its own. Name the database itself in --database-url; or, if the pooler is in session "
                "mode (pool_mode=session), say so with --session-pooling"
            )
        self._connection.prepare_threshold = _PREPARE_THRESHOLD

    def take(self) -> None:
        """Take the lock, waiting a moment for a holder that is just ending.

        Raises:
            SubscriberLocked: another consumer holds it.
        """
        deadline = time.monotonic() + _WAIT_SECONDS
        told = False
        while not self._try():
            if not told:
                log.info("another consumer holds the lock: waiting a moment", subscriber=self._schema)
            told = True
            if time.monotonic() > deadline:
                raise SubscriberLocked(
                    f"another consumer works for subscriber {self._schema}: it holds the lock (ledgerstream status "
                    f"--subscriber {self._schema} says who); stop it first, or stand by for it (consume --standby)"
                )
            time.sleep(_TRY_EVERY_SECONDS)
        log.info("lock taken", subscriber=self._schema)

    def take_over(self, standby: Standby) -> None:
        """Wait until the lock is free, however long; end a holder that has been silent for longer than the lease.

        The lock is had at most `lease_seconds` + 2 s after the holder's last word.
        """
        watch = Watch()
        while not self._try():
            standby.probed()
            with self._patience():
                holder = holder_of(self._connection, self._schema)
            if holder is not None and watch.still_seconds(holder) > standby.lease_seconds:
                self._end(holder, watch)
            self._tell(holder, watch, standby)
            time.sleep(_PROBE_EVERY_SECONDS)
        log.info("lock taken", subscriber=self._schema)
        with self._patience():
            self._connection.execute(_NAME, (f"ledgerstream {self._schema}",))

    def _try(self) -> bool:
        with self._patience():
            row = self._connection.execute(_TRY, (lock_key(self._schema),)).fetchone()
        return row == (True,)

    def _end(self, holder: Holder, watch: "Watch") -> None:
        still = round(watch.still_seconds(holder), 1)
        watch.begin_again()
        with self._patience():
            try:
                ended = end_session(self._connection, holder)
            except psycopg.errors.InsufficientPrivilege:
                watch.may_end = False
                return
        if ended:
            log.warning(
                "the consumer that holds the lock has been silent for longer than the lease: its session was ended",
                subscriber=self._schema,
                session=holder.pid,
                address=holder.address,
                silent_seconds=still,
            )

    def _tell(self, holder: Holder | None, watch: "Watch", standby: Standby) -> None:
        """Say once for each holder that we stand by for it, and what can't be done about it."""
        if holder is None or watch.told == (holder.pid, watch.may_end):
            return
        watch.told = (holder.pid, watch.may_end)
        about = {"subscriber": self._schema, "session": holder.pid, "address": holder.address}
        if watch.may_end and holder.moved_at is not None:
            log.info("standing by", **about, lease_seconds=standby.lease_seconds)
            return
        with self._patience():
            [role] = self._connection.execute(_MY_ROLE).fetchone() or [None]
        log.warning(
            "standing by without rights over the holder of the lock",
            **about,
            reason=f"its session is of role {holder.role}, which role {role} may not watch or end: when that consumer "
            "is stopped or cut off, the takeover waits until the server itself notices, up to "
            f"{SERVER_NOTICES_SECONDS} s, and in the middle of a COPY for ever. Let both consumers use one role, or "
            f"grant pg_signal_backend and pg_read_all_stats to {role}",
        )


class Watch:
    """For how long a holder has not moved, by our own clock: the server's may jump."""

    def __init__(self) -> None:
        self._seen: tuple[object, ...] = ()
        self._since = 0.0
        self.may_end = True
        self.told: tuple[int, bool] | None = None

    def still_seconds(self, holder: Holder) -> float:
        now = time.monotonic()
        seen = (holder.pid, holder.started_at, holder.moved_at)
        if seen != self._seen or holder.moved_at is None or holder.waits_for_database:
            self._seen, self._since = seen, now
        return now - self._since

    def begin_again(self) -> None:
        """After an attempt: a backend that can't be ended is tried again, a lease later."""
        self._since = time.monotonic()
