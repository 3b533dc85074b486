"""A topic in which somebody else writes, too: what is committed is the network's, or the consumer stops by name.

Records of any content stand before, between and after the network's own ledgers. Known limit: metadata are not hashed,
so that nobody here forges them alone.
"""

import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import cast

import pytest
import zstandard
from confluent_kafka import KafkaError, Message, Producer
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from consumer.backfill.grid import batches
from consumer.backfill.store import BatchStore
from consumer.backfill.worker import fill
from consumer.database import Connection, connect
from consumer.errors import ConsumerError
from consumer.topics import Topics
from producer.sources.simulated import SimulatedNetwork
from schemas import record as record_module
from schemas.errors import ContractError
from schemas.ledger import Ledger
from schemas.network import Network, network_of
from schemas.ranges import Range
from schemas.record import encode, key_of
from schemas.topic import segment_of
from tests.support.consuming import digest_of, digest_of_calm_run, run_consumer
from tests.support.topics import append_ledgers, make_topic

FIRST, LAST = 2, 11
PATIENCE_SECONDS = 60.0

# Few examples with many records each: an example takes seconds. None is made smaller: it is printed as it is.
hostile = settings(
    max_examples=20,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    print_blob=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)


@dataclass(frozen=True, slots=True)
class Sent:
    """A record as it is sent; `times` a value is repeated, so that large ones are told in few words."""

    key: bytes | None
    value: bytes | None
    headers: list[tuple[str, str | bytes | None]] = field(default_factory=list)
    timestamp: int = 0
    times: int = 1


any_bytes = st.none() | st.binary(max_size=100)
any_headers = st.lists(
    st.tuples(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20), any_bytes),
    max_size=5,
) | st.integers(1, 100).map(lambda many: [("sequence", b"7")] * many)
any_timestamp = st.sampled_from([0, 1, 2**31, 2**53, 2**62]) | st.integers(0, 2**62)
garbage = st.builds(
    Sent,
    key=any_bytes,
    value=any_bytes,
    headers=any_headers,
    timestamp=any_timestamp,
    times=st.sampled_from([1, 1, 1, 1_000, 10_000]),
)

# Whose ledger: mostly that of the one that is wanted at this place.
some_shift = st.sampled_from([0, 0, 0, 0, -2, -1, 1, 2, 5])
any_sequence = st.integers(-1, LAST + 3) | st.sampled_from([2**31 - 1, 2**31, 2**32 - 1, 2**62, -(2**63)])
any_hash = st.binary(min_size=32, max_size=32)
RIGHT = "that of the network's ledger before it"
Change = Callable[[bytes], bytes]
payloads: st.SearchStrategy[Change] = st.one_of(
    st.floats(0, 1, exclude_max=True).map(lambda part: lambda frame: frame[: int(len(frame) * part)]),
    st.binary(max_size=200).map(lambda rest: lambda frame: frame + rest),
    st.binary(max_size=200).map(lambda other: lambda _: other),
    st.just(lambda _: zstandard.compress(bytes(50_000_000))),
    st.just(lambda _: zstandard.ZstdCompressor(write_content_size=False).compress(bytes(50_000_000))),
    st.just(lambda frame: frame + frame),
)
forged_fields = st.fixed_dictionaries(
    {},
    optional={
        "sequence": any_sequence,
        "hash": any_hash,
        "previous_hash": any_hash | st.just(RIGHT),
        "network_id": any_hash,
        "closed_at": st.integers(-(2**62), 2**62),
        "protocol_version": st.integers(-(2**31), 2**31 - 1),
        "codec": st.sampled_from(["none", "zstd", "gzip", ""]) | st.text(max_size=5),
        "uncompressed_length": st.integers(-1, 2**31) | st.just(2**62),
        "xdr": payloads,
    },
).filter(bool)


@pytest.fixture(scope="module")
def ours(ledgers: list[Ledger]) -> dict[int, Ledger]:
    """The network's own."""
    return {ledger.sequence: ledger for ledger in ledgers if ledger.sequence <= LAST}


@pytest.fixture(scope="module")
def theirs() -> dict[int, Ledger]:
    """Those of a network of the same name with another history: each of them is right, but for the chain."""
    other = SimulatedNetwork(seed=1, transactions_per_ledger=4)
    found = [Ledger.from_xdr(other.close_ledger()) for _ in range(LAST - FIRST + 1)]
    return {ledger.sequence: ledger for ledger in found}


@dataclass(frozen=True, slots=True)
class Mixture:
    """What is put where: before the ledger of this sequence, or after the last."""

    before: Mapping[int, Sequence["Hostile"]]


@dataclass(frozen=True, slots=True)
class Forged:
    """An envelope around a ledger, of the network's or of another history, of which some fields say something else."""

    shift: int
    fields: Mapping[str, object]
    honest_key: bool = True
    whose: str = "ours"


@dataclass(frozen=True, slots=True)
class Foreign:
    """A ledger of another history, or of another network, or one of ours that comes early or again."""

    shift: int
    whose: str


Hostile = Sent | Forged | Foreign

forged = st.builds(
    Forged,
    shift=some_shift,
    fields=forged_fields,
    honest_key=st.sampled_from([True, True, True, False]),
    whose=st.sampled_from(["ours", "history"]),
)
foreign = st.builds(Foreign, shift=some_shift, whose=st.sampled_from(["history", "network", "ours"]))


def mixtures(records: st.SearchStrategy[Hostile]) -> st.SearchStrategy[Mixture]:
    places = st.dictionaries(st.integers(FIRST, LAST + 1), st.lists(records, min_size=1, max_size=4), min_size=1)
    return st.builds(Mixture, before=places)


class Sender:
    """Makes records of what Hypothesis thought of."""

    def __init__(self, ours: dict[int, Ledger], theirs: dict[int, Ledger], network: Network) -> None:
        self._ours = ours
        self._theirs = theirs
        self._network = network

    def records(self, mixture: Mixture) -> Iterator[Sent]:
        for sequence in range(FIRST, LAST + 2):
            for each in mixture.before.get(sequence, ()):
                yield self._sent(each, sequence)
            if sequence in self._ours:
                yield self._honest(self._ours[sequence], self._network)

    def _sent(self, hostile: Hostile, place: int) -> Sent:
        if isinstance(hostile, Sent):
            return hostile
        sequence = min(max(place + hostile.shift, FIRST), LAST)
        ledger = (self._theirs if hostile.whose == "history" else self._ours)[sequence]
        if isinstance(hostile, Forged):
            return self._forged(hostile, ledger)
        return self._honest(ledger, network_of("testnet", None) if hostile.whose == "network" else self._network)

    def _honest(self, ledger: Ledger, network: Network) -> Sent:
        return Sent(key_of(ledger.sequence), encode(ledger, network))

    def _forged(self, forged: Forged, ledger: Ledger) -> Sent:
        """By the product's own writer, so that it is a valid record but for what it says."""
        fields = record_module._fields(ledger, self._network, record_module.ZSTD)
        change = forged.fields.get("xdr")
        payload = change(fields["xdr"]) if callable(change) else fields["xdr"]
        fields |= {**forged.fields, "xdr": payload}
        if fields["previous_hash"] == RIGHT:
            fields["previous_hash"] = self._ours[ledger.sequence].previous_hash
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(record_module, "_fields", lambda *_: fields)
            value = encode(ledger, self._network)
        return Sent(key_of(int(str(fields["sequence"])) if forged.honest_key else ledger.sequence), value)


def send(kafka: Mapping[str, str], topic: str, records: Iterable[Sent]) -> None:
    make_topic(kafka, topic)
    producer = Producer({**kafka, "message.max.bytes": 32 << 20})
    for each in records:
        key, value = (None if part is None else part * each.times for part in (each.key, each.value))
        producer.produce(topic, value, key, 0, on_delivery=_taken, timestamp=each.timestamp, headers=each.headers)
        producer.poll(0)
    assert producer.flush(30) == 0


def _taken(error: KafkaError | None, _message: Message) -> None:
    """What the broker refuses tests nothing."""
    assert error is None, error


@pytest.fixture(scope="module")
def sender(ours: dict[int, Ledger], theirs: dict[int, Ledger], network: Network) -> Sender:
    return Sender(ours, theirs, network)


@pytest.fixture(scope="module")
def calm_digest(kafka: dict[str, str], database_url: str, network: Network, ours: dict[int, Ledger]) -> str:
    topic = f"test.hostile.calm.{uuid.uuid4().hex[:8]}"
    make_topic(kafka, topic)
    append_ledgers(kafka, topic, ours.values(), network)
    return digest_of_calm_run(kafka, database_url, network, topic)


def held(database: Connection, subscriber: str) -> dict[int, tuple[bytes, bytes]]:
    """Each committed ledger with its hash and the one that it names."""
    rows = database.execute(f"select sequence, hash, previous_hash from {subscriber}.ledgers".encode()).fetchall()
    return {sequence: (own, before) for sequence, own, before in cast("list[tuple[int, bytes, bytes]]", rows)}


def check_ours_alone(database: Connection, subscriber: str, ours: dict[int, Ledger]) -> list[int]:
    """All that is there is the network's, whole, and up to the cursor; the sequences."""
    there = held(database, subscriber)
    for sequence, hashes in there.items():
        assert hashes == (ours[sequence].hash, ours[sequence].previous_hash), f"ledger {sequence} is not the network's"
    strays = f"""
        select count(*) from {subscriber}.transactions
         where not exists (select from {subscriber}.ledgers where sequence = transactions.id >> 32)
    """
    assert database.execute(strays.encode()).fetchone() == (0,)
    return sorted(there)


def bounded() -> Callable[[], bool]:
    deadline = time.monotonic() + PATIENCE_SECONDS
    return lambda: time.monotonic() > deadline


@hostile
@example(mixture=Mixture({5: [Sent(b"key", b"value", times=4_000_000)]}))
@given(mixture=mixtures(garbage | st.builds(Foreign, shift=some_shift, whose=st.just("network"))))
def test_any_bytes_are_passed_over(
    mixture: Mixture,
    sender: Sender,
    kafka: dict[str, str],
    database_url: str,
    network: Network,
    calm_digest: str,
) -> None:
    """Whatever is no envelope of this network, wherever it stands, the consumer goes on as if it were not there."""
    topic, subscriber = f"test.hostile.{uuid.uuid4().hex[:12]}", f"hostile_{uuid.uuid4().hex[:12]}"
    send(kafka, topic, sender.records(mixture))
    assert run_consumer(kafka, database_url, network, topic, subscriber, stop=bounded())
    assert digest_of(database_url, subscriber) == calm_digest


@hostile
@example(mixture=Mixture({5: [Foreign(0, "history")]}), first=FIRST, last=LAST)
@example(mixture=Mixture({5: [Forged(0, {"previous_hash": RIGHT}, whose="history")]}), first=FIRST, last=LAST)
@given(
    mixture=mixtures(forged | foreign | garbage),
    first=st.sampled_from(["earliest", FIRST]),
    last=st.sampled_from(["end", LAST]),
)
def test_what_is_forged_is_never_written(
    mixture: Mixture,
    first: str | int,
    last: str | int,
    sender: Sender,
    kafka: dict[str, str],
    database_url: str,
    network: Network,
    ours: dict[int, Ledger],
) -> None:
    """The consumer stops with a named error or goes on; what it has committed by then is the network's, up to there."""
    topic, subscriber = f"test.hostile.{uuid.uuid4().hex[:12]}", f"hostile_{uuid.uuid4().hex[:12]}"
    # Who begins at a ledger believes it: nothing comes before that would prove it.
    mixture = replace(mixture, before={at: what for at, what in mixture.before.items() if at > FIRST})
    send(kafka, topic, sender.records(mixture))
    outcomes = []
    for _ in range(2):
        stop = bounded()
        try:
            through = run_consumer(
                kafka, database_url, network, topic, subscriber, first=first, last=last, stop=stop, timeout_seconds=10
            )
            assert through, "it stands still"
            outcomes.append("through")
        except (ConsumerError, ContractError) as error:
            outcomes.append(type(error).__name__)
        with connect(database_url, application_name="test", timeout_seconds=10) as database:
            there = check_ours_alone(database, subscriber, ours)
            latest = database.execute(f"select latest from {subscriber}.live".encode()).fetchone()
        assert there == list(range(FIRST, FIRST + len(there)))
        assert latest == (there[-1] if there else None,)
        if outcomes[-1] == "through" and last == LAST:
            assert there[-1] == LAST
    assert outcomes[0] == outcomes[1] or "through" in outcomes, "the next start finds the same"


@hostile
@example(mixture=Mixture({5: [Foreign(0, "history")]}))
@example(mixture=Mixture({5: [Forged(0, {"previous_hash": RIGHT}, whose="history")]}))
@given(mixture=mixtures(forged | garbage | st.builds(Foreign, shift=some_shift, whose=st.just("history"))))
def test_a_hostile_segment(
    mixture: Mixture,
    sender: Sender,
    kafka: dict[str, str],
    database_url: str,
    network: Network,
    ours: dict[int, Ledger],
) -> None:
    """Backfill fills a batch with the network's ledgers, or not at all, by name; mere garbage keeps it from none."""
    topic, subscriber = f"test.hostile.{uuid.uuid4().hex[:12]}", f"hostile_{uuid.uuid4().hex[:12]}"
    make_topic(kafka, topic)
    append_ledgers(kafka, topic, [ours[LAST]], network)
    assert run_consumer(kafka, database_url, network, topic, subscriber, first=LAST)
    send(kafka, segment_of(topic, Range(FIRST, LAST)), sender.records(mixture))
    with (
        closing(BatchStore.open(database_url, subscriber, network, timeout_seconds=10)) as store,
        closing(Topics(kafka, topic, network, timeout_seconds=10)) as topics,
    ):
        for batch in batches(store.missing(Range(FIRST, LAST)), store.batch_ledgers):
            assert store.claim(batch.cell)
            stop = bounded()
            try:
                fill(store, topics, network, batch, stop=stop, flushed=lambda _: None)
            except (ConsumerError, ContractError):
                continue
    with connect(database_url, application_name="test", timeout_seconds=10) as database:
        there = check_ours_alone(database, subscriber, ours)
        [oldest] = database.execute(f"select oldest from {subscriber}.backfill".encode()).fetchone() or [None]
    everything = list(range(FIRST, LAST + 1))
    mere_garbage = all(isinstance(each, Sent) for each in chain.from_iterable(mixture.before.values()))
    assert there == everything if mere_garbage else there in ([LAST], everything)
    assert oldest == there[0]
