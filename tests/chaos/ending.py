"""The proof at the end: all is healed, everybody catches up, and nothing is lost, doubled or half-written.

Counted by queries that share nothing with the product, and proved again by the product's own `verify --deep`.
"""

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import psycopg

from schemas.log import Entry, LedgerLog
from schemas.network import network_of
from tests.chaos.history import History
from tests.chaos.network import FIRST, Closed
from tests.chaos.system import LIVE_FIRST, MAIN, SECOND, SUBSCRIBERS, TOPIC, System
from tests.chaos.watch import Database, Watch
from tests.support.consuming import digest_of
from tests.support.processes import CommandLine

CATCH_UP_SECONDS = 120.0
"""For everybody to have the last ledger, once nothing strikes any more."""
FILL_SECONDS = 300.0
"""For a backfill to be through, from wherever it is."""

_READ_SECONDS = 20.0
_VERIFY_SECONDS = 1800.0
_LOOK_SECONDS = 0.2
_DIGEST_TABLES = """
    select relname from pg_class
     where relnamespace = to_regnamespace(%s)::oid and relkind in ('r', 'p') and not relispartition
       and relname not in ('subscriber', 'live', 'backfill', 'migrations')
     order by relname
"""
_IDS = "select attname from pg_attribute where attrelid = %s::regclass and attname in ('id', %s, %s)"


@dataclass(slots=True)
class Proof:
    """Of each subscriber, how many ledgers were lost, doubled and half-written, and what `verify --deep` said."""

    last: int = 0
    lost: Counter[str] = field(default_factory=Counter)
    doubled: Counter[str] = field(default_factory=Counter)
    half_written: Counter[str] = field(default_factory=Counter)
    verified: dict[str, int] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    catch_up_seconds: float = 0.0

    def faults(self) -> Iterator[str]:
        """What is wrong, in words."""
        for what, counted in (("lost", self.lost), ("doubled", self.doubled), ("half-written", self.half_written)):
            yield from (f"{where}: {count} ledgers {what}" for where, count in counted.items() if count)
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
            count_rows(database, subscriber, closed, proof)
    published = {sequence: ledger for sequence, ledger in closed.items() if sequence >= LIVE_FIRST}
    count_records({"bootstrap.servers": direct.kafka}, TOPIC, published, proof)
    _verify(system, proof)


def count_rows(database: Database, subscriber: str, closed: Mapping[int, Closed], proof: Proof) -> None:
    """Compare what a subscriber holds with what the network itself knows."""
    held: Counter[tuple[int, bytes]] = Counter()
    for sequence, hash_ in database.execute(f"select sequence, hash from {subscriber}.ledgers".encode()):
        held[int(str(sequence)), bytes(hash_)] += 1  # type: ignore[call-overload]
    expected = {(sequence, ledger.hash) for sequence, ledger in closed.items()}
    proof.lost[subscriber] = len(expected - {*held})
    proof.doubled[subscriber] = sum(count - 1 for count in held.values()) + len({*held} - expected)
    proof.doubled[subscriber] += len(_with_doubled_transactions(database, subscriber))
    proof.half_written[subscriber] = len(_half_written(database, subscriber, closed))


def _with_doubled_transactions(database: Database, subscriber: str) -> set[int]:
    """Ledgers with a transaction that stands somewhere else, too: its hash is unique in a network."""
    statement = f"""
        select ledger_sequence from {subscriber}.transactions
         where hash in (select hash from {subscriber}.transactions group by hash having count(*) > 1)
    """
    return {int(str(sequence)) for (sequence,) in database.execute(statement.encode())}


def _half_written(database: Database, subscriber: str, closed: Mapping[int, Closed]) -> set[int]:
    """Ledgers with another number of rows than they have, and rows of no ledger.

    Of transactions the network says how many they are, of other tables the ledger's own row.
    """
    transactions = _rows_by_ledger(database, subscriber, "transactions")
    found = {each for each in {*closed, *transactions} if transactions.get(each, 0) != _transactions(closed, each)}
    for (table,) in database.execute(_DIGEST_TABLES, (subscriber,)).fetchall():
        if table == "ledgers":
            continue
        rows = _rows_by_ledger(database, subscriber, str(table))
        statement = f"select sequence, coalesce({table}_rows, 0) from {subscriber}.ledgers"
        said = {int(str(sequence)): int(str(count)) for sequence, count in database.execute(statement.encode())}
        found |= {each for each in {*rows, *said} if rows.get(each, 0) != said.get(each, 0)}
    return found


def _transactions(closed: Mapping[int, Closed], sequence: int) -> int:
    return closed[sequence].transactions if sequence in closed else 0


def _rows_by_ledger(database: Database, subscriber: str, table: str) -> dict[int, int]:
    """By their ids, which begin with the ledger's sequence."""
    columns = {
        str(name)
        for (name,) in database.execute(_IDS, (f"{subscriber}.{table}", "transaction_id", "operation_id")).fetchall()
    }
    by = next(each for each in ("id", "transaction_id", "operation_id") if each in columns)
    statement = f"select {by} >> 32, count(*) from {subscriber}.{table} group by 1"
    return {int(str(sequence)): int(str(count)) for sequence, count in database.execute(statement.encode())}


def count_records(kafka: Mapping[str, str], topic: str, closed: Mapping[int, Closed], proof: Proof) -> None:
    """The live topic, as a reader sees it, against what the network has closed since it begins."""
    network = network_of("simulated", None)
    log = LedgerLog(kafka, topic, network.id)
    try:
        found = [item.record for item in log.read(0, _READ_SECONDS) if isinstance(item, Entry)]
    finally:
        log.close()
    expected = {(sequence, ledger.hash) for sequence, ledger in closed.items()}
    seen = Counter((record.sequence, record.hash) for record in found)
    proof.lost["the topic"] = len(expected - {*seen})
    proof.doubled["the topic"] = sum(count - 1 for count in seen.values()) + len({*seen} - expected)


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
