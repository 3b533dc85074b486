"""What it means that nothing comes from the topic. The Kafka client itself is silent about all of this.

There may be nothing; the broker may be away; the topic may be gone; or the broker answers, holds more, and it does
not come through.
"""

import time

import structlog

from schemas.errors import BrokerUnreachable, TopicAbsent
from schemas.log import LedgerLog

_ASK_SECONDS = 1.0
_LOOK_SECONDS = 5.0
_LOOKS_UNTIL_GONE = 2  # a broker that has just started may not know its topics yet

log = structlog.get_logger(__name__)


class Lookout:
    """Looks around while nothing comes; a connection of its own asks."""

    def __init__(self, scout: LedgerLog, timeout_seconds: float) -> None:
        self._scout = scout
        self._timeout_seconds = timeout_seconds
        self._next_look = 0.0
        self._looks_absent = 0
        self._silent_since: float | None = None
        self._high = 0
        self._at_end = False
        self._high_at_end: int | None = None
        self._stuck_since: float | None = None
        self._identity: str | None = None

    def topic_exists(self) -> bool | None:
        """Ask once; None when no broker answers now.

        Raises:
            BrokerUnreachable: none has answered for longer than the time-out.
        """
        began = time.monotonic()
        exists = True
        try:
            _, self._high = self._scout.bounds(_ASK_SECONDS)
        except TopicAbsent:
            exists = False
        except BrokerUnreachable as error:
            self._broker_silent(began, error)
            return None
        self._silent_since = None
        return exists

    def _broker_silent(self, began: float, error: BrokerUnreachable) -> None:
        if self._silent_since is None:
            self._silent_since = began
            log.warning("waiting for the broker", reason=str(error))
        if time.monotonic() - self._silent_since > self._timeout_seconds:
            raise error

    def heard(self, *, at_end: bool) -> None:
        """Something came: the end of the topic, or what lies before it."""
        self._at_end = at_end
        self._high_at_end = None
        self._stuck_since = None

    def remember_topic(self) -> None:
        """From now on the topic is this one: an offset of another of its name means nothing."""
        self._identity = self._scout.identity(_ASK_SECONDS)

    def look(self, wanted: int) -> bool:
        """Nothing came: look, if the last look was long enough ago; whether the topic was made again since.

        Raises:
            TopicAbsent: the topic is gone.
            BrokerUnreachable: none has answered, or nothing has come through, for longer than the time-out.
        """
        if time.monotonic() < self._next_look:
            return False
        exists = self.topic_exists()
        self._next_look = time.monotonic() + (_ASK_SECONDS if exists is None else _LOOK_SECONDS)
        self._looks_absent = self._looks_absent + 1 if exists is False else 0
        if self._looks_absent >= _LOOKS_UNTIL_GONE:
            raise TopicAbsent(
                f"topic {self._scout.topic} is gone: ledgerstream produce --first {wanted} makes it again"
            )
        if not exists:
            return False
        self._check_progress(wanted)
        return self._made_again()

    def _made_again(self) -> bool:
        identity = self._scout.identity(_ASK_SECONDS)
        self._identity = self._identity or identity
        return identity not in (None, self._identity)

    def _check_progress(self, wanted: int) -> None:
        if self._at_end and self._high_at_end is None:
            self._high_at_end = self._high
        if self._high_at_end == self._high:
            return
        now = time.monotonic()
        self._stuck_since = self._stuck_since or now
        if now - self._stuck_since > self._timeout_seconds:
            raise BrokerUnreachable(
                f"the broker answers, but nothing of topic {self._scout.topic} has come through for "
                f"{self._timeout_seconds:g} s (--answer-timeout) while ledger {wanted} is waited for: the line is too "
                "slow for a ledger, or something lets only little through"
            )
