"""The topic that a producer writes to: made if it is not there, checked if it is, dropped when it has served."""

import time
from collections.abc import Iterable, Mapping

import structlog
from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import AdminClient, ConfigResource, NewTopic, ResourceType

from producer.errors import TopicMisconfigured
from schemas.clients import Complaints, forbidden, make_client
from schemas.errors import BrokerUnreachable
from schemas.topic import TOPIC_CONFIG

_ASK_AGAIN_SECONDS = 1.0
_PASSING = frozenset({KafkaError._TIMED_OUT, KafkaError._TRANSPORT, KafkaError.REQUEST_TIMED_OUT})
_CHECKED = ("cleanup.policy", "retention.ms", "message.timestamp.type")

log = structlog.get_logger(__name__)


def ensure_topic(kafka: Mapping[str, str], topic: str, *, replication_factor: int, timeout_seconds: float) -> None:
    """Create the topic, or check that the one that exists keeps ledgers whole and in order.

    Raises:
        BrokerUnreachable: no broker answered in time.
        TopicForbidden: this user may not make it.
        TopicMisconfigured: the topic exists and would lose, split or reorder ledgers.
    """
    complaints = Complaints()
    admin = make_client(AdminClient, {**kafka, "error_cb": complaints.hear})
    partitions = _partitions(admin, topic, timeout_seconds, complaints)
    if partitions == 0 and _create(admin, topic, replication_factor, timeout_seconds):
        return
    if partitions > 1:
        raise TopicMisconfigured(
            f"topic {topic} has {partitions} partitions; a ledger topic has one, so that its ledgers have one order: "
            "name another with --topic, or delete it and start again"
        )
    _check_configuration(admin, topic, timeout_seconds)


def _partitions(admin: AdminClient, topic: str, timeout_seconds: float, complaints: Complaints) -> int:
    """How many partitions the topic has, 0 without one, waiting for a broker that is still starting."""
    deadline = time.monotonic() + timeout_seconds
    while True:
        try:
            # All of them: asking for one by name makes it, on a broker that creates topics by itself.
            known = admin.list_topics(timeout=_ASK_AGAIN_SECONDS).topics.get(topic)
            return 0 if known is None else len(known.partitions)
        except KafkaException as exception:
            admin.poll(0)
            if time.monotonic() > deadline:
                reason = complaints.reason(exception.args[0])
                raise BrokerUnreachable(f"no Kafka broker answered in {timeout_seconds:g} s: {reason}") from exception


def _create(admin: AdminClient, topic: str, replication_factor: int, timeout_seconds: float) -> bool:
    """Create the topic; False when somebody else was faster."""
    new_topic = NewTopic(topic, num_partitions=1, replication_factor=replication_factor, config=TOPIC_CONFIG)
    try:
        admin.create_topics([new_topic], request_timeout=timeout_seconds)[topic].result()
    except KafkaException as exception:
        if exception.args[0].code() in _PASSING:
            raise BrokerUnreachable(f"topic {topic} was not created: {exception.args[0].str()}") from exception
        if (refused := forbidden(exception.args[0], topic)) is not None:
            raise refused from exception
        if exception.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
            raise TopicMisconfigured(f"topic {topic} can't be created: {exception.args[0].str()}") from exception
        return False
    log.info("topic created", topic=topic)
    return True


def _check_configuration(admin: AdminClient, topic: str, timeout_seconds: float) -> None:
    resource = ConfigResource(ResourceType.TOPIC, topic)
    try:
        found = admin.describe_configs([resource], request_timeout=timeout_seconds)[resource].result()
    except KafkaException as exception:
        log.warning("the topic's configuration can't be read", topic=topic, reason=exception.args[0].str())
        return
    wrong = [name for name in _CHECKED if found[name].value != TOPIC_CONFIG[name]]
    if int(found["max.message.bytes"].value) < int(TOPIC_CONFIG["max.message.bytes"]):
        wrong.append("max.message.bytes")
    if wrong:
        settings = ",".join(f"{name}={TOPIC_CONFIG[name]}" for name in wrong)
        raise TopicMisconfigured(
            f"topic {topic} has {', '.join(f'{name}={found[name].value}' for name in wrong)}, which would lose or "
            f"reorder ledgers: kafka-configs.sh --alter --topic {topic} --add-config {settings}"
        )


def drop_topics(kafka: Mapping[str, str], names: Iterable[str], *, timeout_seconds: float) -> None:
    """Delete these topics with all that they hold; one that is gone already is no error.

    Raises:
        BrokerUnreachable: no broker answered in time.
        TopicMisconfigured: the broker does not delete it.
    """
    admin = make_client(AdminClient, kafka)
    asked = admin.delete_topics(list(names), request_timeout=timeout_seconds, operation_timeout=timeout_seconds)
    for name, answer in asked.items():
        try:
            answer.result()
        except KafkaException as exception:
            _check_dropped(name, exception)
        log.info("topic dropped", topic=name)


def _check_dropped(topic: str, exception: KafkaException) -> None:
    error = exception.args[0]
    if error.code() in _PASSING:
        raise BrokerUnreachable(f"topic {topic} was not dropped: {error.str()}") from exception
    if (refused := forbidden(error, topic)) is not None:
        raise refused from exception
    if error.code() != KafkaError.UNKNOWN_TOPIC_OR_PART:
        raise TopicMisconfigured(f"topic {topic} can't be dropped: {error.str()}") from exception
