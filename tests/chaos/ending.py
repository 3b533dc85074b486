"""The proof at the end: all is healed, everybody catches up, and nothing is lost, doubled or half-written.

Counted by queries that share nothing with the product, and proved again by the product's own `verify --deep`.
"""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import psycopg

from tests.chaos.counting import Counts, count_records, count_rows
from tests.chaos.history import History
from tests.chaos.network import FIRST
from tests.chaos.system import LIVE_FIRST, MAIN, SECOND, SUBSCRIBERS, TOPIC, System
from tests.chaos.watch import Watch
from tests.support.consuming import digest_of
from tests.support.processes import CommandLine

CATCH_UP_SECONDS = 120.0
"""For everybody to have the last ledger, once nothing strikes any more."""
FILL_SECONDS = 300.0
"""For a backfill to be through, from wherever it is."""

_VERIFY_SECONDS = 1800.0
_LOOK_SECONDS = 0.2


@dataclass(slots=True)
class Proof:
    """Of each subscriber, how many ledgers were lost, doubled and half-written, and what `verify --deep` said."""

    last: int = 0
    counts: dict[str, Counts] = field(default_factory=dict)
    verified: dict[str, int] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    catch_up_seconds: float = 0.0

    def faults(self) -> Iterator[str]:
        """What is wrong, in words."""
        yield from (f"{where}: {counts}" for where, counts in self.counts.items() if counts.any())
        for subscriber, code in self.verified.items():
            if code:
                yield f"{subscriber}: verify --deep ended with code {code}"
        if len(set(self.digests.values())) > 1:
            yield f"the subscribers differ: {self.digests}"
        if {*self.verified} != {*SUBSCRIBERS} or {*self.digests} != {*SUBSCRIBERS}:
            yield "the proof is not complete"


def settle(system: System, watch: Watch, history: History, proof: Proof) -> bool:
    """Let everybody catch up and everything be filled; whether that came in time."""
    began = time.monotonic()
    system.network.stop()
    proof.last = system.network.newest
    if not _all_caught_up(system, watch, proof.last):
        standing = {name: watch.lines[name].values[-1:] for name in SUBSCRIBERS}
        system.fail(f"not everybody caught up with ledger {proof.last} in {CATCH_UP_SECONDS:g} s: {standing}")
        return False
    proof.catch_up_seconds = time.monotonic() - began
    if not history.finish(FILL_SECONDS):
        system.fail(f"backfill was not through in {FILL_SECONDS:g} s")
        return False
    with ThreadPoolExecutor() as pool:
        return all(pool.map(lambda subscriber: _filled(system, subscriber), (MAIN, SECOND)))


def _all_caught_up(system: System, watch: Watch, last: int) -> bool:
    deadline = time.monotonic() + CATCH_UP_SECONDS
    while any(watch.lines[name].values[-1:] != [last] for name in SUBSCRIBERS):
        if time.monotonic() > deadline or system.failed.wait(_LOOK_SECONDS):
            return False
    return True


def _filled(system: System, subscriber: str) -> bool:
    filling = system.bounded(f"backfill_{subscriber}", *system.filling_of(subscriber, workers=2))
    filling.start()
    through = filling.done.wait(FILL_SECONDS)
    filling.leave()
    if not through:
        system.fail(f"backfill of {subscriber} was not through in {FILL_SECONDS:g} s")
    return through


def prove(system: System, proof: Proof) -> None:
    """When all processes have ended: the servers alone are left."""
    closed = system.network.closed
    direct = system.servers.direct
    with psycopg.connect(direct.database_url, autocommit=True) as database:
        for subscriber in SUBSCRIBERS:
            proof.counts[subscriber] = count_rows(database, subscriber, closed)
    published = {sequence: ledger for sequence, ledger in closed.items() if sequence >= LIVE_FIRST}
    proof.counts["the topic"] = count_records({"bootstrap.servers": direct.kafka}, TOPIC, published)
    _verify(system, proof)


def _verify(system: System, proof: Proof) -> None:
    direct = system.servers.direct
    commands = CommandLine({"LEDGERSTREAM_KAFKA": direct.kafka, "LEDGERSTREAM_DATABASE_URL": direct.database_url})
    verify = ("verify", "--deep", "--topic", TOPIC, "--first", str(FIRST), "--subscriber")
    running = {subscriber: commands.start(*verify, subscriber) for subscriber in SUBSCRIBERS}
    for subscriber, each in running.items():
        ended = each.wait(_VERIFY_SECONDS)
        proof.verified[subscriber] = ended.code
        if ended.code:
            system.fail(f"verify --deep of {subscriber} ended with code {ended.code}: {ended.reason}")
        proof.digests[subscriber] = digest_of(direct.database_url, subscriber, cursors=False)
