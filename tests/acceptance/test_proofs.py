"""`gaps` and `verify` as their users meet them: lines, machine lines, JSON, exit codes, signals."""

import json
import signal

import pytest

from consumer.database import Connection
from schemas.ledger import Ledger
from schemas.network import Network
from tests.support.processes import CommandLine, Ended
from tests.support.topics import append_ledgers, make_topic


@pytest.fixture
def filled(
    kafka: dict[str, str],
    topic: str,
    ledgers: list[Ledger],
    network: Network,
    command_line: CommandLine,
    database: Connection,
    subscriber: str,
) -> str:
    """A subscriber with ledgers 2 to 41, of which live began at 22."""
    make_topic(kafka, topic)
    append_ledgers(kafka, topic, ledgers, network)
    ended = command_line.run("consume", "--subscriber", subscriber, "--last", "end")
    assert ended.code == 0, ended.lines
    database.execute(f"update {subscriber}.live set live_first = 22".encode())
    return subscriber


def lose(database: Connection, subscriber: str, *sequences: int) -> None:
    """As if backfill had not filled these ledgers yet."""
    row = database.execute(f"select tables from {subscriber}.subscriber".encode()).fetchone()
    assert row is not None
    assert isinstance(row[0], list)
    for table in row[0]:
        column = {"ledgers": "sequence", "transactions": "id >> 32", "operations": "id >> 32"}.get(table)
        column = column or ("operation_id >> 32" if table == "operation_accounts" else "transaction_id >> 32")
        database.execute(f"delete from {subscriber}.{table} where {column} = any(%s)".encode(), (list(sequences),))
    database.execute(f"update {subscriber}.backfill set oldest = %s".encode(), (max(sequences) + 1,))


def test_no_gaps(filled: str, command_line: CommandLine) -> None:
    """Without gaps: code 0, and nothing for a program to read."""
    of = ("gaps", "--subscriber", filled)
    ended = command_line.run(*of)
    assert (ended.code, ended.out) == (0, f"{filled} has all ledgers 2–41\n")
    assert command_line.run(*of, "--ranges").out == ""
    assert json.loads(command_line.run(*of, "--json").out) == {
        "subscriber": filled,
        "first": 2,
        "last": 41,
        "missing_ledgers": 0,
        "gaps": [],
    }


def test_gaps(filled: str, command_line: CommandLine, database: Connection) -> None:
    """With gaps: code 5; for people, for produce --ranges, and as JSON, with nothing else on standard output."""
    lose(database, filled, 5, 6, 7, 9)
    of = ("gaps", "--subscriber", filled)
    ended = command_line.run(*of)
    assert (ended.code, ended.error, ended.out) == (5, "GapsFound", "ledgers 5–7\nledger 9\n")
    assert "lacks 4 of ledgers 2–41" in ended.reason
    ended = command_line.run(*of, "--ranges")
    assert (ended.code, ended.out) == (5, "5-7\n9-9\n")
    ended = command_line.run(*of, "--json", "--first", "6", "--last", "45")
    assert ended.code == 5
    assert json.loads(ended.out) == {
        "subscriber": filled,
        "first": 6,
        "last": 45,
        "missing_ledgers": 7,
        "gaps": [{"first": 6, "last": 7}, {"first": 9, "last": 9}, {"first": 42, "last": 45}],
    }
    assert command_line.run(*of, "--first", "10").code == 0


@pytest.mark.parametrize("command", ["gaps", "verify"])
def test_what_can_not_be_asked(
    filled: str, command: str, command_line: CommandLine, database: Connection, subscriber: str
) -> None:
    """Bounds the wrong way round, subscribers that are not there or have nothing yet: each is said."""

    def ended(*arguments: str, name: str = filled) -> Ended:
        return command_line.run(command, "--subscriber", name, *arguments)

    refused = ended("--first", "9", "--last", "3")
    assert (refused.code, refused.reason) == (2, "--first 9 is above --last 3")
    refused = ended("--first", "50")
    assert (refused.code, "add --last" in refused.reason) == (2, True)
    refused = ended("--last", "1")
    assert (refused.code, "add --first" in refused.reason) == (2, True)
    assert ended("--first", "0").code == 2
    refused = ended(name="nobody_of_this_name")
    assert (refused.code, refused.error) == (31, "NoSuchSubscriber")
    database.execute(f"truncate {filled}.ledgers".encode())
    database.execute(f"update {filled}.live set live_first = null, latest = null".encode())
    refused = ended()
    assert (refused.code, refused.error) == (31, "NotStarted")
    assert "ledgerstream consume" in refused.reason


def test_verify_proves(filled: str, command_line: CommandLine) -> None:
    """A subscriber that nobody touched is proved, row by row too: code 0, and it says what of."""
    for deep in ([], ["--deep"]):
        ended = command_line.run("verify", "--subscriber", filled, *deep)
        assert (ended.code, ended.out) == (0, f"subscriber {filled}, ledgers 2–41: nothing wrong\n"), ended.lines
    ended = command_line.run("verify", "--subscriber", filled, "--deep", "--json", "--first", "5", "--last", "9")
    assert json.loads(ended.out) == {
        "subscriber": filled,
        "first": 5,
        "last": 9,
        "next": None,
        "proved": True,
        "faults": 0,
        "missing_ledgers": 0,
        "ledgers_not_compared": 0,
        "findings": [],
    }
    progress = [line for line in ended.lines if line.get("event") == "verifying"]
    assert [(line["ledgers"], line["of"]) for line in progress] == [(5, 5)]


def test_verify_names_what_was_changed(filled: str, command_line: CommandLine, database: Connection) -> None:
    """A row that is gone and one that was changed: code 6, each with its ledger and what to do."""
    database.execute(f"update {filled}.ledgers set hash = sha256('another') where sequence = 12".encode())
    database.execute(f"update {filled}.ledgers set fee_pool = fee_pool + 1 where sequence = 30".encode())
    ended = command_line.run("verify", "--subscriber", filled)
    assert (ended.code, ended.error) == (6, "Faulty")
    [line] = ended.out.splitlines()
    assert line.startswith("ledger 13: ")
    assert "--deep --first 12 --last 13" in line
    assert "1 faults" in ended.reason
    ended = command_line.run("verify", "--subscriber", filled, "--deep", "--json")
    assert ended.code == 6
    assert [(each["kind"], each["first"]) for each in json.loads(ended.out)["findings"]] == [
        ("fault", 13),
        ("fault", 12),
        ("fault", 30),
    ]


def test_verify_finds_gaps_alone(filled: str, command_line: CommandLine, database: Connection) -> None:
    """Ledgers that backfill has not filled: code 5, and the command that fills them."""
    lose(database, filled, 5, 6, 7)
    ended = command_line.run("verify", "--subscriber", filled)
    assert (ended.code, ended.error) == (5, "GapsFound"), ended.out
    assert ended.out.startswith("ledgers 5–7: missing; ledgerstream backfill ")


def test_verify_can_not_compare(filled: str, command_line: CommandLine, kafka: dict[str, str], topic: str) -> None:
    """Ledgers that no topic has: code 30, and the command that publishes them."""
    make_topic(kafka, f"{topic}.empty")
    ended = command_line.run("verify", "--subscriber", filled, "--deep", "--topic", f"{topic}.empty")
    assert (ended.code, ended.error) == (30, "NotProved"), ended.out
    assert ended.out.startswith("ledgers 2–41: not compared")
    assert "ledgerstream produce --first 2 --last 41 --segment" in ended.out


def test_verify_of_another_network(filled: str, command_line: CommandLine) -> None:
    """Reading another network's ledgers again would compare apples with pears: code 32, both by name."""
    ended = command_line.run("verify", "--subscriber", filled, "--deep", "--network", "testnet")
    assert (ended.code, ended.error) == (32, "OtherNetwork")
    assert "simulated" in ended.reason
    assert "testnet" in ended.reason


@pytest.mark.parametrize(
    ("deep", "point", "times", "first"), [([], "ledgers counted", 2, 1002), (["--deep"], "ledger compared", 120, 102)]
)
def test_verify_stopped_goes_on(
    deep: list[str],
    point: str,
    times: int,
    first: int,
    command_line: CommandLine,
    database: Connection,
    subscriber: str,
) -> None:
    """Asked to stop: code 3, the ledger where it stopped, and the command that goes on from there, which does."""
    produce = ("produce", "--source", "simulated", "--transactions", "0", "--last", "1201")
    assert command_line.run(*produce).code == 0
    assert command_line.run("consume", "--subscriber", subscriber, "--last", "end").code == 0
    of = ("verify", "--subscriber", subscriber, *deep)
    ended = command_line.run_to(point, *of, times=times, number=signal.SIGTERM)
    assert (ended.code, ended.error) == (3, "Interrupted"), ended.lines
    assert f"stopped at ledger {first}: ledgerstream {' '.join(of)} --first {first} goes on from there" in ended.reason
    ended = command_line.run(*of, "--first", str(first))
    assert (ended.code, ended.out) == (0, f"subscriber {subscriber}, ledgers {first}–1201: nothing wrong\n")

    database.execute(f"update {subscriber}.ledgers set hash = sha256('another') where sequence = 50".encode())
    ended = command_line.run_to(point, *of, times=times, number=signal.SIGTERM)
    assert (ended.code, ended.error) == (6, "Faulty"), "what goes on from there would not find it again"
    assert f"stopped at ledger {first}" in ended.reason
