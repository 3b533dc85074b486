"""Ends the sessions of workers that stand still: what they hold, a cell or the row of `backfill`, is free then."""

import time

import psycopg
import structlog

from consumer.lock import Holder, Watch, end_session, sessions_called
from consumer.session import Session

_LOOK_SECONDS = 0.5

log = structlog.get_logger(__name__)


class Watchdog:
    """Looks at all workers of a subscriber, on whichever host; each must say something within the lease."""

    def __init__(self, session: Session, name: str, lease_seconds: float) -> None:
        self._session = session
        self._name = name
        self._lease_seconds = lease_seconds
        self._watches: dict[int, Watch] = {}
        self._seen: dict[int, float] = {}
        self._next_look = 0.0

    def look(self) -> list[int]:
        """End who has been silent for longer than the lease; the process ids of the sessions that were ended."""
        if time.monotonic() < self._next_look:
            return []
        self._next_look = time.monotonic() + _LOOK_SECONDS
        with self._session.asking() as connection:
            there = sessions_called(connection, self._name)
        self._seen.update(dict.fromkeys((each.pid for each in there), time.monotonic()))
        self._watches = {each.pid: self._watches.get(each.pid) or Watch() for each in there}
        return [each.pid for each in there if self._stands_still(each) and self._end(each)]

    def is_gone(self, session: int) -> bool:
        """Whether it was ended, by whomever, for longer than the lease: its worker would have noticed, if it ran."""
        now = time.monotonic()
        return now - self._seen.setdefault(session, now) > self._lease_seconds

    def _stands_still(self, session: Holder) -> bool:
        return self._watches[session.pid].still_seconds(session) > self._lease_seconds

    def _end(self, session: Holder) -> bool:
        watch = self._watches[session.pid]
        about = {"session": session.pid, "address": session.address}
        watch.begin_again()
        try:
            with self._session.asking() as connection:
                ended = end_session(connection, session)
        except psycopg.errors.InsufficientPrivilege:
            log.warning("a worker stands still, and this role may not end its session", **about, role=session.role)
            return False
        if ended:
            log.warning("a worker has been silent for longer than the lease: its session was ended", **about)
        return ended
