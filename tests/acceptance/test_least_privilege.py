"""The roles of docs/security.md, made by its own SQL: what they may do works, what they may not is refused by name."""

import json
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from consumer.database import Connection, connect
from ledgerstream.embedded import Addresses
from ledgerstream.embedded.postgres import PostgresServer
from ledgerstream.embedded.wheels import WHEELS
from schemas.ledger import Ledger
from schemas.network import Network
from tests.acceptance.test_command_line import wait_for_line
from tests.support.documents import blocks
from tests.support.processes import CommandLine, Ended
from tests.support.topics import append_ledgers, make_topic

WRITES, WATCHES, READS = "ledgerstream", "ledgerstream_watch", "ledgerstream_read"

ONCE, FOR_EACH, FOR_ONE_THAT_IS_THERE = blocks("docs/security.md", "Roles in Postgres", "sql")


@pytest.fixture(scope="module")
def fresh_database_url() -> Iterator[str]:
    """A server of the module's own: roles are a whole server's."""
    for wheel in WHEELS.values():
        pytest.importorskip(wheel)
    with tempfile.TemporaryDirectory(prefix="ledgerstream-tests-") as folder:
        Path(folder).chmod(0o755)
        server = PostgresServer(Path(folder) / "postgres")
        try:
            yield server.start()
        finally:
            server.stop()


@pytest.fixture(scope="module")
def administrator(fresh_database_url: str) -> Iterator[Connection]:
    """Who ran what the document says, once, and for the subscriber `history`."""
    with connect(fresh_database_url, application_name="test", timeout_seconds=10) as connection:
        connection.execute(ONCE.encode())
        connection.execute(FOR_EACH.encode())
        yield connection


class Roles:
    """The command line as each role, on a topic with ledgers 2 to 11."""

    def __init__(self, commands: CommandLine, url: str) -> None:
        self.commands = commands
        self._url = url

    def url(self, role: str) -> str:
        return make_conninfo(self._url, user=role)

    def become(self, role: str) -> CommandLine:
        self.commands.environment["LEDGERSTREAM_DATABASE_URL"] = self.url(role)
        return self.commands

    def run(self, role: str, *arguments: str) -> Ended:
        return self.become(role).run(*arguments)


@pytest.fixture(scope="module")
def roles(
    addresses: Addresses,
    kafka: dict[str, str],
    administrator: Connection,
    fresh_database_url: str,
    ledgers: list[Ledger],
    network: Network,
) -> Iterator[Roles]:
    make_topic(kafka, "test.privileges")
    append_ledgers(kafka, "test.privileges", ledgers[:10], network)
    commands = CommandLine(
        {
            "LEDGERSTREAM_KAFKA": addresses.kafka,
            "LEDGERSTREAM_NETWORK": "simulated",
            "LEDGERSTREAM_TOPIC": "test.privileges",
            "LEDGERSTREAM_TABLES": "all",
            "LEDGERSTREAM_ANSWER_TIMEOUT": "20",
            "LEDGERSTREAM_WORKERS": "1",
        }
    )
    yield Roles(commands, fresh_database_url)
    commands.end_all()


def done(ended: Ended) -> Ended:
    assert ended.code == 0, ended.lines
    return ended


@pytest.fixture(scope="module")
def filled(roles: Roles) -> Roles:
    """Live from ledger 8 on, and what lies below from 5 on: all of it by the role that writes."""
    done(roles.run(WRITES, "consume", "--first", "8", "--last", "end"))
    done(roles.run(WRITES, "backfill", "--first", "5"))
    return roles


def test_the_role_that_writes(filled: Roles, administrator: Connection) -> None:
    """It fills its subscriber, in a schema that was made for it, without a right outside of it."""
    assert administrator.execute("select count(*) from history.ledgers").fetchone() == (7,)
    done(filled.run(WRITES, "verify", "--deep"))
    done(filled.run(WRITES, "status"))
    ended = filled.run(WRITES, "consume", "--subscriber", "another")
    assert (ended.code, ended.error) == (31, "NoRights"), ended.lines
    assert "needs CREATE on the database" in ended.reason
    with connect(filled.url(WRITES), application_name="test", timeout_seconds=10) as session:
        for statement in ("create role another", "create table public.another ()", "create schema another"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                session.execute(statement.encode())


def test_the_role_that_watches(filled: Roles, administrator: Connection) -> None:
    """It sees cursors, holders, gaps and every row, and may change nothing."""
    consumer = filled.become(WRITES).start("consume")
    try:
        wait_for_line(consumer, "going on at the cursor")
        shown = json.loads(done(filled.run(WATCHES, "status", "--json", "--check", "--max-lag", "1e9")).out)
        [history] = shown["subscribers"]
        assert history["subscriber"]["holder"]["role"] == WRITES
        assert history["subscriber"]["holder"]["silent_seconds"] is not None
        done(filled.run(WATCHES, "gaps"))
        done(filled.run(WATCHES, "verify"))
        done(filled.run(WATCHES, "verify", "--deep"))
        consumer.signal(signal.SIGTERM)
        assert consumer.wait().code == 0
    finally:
        consumer.kill()


@pytest.mark.parametrize(
    "arguments",
    [
        ("consume",),
        ("backfill", "--first", "2"),
        ("backfill", "--first", "5"),
        ("reset", "--subscriber", "history", "--yes"),
    ],
    ids=["consume", "backfill", "backfill of nothing", "reset"],
)
@pytest.mark.parametrize("role", [WATCHES, READS])
def test_what_only_the_role_that_writes_may(
    role: str, arguments: tuple[str, ...], filled: Roles, administrator: Connection
) -> None:
    """A role that may not write is told so by name, and nothing has changed."""
    before = administrator.execute("select epoch, latest, oldest, generation from history.live, history.backfill")
    was = before.fetchone()
    ended = filled.run(role, *arguments)
    assert (ended.code, ended.error) == (31, "NoRights"), ended.lines
    assert "must own its schema" in ended.reason
    now = administrator.execute("select epoch, latest, oldest, generation from history.live, history.backfill")
    assert now.fetchone() == was


def test_the_role_that_reads(filled: Roles, administrator: Connection) -> None:
    """It reads every table, and neither writes nor makes one; a statement of its own does not run for ever."""
    names = [name for (name,) in administrator.execute("select tablename from pg_tables where schemaname = 'history'")]
    assert len(names) > 20
    with connect(filled.url(READS), application_name="test", timeout_seconds=10) as session:
        for name in names:
            session.execute(f"select count(*) from history.{name}".encode())
        assert session.execute("show statement_timeout").fetchone() == ("15min",)
        for statement in (
            *(f"delete from history.{name}" for name in names),
            "update history.live set latest = 1000",
            "insert into history.backfill default values",
            "create table history.another ()",
            "create table public.another ()",
            "create temporary table another ()",
            "drop schema history cascade",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                session.execute(statement.encode())
    done(filled.run(READS, "gaps"))


def test_a_role_that_nobody_named(filled: Roles, administrator: Connection) -> None:
    """Who was granted nothing has no session with the database."""
    administrator.execute("create role nobody_named login")
    filled.commands.environment["LEDGERSTREAM_ANSWER_TIMEOUT"] = "1"
    ended = filled.run("nobody_named", "status")
    filled.commands.environment["LEDGERSTREAM_ANSWER_TIMEOUT"] = "20"
    assert (ended.code, ended.error) == (10, "DatabaseUnreachable"), ended.lines
    assert "permission denied for database" in ended.reason


def test_a_subscriber_that_was_there_before(filled: Roles, administrator: Connection) -> None:
    """What is granted afterwards holds for what is there."""
    administrator.execute(
        "alter default privileges for role ledgerstream in schema history revoke select on tables "
        "from ledgerstream_watch, ledgerstream_read"
    )
    administrator.execute("revoke all on all tables in schema history from ledgerstream_watch, ledgerstream_read")
    administrator.execute("revoke usage on schema history from ledgerstream_watch, ledgerstream_read")
    ended = filled.run(WATCHES, "verify")
    assert (ended.code, ended.error) == (31, "NoRights"), ended.lines
    with connect(filled.url(WRITES), application_name="test", timeout_seconds=10) as owner:
        owner.execute(FOR_ONE_THAT_IS_THERE.encode())
    done(filled.run(WATCHES, "verify", "--deep"))


def test_after_a_reset(filled: Roles, administrator: Connection) -> None:
    """The role may drop its own schema; a new one is made for it as before, and it begins again."""
    done(filled.run(WRITES, "reset", "--subscriber", "history", "--yes"))
    administrator.execute(FOR_EACH.encode())
    done(filled.run(WRITES, "consume", "--last", "end"))
    done(filled.run(WATCHES, "verify"))
