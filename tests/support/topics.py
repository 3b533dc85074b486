"""Topics of any content: what a hostile or broken producer might have left there."""

from collections.abc import Iterable, Mapping

from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, ConfigResource, NewTopic, ResourceType

from schemas.ledger import Ledger
from schemas.network import Network
from schemas.record import encode, key_of
from schemas.topic import TOPIC_CONFIG

Message = tuple[bytes | None, bytes | None]


def message_of(ledger: Ledger, network: Network) -> Message:
    """Key and value as the producer writes them."""
    return key_of(ledger.sequence), encode(ledger, network)


def make_topic(kafka: Mapping[str, str], topic: str, partitions: int = 1, config: dict[str, str] | None = None) -> None:
    admin = AdminClient(dict(kafka))
    admin.create_topics([NewTopic(topic, partitions, 1, config=config or TOPIC_CONFIG)])[topic].result()


def delete_topic(kafka: Mapping[str, str], topic: str) -> None:
    admin = AdminClient(dict(kafka))  # it must outlive the answer
    admin.delete_topics([topic])[topic].result()


def delete_group(kafka: Mapping[str, str], group: str) -> None:
    admin = AdminClient(dict(kafka))
    admin.delete_consumer_groups([group])[group].result()


def topic_configuration(kafka: Mapping[str, str], topic: str) -> dict[str, str]:
    admin = AdminClient(dict(kafka))
    resource = ConfigResource(ResourceType.TOPIC, topic)
    return {name: entry.value for name, entry in admin.describe_configs([resource])[resource].result().items()}


def partitions_of(kafka: Mapping[str, str], topic: str) -> int:
    admin = AdminClient(dict(kafka))
    return len(admin.list_topics(topic, timeout=10).topics[topic].partitions)


def append(kafka: Mapping[str, str], topic: str, messages: Iterable[Message], *, in_transaction: bool = True) -> None:
    """Append messages, each in a transaction of its own, so that offsets have holes as they have in real topics."""
    producer = Producer(
        {**kafka, "message.max.bytes": 32 << 20} | ({"transactional.id": f"test-{topic}"} if in_transaction else {})
    )
    if in_transaction:
        producer.init_transactions(30)
    for key, value in messages:
        if in_transaction:
            producer.begin_transaction()
        producer.produce(topic, key=key, value=value, partition=0)
        if in_transaction:
            producer.commit_transaction(30)
    producer.flush(30)


def append_ledgers(kafka: Mapping[str, str], topic: str, ledgers: Iterable[Ledger], network: Network) -> None:
    append(kafka, topic, [message_of(ledger, network) for ledger in ledgers])


def append_and_abort(kafka: Mapping[str, str], topic: str, messages: Iterable[Message]) -> None:
    producer = Producer({**kafka, "transactional.id": f"abort-{topic}"})
    producer.init_transactions(30)
    producer.begin_transaction()
    for key, value in messages:
        producer.produce(topic, key=key, value=value, partition=0)
    producer.flush(30)
    producer.abort_transaction(30)
