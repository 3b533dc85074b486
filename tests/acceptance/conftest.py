"""Servers of a test module's own, which its tests may stop, and the command line on them."""

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
