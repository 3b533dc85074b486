"""Every option that more than one command takes, and where its value comes from.

In this order: the command line, the environment (`LEDGERSTREAM_…`), a `.env` file in the working folder, a running
embedded stack (for the addresses), the default.
"""

import os
import re
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any, TextIO

import typer
from dotenv import dotenv_values

from consumer.tables import CHOICE, TABLES
from ledgerstream.embedded import Stack, default_data_dir
from ledgerstream.errors import ConfigurationError
from ledgerstream.sources import SourceKind
from schemas.ranges import Range
from schemas.topic import segment_of

PREFIX = "LEDGERSTREAM_"
ALL_TABLES = "all"

_LOWEST_SEQUENCE = 2  # ledger 1 is where a network begins: nobody closed it, and nobody has it
_HIGHEST_SEQUENCE = 2**31 - 2  # the ids of a higher one do not fit in a bigint
_A_DAY_SECONDS = 86_400.0  # what is said to be infinite, too, is refused
_AN_HOUR_SECONDS = 3600.0  # the Kafka client waits for no longer


def _topic_name(name: str | None) -> str | None:
    """A name that Kafka takes: of any other it says that no broker answers."""
    if name and not re.fullmatch(r"[A-Za-z0-9._-]{1,249}", name):
        raise typer.BadParameter(f"{name!r}: letters, digits, '.', '_' and '-' name a topic, 249 of them at most")
    return name


Kafka = Annotated[
    str | None,
    typer.Option(
        "--kafka",
        envvar="LEDGERSTREAM_KAFKA",
        metavar="HOST:PORT",
        help="Kafka bootstrap servers. Default: the embedded stack, if it is up.",
    ),
]
KafkaOption = Annotated[
    list[str] | None,
    typer.Option(
        "--kafka-option",
        envvar="LEDGERSTREAM_KAFKA_OPTION",
        metavar="NAME=VALUE",
        help="Any librdkafka client setting, such as security.protocol=SASL_SSL; may be repeated "
        "(in the variable: separated by spaces).",
    ),
]
DatabaseUrl = Annotated[
    str | None,
    typer.Option(
        "--database-url",
        envvar="LEDGERSTREAM_DATABASE_URL",
        metavar="postgresql://…",
        help="The Postgres database, 14 or newer. Default: the embedded stack, if it is up.",
    ),
]
DataDir = Annotated[
    Path | None,
    typer.Option(
        "--data-dir",
        envvar="LEDGERSTREAM_DATA_DIR",
        metavar="FOLDER",
        help="Where the embedded stack keeps its data. Default: the user's own data folder.",
    ),
]
NetworkName = Annotated[
    str | None,
    typer.Option(
        "--network",
        envvar="LEDGERSTREAM_NETWORK",
        metavar="NAME",
        help="pubnet, testnet, futurenet or simulated; any other name with --passphrase. "
        "Default: pubnet; for the simulated source, simulated; for backfill and verify the subscriber's.",
    ),
]
Passphrase = Annotated[
    str | None,
    typer.Option(
        "--passphrase",
        envvar="LEDGERSTREAM_PASSPHRASE",
        metavar="TEXT",
        help="The passphrase of a network that has no name here; alone, the first 8 digits of its id are the name.",
    ),
]
TopicName = Annotated[
    str | None,
    typer.Option(
        "--topic",
        callback=_topic_name,
        envvar="LEDGERSTREAM_TOPIC",
        metavar="NAME",
        help="The ledger topic. Default: stellar.<network>.ledgers.",
    ),
]
AnswerTimeout = Annotated[
    float,
    typer.Option(
        "--answer-timeout",
        envvar="LEDGERSTREAM_ANSWER_TIMEOUT",
        metavar="SECONDS",
        min=0.0,
        max=_AN_HOUR_SECONDS,
        help="How long to wait for a database or a broker that does not answer.",
    ),
]
AliveFile = Annotated[
    Path | None,
    typer.Option(
        "--alive-file",
        envvar="LEDGERSTREAM_ALIVE_FILE",
        metavar="FILE",
        help="Touched at every turn of the loop, for probes: a file that grows old is a process that hangs.",
    ),
]
SessionPooling = Annotated[
    bool,
    typer.Option(
        "--session-pooling",
        envvar="LEDGERSTREAM_SESSION_POOLING",
        help="The connection pooler before the database pools sessions (pool_mode=session). Others are refused.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"ledgerstream {version('ledgerstream')}")
        raise typer.Exit


Version = Annotated[
    bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
]
LogLevel = Annotated[str, typer.Option(envvar="LEDGERSTREAM_LOG_LEVEL", help="debug, info, warning or error.")]
Debug = Annotated[
    bool,
    typer.Option(
        "--debug", envvar="LEDGERSTREAM_DEBUG", help="Show where in the program an error comes from: its traceback."
    ),
]
LogFormat = Annotated[
    str, typer.Option(envvar="LEDGERSTREAM_LOG_FORMAT", help="human, json, or auto: human on a terminal.")
]

# produce

Source = Annotated[SourceKind, typer.Option(envvar="LEDGERSTREAM_SOURCE", help="Where ledgers come from.")]
Url = Annotated[
    str | None,
    typer.Option(
        envvar="LEDGERSTREAM_URL",
        help="lake: folder or URL (s3://, gs://, https://, file://), by default the network's public lake. "
        "stream: file, pipe, or - for standard input.",
    ),
]
StorageOption = Annotated[
    list[str] | None,
    typer.Option(
        envvar="LEDGERSTREAM_STORAGE_OPTION",
        metavar="NAME=VALUE",
        help="lake: any setting of the store, such as skip_signature=true or region=us-east-2; may be repeated.",
    ),
]
ProduceFirst = Annotated[
    str,
    typer.Option(
        "--first",
        envvar="LEDGERSTREAM_PRODUCE_FIRST",
        help="Where an empty topic begins: a sequence, earliest or latest of the source. "
        "A topic that holds ledgers goes on at its end.",
    ),
]
ProduceLast = Annotated[
    str | None,
    typer.Option(
        "--last",
        envvar="LEDGERSTREAM_PRODUCE_LAST",
        help="Where to end: a sequence, or end for what the source has at the start. Default: never.",
    ),
]
Segment = Annotated[
    bool,
    typer.Option(
        "--segment",
        envvar="LEDGERSTREAM_SEGMENT",
        help="Publish --first to --last to a topic of their own beside --topic, called <topic>.<first>-<last>.",
    ),
]
SegmentRanges = Annotated[
    typer.FileText | None,
    typer.Option(
        "--ranges",
        envvar="LEDGERSTREAM_SEGMENT_RANGES",
        metavar="FILE",
        help="Publish a segment for each line FIRST-LAST of a file, - for standard input: what gaps --ranges prints.",
    ),
]
ReplicationFactor = Annotated[
    int,
    typer.Option(envvar="LEDGERSTREAM_REPLICATION_FACTOR", help="Of a topic that is made; -1 leaves it to the broker."),
]
Seed = Annotated[
    int, typer.Option(envvar="LEDGERSTREAM_SIMULATED_SEED", help="simulated: which network; same seed, same ledgers.")
]
Pace = Annotated[
    float,
    typer.Option(
        envvar="LEDGERSTREAM_SIMULATED_PACE",
        min=0.0,
        max=_A_DAY_SECONDS,
        help="simulated: seconds from ledger to ledger; 0 for at once.",
    ),
]
Transactions = Annotated[
    int,
    typer.Option(
        envvar="LEDGERSTREAM_SIMULATED_TRANSACTIONS", min=0, help="simulated: transactions in a ledger, on average."
    ),
]
LedgerBytes = Annotated[
    int | None,
    typer.Option(
        envvar="LEDGERSTREAM_SIMULATED_LEDGER_BYTES",
        min=0,
        max=14_000_000,
        help="simulated: fill ledgers up to this many bytes of XDR.",
    ),
]

# consume, status, reset, demo

Subscriber = Annotated[
    str,
    typer.Option(envvar="LEDGERSTREAM_SUBSCRIBER", help="Whose ledgers: the name of a schema of its own."),
]
OnlySubscriber = Annotated[
    str | None,
    typer.Option("--subscriber", envvar="LEDGERSTREAM_SUBSCRIBER", help="Only this one. Default: all in the database."),
]
ConsumeFirst = Annotated[
    str,
    typer.Option(
        "--first",
        envvar="LEDGERSTREAM_CONSUME_FIRST",
        help="Where a new subscriber begins: a sequence, earliest or latest of the topic. "
        "One that has begun goes on at its cursor.",
    ),
]
ConsumeLast = Annotated[
    str | None,
    typer.Option(
        "--last",
        envvar="LEDGERSTREAM_CONSUME_LAST",
        help="Where to end: a sequence, or end for what the topic holds at the start. Default: never.",
    ),
]
Tables = Annotated[
    str | None,
    typer.Option(
        envvar="LEDGERSTREAM_TABLES",
        metavar="NAME,…",
        help="Which tables a new subscriber fills beside ledgers, or all. One that has begun keeps its own. "
        f"Default: {', '.join(table.name for table in CHOICE if table.by_default)}.",
    ),
]
Notify = Annotated[
    bool,
    typer.Option(
        envvar="LEDGERSTREAM_NOTIFY",
        help="Tell listeners of channel ledgerstream_<subscriber> each ledger's sequence. Default: on.",
    ),
]
StandBy = Annotated[
    bool,
    typer.Option(
        "--standby",
        envvar="LEDGERSTREAM_STANDBY",
        help="While another consumer works for the subscriber, wait for its lock and take over.",
    ),
]
Lease = Annotated[
    float,
    typer.Option(
        envvar="LEDGERSTREAM_LEASE",
        metavar="SECONDS",
        min=2.0,
        max=_A_DAY_SECONDS,
        help="--standby: for how long the other may be silent before its session is ended; longer than the longest "
        "ledger takes.",
    ),
]
BackfillFirst = Annotated[
    int,
    typer.Option(
        "--first",
        envvar="LEDGERSTREAM_BACKFILL_FIRST",
        min=2,
        max=_HIGHEST_SEQUENCE,
        help="The oldest ledger that is wanted.",
    ),
]
ReplayFirst = Annotated[
    int,
    typer.Option("--first", envvar="LEDGERSTREAM_REPLAY_FIRST", min=2, help="The oldest ledger that is wanted."),
]
BackfillLast = Annotated[
    int | None,
    typer.Option(
        "--last",
        envvar="LEDGERSTREAM_BACKFILL_LAST",
        min=2,
        max=_HIGHEST_SEQUENCE,
        help="The newest ledger that is wanted. Default: the one below live's first.",
    ),
]
Workers = Annotated[
    int | None,
    typer.Option(
        envvar="LEDGERSTREAM_WORKERS", min=1, help="How many processes fill at the same time. Default: one a core."
    ),
]
Nice = Annotated[
    int,
    typer.Option(
        envvar="LEDGERSTREAM_NICE",
        min=0,
        max=19,
        help="How much the workers yield to what else runs on this host, live among it: 0 not at all, 19 all they can.",
    ),
]
WorkerLease = Annotated[
    float,
    typer.Option(
        "--lease",
        envvar="LEDGERSTREAM_LEASE",
        metavar="SECONDS",
        min=2.0,
        max=_A_DAY_SECONDS,
        help="For how long a worker, of this or another backfill, may be silent before its session is ended.",
    ),
]
Check = Annotated[
    bool, typer.Option("--check", help="Exit with an error unless every subscriber shown is running and close.")
]
MaxLag = Annotated[
    float,
    typer.Option(
        envvar="LEDGERSTREAM_MAX_LAG", metavar="SECONDS", min=0.0, help="--check: how far behind the topic is fine."
    ),
]
MaxAge = Annotated[
    float | None,
    typer.Option(
        envvar="LEDGERSTREAM_MAX_AGE",
        metavar="SECONDS",
        min=0.0,
        show_default=False,
        help="--check: how long ago the topic's newest ledger may have been closed; it grows when no producer runs. "
        "Default: any time.",
    ),
]


def _bound(name: str, variable: str, text: str, lowest: int = 1) -> Any:  # noqa: ANN401 - what typer.Option gives
    return typer.Option(
        name,
        envvar=variable,
        metavar="SEQUENCE",
        min=lowest,
        max=_HIGHEST_SEQUENCE,
        show_default=False,
        help=text,
    )


GapsFirst = Annotated[
    int | None,
    _bound(
        "--first",
        "LEDGERSTREAM_GAPS_FIRST",
        "Where to look from. Default: the lowest ledger that is there.",
        _LOWEST_SEQUENCE,
    ),
]
GapsLast = Annotated[
    int | None,
    _bound("--last", "LEDGERSTREAM_GAPS_LAST", "Where to look to. Default: the newest ledger that is there."),
]
AsRanges = Annotated[
    bool, typer.Option("--ranges", help="Print FIRST-LAST, a line each, for ledgerstream produce --ranges -.")
]
VerifyFirst = Annotated[
    int | None,
    _bound("--first", "LEDGERSTREAM_VERIFY_FIRST", "Where to begin. Default: below all ledgers and rows there are."),
]
VerifyLast = Annotated[
    int | None,
    _bound("--last", "LEDGERSTREAM_VERIFY_LAST", "Where to end. Default: above all ledgers and rows there are."),
]
Deep = Annotated[
    bool, typer.Option("--deep", help="Read the ledgers again from the topics, and compare every row with them.")
]
DroppedSubscriber = Annotated[
    str,
    typer.Option("--subscriber", envvar="LEDGERSTREAM_SUBSCRIBER", help="Which one to drop, with all its tables."),
]
DemoKafka = Annotated[
    str | None,
    typer.Option("--kafka", envvar="LEDGERSTREAM_KAFKA", metavar="HOST:PORT", help="Default: a Kafka of its own."),
]
DemoDatabaseUrl = Annotated[
    str | None,
    typer.Option(
        "--database-url",
        envvar="LEDGERSTREAM_DATABASE_URL",
        metavar="postgresql://…",
        help="Default: a Postgres of its own.",
    ),
]
Drop = Annotated[
    list[str] | None,
    typer.Option("--drop", metavar="NAME", help="Delete this segment, which is no longer wanted; may be repeated."),
]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
Follow = Annotated[bool, typer.Option("--follow", help="Go on until Ctrl-C.")]


def load_environment_file(folder: Path) -> None:
    """Take what a `.env` file there says about `LEDGERSTREAM_…`, unless the environment says otherwise.

    Raises:
        ConfigurationError: the file can't be read, or holds what no variable can.
    """
    try:
        for name, value in dotenv_values(folder / ".env").items():
            if name.startswith(PREFIX) and value is not None:
                os.environ.setdefault(name, value)
    except OSError as error:
        raise ConfigurationError(f"{folder / '.env'} can't be read: {error.strerror}") from error
    except ValueError as error:  # of an encoding, or a zero byte
        raise ConfigurationError(f"{folder / '.env'} is no text file in UTF-8") from error


def pairs(given: list[str] | None, option: str) -> dict[str, str]:
    """`NAME=VALUE` options as a mapping.

    Raises:
        ConfigurationError: one of them has no name or no '='.
    """
    found = {}
    for number, each in enumerate(given or [], start=1):
        name, equals, value = each.partition("=")
        if not name or not equals:
            raise ConfigurationError(
                f"{option}: NAME=VALUE is expected, number {number} of {len(given or [])} is something else (blanks "
                "part those in a variable); it is not shown, for it may be part of a password"
            )
        found[name] = value
    return found


def workers_of(workers: int | None) -> int:
    """As many as there are cores for this process, unless told."""
    if workers is not None:
        return workers
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass(frozen=True, slots=True)
class Bounds:
    """`--first` and `--last`, as producer and consumer take them."""

    first: int | str
    last: int | str | None


def bounds_of(first: str, last: str | None) -> Bounds:
    """A sequence or a word each: `earliest` or `latest`, and `end` or nothing.

    Raises:
        ConfigurationError: neither, or the first is above the last.
    """
    bounds = Bounds(
        _sequence_or_word(first, ("earliest", "latest"), "--first"),
        None if last is None else _sequence_or_word(last, ("end",), "--last"),
    )
    if isinstance(bounds.first, int) and isinstance(bounds.last, int) and bounds.first > bounds.last:
        raise ConfigurationError(f"--first {first} is above --last {last}")
    return bounds


@dataclass(frozen=True, slots=True)
class ProducerRun:
    """What a producer publishes, and to which topic."""

    topic: str
    bounds: Bounds


def runs_of(topic: str, bounds: Bounds, *, segment: bool, ranges: TextIO | None) -> list[ProducerRun]:
    """The live topic, a segment of it, or one for each range that is listed.

    Raises:
        ConfigurationError: a line is no range, a segment has no bounds, or both are asked for.
    """
    if ranges is not None:
        if segment or bounds != Bounds("earliest", None):
            raise ConfigurationError("--ranges says what to publish: leave --first, --last and --segment out")
        return [_segment(topic, each) for each in _listed(ranges)]
    if not segment:
        return [ProducerRun(topic, bounds)]
    if not isinstance(bounds.first, int) or not isinstance(bounds.last, int):
        raise ConfigurationError("--segment needs --first and --last, a sequence each: they are its name")
    return [_segment(topic, Range(bounds.first, bounds.last))]


def _segment(topic: str, ledgers: Range) -> ProducerRun:
    return ProducerRun(segment_of(topic, ledgers), Bounds(ledgers.first, ledgers.last))


def _listed(lines: TextIO) -> list[Range]:
    found, number = [], 0
    try:
        for number, line in enumerate(lines, start=1):  # noqa: B007 - told where it fails
            if text := line.partition("#")[0].strip():
                found.append(Range.parse(text))
    except ValueError as error:  # of the file, too, when it is no text
        raise ConfigurationError(f"--ranges, line {number}: {error}") from error
    return found


def _sequence_or_word(given: str, words: tuple[str, ...], option: str) -> int | str:
    if given in words:
        return given
    if re.fullmatch(r"[0-9]{1,10}", given) and _LOWEST_SEQUENCE <= int(given) <= _HIGHEST_SEQUENCE:
        return int(given)
    raise ConfigurationError(
        f"{option} {given!r}: a ledger's sequence, from {_LOWEST_SEQUENCE} on, or one of {', '.join(words)} is expected"
    )


def tables_of(given: str | None) -> frozenset[str] | None:
    """The names in `--tables`; None when it is left out.

    Raises:
        ConfigurationError: a table that there is not, or none at all.
    """
    if given is None:
        return None
    known = [table.name for table in TABLES]
    if given.strip() == ALL_TABLES:
        return frozenset(known)
    names = frozenset(name.strip() for name in given.split(","))
    if unknown := sorted(names.difference(known)):
        raise ConfigurationError(
            f"--tables {given!r}: there is no table {unknown[0]!r}; there are {', '.join(known)}, or {ALL_TABLES} for "
            "every one"
        )
    return names


def stack_folder(data_dir: Path | None) -> Path:
    """Where the embedded stack lives."""
    return data_dir or default_data_dir()


def kafka_of(kafka: str | None, given: list[str] | None, data_dir: Path | None) -> dict[str, str]:
    """The Kafka client's settings.

    Raises:
        ConfigurationError: no address is given and no embedded broker is up.
    """
    bootstrap = kafka or Stack(stack_folder(data_dir)).kafka.running()
    if bootstrap is None:
        raise _unknown("Kafka", "--kafka", "LEDGERSTREAM_KAFKA")
    return {**pairs(given, "--kafka-option"), "bootstrap.servers": bootstrap}


def database_of(database_url: str | None, data_dir: Path | None) -> str:
    """The database's URL.

    Raises:
        ConfigurationError: none is given and no embedded database is up.
    """
    found = database_url or Stack(stack_folder(data_dir)).postgres.running()
    if found is None:
        raise _unknown("Postgres", "--database-url", "LEDGERSTREAM_DATABASE_URL")
    return found


def _unknown(what: str, option: str, variable: str) -> ConfigurationError:
    return ConfigurationError(
        f"no {what} is known: the embedded one is not running (ledgerstream up starts it), and no other is named "
        f"with {option} or {variable}"
    )
