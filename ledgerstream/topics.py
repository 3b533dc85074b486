"""The ledger topics of a network, with what each holds, and segments that are no longer wanted."""

from collections.abc import Iterable
from dataclasses import asdict

from consumer.topics import LedgerTopic
from ledgerstream.errors import ConfigurationError
from schemas.topic import range_of


def as_json(topics: Iterable[LedgerTopic]) -> dict[str, object]:
    """Plain values, times in ISO 8601."""
    return {"topics": [_plain(topic) for topic in topics]}


def _plain(topic: LedgerTopic) -> dict[str, object]:
    closed_at = topic.last_closed_at
    return asdict(topic) | {"last_closed_at": None if closed_at is None else closed_at.isoformat()}


def as_lines(topics: list[LedgerTopic]) -> list[str]:
    """For humans: name, kind, range, and what is odd."""
    width = max(len(topic.name) for topic in topics)
    return [f"{topic.name:{width}}  {'segment' if topic.segment else 'live   '}  {held_by(topic)}" for topic in topics]


def held_by(topic: LedgerTopic) -> str:
    """What a topic holds, in words."""
    if not topic.exists:
        return "absent"
    held = "empty" if topic.first is None else f"{topic.first}–{topic.last}"
    return held + (" (held by an open transaction)" if topic.held_by_open_transaction else "")


def droppable(wanted: list[str], topics: list[LedgerTopic], live: str) -> list[LedgerTopic]:
    """The segments of these names.

    Raises:
        ConfigurationError: one of them is no segment of the live topic, or is not there.
    """
    by_name = {topic.name: topic for topic in topics}
    for name in wanted:
        if name == live:
            raise ConfigurationError(f"--drop {name}: this is the live topic, which is not dropped here")
        if range_of(name, live) is None:
            raise ConfigurationError(
                f"--drop {name}: this is no segment of topic {live}, whose segments are called {live}.FIRST-LAST"
            )
        if name not in by_name:
            raise ConfigurationError(f"--drop {name}: there is no such topic (any more)")
    return [by_name[name] for name in dict.fromkeys(wanted)]
