"""Notices a network that was reset: the source has no longer the topic's last ledger, or another in its place."""

import time
from collections.abc import Callable

import structlog

from producer.errors import NetworkReset
from producer.publisher import Tail
from producer.sources import LedgerSource

LOOK_EVERY_SECONDS = 15.0
BEHIND_SECONDS = 60.0

log = structlog.get_logger(__name__)


class ResetWatch:
    """Compares the source with the topic's last ledger: at the start, and from time to time while nothing comes.

    A source that has not come so far is compared where it ends. `held` tells the hash that the topic has of a ledger.
    """

    def __init__(
        self, source: LedgerSource, topic: str, network_name: str, held: Callable[[int], bytes | None]
    ) -> None:
        self._source = source
        self._held = held
        self._topic = topic
        self._network_name = network_name
        self._next_look = 0.0
        self._behind_since: float | None = None
        self._newest_seen: int | None = None
        self._only_late = False

    def look(self, tail: Tail | None) -> None:
        """Look now, if the last look was long enough ago.

        Raises:
            NetworkReset: the source has another ledger in the place of the topic's last, or where it ends itself; or
                it has been behind the topic for a minute, and the topic does not hold its newest ledger.
        """
        now = time.monotonic()
        if tail is None or now < self._next_look:
            return
        self._next_look = now + LOOK_EVERY_SECONDS
        self._agrees(tail.sequence, tail.hash)
        self._measure_lag(tail, now)

    def _agrees(self, sequence: int, held: bytes | None) -> bool:
        """Whether source and topic both have this ledger."""
        if held is None or (ledger := self._source.ledger(sequence)) is None:
            return False
        if ledger.hash != held:
            raise NetworkReset(
                f"topic {self._topic} holds ledger {sequence} with the hash {held.hex()}, the source has it with "
                f"{ledger.hash.hex()}: {self._remedy()}"
            )
        return True

    def _measure_lag(self, tail: Tail, now: float) -> None:
        latest = self._source.latest()
        if latest is None or latest >= tail.sequence:
            self._behind_since = None
            return
        if self._behind_since is None or latest != self._newest_seen:  # a source that gains is only late
            self._behind_since, self._newest_seen = now, latest
            self._only_late = self._agrees(latest, self._held(latest))
            log.info("the source is behind the topic", topic=self._topic, ledger=tail.sequence, source_newest=latest)
        if now - self._behind_since >= BEHIND_SECONDS and not self._only_late:
            raise NetworkReset(
                f"topic {self._topic} holds ledger {tail.sequence}, the source's newest has been {latest} for "
                f"{BEHIND_SECONDS:g} s: {self._remedy()}"
            )

    def _remedy(self) -> str:
        return (
            f"if {self._network_name} was reset, publish its new ledgers to a new topic (--topic) and reset the "
            "subscribers (ledgerstream reset); otherwise name the right source"
        )
