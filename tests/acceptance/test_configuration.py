"""What is configured wrong: each in one clear line, with a code of its own and without a traceback."""

import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from psycopg.conninfo import make_conninfo

from consumer.database import Connection
from schemas.ledger import Ledger
from schemas.network import Network
from tests.support.processes import ROOT, CommandLine, one_line
from tests.support.topics import append_ledgers, make_topic


@dataclass(frozen=True, slots=True)
class Wrong:
    """A command that is refused: with this code, in these words. Of the environment what differs."""

    command: str
    code: int
    words: str
    environment: dict[str, str] = field(default_factory=dict)


USAGE = [
    Wrong("consume --answer-timeout soon", 2, "--answer-timeout"),
    Wrong("consume --answer-timeout inf", 2, "--answer-timeout"),
    Wrong("produce --answer-timeout 3601", 2, "--answer-timeout"),
    Wrong("gaps --first 1", 2, "--first"),
    Wrong("consume --first 1", 2, "from 2 on"),
    Wrong("status", 2, "it is one of something else", {"LEDGERSTREAM_DATABASE_URL": "mysql://somebody/else"}),
    Wrong("produce --source simulated --ranges /bin/sh", 2, "--ranges, line "),
    Wrong("consume --lease nan", 2, "--lease"),
    Wrong("consume", 2, "LEDGERSTREAM_NOTIFY", {"LEDGERSTREAM_NOTIFY": "maybe"}),
    Wrong("backfill --first 99999999999999999999", 2, "--first"),
    Wrong("consume --first 99999999999", 2, "--first"),
    Wrong("consume --tables ledger", 2, "there is no table 'ledger'"),
    Wrong("produce --source simulated --ledger-bytes -1", 2, "--ledger-bytes"),
    Wrong("topics", 2, "name a topic", {"LEDGERSTREAM_TOPIC": "bad topic!"}),
    Wrong("--log-level loud topics", 2, "--log-level"),
    Wrong("status", 2, "no database URL", {"LEDGERSTREAM_DATABASE_URL": "postgres//nobody"}),
    Wrong("status", 2, "port number", {"LEDGERSTREAM_DATABASE_URL": "host=127.0.0.1 port=99999"}),
    Wrong("status", 2, "sslmode", {"LEDGERSTREAM_DATABASE_URL": "host=127.0.0.1 port=1 sslmode=verify"}),
    Wrong("produce --network pubnet --url /nowhere/at/all", 2, "there is no folder /nowhere/at/all"),
    Wrong("produce --source stream --url /nowhere/at/all", 2, "/nowhere/at/all can't be read: No such file"),
    Wrong("produce --network pubnet --url /tmp --storage-option region=x", 2, "takes no --storage-option"),
]

AWAY = [
    Wrong(
        "status --answer-timeout 0.5", 10, "Connection refused", {"LEDGERSTREAM_DATABASE_URL": "host=127.0.0.1 port=1"}
    ),
    Wrong("status --answer-timeout 0.5", 10, "nowhere.invalid", {"LEDGERSTREAM_DATABASE_URL": "host=nowhere.invalid"}),
    Wrong("topics --answer-timeout 0.5", 11, "Connection refused", {"LEDGERSTREAM_KAFKA": "127.0.0.1:1"}),
    Wrong("topics --answer-timeout 2", 11, "Failed to resolve", {"LEDGERSTREAM_KAFKA": "nowhere.invalid:9092"}),
]

READ_ONLY = [
    Wrong("up --data-dir /proc/ledgerstream", 40, "/proc/ledgerstream"),
    Wrong("up --data-dir /proc/cpuinfo", 40, "/proc/cpuinfo"),
    Wrong("consume --alive-file /proc/alive", 2, "the alive file can't be written"),
]


@pytest.mark.parametrize("wrong", [*USAGE, *AWAY, *READ_ONLY], ids=lambda wrong: f"{wrong.code} {wrong.words}")
def test_what_is_configured_wrong(wrong: Wrong, command_line: CommandLine) -> None:
    """Wrong types, values that can't be, hosts that are away, folders that can't be written."""
    command_line.environment.pop("LEDGERSTREAM_ANSWER_TIMEOUT")
    command_line.environment |= wrong.environment
    ended = command_line.run(*wrong.command.split())
    assert ended.code == wrong.code, ended.lines
    assert wrong.words in one_line(ended)


@pytest.fixture
def read_only() -> Iterator[Path]:
    """The mount point of a file system that can't be written."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            subprocess.run(["mount", "-t", "tmpfs", "-o", "ro", "nothing", folder], check=True, capture_output=True)
        except (FileNotFoundError, subprocess.CalledProcessError):
            pytest.skip("this process may not mount anything")
        yield Path(folder)
        subprocess.run(["umount", folder], check=True)


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("up --data-dir {folder}", 40),
        ("up --data-dir {folder}/stack", 40),
        ("consume --alive-file {folder}/alive", 2),
    ],
)
def test_a_read_only_file_system(command: str, code: int, read_only: Path, command_line: CommandLine) -> None:
    """What would be written there is refused, in the system's own words."""
    ended = command_line.run(*command.format(folder=read_only).split())
    assert ended.code == code, ended.lines
    assert f"Read-only file system: '{read_only}" in one_line(ended)


@pytest.mark.parametrize("content", [b"LEDGERSTREAM_LEASE=\xff\xfe", b"LEDGERSTREAM_LEASE=a\0b"], ids=["bytes", "zero"])
def test_a_file_that_is_no_text(content: bytes, command_line: CommandLine) -> None:
    """A `.env` that can't be read is told by its name."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / ".env").write_bytes(content)
        here = CommandLine({**command_line.environment, "PYTHONPATH": str(ROOT)}, Path(folder))
        ended = here.run("topics")
    assert (ended.code, ended.error) == (2, "ConfigurationError"), ended.lines
    assert f"{folder}/.env" in one_line(ended)


@pytest.mark.parametrize(
    ("partitions", "settings", "words"),
    [
        (2, {"retention.ms": "-1"}, "2 partitions"),
        (1, {"cleanup.policy": "compact", "retention.ms": "-1"}, "cleanup.policy=compact"),
        (1, {"retention.ms": "604800000"}, "retention.ms=604800000"),
    ],
    ids=["partitions", "compaction", "retention"],
)
def test_a_topic_that_would_lose_ledgers(
    partitions: int, settings: dict[str, str], words: str, kafka: dict[str, str], topic: str, command_line: CommandLine
) -> None:
    """A topic of two partitions, with compaction or retention by time is refused before anything is published."""
    make_topic(kafka, topic, partitions, {"max.message.bytes": "33554432", **settings})
    ended = command_line.run("produce", "--source", "simulated", "--last", "3")
    assert (ended.code, ended.error) == (33, "TopicMisconfigured"), ended.lines
    assert words in one_line(ended)


def test_a_consumer_of_a_topic_of_two_partitions(
    kafka: dict[str, str], topic: str, command_line: CommandLine, ledgers: list[Ledger], network: Network
) -> None:
    """Whoever wrote to it: what has no order is not read on."""
    make_topic(kafka, topic, 2)
    append_ledgers(kafka, topic, ledgers[:3], network)
    ended = command_line.run("consume")
    assert (ended.code, ended.error) == (33, "TopicSplit"), ended.lines
    assert "2 partitions" in one_line(ended)


def test_a_schema_of_somebody_else(command_line: CommandLine, database: Connection, subscriber: str) -> None:
    """What somebody else made is not touched, whatever its tables are called."""
    database.execute(f"create schema {subscriber}; create table {subscriber}.subscriber (theirs int)".encode())
    for command in ("consume", "reset --yes", "backfill --first 2", "gaps", "verify"):
        ended = command_line.run(*command.split(), "--subscriber", subscriber)
        assert ended.code == 31, ended.lines
        assert subscriber in one_line(ended)
    tables = database.execute("select tablename from pg_tables where schemaname = %s", (subscriber,)).fetchall()
    assert tables == [("subscriber",)]


def test_a_database_that_is_not_there(command_line: CommandLine, database_url: str) -> None:
    """The server's own word for it."""
    command_line.environment["LEDGERSTREAM_DATABASE_URL"] = make_conninfo(database_url, dbname="absent")
    ended = command_line.run("consume", "--answer-timeout", "1")
    assert (ended.code, ended.error) == (10, "DatabaseUnreachable"), ended.lines
    assert 'database "absent" does not exist' in one_line(ended)


def test_a_database_that_can_not_hold_any_text(
    command_line: CommandLine, database: Connection, database_url: str, subscriber: str
) -> None:
    """Another encoding than UTF-8 is refused before anything is written."""
    database.execute(f"create database {subscriber} encoding 'LATIN1' template template0 locale 'C'".encode())
    command_line.environment["LEDGERSTREAM_DATABASE_URL"] = make_conninfo(database_url, dbname=subscriber)
    ended = command_line.run("consume")
    assert (ended.code, ended.error) == (31, "NotASubscriber"), ended.lines
    assert "encoding is not UTF8" in one_line(ended)
    database.execute(f"drop database {subscriber} with (force)".encode())


@pytest.mark.parametrize("how", [["--debug"], []], ids=["option", "variable"])
def test_the_traceback_is_shown_to_who_asks(how: list[str], command_line: CommandLine) -> None:
    """`--debug`, before the command, or LEDGERSTREAM_DEBUG shows where an error comes from, and its one line."""
    command_line.environment["LEDGERSTREAM_LOG_FORMAT"] = "human"
    assert "Traceback" not in str(command_line.run("topics", "--drop", "nothing").lines)
    if not how:
        command_line.environment["LEDGERSTREAM_DEBUG"] = "1"
    ended = command_line.run(*how, "topics", "--drop", "nothing")
    assert ended.code == 2
    assert "Traceback" in str(ended.lines)
    assert "droppable" in str(ended.lines)
    assert any("this is no segment" in str(line) for line in ended.lines)
