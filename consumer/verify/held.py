"""What a database holds, as one snapshot of it says."""

from dataclasses import dataclass

from consumer.tables import Table
from schemas.ranges import Range


@dataclass(frozen=True, slots=True)
class Cursors:
    """What a subscriber is, what its cursors say, and the ends of what is really there."""

    network: str
    network_id: bytes
    tables: tuple[Table, ...]
    partition_ledgers: int
    live_first: int | None
    latest: int | None
    oldest: int | None
    lowest: int | None
    highest: int | None
    latest_there: bool
    oldest_there: bool
    below_oldest_there: bool

    @property
    def claimed(self) -> Range | None:
        """The ledgers that are there, if the cursors are right."""
        if self.live_first is None or self.oldest is None:
            return None
        last = self.live_first - 1 if self.latest is None else self.latest
        return Range(self.oldest, last) if self.oldest <= last else None


@dataclass(frozen=True, slots=True)
class Held:
    """A ledger that is there, as its own row has it. `counts`: its `…_rows`, in the order of the tables."""

    sequence: int
    hash: bytes
    previous_hash: bytes
    counts: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Partition:
    """A part of a table, for these ledgers, and how many blocks it has."""

    name: str
    ledgers: Range
    blocks: int


def led_by_something_else(table: Table) -> bool:
    """Whether the table's key begins with something else than the ledger: an account's history."""
    return table.partitioned_by is not None and table.key[0] != table.partitioned_by
