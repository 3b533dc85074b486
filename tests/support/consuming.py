"""The consumer in this process, for what needs no process of its own."""

import uuid
from collections.abc import Callable, Collection, Mapping
from contextlib import closing

from consumer.consume import consume
from consumer.database import connect
from consumer.digest import digest
from consumer.reader import TopicReader
from consumer.store import Store
from consumer.topics import Topics
from schemas.network import Network


def run_consumer(
    kafka: Mapping[str, str],
    database_url: str,
    network: Network,
    topic: str,
    subscriber: str,
    *,
    first: int | str = "earliest",
    last: int | str | None = "end",
    tables: Collection[str] | None = None,
    stop: Callable[[], bool] = lambda: False,
    timeout_seconds: float = 15,
) -> bool:
    """One run of the consumer, as the command line puts it together."""
    with (
        closing(Store.open(database_url, subscriber, network, tables=tables, timeout_seconds=timeout_seconds)) as store,
        closing(TopicReader(kafka, topic, network, subscriber, timeout_seconds=timeout_seconds)) as reader,
        closing(Topics(kafka, topic, network, timeout_seconds=timeout_seconds)) as topics,
    ):
        return consume(store, reader, topics, network, first=first, last=last, stop=stop)


def digest_of(database_url: str, subscriber: str, *, cursors: bool = True) -> str:
    with connect(database_url, application_name="test", timeout_seconds=10) as connection:
        return digest(connection, subscriber, cursors=cursors)


def digest_of_calm_run(kafka: Mapping[str, str], database_url: str, network: Network, topic: str) -> str:
    """What a consumer that nobody disturbs leaves in the database."""
    subscriber = f"calm_{uuid.uuid4().hex[:12]}"
    assert run_consumer(kafka, database_url, network, topic, subscriber)
    return digest_of(database_url, subscriber)
