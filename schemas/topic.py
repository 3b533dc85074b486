"""A ledger topic: one partition that holds one contiguous, ascending run of ledgers of one network.

A network's *live* topic goes on with the network. Beside it lie *segments*, topics of their own whose names say which
ledgers of it they are for: `stellar.pubnet.ledgers.100-120`.
"""

from schemas.ledger import MAXIMUM_MESSAGE_BYTES
from schemas.ranges import Range

PARTITION = 0

TOPIC_CONFIG = {
    # Compaction would break the order when a ledger is published again.
    "cleanup.policy": "delete",
    # A record's timestamp is its ledger's close time: retention by time would delete old ledgers at once.
    "retention.ms": "-1",
    "max.message.bytes": str(MAXIMUM_MESSAGE_BYTES),
    # Ledgers are compressed inside their records: the broker must neither do it again nor undo it.
    "compression.type": "producer",
    "message.timestamp.type": "CreateTime",
    # Kafka 4 refuses timestamps an hour ahead of its own clock, which may be the one that is wrong.
    "message.timestamp.after.max.ms": str(2**63 - 1),
}
"""What the topic is created with. An operator may bound it in bytes (`retention.bytes`)."""


def segment_of(topic: str, ledgers: Range) -> str:
    """The segment of a live topic that is for these ledgers."""
    return f"{topic}.{ledgers.as_text}"


def range_of(segment: str, topic: str) -> Range | None:
    """The ledgers that a segment of this live topic is for; None when the name is not that of one."""
    if not segment.startswith(f"{topic}."):
        return None
    try:
        return Range.parse(segment.removeprefix(f"{topic}."))
    except ValueError:
        return None
