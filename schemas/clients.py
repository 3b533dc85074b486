"""How every Kafka client is made."""

import logging
from collections.abc import Callable, Mapping
from typing import TypeVar

from confluent_kafka import KafkaException

from schemas.errors import SettingRefused

Client = TypeVar("Client")


def make_client(kind: Callable[..., Client], settings: Mapping[str, str | int]) -> Client:
    """A Consumer, a Producer or an AdminClient, which logs where librdkafka is said to log.

    Raises:
        SettingRefused: librdkafka does not know a setting, or not with this value.
    """
    try:
        return kind(dict(settings), logger=logging.getLogger("librdkafka"))
    except KafkaException as exception:
        raise SettingRefused(f"the Kafka client refuses its settings: {exception.args[0].str()}") from exception
