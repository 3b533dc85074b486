"""How a command ended: the one table. A supervisor restarts what heals by itself and calls a person for the rest."""

from enum import IntEnum

from consumer import errors as consumer_errors
from ledgerstream.embedded.errors import EmbeddedStackError
from ledgerstream.errors import ConfigurationError, DemoFailed, Faulty, GapsFound, Interrupted, NotProved, Unhealthy
from producer import errors as producer_errors
from schemas import errors as schema_errors


class ExitCode(IntEnum):
    """The exit codes of every command."""

    DONE = 0
    UNEXPECTED = 1
    USAGE = 2
    NOT_THROUGH = 3
    UNHEALTHY = 4
    GAPS = 5
    FAULTY = 6
    DATABASE = 10
    BROKER = 11
    SOURCE = 12
    LOCKED = 20
    TAKEN_OVER = 21
    STREAM = 30
    SUBSCRIBER = 31
    NETWORK = 32
    TOPIC = 33
    STACK = 40


MEANING = {
    ExitCode.DONE: "Everything that was asked for is done, committed and durable; or an unbounded command was stopped.",
    ExitCode.UNEXPECTED: "Something that nobody foresaw; the traceback says where.",
    ExitCode.USAGE: "The command line or the configuration is wrong.",
    ExitCode.NOT_THROUGH: "Stopped before `--last`; the same command goes on where it was, `verify` where it says.",
    ExitCode.UNHEALTHY: "`status --check` found a subscriber that is stuck, not running, or too far behind.",
    ExitCode.GAPS: "Ledgers are missing: `gaps` or `verify` found them so, or `backfill` could not fill them.",
    ExitCode.FAULTY: "`verify` found that the database does not hold what it says, or not what the topics hold.",
    ExitCode.DATABASE: "The database did not answer in time, or the session with it is gone.",
    ExitCode.BROKER: "No Kafka broker answered in time, or a transaction failed.",
    ExitCode.SOURCE: "The source of ledgers does not answer, or does not hold what it should.",
    ExitCode.LOCKED: "Another consumer works for this subscriber.",
    ExitCode.TAKEN_OVER: "Another producer or consumer took over while this one worked.",
    ExitCode.STREAM: "A ledger is missing in the topics, breaks the chain or can't be decoded.",
    ExitCode.SUBSCRIBER: "The subscriber's schema does not fit what was asked for.",
    ExitCode.NETWORK: "The source, the topic and the database are not of the same network, or it was reset.",
    ExitCode.TOPIC: "The topic is absent, forbidden to this user, or configured so that it would lose ledgers.",
    ExitCode.STACK: "The embedded stack can't be started here.",
}

NEEDS_A_PERSON = frozenset(
    {
        ExitCode.USAGE,
        ExitCode.STREAM,
        ExitCode.SUBSCRIBER,
        ExitCode.NETWORK,
        ExitCode.TOPIC,
        ExitCode.STACK,
    }
)
"""What no restart of a producer, a consumer or a backfill heals. Their other codes but DONE are worth another start."""

_OF_ERROR: dict[type[BaseException], ExitCode] = {
    Interrupted: ExitCode.NOT_THROUGH,
    Unhealthy: ExitCode.UNHEALTHY,
    GapsFound: ExitCode.GAPS,
    Faulty: ExitCode.FAULTY,
    NotProved: ExitCode.STREAM,
    ConfigurationError: ExitCode.USAGE,
    DemoFailed: ExitCode.UNEXPECTED,
    EmbeddedStackError: ExitCode.STACK,
    schema_errors.BrokerUnreachable: ExitCode.BROKER,
    schema_errors.TopicUnusable: ExitCode.TOPIC,
    schema_errors.SettingRefused: ExitCode.USAGE,
    schema_errors.UnknownNetwork: ExitCode.USAGE,
    schema_errors.LedgerRefused: ExitCode.SOURCE,
    producer_errors.NetworkDiffers: ExitCode.NETWORK,
    producer_errors.SourceMisnamed: ExitCode.USAGE,
    producer_errors.SourceError: ExitCode.SOURCE,
    producer_errors.ChainBroken: ExitCode.NETWORK,
    producer_errors.NetworkReset: ExitCode.NETWORK,
    producer_errors.OtherNetwork: ExitCode.NETWORK,
    producer_errors.WouldSkip: ExitCode.STREAM,
    producer_errors.TopicMisconfigured: ExitCode.TOPIC,
    producer_errors.TopicNewer: ExitCode.TOPIC,
    producer_errors.Fenced: ExitCode.TAKEN_OVER,
    producer_errors.PublishFailed: ExitCode.BROKER,
    consumer_errors.SubscriberLocked: ExitCode.LOCKED,
    consumer_errors.PoolerBetween: ExitCode.USAGE,
    consumer_errors.OtherNetwork: ExitCode.NETWORK,
    consumer_errors.NameRefused: ExitCode.USAGE,
    consumer_errors.SubscriberUnusable: ExitCode.SUBSCRIBER,
    consumer_errors.StreamUnusable: ExitCode.STREAM,
    consumer_errors.OtherLedgers: ExitCode.NETWORK,
    consumer_errors.CursorTaken: ExitCode.TAKEN_OVER,
    consumer_errors.SubscriberReset: ExitCode.SUBSCRIBER,
    consumer_errors.BackfillIncomplete: ExitCode.GAPS,
    consumer_errors.PartitionsBlocked: ExitCode.DATABASE,
    consumer_errors.ListenersBehind: ExitCode.DATABASE,
    consumer_errors.DatabaseUrlMalformed: ExitCode.USAGE,
    consumer_errors.DatabaseUnreachable: ExitCode.DATABASE,
    consumer_errors.DatabaseLost: ExitCode.DATABASE,
}


def exit_code_of(error: BaseException) -> ExitCode:
    """The code of an error: its own, else that of its nearest parent, else UNEXPECTED."""
    return next((_OF_ERROR[kind] for kind in type(error).__mro__ if kind in _OF_ERROR), ExitCode.UNEXPECTED)
