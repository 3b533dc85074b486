"""The table of a run, in Markdown: it is read on a terminal, and goes into the docs as it came."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tests.chaos.campaign import CALM_SECONDS, Judgement, StandStill, Struck
from tests.chaos.counting import Counts
from tests.chaos.ending import Proof
from tests.chaos.faults import FAULTS
from tests.chaos.watch import Memory


@dataclass(frozen=True, slots=True)
class Report:
    """What a run found out."""

    seed: int
    minutes: float
    machine: str
    judgement: Judgement
    memory: dict[str, Memory]
    proof: Proof
    rounds: int
    filled: Counts
    audits: int
    codes: Mapping[str, Mapping[int, int]]
    hung: Mapping[str, int]
    failures: Sequence[str]

    def all_failures(self) -> list[str]:
        """Why the run failed; empty when it did not."""
        stood = [each for each in self.judgement.stand_stills() if not each.kept]
        return [
            *self.failures,
            *self.proof.faults(),
            *(f"{each.line} stood still for longer than its bound: {_told(each)}" for each in stood),
            *(
                f"{line} stood still for {seconds:.1f} s, though no strike concerned it"
                for line, seconds in self.judgement.calm().items()
                if seconds > CALM_SECONDS
            ),
            *([] if self.judgement.struck else ["no fault struck at all"]),
        ]

    def lines(self) -> Iterator[str]:
        """All of it."""
        yield f"Seed {self.seed}, {self.minutes:g} minutes, ledgers 2–{self.proof.last}; {self.machine}."
        for part in (self._faults(), self._memory(), self._proof(), self._end()):
            yield ""
            yield from part

    def _faults(self) -> Iterator[str]:
        stand_stills = list(self.judgement.stand_stills())
        struck = self.judgement.struck
        measured = list(self.judgement.recoveries(struck))
        yield "| fault | struck | recovered | alone: longest stand-still | its bound | in a storm | its bound |"
        yield "|---|--:|--:|--:|--:|--:|--:|"
        for name in FAULTS:
            of_kind = [each for each in struck if each.strike.kind == name]
            stood = [each for each in stand_stills if each.struck.strike.kind == name]
            columns = [
                self._how_often(name, len(of_kind)),
                _how_many_recovered(of_kind, measured),
                *_longest([each for each in stood if not each.struck.in_storm]),
                *_longest([each for each in stood if each.struck.in_storm]),
            ]
            yield f"| {name} | {' | '.join(columns)} |"
        calm = ", ".join(f"{line} {seconds:.1f} s" for line, seconds in self.judgement.calm().items())
        yield ""
        yield f"Longest stand-stills of whom no strike concerned: {calm}; allowed {CALM_SECONDS:g} s."
        if len({each.strike.kind for each in struck}) * 2 < len(FAULTS):
            yield ""
            yield "Fewer than half of the kinds struck: a longer run says more."

    def _how_often(self, name: str, count: int) -> str:
        """What never struck says so, and why."""
        missed = [each.missed for each in self.judgement.all if each.strike.kind == name and each.missed]
        return str(count) if count else f"0 times{f': {missed[0]}' if missed else ''}"

    def _memory(self) -> Iterator[str]:
        yield "| memory, resident MB; median of the | first quarter | second | third | last | highest of all |"
        yield "|---|--:|--:|--:|--:|--:|"
        for kind, seen in self.memory.items():
            quarters = [f"{each:.0f}" for each in seen.quarters]
            yield f"| {' | '.join([kind, *quarters, *['–'] * (4 - len(quarters)), f'{seen.highest:.0f}'])} |"

    def _proof(self) -> Iterator[str]:
        proof = self.proof
        yield "| | ledgers lost | doubled | half-written | `verify --deep` |"
        yield "|---|--:|--:|--:|--:|"
        for name, counts in [(f"late, {self.rounds} times when it was full", self.filled), *proof.counts.items()]:
            half = "–" if name == "the topic" else counts.half_written
            code = f"code {proof.verified[name]}" if name in proof.verified else "–"
            yield f"| {name} | {counts.lost} | {counts.doubled} | {half} | {code} |"
        if not proof.counts:
            yield "| not reached | | | | |"

    def _end(self) -> Iterator[str]:
        digests = "equal" if len(self.proof.digests) > 1 and len({*self.proof.digests.values()}) == 1 else "NOT equal"
        yield (
            f"Digests of the subscribers: {digests}. Read while it ran: {self.audits} times. "
            f"Caught up {self.proof.catch_up_seconds:.1f} s after the last ledger."
        )
        yield f"Ends of processes, by code: {'; '.join(_ends(self.codes))}."
        hung = ", ".join(f"{name} × {times}" for name, times in self.hung.items() if times)
        yield f"Of them hung without memory, and were killed as a probe of the alive file would: {hung or 'none'}."
        failures = self.all_failures()
        yield from (f"FAILED: {each}" for each in failures)
        yield (
            f"Seed {self.seed}: {'FAILED' if failures else 'all is well'}. "
            f"Again: make chaos SEED={self.seed} MINUTES={self.minutes:g}"
        )


def bounds() -> Iterator[str]:
    """What the bounds are made of."""
    yield "| fault | for how long it may keep a subscriber from committing, from the strike on |"
    yield "|---|---|"
    for name, fault in FAULTS.items():
        yield f"| {name} | {fault.bound_is} |"


def _how_many_recovered(of_kind: list[Struck], measured: list[tuple[Struck, str, float | None]]) -> str:
    """Each on all lines that it concerns; a line that was being reset, or had nothing to fill, is not measured."""
    unmeasured = [each for each in of_kind if not any(it is each for it, _, _ in measured)]
    left = [each for each in of_kind if any(it is each and at is None for it, _, at in measured)]
    recovered = len(of_kind) - len(unmeasured) - len(left)
    return f"{recovered}{f' ({len(unmeasured)} not measured)' if unmeasured else ''}"


def _longest(stood: list[StandStill]) -> tuple[str, str]:
    longest = max(stood, key=lambda each: each.seconds, default=None)
    return ("–", "–") if longest is None else (f"{longest.seconds:.1f} s", f"{longest.allowed_seconds:.1f} s")


def _told(each: StandStill) -> str:
    return f"{each.seconds:.1f} s, allowed {each.allowed_seconds:.1f} s, after {each.struck}"


def _ends(codes: Mapping[str, Mapping[int, int]]) -> Iterator[str]:
    for name, counted in codes.items():
        if counted:
            yield f"{name} {', '.join(f'{code} × {count}' for code, count in sorted(counted.items()))}"
