"""What a proof finds wrong: told as it is found, up to a bound, and counted."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum

from schemas.ranges import Range, ledgers_in

TOLD = 100
"""Findings that are told. A table that is gone would fill a terminal for hours."""


class Kind(Enum):
    """How bad a finding is."""

    FAULT = "fault"
    """Something is there that should not be, is not there though a cursor says so, or is not what it was."""
    GAP = "gap"
    """Ledgers that no cursor claims: not filled yet."""
    NOT_COMPARED = "not compared"
    """Nothing is known to be wrong, and nothing proves that all is right."""


@dataclass(frozen=True, slots=True)
class Finding:
    """`what` is wrong with which `ledgers`, and what to do about it."""

    ledgers: Range
    what: str
    remedy: str
    kind: Kind = Kind.FAULT

    def __str__(self) -> str:
        return f"{self.ledgers}: {self.what}; {self.remedy}"


@dataclass(slots=True)
class Findings:
    """All findings of a proof. `tell` is given each of the first ones as a line."""

    tell: Callable[[str], None]
    told: list[Finding] = field(default_factory=list)
    faults: int = 0
    missing: int = 0
    not_compared: int = 0

    def add(self, found: Iterable[Finding]) -> None:
        for finding in found:
            self._count(finding)
            if len(self.told) < TOLD:
                self.told.append(finding)
                self.tell(str(finding))
                if len(self.told) == TOLD:
                    self.tell(f"these are {TOLD} findings: what else there is, is only counted")

    def _count(self, finding: Finding) -> None:
        match finding.kind:
            case Kind.FAULT:
                self.faults += 1
            case Kind.GAP:
                self.missing += ledgers_in([finding.ledgers])
            case Kind.NOT_COMPARED:
                self.not_compared += ledgers_in([finding.ledgers])
