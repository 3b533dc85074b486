"""Where ledgers come from. Every source is a `LedgerSource`, and nothing else about it is known outside."""

from collections.abc import Iterator
from typing import Protocol

from schemas.ledger import Ledger


class LedgerSource(Protocol):
    """A network's ledgers, in order.

    A source remembers nothing between processes: what was published is the topic's to know, and it is asked
    to go on from there. It gives ledgers as the network wrote them; the chain is the producer's to check.
    """

    ends: bool
    """Whether the source has an end of its own, as a file or a pipe has."""

    def earliest(self) -> int | None:
        """The lowest ledger to be had: where an empty topic begins by default.

        None when there is no ledger yet, or when it can't be known before the ledgers are read.

        Raises:
            SourceError: it can't be found out here (plain HTTP can't list): the user must name the first.
        """

    def latest(self) -> int | None:
        """The newest ledger to be had now; None when there is none yet, or when it can't be known."""

    def ledgers(self, first: int | None, last: int | None) -> Iterator[Ledger | None]:
        """Ledgers from `first` to `last`, both inclusive, ascending and without holes.

        Yields None for "not closed yet", at least every half second while nothing arrives, so that the caller
        can act on signals, commit what it holds and look around. Ends after `last`, or where the source
        itself has an end (a file); goes on for ever when `last` is None and the network lives.
        `first` None means: with whatever comes first.

        Raises:
            SourceError: a ledger can't be had or is not what it should be; the message names it.
        """

    def ledger(self, sequence: int) -> Ledger | None:
        """That one ledger, to compare with the topic's; None where the source does not have it (any more)."""

    def close(self) -> None:
        """Let go of files, threads and connections."""
