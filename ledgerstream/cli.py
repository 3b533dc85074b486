"""The command line."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

import structlog
import typer

from consumer.backfill.run import Plan
from consumer.backfill.run import backfill as fill_history
from consumer.backfill.worker import Task
from consumer.consume import consume as consume_ledgers
from consumer.lock import Standby
from consumer.reader import TopicReader
from consumer.replay import replay as replay_ledgers
from consumer.reset import reset as reset_subscriber
from consumer.store import Store
from consumer.topics import Topics
from consumer.verify.verify import Bounds
from ledgerstream import options
from ledgerstream.demo import run_demo
from ledgerstream.embedded import Stack, psql
from ledgerstream.errors import ConfigurationError, GapsFound, Interrupted, Unhealthy
from ledgerstream.exit_codes import ExitCode, exit_code_of
from ledgerstream.gaps import gaps_of
from ledgerstream.logs import set_up_logs, set_up_worker_logs, tracebacks
from ledgerstream.progress import Progress
from ledgerstream.shutdown import Shutdown
from ledgerstream.sources import Simulation, SourceKind, source_of
from ledgerstream.status import report, states_of
from ledgerstream.topics import as_json as topics_as_json
from ledgerstream.topics import as_lines as topics_as_lines
from ledgerstream.topics import droppable, held_by
from ledgerstream.verify import Deep
from ledgerstream.verify import verify as verify_subscriber
from producer.produce import produce as produce_ledgers
from producer.publisher import Publisher
from producer.sources.stream import STANDARD_INPUT
from producer.topics import drop_topics, ensure_topic
from producer.watch import ResetWatch
from schemas.network import Network, network_of

ANSWER_TIMEOUT_SECONDS = 60.0
LEASE_SECONDS = 10.0

app = typer.Typer(
    help="Every Stellar ledger, once, in your Postgres.",
    epilog="A first look on this machine alone: ledgerstream demo. Exit codes and more: the README.",
    no_args_is_help=True,
    rich_markup_mode=None,  # its tables cut off what one needs to type
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

log = structlog.get_logger(__name__)


@app.callback()
def _common(
    *,
    log_level: options.LogLevel = "info",
    log_format: options.LogFormat = "auto",
    debug: options.Debug = False,
    _version: options.Version = False,
) -> None:
    if log_level not in ("debug", "info", "warning", "error") or log_format not in ("auto", "human", "json"):
        raise ConfigurationError("--log-level is debug, info, warning or error; --log-format auto, human or json")
    set_up_logs(log_level, log_format)
    tracebacks.shown = debug


@app.command()
def up(*, data_dir: options.DataDir = None, as_json: options.AsJson = False) -> None:
    """Start the embedded Kafka and Postgres in the background; again does no harm."""
    folder = options.stack_folder(data_dir)
    addresses = Stack(folder).up(progress=lambda line: typer.echo(line, err=True))
    if as_json:
        typer.echo(json.dumps({"kafka": addresses.kafka, "database_url": addresses.database_url}))
        return
    typer.echo(f"Kafka     {addresses.kafka}")
    typer.echo(f"Postgres  {psql()} '{addresses.database_url}'")
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
    source: options.Source = SourceKind.LAKE,
    url: options.Url = None,
    storage_option: options.StorageOption = None,
    first: options.ProduceFirst = "earliest",
    last: options.ProduceLast = None,
    segment: options.Segment = False,
    ranges: options.SegmentRanges = None,
    network: options.NetworkName = None,
    passphrase: options.Passphrase = None,
    topic: options.TopicName = None,
    kafka: options.Kafka = None,
    kafka_option: options.KafkaOption = None,
    replication_factor: options.ReplicationFactor = -1,
    seed: options.Seed = 0,
    pace: options.Pace = 5.0,
    transactions: options.Transactions = 10,
    ledger_bytes: options.LedgerBytes = None,
    answer_timeout: options.AnswerTimeout = ANSWER_TIMEOUT_SECONDS,
    alive_file: options.AliveFile = None,
    data_dir: options.DataDir = None,
) -> None:
    """Publish ledgers to the network's topic, from where the topic ends; or ranges to segments beside it."""
    with Shutdown(bounded=last is not None or ranges is not None, alive_file=alive_file) as shutdown:
        chosen = _network(network, passphrase, simulated=source is SourceKind.SIMULATED)
        kafka_settings = options.kafka_of(kafka, kafka_option, data_dir)
        bounds = options.bounds_of(first, last)
        if ranges is not None and source is SourceKind.STREAM and url in (None, STANDARD_INPUT):
            raise ConfigurationError("--ranges reads the stream anew for each range: name a file with --url")
        simulation = Simulation(seed, pace, transactions, ledger_bytes)
        ledgers = source_of(source, chosen, url, options.pairs(storage_option, "--storage-option"), simulation)
        through = True
        with closing(ledgers):
            ledgers.latest()  # a source that can't be read ends it before a topic is made
            for each in options.runs_of(topic or chosen.topic, bounds, segment=segment, ranges=ranges):
                ensure_topic(
                    kafka_settings, each.topic, replication_factor=replication_factor, timeout_seconds=answer_timeout
                )
                with closing(Publisher(kafka_settings, each.topic, chosen)) as publisher:
                    shutdown.defer()
                    through = produce_ledgers(
                        ledgers,
                        publisher,
                        ResetWatch(ledgers, each.topic, chosen.name, publisher.hash_of),
                        first=each.bounds.first,
                        last=each.bounds.last,
                        stop=shutdown,
                        timeout_seconds=answer_timeout,
                    )
                if not through:
                    break
        _end(through, "the last" if ranges else last, stopped=shutdown.requested)


@app.command()
def consume(
    *,
    subscriber: options.Subscriber = "history",
    first: options.ConsumeFirst = "earliest",
    last: options.ConsumeLast = None,
    tables: options.Tables = None,
    network: options.NetworkName = None,
    passphrase: options.Passphrase = None,
    topic: options.TopicName = None,
    kafka: options.Kafka = None,
    kafka_option: options.KafkaOption = None,
    database_url: options.DatabaseUrl = None,
    session_pooling: options.SessionPooling = False,
    notify: options.Notify = True,
    standby: options.StandBy = False,
    lease: options.Lease = LEASE_SECONDS,
    answer_timeout: options.AnswerTimeout = ANSWER_TIMEOUT_SECONDS,
    alive_file: options.AliveFile = None,
    data_dir: options.DataDir = None,
) -> None:
    """Commit the topic's ledgers to a subscriber's schema, from its cursor on."""
    with Shutdown(bounded=last is not None, alive_file=alive_file) as shutdown:
        chosen = _network(network, passphrase)
        chosen_tables = options.tables_of(tables)
        database = options.database_of(database_url, data_dir)
        kafka_settings = options.kafka_of(kafka, kafka_option, data_dir)
        bounds = options.bounds_of(first, last)
        topic = topic or chosen.topic
        opened = Store.open(
            database,
            subscriber,
            chosen,
            tables=chosen_tables,
            timeout_seconds=answer_timeout,
            notify=notify,
            session_pooling=session_pooling,
            standby=Standby(lease, probed=shutdown) if standby else None,
        )
        with closing(opened) as store, _reading(store, kafka_settings, topic, chosen, answer_timeout) as reading:
            shutdown.defer()
            through = consume_ledgers(store, *reading, chosen, first=bounds.first, last=bounds.last, stop=shutdown)
        _end(through, last, stopped=shutdown.requested)


@contextmanager
def _reading(
    store: Store, kafka: Mapping[str, str], topic: str, network: Network, timeout_seconds: float
) -> Iterator[tuple[TopicReader, Topics]]:
    """What live reads: its topic, and the segments beside it."""
    reader = TopicReader(kafka, topic, network, store.schema, timeout_seconds=timeout_seconds, waiting=store.beat)
    topics = Topics(kafka, topic, network, timeout_seconds=timeout_seconds, waiting=store.beat)
    with closing(reader), closing(topics):
        yield reader, topics


@app.command()
def backfill(
    context: typer.Context,
    *,
    first: options.BackfillFirst,
    last: options.BackfillLast = None,
    subscriber: options.Subscriber = "history",
    workers: options.Workers = None,
    nice: options.Nice = 10,
    lease: options.WorkerLease = LEASE_SECONDS,
    network: options.NetworkName = None,
    passphrase: options.Passphrase = None,
    topic: options.TopicName = None,
    kafka: options.Kafka = None,
    kafka_option: options.KafkaOption = None,
    database_url: options.DatabaseUrl = None,
    session_pooling: options.SessionPooling = False,
    answer_timeout: options.AnswerTimeout = ANSWER_TIMEOUT_SECONDS,
    alive_file: options.AliveFile = None,
    data_dir: options.DataDir = None,
) -> None:
    """Fill what a subscriber lacks below the ledger where live began, from the topics, in parallel."""
    with Shutdown(bounded=True, alive_file=alive_file) as shutdown:
        if last is not None and first > last:
            raise ConfigurationError(f"--first {first} is above --last {last}")
        database = options.database_of(database_url, data_dir)
        if network is None and passphrase is None:
            network = next((each.network for each in states_of(database, subscriber, answer_timeout)), None)
        chosen = _network(network, passphrase)
        task = Task(
            database_url=database,
            schema=subscriber,
            kafka=options.kafka_of(kafka, kafka_option, data_dir),
            topic=topic or chosen.topic,
            network=chosen,
            timeout_seconds=answer_timeout,
            session_pooling=session_pooling,
            nice=nice,
            initialise=_worker_logs(context),
        )
        plan = Plan(task, first, last, options.workers_of(workers), lease)
        shutdown.defer()
        through = fill_history(plan, stop=shutdown, shown=_filling(subscriber))
        if not through:
            raise Interrupted(
                f"stopped before all of subscriber {subscriber} from {first} on is there; the same command goes on"
            )
        log.info("done")


@app.command()
def replay(
    context: typer.Context,
    *,
    first: options.ReplayFirst,
    subscriber: options.Subscriber = "history",
    tables: options.Tables = None,
    workers: options.Workers = None,
    nice: options.Nice = 10,
    lease: options.WorkerLease = LEASE_SECONDS,
    network: options.NetworkName = None,
    passphrase: options.Passphrase = None,
    topic: options.TopicName = None,
    kafka: options.Kafka = None,
    kafka_option: options.KafkaOption = None,
    database_url: options.DatabaseUrl = None,
    session_pooling: options.SessionPooling = False,
    notify: options.Notify = True,
    answer_timeout: options.AnswerTimeout = ANSWER_TIMEOUT_SECONDS,
    alive_file: options.AliveFile = None,
    data_dir: options.DataDir = None,
) -> None:
    """Rebuild a subscriber: live from the topic's end on, and at the same time what came before, in parallel."""
    with Shutdown(bounded=True, alive_file=alive_file) as shutdown:
        chosen = _network(network, passphrase)
        task = Task(
            database_url=options.database_of(database_url, data_dir),
            schema=subscriber,
            kafka=options.kafka_of(kafka, kafka_option, data_dir),
            topic=topic or chosen.topic,
            network=chosen,
            timeout_seconds=answer_timeout,
            session_pooling=session_pooling,
            nice=nice,
            initialise=_worker_logs(context),
        )
        plan = Plan(task, first, None, options.workers_of(workers), lease)
        opened = Store.open(
            task.database_url,
            subscriber,
            chosen,
            tables=options.tables_of(tables),
            timeout_seconds=answer_timeout,
            notify=notify,
            session_pooling=session_pooling,
        )
        with closing(opened) as store, _reading(store, task.kafka, task.topic, chosen, answer_timeout) as reading:
            shutdown.defer()
            through = replay_ledgers(
                store, *reading, plan, stop=shutdown, stopped=lambda: shutdown.requested, shown=_filling(subscriber)
            )
        if not through:
            raise Interrupted(
                f"stopped before all of subscriber {subscriber} from {first} on is there; the same command goes on"
            )
        log.info("stopped")


def _filling(subscriber: str) -> Callable[[int], Progress]:
    return lambda total: Progress(total, f"filling {subscriber}")


def _worker_logs(context: typer.Context) -> Callable[[], None]:
    common = context.parent.params if context.parent else {}
    return partial(set_up_worker_logs, common["log_level"], common["log_format"])


@app.command()
def status(
    *,
    subscriber: options.OnlySubscriber = None,
    check: options.Check = False,
    max_lag: options.MaxLag = 60.0,
    max_age: options.MaxAge = None,
    as_json: options.AsJson = False,
    topic: options.TopicName = None,
    kafka: options.Kafka = None,
    kafka_option: options.KafkaOption = None,
    database_url: options.DatabaseUrl = None,
    answer_timeout: options.AnswerTimeout = 5.0,
    data_dir: options.DataDir = None,
) -> None:
    """Show cursors, lock holders, topics and lags."""
    found = report(
        options.database_of(database_url, data_dir),
        options.kafka_of(kafka, kafka_option, data_dir),
        only=subscriber,
        topic=topic,
        timeout_seconds=answer_timeout,
    )
    typer.echo(json.dumps(found.as_json()) if as_json else "\n".join(found.as_lines()))
    if found.unreachable is not None:
        raise found.unreachable
    complaints = [each for one in found.subscribers for each in one.complaints(max_lag, max_age)]
    if check and (complaints or not found.subscribers):
        raise Unhealthy("; ".join(complaints) or "there is no subscriber in this database")


@app.command()
def topics(
    *,
    drop: options.Drop = None,
    yes: options.Yes = False,
    as_json: options.AsJson = False,
    network: options.NetworkName = None,
    passphrase: options.Passphrase = None,
    topic: options.TopicName = None,
    kafka: options.Kafka = None,
    kafka_option: options.KafkaOption = None,
    answer_timeout: options.AnswerTimeout = ANSWER_TIMEOUT_SECONDS,
    data_dir: options.DataDir = None,
) -> None:
    """Show the network's topic and its segments with the ledgers that each holds; drop segments."""
    chosen = _network(network, passphrase)
    kafka_settings = options.kafka_of(kafka, kafka_option, data_dir)
    live = topic or chosen.topic
    with closing(Topics(kafka_settings, live, chosen, timeout_seconds=answer_timeout)) as ledger_topics:
        found = ledger_topics.all()
        if drop:
            segments = droppable(drop, found, live)
            if not yes:
                _confirm(f"Drop {', '.join(f'{each.name} ({held_by(each)})' for each in segments)}?")
            drop_topics(kafka_settings, drop, timeout_seconds=answer_timeout)
            found = ledger_topics.all()
    typer.echo(json.dumps(topics_as_json(found)) if as_json else "\n".join(topics_as_lines(found)))


@app.command()
def gaps(
    *,
    subscriber: options.Subscriber = "history",
    first: options.GapsFirst = None,
    last: options.GapsLast = None,
    as_ranges: options.AsRanges = False,
    as_json: options.AsJson = False,
    database_url: options.DatabaseUrl = None,
    answer_timeout: options.AnswerTimeout = ANSWER_TIMEOUT_SECONDS,
    data_dir: options.DataDir = None,
) -> None:
    """Show which ledgers a subscriber lacks, exactly."""
    if as_ranges and as_json:
        raise ConfigurationError("--ranges or --json: not both")
    with Shutdown(bounded=True):
        database = options.database_of(database_url, data_dir)
        found = gaps_of(database, subscriber, first=first, last=last, timeout_seconds=answer_timeout)
    lines = [json.dumps(found.as_json())] if as_json else found.as_ranges() if as_ranges else found.as_lines()
    for line in lines:
        typer.echo(line)
    if found.missing:
        raise GapsFound(found.summary())


@app.command()
def verify(
    *,
    subscriber: options.Subscriber = "history",
    first: options.VerifyFirst = None,
    last: options.VerifyLast = None,
    deep: options.Deep = False,
    as_json: options.AsJson = False,
    network: options.NetworkName = None,
    passphrase: options.Passphrase = None,
    topic: options.TopicName = None,
    kafka: options.Kafka = None,
    kafka_option: options.KafkaOption = None,
    database_url: options.DatabaseUrl = None,
    answer_timeout: options.AnswerTimeout = ANSWER_TIMEOUT_SECONDS,
    data_dir: options.DataDir = None,
) -> None:
    """Prove what a subscriber holds: chain, gaps, cursors, counts; with --deep every row."""
    with Shutdown(bounded=True) as shutdown:
        database = options.database_of(database_url, data_dir)
        kafka_settings = options.kafka_of(kafka, kafka_option, data_dir) if deep else {}
        proof = verify_subscriber(
            database,
            subscriber,
            Bounds(first, last),
            deep=Deep(kafka_settings, topic, network, passphrase) if deep else None,
            tell=(lambda _: None) if as_json else typer.echo,
            stop=shutdown,
            ready=shutdown.defer,
            timeout_seconds=answer_timeout,
        )
    if as_json:
        typer.echo(json.dumps(proof.as_json()))
    if (error := proof.error()) is not None:
        raise error
    if not as_json:
        typer.echo(proof.summary())


@app.command()
def reset(
    *,
    subscriber: options.DroppedSubscriber,
    yes: options.Yes = False,
    database_url: options.DatabaseUrl = None,
    session_pooling: options.SessionPooling = False,
    answer_timeout: options.AnswerTimeout = ANSWER_TIMEOUT_SECONDS,
    data_dir: options.DataDir = None,
) -> None:
    """Drop a subscriber: its schema, its ledgers and its cursors. The topic stays, to consume again."""
    database = options.database_of(database_url, data_dir)
    if not yes:
        _confirm(f"Drop subscriber {subscriber} with all its ledgers?")
    reset_subscriber(database, subscriber, timeout_seconds=answer_timeout, session_pooling=session_pooling)
    typer.echo(f"subscriber {subscriber} is dropped")


@app.command()
def demo(
    *,
    follow: options.Follow = False,
    kafka: options.DemoKafka = None,
    database_url: options.DemoDatabaseUrl = None,
) -> None:
    """Run ledgers through the whole path and kill the consumer in mid-ledger, before your eyes."""
    with Shutdown(bounded=not follow) as shutdown:
        run_demo(shutdown, kafka=kafka, database_url=database_url, follow=follow)


def _confirm(question: str) -> None:
    try:
        agreed = typer.confirm(question)
    except typer.Abort:  # nobody is there to answer
        agreed = False
    if not agreed:
        raise Interrupted("nothing was done: answer y, or say --yes")


def _network(name: str | None, passphrase: str | None, *, simulated: bool = False) -> Network:
    if name is None and passphrase is None:
        name = "simulated" if simulated else "pubnet"
    return network_of(name, passphrase)


def _end(through: bool, last: str | None, *, stopped: bool) -> None:
    if not through:
        raise Interrupted(f"stopped before ledger {last}; the same command goes on")
    log.info("stopped" if stopped else "done")


def main() -> None:
    """Run one command; the exit code tells how it ended."""
    set_up_logs("info", "auto")
    try:
        options.load_environment_file(Path.cwd())
        app()
    except KeyboardInterrupt:
        sys.exit(ExitCode.NOT_THROUGH)
    except Exception as error:  # the one place where everything that ends a command ends
        code = exit_code_of(error)
        log.exception(
            "ended",
            reason=str(error),
            error=type(error).__name__,
            exit_code=int(code),
            exc_info=tracebacks.shown or code is ExitCode.UNEXPECTED,
        )
        sys.exit(code)


if __name__ == "__main__":
    main()
