"""Servers of a test module's own, which its tests may stop, and the command line on them."""

import uuid
from collections.abc import Iterator

import pytest

from consumer.database import Connection, connect
from ledgerstream.embedded import Stack
from tests.support.faults import commands_on, own_stack
from tests.support.processes import CommandLine


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with own_stack() as stack:
        yield stack


@pytest.fixture
def commands(stack: Stack, topic: str) -> Iterator[CommandLine]:
    commands = commands_on(stack.up(), topic)
    yield commands
    commands.end_all()


@pytest.fixture
def own_database(stack: Stack) -> Iterator[Connection]:
    with connect(stack.up().database_url, application_name="test", timeout_seconds=10) as connection:
        yield connection


@pytest.fixture
def plain_role(database: Connection) -> Iterator[str]:
    """A role that may make schemas in the test's database, and nothing else."""
    role = f"plain_{uuid.uuid4().hex[:8]}"
    database.execute(f"create role {role} login; grant create on database {database.info.dbname} to {role}".encode())
    yield role
    database.execute(f"drop owned by {role} cascade; drop role {role}".encode())
