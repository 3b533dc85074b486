"""One run of `verify`: what is proved, how it is told, and how it ends."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass

from consumer.errors import OtherNetwork
from consumer.topics import Topics
from consumer.verify.findings import Findings
from consumer.verify.held import Cursors
from consumer.verify.snapshots import Snapshots
from consumer.verify.verify import Bounds, Verification, snapshots_of
from ledgerstream.errors import CommandError, Faulty, GapsFound, Interrupted, NotProved
from ledgerstream.gaps import not_started, range_of
from ledgerstream.progress import Progress
from schemas.network import Network, network_of
from schemas.ranges import Range


@dataclass(frozen=True, slots=True)
class Deep:
    """Where ledgers are read again. Network and topic are by default what the subscriber is of."""

    kafka: Mapping[str, str]
    topic: str | None
    network: str | None
    passphrase: str | None


@dataclass(frozen=True, slots=True)
class Proof:
    """What a run found out. `next` is the ledger to go on from; None when it went through."""

    subscriber: str
    span: Range
    findings: Findings
    next: int | None
    going_on: str

    def as_json(self) -> dict[str, object]:
        """Plain values; of the findings those that are told."""
        return {
            "subscriber": self.subscriber,
            "first": self.span.first,
            "last": self.span.last,
            "next": self.next,
            "proved": self.error() is None,
            "faults": self.findings.faults,
            "missing_ledgers": self.findings.missing,
            "ledgers_not_compared": self.findings.not_compared,
            "findings": [
                {
                    "kind": each.kind.value,
                    "first": each.ledgers.first,
                    "last": each.ledgers.last,
                    "what": each.what,
                    "remedy": each.remedy,
                }
                for each in self.findings.told
            ],
        }

    def error(self) -> CommandError | None:
        """How it ends: the worst of what was found decides, then whether it went through."""
        said = f"{self.summary()}{self._stopped()}"
        if self.findings.faults:
            return Faulty(said)
        if self.findings.missing:
            return GapsFound(said)
        if self.next is not None:
            return Interrupted(said)
        return NotProved(said) if self.findings.not_compared else None

    def summary(self) -> str:
        """What was found, in a line."""
        found = self.findings
        counts = [(found.faults, "faults"), (found.missing, "ledgers missing"), (found.not_compared, "not compared")]
        listed = ", ".join(f"{count} {what}" for count, what in counts if count)
        until = self.span if self.next is None else f"below ledger {self.next}"
        return f"subscriber {self.subscriber}, {until}: {listed or 'nothing wrong'}"

    def _stopped(self) -> str:
        return "" if self.next is None else f"; stopped at ledger {self.next}: {self.going_on} goes on from there"


def verify(
    database_url: str,
    subscriber: str,
    bounds: Bounds,
    *,
    deep: Deep | None,
    tell: Callable[[str], None],
    stop: Callable[[], bool],
    ready: Callable[[], None],
    timeout_seconds: float,
) -> Proof:
    """Prove a subscriber's ledgers. `ready` is called when only `stop` ends it from then on.

    Raises:
        NoSuchSubscriber: there is none of this name.
        NotStarted: it has no ledger yet.
        ConfigurationError: the first is above the last.
        UnknownNetwork: to read its ledgers again, the subscriber's network needs its passphrase.
        OtherNetwork: it is of another network than the one that is named.
        DatabaseUnreachable: no session in time.
        DatabaseLost: it does not answer any more.
        BrokerUnreachable: Kafka does not answer.
    """
    with ExitStack() as stack:
        snapshots = stack.enter_context(snapshots_of(database_url, subscriber, timeout_seconds=timeout_seconds))
        cursors = snapshots.cursors()
        span = _span(subscriber, bounds, cursors)
        topics = (
            None if deep is None else stack.enter_context(closing(_topics(deep, snapshots, cursors, timeout_seconds)))
        )
        progress = stack.enter_context(Progress(len(span), "verifying"))
        ready()
        verification = Verification(
            snapshots, cursors, span, bounds, tell=tell, stop=stop, advance=progress.advance, topics=topics
        )
        through = verification.run()
    return Proof(
        subscriber,
        span,
        verification.findings,
        None if through else verification.next,
        _going_on(subscriber, verification.next, bounds, deep=deep is not None),
    )


def _span(subscriber: str, bounds: Bounds, cursors: Cursors) -> Range:
    """By default all that is there, and all that the cursors say is there."""
    if cursors.live_first is None and cursors.highest is None:
        raise not_started(subscriber)
    lowest = min((each for each in (cursors.lowest, cursors.claimed and cursors.claimed.first) if each), default=None)
    latest = max((each for each in (cursors.highest, cursors.latest) if each), default=None)
    return range_of(subscriber, bounds.first, bounds.last, lowest=lowest, latest=latest)


def _going_on(subscriber: str, first: int, bounds: Bounds, *, deep: bool) -> str:
    last = "" if bounds.last is None else f" --last {bounds.last}"
    return f"ledgerstream verify --subscriber {subscriber}{' --deep' if deep else ''} --first {first}{last}"


def _topics(deep: Deep, snapshots: Snapshots, cursors: Cursors, timeout_seconds: float) -> Topics:
    """The topics of the subscriber's network; while they are searched, the session with the database is kept alive."""
    known = deep.network or (cursors.network if deep.passphrase is None else None)
    network = network_of(known, deep.passphrase)
    _check_network(network, snapshots.subscriber, cursors)
    topic = deep.topic or f"stellar.{cursors.network}.ledgers"
    return Topics(deep.kafka, topic, network, timeout_seconds=timeout_seconds, waiting=snapshots.beat)


def _check_network(network: Network, subscriber: str, cursors: Cursors) -> None:
    if network.id != cursors.network_id:
        raise OtherNetwork(
            f"subscriber {subscriber} is of {cursors.network}, not of {network.name}: leave --network out, or give "
            "the --passphrase of its network"
        )
