"""`python -m tests.chaos --seed 1 --minutes 2`: the system under faults for so long, then the proof."""

import os
import platform
import random
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from ledgerstream.logs import set_up_logs
from tests.chaos.campaign import Campaign, Judgement
from tests.chaos.disk import move_database, small_disk
from tests.chaos.ending import Proof, prove, settle
from tests.chaos.faults import FAULTS
from tests.chaos.history import History
from tests.chaos.network import Network
from tests.chaos.report import Report, bounds
from tests.chaos.schedule import Episode, episodes
from tests.chaos.system import LIVE_FIRST, System
from tests.chaos.watch import Watch
from tests.support.proxied_stack import proxied_stack
from tests.support.secrets import check_shown

HISTORY_LEDGERS = LIVE_FIRST + 500
"""Closed before it begins: enough for a backfill to be struck while it works."""

_GIB = 1024**3


def main(
    *,
    seed: Annotated[
        int | None, typer.Option(help="Of the schedule, and of the network. Default: a random one.")
    ] = None,
    minutes: Annotated[float, typer.Option(min=0.5, help="For how long faults strike.")] = 2,
    only: Annotated[list[str] | None, typer.Option(help="Kinds of faults; may be repeated. Default: all.")] = None,
    logs: Annotated[Path | None, typer.Option(help="Keep what the processes said in this folder.")] = None,
    plan: Annotated[bool, typer.Option("--plan", help="Print the schedule and end.")] = False,
) -> None:
    """Break everything at random, and prove that nothing was lost. The code is 1 when anything was."""
    seed = random.SystemRandom().randrange(1_000_000) if seed is None else seed
    if unknown := set(only or ()) - set(FAULTS):
        raise typer.BadParameter(f"there is no {', '.join(sorted(unknown))}; there are {', '.join(FAULTS)}")
    kinds = [fault.kind for name, fault in FAULTS.items() if not only or name in only]
    if plan:
        _print_plan(episodes(seed, kinds), minutes)
        return
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    _say(f"chaos: seed {seed}, {minutes:g} minutes")
    report = _run(seed, minutes, episodes(seed, kinds), logs)
    print("\n".join(report.lines()), flush=True)
    raise typer.Exit(1 if report.all_failures() else 0)


def _print_plan(schedule: Iterator[Episode], minutes: float) -> None:
    """As far as it can come, if everybody recovers at once; and the bounds."""
    seconds = 0.0
    for episode in schedule:
        seconds += episode.pause_seconds
        if seconds > minutes * 60:
            break
        for each in episode.strikes:
            print(f"{seconds + each.after_seconds:7.1f} s  {each.kind}, {each.target}, {each.seconds:g} s")
        seconds += episode.seconds
    print("", *bounds(), sep="\n")


def _run(seed: int, minutes: float, schedule: Iterator[Episode], logs: Path | None) -> Report:
    with ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="ledgerstream-chaos-")))
        folder.chmod(0o755)  # Postgres, started by root, runs as a user of its own
        disk = held.enter_context(small_disk(folder / "disk"))
        servers = held.enter_context(proxied_stack())
        if disk is not None:
            move_database(servers.direct.database_url, folder / "disk")
        network = held.enter_context(Network(folder / "lake", seed, HISTORY_LEDGERS))
        system = System(folder, servers, network, disk, seed)
        if logs is not None:
            held.callback(_keep, folder, logs)
        watch = held.enter_context(Watch(system))
        held.enter_context(system.running())
        history = held.enter_context(History(system))
        judgement, proof = Judgement(watch, history), Proof()
        watch.wait_for_all()
        _say("everybody is at work: faults strike from now on")
        Campaign(system, schedule, judgement, _say).run(minutes * 60)
        _say("no more faults: everybody catches up")
        settled = not system.failed.is_set() and settle(system, watch, history, proof)
        history.abandon()
        system.stop()
        watch.stop()
        _look_for_passwords(folder, system)
        if settled:
            _say("all processes have ended: the proof")
            prove(system, proof)
        return Report(
            seed=seed,
            minutes=minutes,
            machine=_machine(),
            judgement=judgement,
            memory=watch.memory(),
            proof=proof,
            rounds=history.rounds,
            filled=history.counted,
            audits=watch.audits,
            codes={each.name: dict(each.ended) for each in system.all},
            hung={each.name: each.hung for each in system.all},
            failures=list(system.failures),
        )


def _look_for_passwords(folder: Path, system: System) -> None:
    for each in folder.glob("*.log"):
        try:
            check_shown(each.read_text(encoding="utf-8", errors="replace"), each.name)
        except AssertionError as error:
            system.fail(str(error))


def _keep(folder: Path, logs: Path) -> None:
    logs.mkdir(parents=True, exist_ok=True)
    for each in folder.glob("*.log"):
        shutil.copy(each, logs)


def _machine() -> str:
    memory_bytes = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    return (
        f"{os.cpu_count()} cores, {memory_bytes / _GIB:.0f} GB, {platform.system()} {platform.machine()}, load {load}"
    )


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    set_up_logs("error", "auto")
    typer.run(main)
