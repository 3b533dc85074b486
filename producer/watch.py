"""Notices a network that was reset: the source has no longer the topic's last ledger, or another in its place."""

import time

from producer.errors import NetworkReset
from producer.publisher import Tail
from producer.sources import LedgerSource

LOOK_EVERY_SECONDS = 15.0
BEHIND_SECONDS = 60.0


class ResetWatch:
    """Compares the source with the topic's last ledger: at the start, and from time to time while nothing comes."""

    def __init__(self, source: LedgerSource, topic: str, network_name: str) -> None:
        self._source = source
        self._topic = topic
        self._network_name = network_name
        self._next_look = 0.0
        self._behind_since: float | None = None
        self._newest_seen: int | None = None

    def look(self, tail: Tail | None) -> None:
        """Look now, if the last look was long enough ago.

        Raises:
            NetworkReset: the source has another ledger in the place of the topic's last, or has been behind the
                topic for a minute.
        """
        now = time.monotonic()
        if tail is None or now < self._next_look:
            return
        self._next_look = now + LOOK_EVERY_SECONDS
        self._compare(tail)
        self._measure_lag(tail, now)

    def _compare(self, tail: Tail) -> None:
        ledger = self._source.ledger(tail.sequence)
        if ledger is not None and ledger.hash != tail.hash:
            raise NetworkReset(
                f"topic {self._topic} holds ledger {tail.sequence} with the hash {tail.hash.hex()}, the source has it "
                f"with {ledger.hash.hex()}: {self._remedy()}"
            )

    def _measure_lag(self, tail: Tail, now: float) -> None:
        latest = self._source.latest()
        if latest is None or latest >= tail.sequence:
            self._behind_since = None
            return
        if self._behind_since is None or latest != self._newest_seen:  # a source that gains is only late
            self._behind_since, self._newest_seen = now, latest
        if now - self._behind_since >= BEHIND_SECONDS:
            raise NetworkReset(
                f"topic {self._topic} holds ledger {tail.sequence}, the source's newest has been {latest} for "
                f"{BEHIND_SECONDS:g} s: {self._remedy()}"
            )

    def _remedy(self) -> str:
        return (
            f"if {self._network_name} was reset, publish its new ledgers to a new topic (--topic) and reset the "
            "subscribers (ledgerstream reset); otherwise name the right source"
        )
