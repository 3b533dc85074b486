"""Who may import whom, and through which door each library comes in."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent

MAY_IMPORT = {
    "schemas": set(),
    "producer": {"schemas"},
    "consumer": {"schemas"},
    "ledgerstream": {"schemas", "producer", "consumer"},
}

DOORS = {
    "confluent_kafka": {
        "schemas/clients.py",
        "schemas/log.py",
        "producer/publisher.py",
        "producer/topics.py",
        "ledgerstream/embedded/kafka.py",
    },
    "psycopg": {
        "consumer/backfill/store.py",
        "consumer/backfill/watchdog.py",
        "consumer/database.py",
        "consumer/digest.py",
        "consumer/gaps.py",
        "consumer/lock.py",
        "consumer/migrations.py",
        "consumer/partitions.py",
        "consumer/reset.py",
        "consumer/session.py",
        "consumer/status.py",
        "consumer/store.py",
        "consumer/verify/snapshots.py",
        "ledgerstream/embedded/postgres.py",
    },
    "stellar_sdk": {
        "schemas/xdr/layout.py",
        "producer/sources/simulated/",
    },
    "fastavro": {"schemas/record.py"},
    "msgspec": {"schemas/xdr/readers.py", "consumer/decode/details/predicates.py", "consumer/decode/operations.py"},
    "obstore": {"producer/sources/lake/store.py"},
}


def modules() -> Iterator[tuple[str, str]]:
    """Every module that ships, and each top-level name that it imports."""
    for package in MAY_IMPORT:
        for path in (ROOT / package).rglob("*.py"):
            for name in imported(ast.parse(path.read_text(encoding="utf-8"))):
                yield path.relative_to(ROOT).as_posix(), name.split(".")[0]


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            yield node.module


def test_layers() -> None:
    """Producer and consumer never import each other; both import the contract, which imports none of them."""
    ours = set(MAY_IMPORT)
    wrong = [
        (path, name)
        for path, name in modules()
        if name in ours and name not in MAY_IMPORT[path.split("/")[0]] | {path.split("/")[0]}
    ]
    assert wrong == []


@pytest.mark.parametrize("library", DOORS)
def test_doors(library: str) -> None:
    """A library is imported in a few named files, and each of them does."""
    found = {path for path, name in modules() if name == library}
    doors = DOORS[library]
    assert {path for path in found if not any(path.startswith(door) for door in doors)} == set()
    assert {door for door in doors if not any(path.startswith(door) for path in found)} == set()


def test_tests_do_not_ship() -> None:
    """Nothing that ships imports the tests or the benchmarks."""
    assert [path for path, name in modules() if name in ("tests", "benchmarks")] == []


def test_what_every_command_loads() -> None:
    """Each start, a restart after a crash among them, waits for it: stellar-sdk makes it twice as long."""
    loaded = "import sys, ledgerstream.cli; print(*{name.split('.')[0] for name in sys.modules})"
    ended = subprocess.run([sys.executable, "-c", loaded], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "psycopg" in ended.stdout.split()
    assert set(ended.stdout.split()).isdisjoint({"stellar_sdk", "jgo", "tests"})
