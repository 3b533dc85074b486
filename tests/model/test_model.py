"""The model beside the system, as far as there is time for it on every run; `make model` takes longer."""

import secrets
import signal
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from ledgerstream.embedded import Addresses
from tests.model.beside import AT_ONCE, RULES
from tests.model.forks import WITH_ITS_PARENT, Crash
from tests.model.machine import Together
from tests.model.stage import stage_on

EXAMPLES, STEPS = 4, 15
SEED = 82
"""The same examples on every run; a topic loses its end in one of them."""
EXAMPLES_ANEW, STEPS_ANEW = 2, 10
"""Those of another seed on each run: the first of any seed is the simplest that there is, and soon over."""

HOST_GONE = Crash("oldest moved", 1, int(WITH_ITS_PARENT))
TOUR: list[tuple[str, dict[str, Any]]] = [
    ("a_backfill_is_killed", {"name": "one", "anew": False, "first": 20, "crash": HOST_GONE, "at_once": 1}),
    (
        "a_backfill_is_killed",
        {"name": "one", "anew": False, "first": 20, "crash": Crash("word heard", 3), "at_once": 2},
    ),
    ("backfill", {"name": "one", "first": 20, "count": 0, "at_once": 1}),
    ("a_producer_crashes", {"count": 5, "pace": "0.01", "crash": Crash("ledger delivered", 3)}),
    ("offsets_are_lost_or_moved", {"name": "one", "offset": 10**9}),
    ("a_consumer_crashes", {"name": "one", "first": "earliest", "count": 4, "crash": Crash("cursor moved", 3)}),
    ("a_consumer_crashes", {"name": "one", "first": "earliest", "count": 2, "crash": Crash("rows half copied", 2)}),
    ("a_transaction_is_aborted", {"first": 30, "count": 5}),
    ("consume_to_the_end", {"name": "one", "first": "earliest"}),
    ("replay", {"name": "two", "first": 5, "count": 3}),
    ("live_starts", {"name": "one", "first": "earliest", "crash": None}),
    ("the_end_is_lost", {"lost": 5, "pace": "0.01", "beneath": True}),
    ("consume_to_the_end", {"name": "two", "first": "earliest"}),
    ("publish", {"count": 7, "pace": AT_ONCE, "anew": 2}),
    ("ledgers_come_again", {"count": 4}),
    ("a_producer_is_taken_over", {"times": 2, "count": 1}),
    ("a_second_instance", {"name": "one", "command": "reset"}),
    ("publish", {"count": 3, "pace": "0.01", "anew": 2}),
    ("live_stops", {"name": "one", "number": signal.SIGKILL, "count": 3}),
    ("another_chain_follows", {"name": "one", "count": 2}),
    ("publish_what_is_there", {"last": 8}),
    (
        "two_backfills_at_once",
        {"name": "two", "anew": True, "first": 20, "other": 24, "count": 9, "at_once": 2, "crash": None},
    ),
    (
        "two_backfills_at_once",
        {"name": "two", "anew": True, "first": 20, "other": 24, "count": 9, "at_once": 2, "crash": HOST_GONE},
    ),
    ("a_worker_stands_still", {"name": "two", "point": "row locked", "first": 20}),
    ("reset", {"name": "two"}),
    ("the_head_is_cut", {"kept": 10}),
    ("another_chain_precedes", {"name": "two", "anew": True}),
    ("the_head_is_cut", {"kept": 0}),
    ("the_topic_is_made_again", {"anew": 50, "count": 3, "beneath": False}),
    ("consume_to_the_end", {"name": "one", "first": "earliest"}),
    ("a_segment_is_half_published", {"first": 20, "count": 6, "crash": Crash("ledger handed over", 4), "pace": "0.01"}),
    ("a_segment_goes_on", {"which": 0}),
    ("a_segment_is_published", {"first": 30, "count": 4, "name": "one", "needed": True}),
    ("a_standby_takes_over", {"name": "one", "way": "stopped", "stop": Crash("cursor moved", 2), "count": 2}),
    ("live_and_backfill_at_once", {"name": "one", "first": 20, "count": 2, "crash": Crash("seams compared", 1)}),
    ("another_chain_follows", {"name": "one", "count": 1}),
    ("a_segment_is_dropped", {"which": 0}),
    ("status_and_verify", {"name": "one"}),
]
"""Each rule, in a state in which it does something."""


@pytest.fixture(scope="module")
def machine(addresses: Addresses) -> Iterator[type[Together]]:
    with stage_on(addresses) as stage:
        yield Together.on(stage)


def test_each_rule(machine: type[Together]) -> None:
    """There is no rule that never runs, and after each one model and system agree."""
    assert {name for name, _ in TOUR} == set(RULES)
    together = machine()
    try:
        together.a_topic_and_a_subscriber(first=2, history=12, count=3)
        together.agree()
        for name, arguments in TOUR:
            getattr(together, name)(**arguments)
            together.agree()
    finally:
        together.teardown()


def test_model_and_system_agree(machine: type[Together]) -> None:
    """Whatever happens, in whatever order: topics, rows, cursors, gaps and exit codes are as the model says."""
    agree(machine, EXAMPLES, STEPS, SEED)
    sys.stdout.write("\n".join(machine.what_ran()))


def test_model_and_system_agree_anew(machine: type[Together]) -> None:
    """The same of what no run has tried before; who sees it fail is told how to try it again."""
    agree(machine, EXAMPLES_ANEW, STEPS_ANEW, secrets.randbelow(10**6))


def agree(machine: type[Together], examples: int, steps: int, chosen: int) -> None:
    """As `make model` does, but for what a failure is shrunk to."""
    sys.stdout.write(f"make model EXAMPLES={examples} STEPS={steps} SEED={chosen}\n")
    run_state_machine_as_test(
        seed(chosen)(machine),
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            derandomize=False,
            database=None,
            deadline=None,
            phases=[Phase.generate],  # to shrink what fails takes many runs: `make model` does
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
            verbosity=Verbosity.quiet,
        ),
    )
