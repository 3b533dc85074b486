"""The product broken on purpose, one way at a time, and the tests that notice: `python -m tests.mutants [NAME …]`.

Each mutant is a change of text in a copy of the tree: one that no longer finds its text is an error, never a mutant
that survived. The tests that are to catch it run there, the cheapest first, until one fails. Without mutants all of
them must pass. `--model` also tells which mutants the model beside the system notices by itself.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ledgerstream.embedded import Addresses, Stack

ROOT = Path(__file__).parent.parent
MODEL = "tests/model/test_model.py"
CAUGHT = 1
"""pytest's code for tests that failed; all but this and 0 mean that they could not run."""

_ENOUGH_SECONDS = 900
_NOT_COPIED = (".git", ".venv", ".*_cache", "__pycache__", ".hypothesis")


@dataclass(frozen=True, slots=True)
class Mutant:
    """A way to be wrong: each text in these files in place of another, and which tests are to notice."""

    name: str
    texts: tuple[tuple[str, str, str], ...]
    tests: tuple[str, ...]


STORE, BATCHES = "consumer/store.py", "consumer/backfill/store.py"

MUTANTS = (
    Mutant(
        "the cursor is committed before the data",
        (
            (
                STORE,
                "        with self._connection.transaction():\n            for table in self._tables:\n",
                (
                    "        with self._connection.transaction():\n            self._advance(rows.sequence)\n"
                    "        with self._connection.transaction():\n            for table in self._tables:\n"
                ),
            ),
            (
                STORE,
                "            self._advance(rows.sequence)\n            if self._notifies:",
                "            if self._notifies:",
            ),
        ),
        (
            "tests/integration/test_store.py::test_all_or_nothing",
            "tests/integration/test_store.py::test_no_reader_sees_part_of_a_ledger",
            "tests/acceptance/test_kills.py::test_consumer_killed",
        ),
    ),
    Mutant(
        "the lock is on another connection than the writes",
        (
            (STORE, "import Connection, connect\n", "import Connection, Patience, connect\n"),
            (
                STORE,
                "        lock = SubscriberLock(self._connection, self.schema, self._patience)\n",
                (
                    "        dsn = self._connection.info.dsn\n"
                    "        self._own = connect(dsn, application_name='lock', timeout_seconds=5)\n"
                    "        lock = SubscriberLock(self._own, self.schema, Patience(self._own, 5))\n"
                ),
            ),
        ),
        ("tests/integration/test_store.py::test_the_lock_is_held_by_the_session_that_writes",),
    ),
    Mutant(
        "the cursor moves without compare-and-set",
        ((STORE, "where coalesce(latest + 1, live_first) = %(sequence)s and epoch", "where epoch"),),
        ("tests/integration/test_store.py::test_the_cursor_alone_stops_a_stranger",),
    ),
    Mutant(
        "the epoch is not checked",
        ((STORE, "= %(sequence)s and epoch = %(epoch)s", "= %(sequence)s"),),
        ("tests/integration/test_store.py::test_the_epoch_alone_stops_a_zombie",),
    ),
    Mutant(
        "live does not check the chain",
        (("consumer/consume.py", "if before is None or record.previous_hash == before:", "if True:"),),
        ("tests/integration/test_topic_reading.py::test_a_broken_chain_stops",),
    ),
    Mutant(
        "backfill does not check the chain at its seams",
        (
            (
                BATCHES,
                "        if not ledgers:\n            return\n        hashes =",
                "        return\n        hashes =",
            ),
        ),
        ("tests/integration/test_batches.py::test_a_seam_that_does_not_fit",),
    ),
    Mutant(
        "oldest is committed before the flush",
        (
            (
                BATCHES,
                "        with self._connection.transaction():\n            ours = self._insert(ledgers)\n",
                (
                    "        with self._connection.transaction():\n            oldest = self._lock_row()\n"
                    "            if final and ledgers and ledgers[-1].sequence == oldest - 1:\n"
                    "                self._connection.execute(_MOVE, (ledgers[0].sequence,))\n"
                    "        with self._connection.transaction():\n            ours = self._insert(ledgers)\n"
                ),
            ),
        ),
        ("tests/integration/test_batches.py::test_a_flush_that_fails_moves_nothing",),
    ),
    Mutant(
        "oldest is computed on an old snapshot",
        (
            (
                BATCHES,
                "            oldest = self._lock_row()\n            self._check_chain(ledgers)\n",
                (
                    "            oldest = self._walked(self._oldest(_STANDS_AT))\n            self._lock_row()\n"
                    "            self._check_chain(ledgers)\n"
                ),
            ),
            (
                BATCHES,
                (
                    "        lowest = self._walked(oldest)\n        if lowest != oldest:\n"
                    "            self._connection.execute(_MOVE, (lowest,))\n"
                ),
                "        self._connection.execute(_MOVE, (oldest,))\n",
            ),
        ),
        ("tests/integration/test_batches.py::test_two_batches_finish_at_the_same_moment",),
    ),
    Mutant(
        "a stored offset is trusted",
        (
            (
                "consumer/reader.py",
                "        entry = self._scout.first_from(hint - 1, self._timeout_seconds)\n        if entry is None or",
                "        return hint\n        entry = None\n        if entry is None or",
            ),
        ),
        (
            "tests/integration/test_topic_reading.py::test_offsets_that_lie",
            "tests/integration/test_topic_reading.py::test_an_offset_that_lies_is_not_used",
        ),
    ),
    Mutant(
        "a ledger whose COMMIT got no answer is written again",
        (
            (
                STORE,
                "import ChainBroken, CursorTaken, RowsDisagree",
                "import ChainBroken, CursorTaken, DatabaseLost, RowsDisagree",
            ),
            (
                STORE,
                "        try:\n            store._start(",
                "        store._url = url\n        try:\n            store._start(",
            ),
            (
                STORE,
                "        with self._patience(), self._stray_rows_named():\n            self._write_all(rows)\n",
                (
                    "        try:\n"
                    "            with self._patience(), self._stray_rows_named():\n"
                    "                self._write_all(rows)\n"
                    "        except DatabaseLost:\n"
                    "            tables = self._tables\n"
                    "            again = connect(self._url, application_name='again', timeout_seconds=9)\n"
                    "            Session.__init__(self, again, self.schema, timeout_seconds=9)\n"
                    "            self._set_up()\n"
                    "            self._use(Recorded(tables, PARTITION_LEDGERS))\n"
                    "            with self._patience(), self._stray_rows_named():\n"
                    "                self._write_all(rows)\n"
                ),
            ),
        ),
        ("tests/acceptance/test_connections.py::test_the_answer_to_commit_is_lost",),
    ),
    Mutant(
        "gaps are told from the cursors",
        (
            ("ledgerstream/gaps.py", "import Range, ledgers_in", "import Range, ledgers_in, without"),
            (
                "ledgerstream/gaps.py",
                "        return Gaps(subscriber, wanted, missing(",
                (
                    "        held = [Range(state.oldest, state.latest)] if state.oldest and state.latest else []\n"
                    "        return Gaps(subscriber, wanted, without([wanted], held))\n"
                    "        return Gaps(subscriber, wanted, missing("
                ),
            ),
        ),
        ("tests/acceptance/test_proofs.py",),
    ),
    Mutant(
        "the tail is read before init_transactions",
        (
            (
                "producer/publisher.py",
                "        try:\n            self._producer.init_transactions(timeout_seconds)\n",
                (
                    "        self.tail = self.look(timeout_seconds)\n"
                    "        try:\n            self._producer.init_transactions(timeout_seconds)\n"
                ),
            ),
            (
                "producer/publisher.py",
                "        self._end_what_hangs(timeout_seconds)\n        self.tail = self.look(timeout_seconds)\n",
                "        self._end_what_hangs(timeout_seconds)\n",
            ),
        ),
        ("tests/integration/test_publishing.py::test_the_tail_is_read_after_fencing",),
    ),
)


class Unusable(Exception):
    """A mutant can't be made, or its tests can't be run: nothing is known of it."""


@contextmanager
def mutated(mutant: Mutant | None) -> Iterator[Path]:
    """A copy of the tree with the mutant in it."""
    with tempfile.TemporaryDirectory(prefix="ledgerstream-mutant-") as folder:
        copy = Path(folder) / "tree"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*_NOT_COPIED))
        for file, text, instead in mutant.texts if mutant else ():
            source = (copy / file).read_text(encoding="utf-8")
            if source.count(text) != 1:
                raise Unusable(f"{mutant and mutant.name}: {file} has {source.count(text)} times\n{text}")
            (copy / file).write_text(source.replace(text, instead), encoding="utf-8")
        yield copy


def failing(tree: Path, tests: tuple[str, ...], addresses: Addresses) -> str | None:
    """The first of these tests that fails there; None when all pass."""
    servers = {"LEDGERSTREAM_KAFKA": addresses.kafka, "LEDGERSTREAM_DATABASE_URL": addresses.database_url}
    for test in tests:
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-n0", "-p", "no:cacheprovider", test]
        ended = subprocess.run(
            command,
            cwd=tree,
            env={**os.environ, **servers},
            capture_output=True,
            text=True,
            timeout=_ENOUGH_SECONDS,
            check=False,
        )
        if ended.returncode not in (0, CAUGHT) or " error" in ended.stdout.splitlines()[-1]:
            raise Unusable(f"{test} could not be run:\n{ended.stdout[-4000:]}{ended.stderr[-2000:]}")
        if ended.returncode == CAUGHT:
            found = re.search(r"^FAILED \S*?(\w+\.py::\w+)", ended.stdout, re.MULTILINE)
            return found[1] if found else test
    return None


def report(chosen: list[Mutant], addresses: Addresses, *, model: bool) -> int:
    """Try them and print the table; how many survived."""
    with mutated(None) as tree:
        tests = tuple(dict.fromkeys(test for mutant in chosen for test in mutant.tests))
        if (fails := failing(tree, (*tests, *([MODEL] if model else [])), addresses)) is not None:
            raise Unusable(f"{fails} fails without any mutant")
    survived = 0
    _tell(f"| mutant | caught by |{' the model |' if model else ''}")
    _tell(f"|---|---|{'---|' if model else ''}")
    for mutant in chosen:
        with mutated(mutant) as tree:
            caught = failing(tree, mutant.tests, addresses)
            noticed = ("notices" if failing(tree, (MODEL,), addresses) else "–") if model else None
        survived += caught is None
        _tell(f"| {mutant.name} | {f'`{caught}`' if caught else 'SURVIVED'} |{f' {noticed} |' if model else ''}")
    return survived


def _tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    """All of them, or those whose names have one of the words."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("words", nargs="*", help="only mutants whose names have one of these words")
    parser.add_argument("--model", action="store_true", help="try each against the model beside the system, too")
    asked = parser.parse_args()
    chosen = [each for each in MUTANTS if not asked.words or any(word in each.name for word in asked.words)]
    with tempfile.TemporaryDirectory(prefix="ledgerstream-mutants-") as folder:
        Path(folder).chmod(0o755)
        stack = Stack(Path(folder))
        try:
            survived = report(chosen, stack.up(), model=asked.model)
        finally:
            stack.down()
    sys.exit(1 if survived else 0)


if __name__ == "__main__":
    main()
