"""The table of a run, in Markdown: it is read on a terminal, and goes into the docs as it came."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.chaos.campaign import Judgement, StandStill, Struck
from tests.chaos.ending import Proof
from tests.chaos.faults import FAULTS
from tests.chaos.watch import Memory


@dataclass(frozen=True, slots=True)
class Report:
    """What a run found out."""

    seed: int
    minutes: float
    machine: str
    struck: Sequence[Struck]
    judgement: Judgement
    memory: dict[str, Memory]
    proof: Proof
    rounds: int
    audits: int
    codes: dict[str, dict[int, int]]
    failures: Sequence[str]

    def all_failures(self) -> list[str]:
        """Why the run failed; empty when it did not."""
        stood = [each for each in self.judgement.stand_stills() if not each.kept]
        return [
            *self.failures,
            *self.proof.faults(),
            *(f"{each.line} stood still for longer than its bound: {_told(each)}" for each in stood),
            *(f"{line} has not recovered from {_name(each)}" for each, line in self._never_recovered()),
            *(["no fault struck at all"] if not any(not each.missed for each in self.struck) else []),
        ]

    def _never_recovered(self) -> Iterator[tuple[Struck, str]]:
        for each, line, recovered_at in self.judgement.recoveries():
            if recovered_at is None:
                yield each, line

    def lines(self) -> Iterator[str]:
        yield f"seed {self.seed}, {self.minutes:g} minutes, ledgers 2–{self.proof.last}; {self.machine}"
        yield ""
        yield from self._faults()
        yield ""
        yield from self._memory()
        yield ""
        yield from self._proof()
        yield ""
        failures = self.all_failures()
        yield from (f"FAILED: {each}" for each in failures)
        again = f"make chaos SEED={self.seed} MINUTES={self.minutes:g}"
        yield f"seed {self.seed}: {'FAILED' if failures else 'all is well'}; again: {again}"

    def _faults(self) -> Iterator[str]:
        stand_stills = list(self.judgement.stand_stills())
        recovered = {id(each) for each, _, at in self.judgement.recoveries() if at is not None}
        yield "| fault | struck | recovered | longest stand-still | its bound | what the bound is made of |"
        yield "|---|--:|--:|--:|--:|---|"
        for name, fault in FAULTS.items():
            of_kind = [each for each in self.struck if each.strike.kind == name]
            struck = [each for each in of_kind if not each.missed]
            longest = max(
                (each for each in stand_stills if each.struck.strike.kind == name),
                key=lambda each: each.seconds,
                default=None,
            )
            yield (
                f"| {name} | {_how_often(of_kind, struck)} | {sum(id(each) in recovered for each in struck)} "
                f"| {_seconds(longest)} | {_allowed(longest)} | {fault.bound_is} |"
            )
        if sum(any(not each.missed and each.strike.kind == name for each in self.struck) for name in FAULTS) * 2 < len(
            FAULTS
        ):
            yield ""
            yield "Fewer than half of the kinds struck: a longer run says more."

    def _memory(self) -> Iterator[str]:
        yield "| memory, resident MB | first | median | highest | last |"
        yield "|---|--:|--:|--:|--:|"
        for kind, seen in self.memory.items():
            yield f"| {kind} | {seen.first:.0f} | {seen.median:.0f} | {seen.highest:.0f} | {seen.last:.0f} |"

    def _proof(self) -> Iterator[str]:
        yield "| | ledgers lost | doubled | half-written | verify --deep |"
        yield "|---|--:|--:|--:|--:|"
        for name in self.proof.lost:
            half, code = self.proof.half_written.get(name), self.proof.verified.get(name)
            yield (
                f"| {name} | {self.proof.lost[name]} | {self.proof.doubled[name]} | {'–' if half is None else half} "
                f"| {'–' if code is None else f'code {code}'} |"
            )
        same = len(set(self.proof.digests.values())) == 1 and len(self.proof.digests) > 1
        yield ""
        yield (
            f"Digests {'equal' if same else 'NOT equal'}; looked into while it ran {self.audits} times; "
            f"{self.rounds} histories filled; caught up {self.proof.catch_up_seconds:.1f} s after the last ledger."
        )
        yield f"Ends by code: {'; '.join(_ends(self.codes))}"


def _how_often(of_kind: Sequence[Struck], struck: Sequence[Struck]) -> str:
    if not struck and of_kind and of_kind[0].missed.startswith("not here"):
        return of_kind[0].missed
    return "0 times" if not struck else str(len(struck))


def _seconds(longest: StandStill | None) -> str:
    return "–" if longest is None else f"{longest.seconds:.1f} s"


def _allowed(longest: StandStill | None) -> str:
    if longest is None:
        return "–"
    return f"{longest.allowed_seconds:.1f} s{' (shared)' if longest.shared else ''}"


def _told(each: StandStill) -> str:
    return f"{each.seconds:.1f} s, allowed {each.allowed_seconds:.1f} s, after {_name(each.struck)}"


def _name(each: Struck) -> str:
    return f"{each.strike.kind} ({each.strike.target}, at {each.strike.at_seconds:g} s)"


def _ends(codes: dict[str, dict[int, int]]) -> Iterator[str]:
    for name, counted in codes.items():
        if counted:
            yield f"{name} {', '.join(f'{code} × {count}' for code, count in sorted(counted.items()))}"
