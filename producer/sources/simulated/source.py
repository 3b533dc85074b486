"""The simulated network as a `LedgerSource`."""

import time
from collections import deque
from collections.abc import Iterator

from producer.errors import LedgerAbsent
from producer.sources.simulated.network import GENESIS, SimulatedNetwork
from schemas.ledger import Ledger
from schemas.network import PASSPHRASES

_FIRST = GENESIS + 1
_SLICE_SECONDS = 0.05  # of sleep, between two looks at the clock
_SILENCE_SECONDS = 0.25  # while catching up: half of what the interface allows
_RECENT_BYTES = 64 * 1024 * 1024


class SimulatedSource:
    """Ledgers of a `SimulatedNetwork`, made when they are asked for.

    With a pace the network closes a ledger every `pace_seconds`, counted from when `ledgers` had caught up with
    `first` - 1, and `latest` is what it has closed by then: None before. Without, it is endless, and `latest` is
    None unless `newest` is given.

    Ledgers below the one that is asked for are made again from the genesis on: that takes its time, in which
    `ledgers` yields None. A single ledger is not interrupted, though: 14 MB take seconds.

    All arguments but these are those of `SimulatedNetwork`; the ledgers do not depend on these.

    Args:
        pace_seconds: between two ledgers; 0 means as fast as they are taken.
        newest: the network closes no ledger beyond it; what follows is "not closed yet" for ever.
    """

    ends: bool = False

    def __init__(
        self,
        *,
        seed: int = 0,
        passphrase: str = PASSPHRASES["simulated"],
        transactions_per_ledger: int = 10,
        ledger_bytes: int | None = None,
        pace_seconds: float = 0,
        newest: int | None = None,
    ) -> None:
        self._seed = seed
        self._passphrase = passphrase
        self._transactions_per_ledger = transactions_per_ledger
        self._ledger_bytes = ledger_bytes
        self._clock = _Clock(pace_seconds, newest)
        self._recent = _RecentLedgers(_RECENT_BYTES)
        # Where the last replay ended. A restart asks for the topic's last ledger, then for all that follow.
        self._spare = self._new_network()

    def earliest(self) -> int | None:
        return _FIRST

    def latest(self) -> int | None:
        newest = self._clock.newest()
        return newest if newest is not None and newest >= _FIRST else None

    def ledgers(self, first: int | None, last: int | None) -> Iterator[Ledger | None]:
        sequence = _FIRST if first is None else first
        if sequence < _FIRST:
            raise LedgerAbsent(
                f"ledger {sequence} is never published: the simulated network begins with ledger {_FIRST}"
            )
        network = self._network_before(sequence)
        yield from self._catch_up(network, sequence - 1)
        self._clock.start(network.sequence)
        while last is None or sequence <= last:
            while not self._clock.has_closed(sequence):
                yield None
                self._clock.wait_for(sequence)
            yield self._close(network)
            sequence += 1

    def _catch_up(self, network: SimulatedNetwork, last: int) -> Iterator[None]:
        quiet_since = time.monotonic()
        while network.sequence < last and self._clock.may_close(network.sequence + 1):
            if time.monotonic() - quiet_since >= _SILENCE_SECONDS:
                yield None
                quiet_since = time.monotonic()
            network.close_ledger()

    def _close(self, network: SimulatedNetwork) -> Ledger:
        ledger = Ledger.from_xdr(network.close_ledger())
        self._recent.add(ledger)
        return ledger

    def ledger(self, sequence: int) -> Ledger | None:
        if sequence < _FIRST or not self._clock.can_have_closed(sequence):
            return None
        return self._recent.find(sequence) or self._replayed(sequence)

    def _replayed(self, sequence: int) -> Ledger:
        network = self._network_before(sequence)
        while network.sequence < sequence - 1:
            network.close_ledger()
        ledger = self._close(network)
        self._spare = network
        return ledger

    def close(self) -> None:
        self._recent = _RecentLedgers(0)

    def _network_before(self, sequence: int) -> SimulatedNetwork:
        """A network that has not closed that ledger yet, for the caller alone."""
        spare, self._spare = self._spare, self._new_network()
        return spare if spare.sequence < sequence else self._new_network()

    def _new_network(self) -> SimulatedNetwork:
        return SimulatedNetwork(
            seed=self._seed,
            passphrase=self._passphrase,
            transactions_per_ledger=self._transactions_per_ledger,
            ledger_bytes=self._ledger_bytes,
        )


class _Clock:
    """Which ledgers the network has closed by now."""

    def __init__(self, pace_seconds: float, end: int | None) -> None:
        self._pace_seconds = pace_seconds
        self._end = end
        self._started: tuple[float, int] | None = None

    def start(self, closed: int) -> None:
        """From now on, with `closed` as the newest."""
        self._started = time.monotonic(), closed

    def newest(self) -> int | None:
        """None when it can't be known: before the start, and without a pace or an end."""
        if self._pace_seconds == 0:
            return self._end
        if self._started is None:
            return None
        started_at, closed = self._started
        newest = closed + int((time.monotonic() - started_at) / self._pace_seconds)
        return newest if self._end is None else min(newest, self._end)

    def has_closed(self, sequence: int) -> bool:
        newest = self.newest()
        return newest is None or sequence <= newest

    def may_close(self, sequence: int) -> bool:
        """Ever."""
        return self._end is None or sequence <= self._end

    def can_have_closed(self, sequence: int) -> bool:
        """As far as is known: before the start, an earlier process may have seen any ledger."""
        return self.may_close(sequence) and self.has_closed(sequence)

    def wait_for(self, sequence: int) -> None:
        """A slice of the time until then."""
        time.sleep(min(_SLICE_SECONDS, max(0, self._seconds_until(sequence))))

    def _seconds_until(self, sequence: int) -> float:
        if self._started is None or not self.may_close(sequence):
            return _SLICE_SECONDS
        started_at, closed = self._started
        return started_at + (sequence - closed) * self._pace_seconds - time.monotonic()


class _RecentLedgers:
    """The newest ledgers that were made, as many as fit."""

    def __init__(self, capacity_bytes: int) -> None:
        self._capacity_bytes = capacity_bytes
        self._ledgers: deque[Ledger] = deque()
        self._bytes = 0

    def add(self, ledger: Ledger) -> None:
        self._ledgers.append(ledger)
        self._bytes += len(ledger.xdr)
        while self._bytes > self._capacity_bytes:
            self._bytes -= len(self._ledgers.popleft().xdr)

    def find(self, sequence: int) -> Ledger | None:
        return next((it for it in reversed(self._ledgers) if it.sequence == sequence), None)
