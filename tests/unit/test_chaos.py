"""What chaos runs are made of: a schedule that the seed alone decides, and a judgement that finds who stood still."""

from dataclasses import replace
from itertools import islice, pairwise
from pathlib import Path

import pytest

from tests.chaos.campaign import Judgement, Struck
from tests.chaos.counting import Counts
from tests.chaos.ending import Proof
from tests.chaos.faults import EVERYBODY, FAULTS
from tests.chaos.report import Report, bounds
from tests.chaos.schedule import Episode, Strike, episodes
from tests.chaos.system import MAIN, SUBSCRIBERS
from tests.chaos.watch import Line

KINDS = [fault.kind for fault in FAULTS.values()]
DOCS = Path(__file__).parent.parent.parent / "docs" / "chaos.md"


def first(count: int, seed: int = 1) -> list[Episode]:
    return list(islice(episodes(seed, KINDS), count))


def test_the_seed_alone_decides() -> None:
    """The same seed gives the same kinds, targets and times, for as long as one looks; another seed gives others."""
    assert first(40) == first(40)
    assert first(10) == first(40)[:10]
    assert first(10) != first(10, seed=2)


def test_no_kind_is_forgotten() -> None:
    """Each kind strikes once before any strikes again, alone or in a storm."""
    strikes = [strike.kind for episode in first(60) for strike in episode.strikes]
    assert set(strikes[: len(KINDS)]) == set(strikes[len(KINDS) : 2 * len(KINDS)]) == set(FAULTS)


@pytest.mark.parametrize("seed", range(20))
def test_nobody_is_struck_twice_at_once(seed: int) -> None:
    """In a storm faults meet, but one target has one fault at a time: each can be healed by itself."""
    for episode in first(30, seed):
        for target in {strike.target for strike in episode.strikes}:
            times = sorted(
                (each.after_seconds, each.until_seconds) for each in episode.strikes if each.target == target
            )
            assert all(before[1] < after[0] for before, after in pairwise(times))


def test_each_target_is_known() -> None:
    """Every fault concerns somebody, whoever is struck, and has a bound for each of them."""
    for fault in FAULTS.values():
        for target in fault.kind.targets:
            strike = Strike(0, fault.kind.name, target, fault.kind.longest_seconds)
            assert set(fault.concerns(target)) <= set(EVERYBODY)
            assert all(fault.bound_seconds(strike, line) > strike.seconds for line in fault.concerns(target))


def test_a_line() -> None:
    """The longest silence is measured from the strike, and to the end; a value is reached when it is passed."""
    line = Line()
    for at, value in ((1.0, 10), (2.0, 11), (2.5, 11), (7.0, 15)):
        line.saw(value, at)
    line.saw(None, 8.0)
    assert line.times == [1.0, 2.0, 7.0]
    assert line.longest_silence(1.5, 7.5) == (2.0, 7.0)
    assert line.longest_silence(4.0, 5.0) == (4.0, 5.0)
    assert line.reached(14, 3.0) == 7.0
    assert line.reached(11, 3.0) == 3.0
    assert line.reached(16, 3.0) is None


class Watched:
    """Everybody commits a ledger a second, but for `main`, which does not from 10 to 40."""

    def __init__(self) -> None:
        self.lines = {name: Line() for name in EVERYBODY}
        for second in range(1, 60):
            for name, line in self.lines.items():
                if name != MAIN or not 10 < second < 40:
                    line.saw(second, float(second))


class Filled:
    """A history that was never away."""

    filled_at: tuple[float, ...] = ()

    def was_away(self, _first: float, _last: float) -> bool:
        return False

    def had_nothing_to_fill(self, _first: float, _last: float) -> bool:
        return False


def judgement(*struck: Struck) -> Judgement:
    found = Judgement(Watched(), Filled())  # type: ignore[arg-type]
    found.all += struck
    return found


def struck(kind: str, target: str, at: float, episode: int = 0) -> Struck:
    strike = Strike(0, kind, target, 0)
    return Struck(strike, FAULTS[kind], episode, in_storm=False, at=at, healed_at=at, goal=int(at) + 1)


def test_who_stands_still_for_too_long_is_found() -> None:
    """By the bound of what struck it, counted from the strike; others are not blamed."""
    stood = list(judgement(struck("SIGKILL", "main_a", 10.5), struck("SIGKILL", "second", 20.5, 1)).stand_stills())
    assert [(each.line, each.kept) for each in stood] == [(MAIN, False), ("second", True)]
    assert stood[0].seconds == 40 - 10.5


def test_a_storm_gives_no_more_time_than_its_last_bound() -> None:
    """What meets within an episode may last until the last bound; a fault of another episode excuses nothing."""
    cut = struck("broker: cut", "line to the broker", 12.5)
    killed = next(judgement(struck("SIGKILL", "main_a", 10.5), cut).stand_stills())
    assert killed.allowed_seconds == FAULTS["broker: cut"].after_seconds + 2
    assert killed.kept
    apart = next(judgement(struck("SIGKILL", "main_a", 10.5), struck("broker: cut", "line", 12.5, 1)).stand_stills())
    assert apart.allowed_seconds == FAULTS["SIGKILL"].after_seconds
    assert not apart.kept


def test_who_stands_still_without_a_strike_is_found() -> None:
    """From the first strike on each silence of a subscriber has a strike that concerns it, or is short."""
    elsewhere = judgement(struck("SIGKILL", "second", 5.5))
    assert elsewhere.calm() == {MAIN: 30.0, "second": 1.0, "late": 1.0}
    assert report(proved(), *elsewhere.all).all_failures() == [
        "main stood still for 30.0 s, though no strike concerned it"
    ]
    assert judgement(struck("SIGKILL", "second", 5.5), struck("SIGKILL", "main_a", 10.5)).calm()[MAIN] == 1.0
    assert judgement(struck("SIGKILL", "main_a", 10.5)).calm()[MAIN] == 1.0
    assert judgement(struck("SIGKILL", "main_a", 40.5)).calm()[MAIN] == 1.0


def report(proof: Proof, *struck_: Struck, failures: tuple[str, ...] = ()) -> Report:
    filled, hung = Counts(0, 0, 0), {"main_a": 2, "second": 0}
    return Report(7, 2, "a machine", judgement(*struck_), {}, proof, 0, filled, 0, {}, hung, failures)


def proved() -> Proof:
    proof = Proof(last=50)
    for each in SUBSCRIBERS:
        proof.counts[each] = Counts(0, 0, 0)
        proof.verified[each], proof.digests[each] = 0, "same"
    return proof


def test_a_run_without_faults_is_none() -> None:
    """A run in which nothing struck fails; one in which few kinds struck says so; and what never struck."""
    assert report(proved()).all_failures() == ["no fault struck at all"]
    lines = list(report(proved(), struck("SIGKILL", "second", 20.5)).lines())
    assert any("Fewer than half of the kinds struck" in line for line in lines)
    assert any(line.startswith("| disk full | 0 times |") for line in lines)
    assert any("hung without memory" in line and line.endswith(": main_a × 2.") for line in lines)
    assert "all is well" in lines[-1]


def test_any_fault_of_the_data_fails_the_run() -> None:
    """One ledger lost, doubled or half-written, a digest, a code of `verify`: each fails it, and prints the seed."""
    for change in ("lost", "doubled", "half_written", "verified", "digests", "failure", "incomplete"):
        proof = proved()
        if change in ("lost", "doubled", "half_written"):
            proof.counts[MAIN] = replace(proof.counts[MAIN], **{change: 1})
        elif change == "verified":
            proof.verified[MAIN] = 1
        elif change == "digests":
            proof.digests[MAIN] = "other"
        elif change == "incomplete":
            del proof.verified[MAIN]
        found = report(proof, struck("SIGKILL", "second", 20.5), failures=("something",) if change == "failure" else ())
        assert len(found.all_failures()) == 1, change
        assert list(found.lines())[-1].startswith("Seed 7: FAILED. Again: make chaos SEED=7 MINUTES=2")


def test_the_docs_state_the_bounds() -> None:
    """The table of bounds in the docs is the program's."""
    text = DOCS.read_text(encoding="utf-8")
    for line in bounds():
        assert line in text
