"""The command line."""

import json
import sys
from pathlib import Path
from typing import Annotated

import structlog
import typer

from consumer.consume import consume as consume_ledgers
from consumer.reader import TopicReader
from consumer.store import Store
from consumer.store import reset as reset_subscriber
from ledgerstream import options, sources
from ledgerstream.demo import run_demo
from ledgerstream.embedded import Stack
from ledgerstream.errors import ConfigurationError, Interrupted, Unhealthy
from ledgerstream.exit_codes import ExitCode, exit_code_of
from ledgerstream.logs import set_up_logs
from ledgerstream.shutdown import Shutdown
from ledgerstream.sources import SourceKind
from ledgerstream.status import report
from producer.produce import produce as produce_ledgers
from producer.publisher import Publisher
from producer.topics import ensure_topic
from producer.watch import ResetWatch
from schemas.network import Network, network_of

START_TIMEOUT_SECONDS = 60.0

app = typer.Typer(
    help="Every Stellar ledger, once, in your Postgres.",
    epilog="A first look on this machine alone: ledgerstream demo. Exit codes and more: the README.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

log = structlog.get_logger(__name__)


@app.callback()
def _common(
    log_level: Annotated[
        str, typer.Option(envvar="LEDGERSTREAM_LOG_LEVEL", help="debug, info, warning or error.")
    ] = "info",
    log_format: Annotated[
        str, typer.Option(envvar="LEDGERSTREAM_LOG_FORMAT", help="human, json, or auto: human on a terminal.")
    ] = "auto",
) -> None:
    if log_level not in ("debug", "info", "warning", "error") or log_format not in ("auto", "human", "json"):
        raise ConfigurationError("--log-level is debug, info, warning or error; --log-format auto, human or json")
    set_up_logs(log_level, log_format)


@app.command()
def up(*, data_dir: options.DataDir = None, as_json: options.AsJson = False) -> None:
    """Start the embedded Kafka and Postgres in the background; again does no harm."""
    folder = options.stack_folder(data_dir)
    addresses = Stack(folder).up(progress=lambda line: typer.echo(line, err=True))
    if as_json:
        typer.echo(json.dumps({"kafka": addresses.kafka, "database_url": addresses.database_url}))
        return
    typer.echo(f"Kafka     {addresses.kafka}")
    typer.echo(f"Postgres  psql '{addresses.database_url}'")
    typer.echo(f"Data      {folder}")
    typer.echo("Other commands find both by themselves. Stop them with: ledgerstream down")


@app.command()
def down(*, data_dir: options.DataDir = None) -> None:
    """Stop the embedded Kafka and Postgres; their data stays."""
    folder = options.stack_folder(data_dir)
    Stack(folder).down()
    typer.echo(f"stopped; the data stays in {folder}")


@app.command()
def produce(
    *,
    source: Annotated[
        SourceKind, typer.Option(envvar="LEDGERSTREAM_SOURCE", help="Where ledgers come from.")
    ] = SourceKind.LAKE,
    url: Annotated[
        str | None,
        typer.Option(
            envvar="LEDGERSTREAM_URL",
            help="lake: folder or URL (s3://, gs://, https://, file://), by default the network's public lake. "
            "stream: file, pipe, or - for standard input.",
        ),
    ] = None,
    storage_option: Annotated[
        list[str] | None,
        typer.Option(
            envvar="LEDGERSTREAM_STORAGE_OPTION",
            metavar="NAME=VALUE",
            help="lake: any setting of the store, such as skip_signature=true or region=us-east-2; may be repeated.",
        ),
    ] = None,
    first: Annotated[
        str,
        typer.Option(
            envvar="LEDGERSTREAM_PRODUCE_FIRST",
            help="Where an empty topic begins: a sequence, earliest or latest of the source. "
            "A topic that holds ledgers goes on at its end.",
        ),
    ] = "earliest",
    last: Annotated[
        str | None,
        typer.Option(
            envvar="LEDGERSTREAM_PRODUCE_LAST",
            help="Where to end: a sequence, or end for what the source has at the start. Default: never.",
        ),
    ] = None,
    network: options.NetworkName = None,
    passphrase: options.Passphrase = None,
    topic: options.TopicName = None,
    kafka: options.Kafka = None,
    kafka_option: options.KafkaOption = None,
    replication_factor: Annotated[
        int,
        typer.Option(
            envvar="LEDGERSTREAM_REPLICATION_FACTOR", help="Of a topic that is made; -1 leaves it to the broker."
        ),
    ] = -1,
    seed: Annotated[
        int,
        typer.Option(envvar="LEDGERSTREAM_SIMULATED_SEED", help="simulated: which network; same seed, same ledgers."),
    ] = 0,
    pace: Annotated[
        float,
        typer.Option(
            envvar="LEDGERSTREAM_SIMULATED_PACE",
            min=0.0,
            help="simulated: seconds from ledger to ledger; 0 for at once.",
        ),
    ] = 5.0,
    transactions: Annotated[
        int,
        typer.Option(
            envvar="LEDGERSTREAM_SIMULATED_TRANSACTIONS", min=0, help="simulated: transactions in a ledger, on average."
        ),
    ] = 10,
    ledger_bytes: Annotated[
        int | None,
        typer.Option(
            envvar="LEDGERSTREAM_SIMULATED_LEDGER_BYTES",
            max=14_000_000,
            help="simulated: fill ledgers up to this many bytes of XDR.",
        ),
    ] = None,
    start_timeout: options.StartTimeout = START_TIMEOUT_SECONDS,
    data_dir: options.DataDir = None,
) -> None:
    """Publish ledgers to the network's topic, from where the topic ends."""
    shutdown = Shutdown(bounded=last is not None)
    chosen = _network(network, passphrase, simulated=source is SourceKind.SIMULATED)
    topic = topic or chosen.topic
    kafka_settings = options.kafka_of(kafka, kafka_option, data_dir)
    first_wanted = options.sequence_or(first, ("earliest", "latest"), "--first")
    last_wanted = options.sequence_or(last, ("end",), "--last")
    _check_range(first_wanted, last_wanted)
    match source:
        case SourceKind.LAKE:
            ledgers = sources.lake(url, options.pairs(storage_option, "--storage-option"), chosen)
        case SourceKind.STREAM:
            ledgers = sources.stream(url)
        case SourceKind.SIMULATED:
            ledgers = sources.simulated(
                chosen,
                seed=seed,
                pace_seconds=pace,
                transactions_per_ledger=transactions,
                ledger_bytes=ledger_bytes,
            )
    ensure_topic(kafka_settings, topic, replication_factor=replication_factor, timeout_seconds=start_timeout)
    publisher = Publisher(kafka_settings, topic, chosen)
    try:
        with shutdown.deferred():
            through = produce_ledgers(
                ledgers,
                publisher,
                ResetWatch(ledgers, topic, chosen.name),
                first=first_wanted or "earliest",
                last=last_wanted,
                stop=shutdown,
                timeout_seconds=start_timeout,
            )
    finally:
        publisher.close()
        ledgers.close()
    _end(through, last_wanted, "published")


@app.command()
def consume(
    *,
    subscriber: Annotated[
        str,
        typer.Option(
            envvar="LEDGERSTREAM_SUBSCRIBER", help="Whose ledgers: the name of a schema in the database, of its own."
        ),
    ] = "history",
    first: Annotated[
        str,
        typer.Option(
            envvar="LEDGERSTREAM_CONSUME_FIRST",
            help="Where a new subscriber begins: a sequence, earliest or latest of the topic. "
            "One that has begun goes on at its cursor.",
        ),
    ] = "earliest",
    last: Annotated[
        str | None,
        typer.Option(
            envvar="LEDGERSTREAM_CONSUME_LAST",
            help="Where to end: a sequence, or end for what the topic holds at the start. Default: never.",
        ),
    ] = None,
    network: options.NetworkName = None,
    passphrase: options.Passphrase = None,
    topic: options.TopicName = None,
    kafka: options.Kafka = None,
    kafka_option: options.KafkaOption = None,
    database_url: options.DatabaseUrl = None,
    notify: Annotated[
        bool,
        typer.Option(
            envvar="LEDGERSTREAM_NOTIFY",
            help="Tell listeners of channel ledgerstream_<subscriber> each ledger's sequence. Default: on.",
        ),
    ] = True,
    start_timeout: options.StartTimeout = START_TIMEOUT_SECONDS,
    data_dir: options.DataDir = None,
) -> None:
    """Commit the topic's ledgers to a subscriber's schema, from its cursor on."""
    shutdown = Shutdown(bounded=last is not None)
    chosen = _network(network, passphrase)
    database = options.database_of(database_url, data_dir)
    kafka_settings = options.kafka_of(kafka, kafka_option, data_dir)
    first_wanted = options.sequence_or(first, ("earliest", "latest"), "--first")
    last_wanted = options.sequence_or(last, ("end",), "--last")
    _check_range(first_wanted, last_wanted)
    with (
        Store.open(database, subscriber, chosen, timeout_seconds=start_timeout, notify=notify) as store,
        TopicReader(kafka_settings, topic or chosen.topic, chosen, subscriber, timeout_seconds=start_timeout) as reader,
        shutdown.deferred(),
    ):
        through = consume_ledgers(
            store, reader, chosen, first=first_wanted or "earliest", last=last_wanted, stop=shutdown
        )
    _end(through, last_wanted, "committed")


@app.command()
def status(
    *,
    subscriber: Annotated[
        str | None, typer.Option(envvar="LEDGERSTREAM_SUBSCRIBER", help="Only this one. Default: all in the database.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Exit with an error unless every subscriber shown is running and close.")
    ] = False,
    max_lag: Annotated[
        float,
        typer.Option(
            envvar="LEDGERSTREAM_MAX_LAG", metavar="SECONDS", min=0.0, help="--check: how far behind the topic is fine."
        ),
    ] = 60.0,
    as_json: options.AsJson = False,
    topic: options.TopicName = None,
    kafka: options.Kafka = None,
    kafka_option: options.KafkaOption = None,
    database_url: options.DatabaseUrl = None,
    start_timeout: options.StartTimeout = 5.0,
    data_dir: options.DataDir = None,
) -> None:
    """Show cursors, lock holders, topics and lags."""
    found = report(
        options.database_of(database_url, data_dir),
        options.kafka_of(kafka, kafka_option, data_dir),
        only=subscriber,
        topic=topic,
        timeout_seconds=start_timeout,
    )
    typer.echo(json.dumps(found.as_json()) if as_json else "\n".join(found.as_lines()))
    complaints = [each for one in found.subscribers for each in one.complaints(max_lag)]
    if check and (complaints or not found.subscribers):
        raise Unhealthy("; ".join(complaints) or "there is no subscriber in this database")


@app.command()
def reset(
    *,
    subscriber: Annotated[
        str, typer.Option(envvar="LEDGERSTREAM_SUBSCRIBER", help="Which one to drop, with all its tables.")
    ],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    database_url: options.DatabaseUrl = None,
    start_timeout: options.StartTimeout = START_TIMEOUT_SECONDS,
    data_dir: options.DataDir = None,
) -> None:
    """Drop a subscriber: its schema, its ledgers and its cursors. The topic stays, to consume again."""
    database = options.database_of(database_url, data_dir)
    if not yes:
        typer.confirm(f"Drop subscriber {subscriber} with all its ledgers?", abort=True)
    reset_subscriber(database, subscriber, timeout_seconds=start_timeout)
    typer.echo(f"subscriber {subscriber} is dropped")


@app.command()
def demo(
    *,
    follow: Annotated[bool, typer.Option("--follow", help="Go on until Ctrl-C.")] = False,
    kafka: options.Kafka = None,
    database_url: options.DatabaseUrl = None,
) -> None:
    """Run ledgers through the whole path and kill the consumer in mid-ledger, before your eyes."""
    run_demo(kafka=kafka, database_url=database_url, follow=follow)


def _network(name: str | None, passphrase: str | None, *, simulated: bool = False) -> Network:
    if name is None and passphrase is None:
        name = "simulated" if simulated else "pubnet"
    return network_of(name, passphrase)


def _check_range(first: int | str | None, last: int | str | None) -> None:
    if isinstance(first, int) and isinstance(last, int) and first > last:
        raise ConfigurationError(f"--first {first} is above --last {last}")


def _end(through: bool, last: int | str | None, done: str) -> None:
    if not through:
        raise Interrupted(f"stopped before ledger {last} was {done}; the same command goes on")
    log.info("done", last=last)


def main() -> None:
    """Run one command; the exit code tells how it ended."""
    options.load_environment_file(Path.cwd())
    set_up_logs("info", "auto")
    try:
        app()
    except Exception as error:  # the one place where everything that ends a command ends
        code = exit_code_of(error)
        if code is ExitCode.UNEXPECTED:
            log.exception("ended", exit_code=int(code))
        else:
            log.error("ended", reason=str(error), error=type(error).__name__, exit_code=int(code))  # noqa: TRY400
        sys.exit(code)


if __name__ == "__main__":
    main()
