"""What ends a consumer.

ConsumerError
├── SubscriberLocked         another consumer holds the subscriber's lock
├── PoolerBetween            the session is not one with the server itself
├── SubscriberUnusable       needs a person
│   ├── NameRefused
│   ├── NotASubscriber
│   ├── NoSuchSubscriber
│   ├── NotStarted
│   ├── OtherNetwork
│   ├── OtherDataModel
│   ├── OtherTables
│   ├── OtherFirst
│   ├── LivesOwn
│   ├── RowsDisagree
│   └── NoRights
├── StreamUnusable           needs a person: what the topic holds next can't be committed
│   ├── LedgerMissing
│   ├── ChainBroken
│   └── LedgerUndecodable
├── OtherLedgers             needs a person: the topic's history is not the database's
├── CursorTaken              somebody else moved the cursor, or took over
├── SubscriberReset          somebody dropped what was filled
├── BackfillIncomplete       some batches could not be filled
├── PartitionsBlocked
├── ListenersBehind
├── DatabaseUrlMalformed
├── DatabaseUnreachable
└── DatabaseLost             the session that held the lock is gone
"""

from schemas.ranges import Range


class ConsumerError(Exception):
    """Base of everything that ends a consumer."""


class SubscriberLocked(ConsumerError):
    """Another consumer holds the subscriber's lock."""


class PoolerBetween(ConsumerError):
    """The session with the database is a pooler's: it can't hold a lock of its own."""


class SubscriberUnusable(ConsumerError):
    """The subscriber's schema can't be used with what was asked for."""


class NameRefused(SubscriberUnusable):
    """A name that no subscriber can have."""


class NotASubscriber(SubscriberUnusable):
    """The schema exists and was not made by ledgerstream, or by a newer one."""


class NoSuchSubscriber(SubscriberUnusable):
    """The subscriber does not exist in this database."""


class NotStarted(SubscriberUnusable):
    """The subscriber has no ledger yet."""


class OtherNetwork(SubscriberUnusable):
    """The schema holds the ledgers of another network."""


class OtherDataModel(SubscriberUnusable):
    """The schema was filled with another version of the data model."""


class OtherTables(SubscriberUnusable):
    """The subscriber fills other tables than those that are asked for."""


class OtherFirst(SubscriberUnusable):
    """The subscriber began at another ledger than the one that is asked for."""


class LivesOwn(SubscriberUnusable):
    """The ledgers that are asked for are live's to commit, not backfill's."""


class RowsDisagree(SubscriberUnusable):
    """The ledgers in the database are not those that its cursor claims: somebody else changed one or the other."""


class NoRights(SubscriberUnusable):
    """The role may not do what a subscriber needs."""


class StreamUnusable(ConsumerError):
    """What the topic holds next can't be committed."""


class LedgerMissing(StreamUnusable):
    """A topic goes on after a ledger that it does not hold, or no topic holds it; `missing` is what lacks, if known."""

    def __init__(self, message: str, missing: Range | None = None) -> None:
        super().__init__(message)
        self.missing = missing


class ChainBroken(StreamUnusable):
    """The next ledger does not name the hash of the ledger before it."""


class LedgerUndecodable(StreamUnusable):
    """The next ledger is not what its record says, or can't be decoded."""


class OtherLedgers(ConsumerError):
    """The topic's newest ledger is another one than the database holds: they are of two networks."""


class CursorTaken(ConsumerError):
    """The cursor is not where this consumer left it, or its epoch is over: somebody else owns the stream."""


class SubscriberReset(ConsumerError):
    """The subscriber was reset while its history was filled."""


class BackfillIncomplete(ConsumerError):
    """Some batches could not be filled; the others are, and the same command fills what is missing."""


class PartitionsBlocked(ConsumerError):
    """A partition that is needed now can't be attached."""


class ListenersBehind(ConsumerError):
    """The server's queue of notifications is full: a listener does not read."""


class DatabaseUrlMalformed(ConsumerError):
    """The database's URL is none."""


class DatabaseUnreachable(ConsumerError):
    """The database did not answer in time."""


class DatabaseLost(ConsumerError):
    """The session that holds the lock failed or is gone; the next start goes on at the cursor."""
