"""The model beside the system, as far as there is time for it on every run; `make model` takes longer."""

import sys
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, Verbosity, settings
from hypothesis.stateful import run_state_machine_as_test

from ledgerstream.embedded import Addresses
from tests.model.machine import Together
from tests.model.stage import stage_on

EXAMPLES, STEPS = 5, 14


@pytest.fixture(scope="module")
def machine(addresses: Addresses) -> Iterator[type[Together]]:
    with stage_on(addresses) as stage:
        yield Together.on(stage)


def test_model_and_system_agree(machine: type[Together]) -> None:
    """Whatever happens, in whatever order: topics, rows, cursors, gaps and exit codes are as the model says."""
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate],  # to shrink what fails takes many runs: `make model` does
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
            verbosity=Verbosity.quiet,
        ),
    )
    sys.stdout.write("\n".join(machine.what_ran()))
