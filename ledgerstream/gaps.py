"""Which ledgers a subscriber lacks, for people, for programs and for `produce --ranges`."""

from contextlib import closing
from dataclasses import dataclass

from consumer.database import DROPPED, Connection, Patience, connect
from consumer.errors import NoSuchSubscriber, NotStarted
from consumer.gaps import ends, missing
from consumer.status import SubscriberState, subscriber_state, subscribers
from ledgerstream.errors import ConfigurationError
from ledgerstream.status import no_such
from schemas.ranges import Range, ledgers_in


@dataclass(frozen=True, slots=True)
class Gaps:
    """What is missing of `wanted`."""

    subscriber: str
    wanted: Range
    missing: list[Range]

    def as_json(self) -> dict[str, object]:
        """Plain values."""
        return {
            "subscriber": self.subscriber,
            "first": self.wanted.first,
            "last": self.wanted.last,
            "missing_ledgers": ledgers_in(self.missing),
            "gaps": [{"first": each.first, "last": each.last} for each in self.missing],
        }

    def as_lines(self) -> list[str]:
        """For humans."""
        return [str(each) for each in self.missing] or [f"{self.subscriber} has all {self.wanted}"]

    def as_ranges(self) -> list[str]:
        """For `produce --ranges`."""
        return [each.as_text for each in self.missing]

    def summary(self) -> str:
        """For an error's message."""
        return (
            f"subscriber {self.subscriber} lacks {ledgers_in(self.missing)} of {self.wanted}: what the topics hold of "
            f"them, ledgerstream backfill --subscriber {self.subscriber} --first {self.missing[0].first} fills in; "
            "gaps --ranges | produce --ranges - publishes the rest"
        )


def gaps_of(database_url: str, subscriber: str, *, first: int | None, last: int | None, timeout_seconds: float) -> Gaps:
    """What is missing from `first` (default: the lowest ledger there) to `last` (default: `latest`).

    Raises:
        NoSuchSubscriber: there is none of this name.
        NotStarted: it has no ledger yet.
        ConfigurationError: the first is above the last.
        DatabaseUnreachable: no session in time.
        DatabaseLost: it does not answer any more.
    """
    name = f"ledgerstream gaps {subscriber}"
    with (
        connect(database_url, application_name=name, timeout_seconds=timeout_seconds) as connection,
        closing(Patience(connection, timeout_seconds)) as patience,
        patience(),
    ):
        try:
            state = _state(connection, subscriber)
            lowest, highest = ends(connection, subscriber) or (None, None)
            wanted = range_of(subscriber, first, last, lowest=lowest, latest=state.latest or highest)
            return Gaps(subscriber, wanted, missing(connection, subscriber, wanted, answered=patience.renew))
        except DROPPED as error:
            raise NoSuchSubscriber(f"subscriber {subscriber} was reset meanwhile") from error


def _state(connection: Connection, subscriber: str) -> SubscriberState:
    names = subscribers(connection)
    state = subscriber_state(connection, subscriber) if subscriber in names else None
    if state is None:
        raise no_such(subscriber, names)
    if state.live_first is None:
        raise not_started(subscriber)
    return state


def range_of(subscriber: str, first: int | None, last: int | None, *, lowest: int | None, latest: int | None) -> Range:
    """The ledgers that are asked for, by default from the lowest that is there to the latest.

    Raises:
        NotStarted: there is none, and the bounds are not given.
        ConfigurationError: the first is above the last.
    """
    begin, end = first or lowest, last or latest
    if begin is None or end is None:
        raise not_started(subscriber)
    if begin <= end:
        return Range(begin, end)
    if first is not None and last is not None:
        raise ConfigurationError(f"--first {first} is above --last {last}")
    if first is not None:
        raise ConfigurationError(
            f"--first {first} is above ledger {end}, the newest of subscriber {subscriber}: add --last"
        )
    raise ConfigurationError(
        f"--last {last} is below ledger {begin}, the lowest of subscriber {subscriber}: add --first"
    )


def not_started(subscriber: str) -> NotStarted:
    """What to say of a subscriber that has nothing yet."""
    return NotStarted(
        f"subscriber {subscriber} has not started, and has no ledger yet: ledgerstream consume --subscriber "
        f"{subscriber} gives it its first"
    )
