"""Where everything stands: the topic's range, each subscriber's cursors and holder, and how far it is behind."""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime

from consumer.database import Patience, connect
from consumer.errors import NoSuchSubscriber
from consumer.lock import Holder
from consumer.status import SubscriberState, subscriber_state, subscribers
from consumer.topics import LedgerTopic, TopicEnds
from schemas.errors import BrokerUnreachable

_STUCK_SECONDS = 10.0
"""A holder says something every second; the longest ledger takes less than this."""


@dataclass(frozen=True, slots=True)
class SubscriberReport:
    """A subscriber beside its topic; None without a broker. Lags compare the topic's last ledger with the cursor's."""

    subscriber: SubscriberState
    topic: LedgerTopic | None
    lag_ledgers: int | None
    lag_seconds: float | None

    def complaints(self, max_lag_seconds: float, max_age_seconds: float | None = None) -> list[str]:
        """What keeps this subscriber from being called healthy; how old its topic's end is counts if it has a bound."""
        name, holder = self.subscriber.name, self.subscriber.holder
        found = []
        if holder is None:
            found.append(f"subscriber {name}: no consumer is running")
        elif holder.silent_seconds is not None and holder.silent_seconds > _STUCK_SECONDS:
            found.append(f"subscriber {name}: its consumer has been silent for {holder.silent_seconds:.0f} s")
        if self.topic is None:
            return found
        if self.lag_seconds is None:
            if self.topic.last is not None:
                found.append(f"subscriber {name}: nothing committed yet, the topic is at {self.topic.last}")
        elif self.lag_seconds > max_lag_seconds:
            found.append(f"subscriber {name}: {self.lag_seconds:.0f} s ({self.lag_ledgers} ledgers) behind the topic")
        if max_age_seconds is not None and (too_old := _too_old(self.topic, max_age_seconds)) is not None:
            found.append(f"topic {self.topic.name}: {too_old}: is its producer running?")
        return found


def _too_old(topic: LedgerTopic, max_age_seconds: float) -> str | None:
    if topic.last_closed_at is None:
        return "it holds no ledger"
    age_seconds = (datetime.now(UTC) - topic.last_closed_at).total_seconds()
    if age_seconds <= max_age_seconds:
        return None
    return f"its newest ledger, {topic.last}, was closed {age_seconds:.0f} s ago"


@dataclass(frozen=True, slots=True)
class Report:
    """The status of one database's subscribers and their topics; `unreachable`: why nothing is known of these."""

    subscribers: list[SubscriberReport] = field(default_factory=list)
    unreachable: BrokerUnreachable | None = None

    def as_json(self) -> dict[str, object]:
        """Plain values: bytes in hex, times in ISO 8601."""
        return {"subscribers": [_plain(asdict(report)) for report in self.subscribers]}

    def as_lines(self) -> list[str]:
        """For humans."""
        if not self.subscribers:
            return ["no subscriber in this database yet: ledgerstream consume --subscriber NAME makes one"]
        return [line for report in self.subscribers for line in _lines(report)]


def no_such(subscriber: str, names: list[str]) -> NoSuchSubscriber:
    """What to say of a subscriber that is not among those that our role may read."""
    return NoSuchSubscriber(
        f"there is no subscriber {subscriber} in this database that this role may read, only: {', '.join(names) or '–'}"
    )


def report(
    database_url: str, kafka: Mapping[str, str], *, only: str | None, topic: str | None, timeout_seconds: float
) -> Report:
    """Look at the database, then at the topics of what is there (or at `topic`).

    Raises:
        DatabaseUnreachable: no session in time.
        NoSuchSubscriber: there is none called `only`.
        DatabaseLost: the database does not answer any more.
    """
    states = states_of(database_url, only, timeout_seconds)
    try:
        return Report([_reported(state, kafka, topic, timeout_seconds) for state in states])
    except BrokerUnreachable as error:
        return Report([SubscriberReport(state, None, None, None) for state in states], error)


def states_of(database_url: str, only: str | None, timeout_seconds: float) -> list[SubscriberState]:
    """What the database says of its subscribers, or of one.

    Raises:
        DatabaseUnreachable: no session in time.
        NoSuchSubscriber: there is none called `only`.
        DatabaseLost: the database does not answer any more.
    """
    with (
        connect(database_url, application_name="ledgerstream status", timeout_seconds=timeout_seconds) as connection,
        closing(Patience(connection, timeout_seconds)) as patience,
        patience(),
    ):
        names = subscribers(connection)
        if only is not None and only not in names:
            raise no_such(only, names)
        found = [subscriber_state(connection, name) for name in names if only in (None, name)]
    return [state for state in found if state is not None]


def _reported(
    state: SubscriberState, kafka: Mapping[str, str], topic: str | None, timeout_seconds: float
) -> SubscriberReport:
    name = topic or f"stellar.{state.network}.ledgers"
    with closing(TopicEnds(kafka, name, state.network_id, timeout_seconds)) as ends:
        topic_state = ends.of(name)
    lag_ledgers = lag_seconds = None
    if state.latest is not None and topic_state.last is not None:
        lag_ledgers = max(0, topic_state.last - state.latest)
    if state.latest_closed_at is not None and topic_state.last_closed_at is not None:
        lag_seconds = max(0.0, (topic_state.last_closed_at - state.latest_closed_at).total_seconds())
    return SubscriberReport(state, topic_state, lag_ledgers, lag_seconds)


def _plain(value: object) -> object:
    match value:
        case dict():
            return {key: _plain(each) for key, each in value.items()}
        case bytes():
            return value.hex()
        case datetime():
            return value.isoformat()
        case _:
            return value


def _lines(report: SubscriberReport) -> list[str]:
    state, topic = report.subscriber, report.topic
    lag = "unknown" if report.lag_seconds is None else f"{report.lag_ledgers} ledgers, {report.lag_seconds:.0f} s"
    age = "" if state.latest_closed_at is None else f", closed at {state.latest_closed_at:%Y-%m-%d %H:%M:%S} UTC"
    return [
        f"subscriber {state.name} ({state.network})",
        f"  cursor   {_range(state.oldest, state.latest)}{age}",
        f"  tables   {', '.join(state.tables)}",
        f"  live     from {state.live_first or '–'}, epoch {state.epoch}",
        f"  topic    {'unknown: no broker answers' if topic is None else _topic(topic)}",
        f"  behind   {lag}",
        f"  consumer {_holder(state.holder)}",
        *(f"  standby  from {address}" for address in state.standbys),
    ]


def _topic(topic: LedgerTopic) -> str:
    held = " (held by an open transaction)" if topic.held_by_open_transaction else ""
    return f"{topic.name}: {_range(topic.first, topic.last) if topic.exists else 'absent'}{held}"


def _holder(holder: Holder | None) -> str:
    if holder is None:
        return "not running"
    if holder.silent_seconds is None:
        return f"session {holder.pid} of role {holder.role}, whose doings this role may not see"
    return f"session {holder.pid} from {holder.address}, last word {holder.silent_seconds:.1f} s ago"


def _range(first: int | None, last: int | None) -> str:
    return "empty" if first is None or last is None else f"{first}–{last}"
