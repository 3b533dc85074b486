"""How every Kafka client is made, and why it finds no broker."""

import logging
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from confluent_kafka import KafkaError, KafkaException

from schemas.errors import SettingRefused, TopicForbidden

Client = TypeVar("Client")

_COMPLAINED_AGAIN_SECONDS = 30.0  # clients try again about every second
_CLOSED = "the brokers close every connection at once: it may be that they ask for TLS (security.protocol)"
_FORBIDDEN = frozenset(
    {
        KafkaError.TOPIC_AUTHORIZATION_FAILED,
        KafkaError.GROUP_AUTHORIZATION_FAILED,
        KafkaError.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
        KafkaError.CLUSTER_AUTHORIZATION_FAILED,
    }
)


def make_client(kind: Callable[..., Client], settings: Mapping[str, Any]) -> Client:
    """A Consumer, a Producer or an AdminClient, which logs where librdkafka is said to log.

    Raises:
        SettingRefused: librdkafka does not know a setting, or not with this value.
    """
    try:
        return kind(dict(settings), logger=logging.getLogger("librdkafka"))
    except KafkaException as exception:
        raise SettingRefused(f"the Kafka client refuses its settings: {exception.args[0].str()}") from exception


class Complaints:
    """Why a client has no broker to talk to: refused, a wrong password or certificate, an unknown host.

    A request fails for a reason that says nothing of it; the client tells when it is polled. `hear` is its `error_cb`.
    """

    def __init__(self) -> None:
        self._last = ""
        self._heard_at = float("-inf")

    def hear(self, error: KafkaError) -> None:
        if error.code() != KafkaError._ALL_BROKERS_DOWN:
            self._last = error.str()
        elif self._last in ("", _CLOSED):  # else it follows what tells more
            self._last = _CLOSED
        else:
            return
        self._heard_at = time.monotonic()

    def reason(self, error: KafkaError) -> str:
        """Why a request failed."""
        return self._last if time.monotonic() - self._heard_at < _COMPLAINED_AGAIN_SECONDS else error.str()


def forbidden(error: KafkaError, topic: str) -> TopicForbidden | None:
    """What it is called that the client's user may not do something; None for any other error."""
    if error.code() not in _FORBIDDEN:
        return None
    return TopicForbidden(
        f"the broker does not let this user do what topic {topic} needs: {error.str()}; docs/security.md lists the "
        "access rules"
    )
