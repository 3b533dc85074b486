"""The model for as long as one likes: `python -m tests.model --examples 60 --steps 15 --seed 1`.

A failure tells its steps, as found and as shrunk. The same seed runs the same examples.
"""

import argparse
import secrets
import sys
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from ledgerstream.embedded import Stack
from tests.model.machine import Together
from tests.model.stage import stage_on


def main() -> None:
    """Run it on servers of its own."""
    parser = argparse.ArgumentParser(prog="python -m tests.model", description=__doc__)
    parser.add_argument("--examples", type=int, default=60)
    parser.add_argument("--steps", type=int, default=15)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    parser.add_argument("--no-shrink", action="store_true", help="tell a failure as it was found")
    chosen = parser.parse_args()
    _tell(f"{chosen.examples} examples of {chosen.steps} steps, seed {chosen.seed}")
    with tempfile.TemporaryDirectory(prefix="ledgerstream-model-") as folder:
        Path(folder).chmod(0o755)
        stack = Stack(Path(folder))
        try:
            with stage_on(stack.up()) as stage:
                _run(seed(chosen.seed)(Together.on(stage)), chosen)
        finally:
            stack.down()


def _run(machine: type[Together], chosen: argparse.Namespace) -> None:
    try:
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=chosen.examples,
                stateful_step_count=chosen.steps,
                database=None,
                deadline=None,
                phases=[Phase.generate] if chosen.no_shrink else [Phase.generate, Phase.shrink],
                report_multiple_bugs=False,
                suppress_health_check=list(HealthCheck),
                verbosity=Verbosity.normal,
            ),
        )
    finally:
        _tell(*machine.what_ran())
    _tell("model and system agree")


def _tell(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


if __name__ == "__main__":
    main()
