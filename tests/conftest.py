"""Fixtures: real servers, real ledgers, names that no other test uses."""

import os
import tempfile
import uuid
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from consumer.database import Connection, connect
from ledgerstream.embedded import Addresses, Stack
from producer.sources.simulated import SimulatedNetwork
from schemas.ledger import Ledger
from schemas.network import Network, network_of
from tests.support.processes import CommandLine
from tests.support.secrets import MARKER, with_password

SIMULATED_LEDGERS = 40

settings.register_profile("ledgerstream", deadline=None)  # no claim here is one about time
settings.load_profile("ledgerstream")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test whose output, logs included, holds a password that tests use has failed, whatever it says itself."""
    report = yield
    for name, content in report.sections:
        if MARKER in content:
            report.outcome = "failed"
            report.longrepr = f"a password is in its {name}: {content.partition(MARKER)[0][-200:]}"
    return report


@pytest.fixture(scope="session")
def ledgers_folder() -> Path:
    """Real ledgers, where `LEDGERSTREAM_LEDGERS` says."""
    folder = os.environ.get("LEDGERSTREAM_LEDGERS")
    if folder is None or not Path(folder).is_dir():
        if os.environ.get("LEDGERSTREAM_REQUIRE_LEDGERS") == "1":
            pytest.fail(f"LEDGERSTREAM_LEDGERS is {folder!r}: no such folder, and real ledgers are required")
        pytest.skip("real ledgers: LEDGERSTREAM_LEDGERS names no folder")
    return Path(folder).resolve()


@pytest.fixture(scope="session")
def addresses() -> Iterator[Addresses]:
    """Kafka and Postgres: those of the environment, else an embedded stack of the test run's own."""
    kafka, database_url = os.environ.get("LEDGERSTREAM_KAFKA"), os.environ.get("LEDGERSTREAM_DATABASE_URL")
    if kafka and database_url:
        yield Addresses(kafka, database_url)
        return
    with tempfile.TemporaryDirectory(prefix="ledgerstream-tests-") as folder:
        Path(folder).chmod(0o755)
        stack = Stack(Path(folder))
        try:
            up = stack.up()
            yield Addresses(up.kafka, with_password(up.database_url))
        finally:
            stack.down()


@pytest.fixture(scope="session")
def kafka(addresses: Addresses) -> dict[str, str]:
    return {"bootstrap.servers": addresses.kafka}


@pytest.fixture(scope="session")
def database_url(addresses: Addresses) -> str:
    return addresses.database_url


@pytest.fixture
def database(database_url: str) -> Iterator[Connection]:
    """A session of the test's own."""
    with connect(database_url, application_name="test", timeout_seconds=10) as connection:
        yield connection


@pytest.fixture
def topic() -> str:
    return f"test.{uuid.uuid4().hex[:12]}"


@pytest.fixture
def subscriber() -> str:
    return f"test_{uuid.uuid4().hex[:12]}"


@pytest.fixture(scope="session")
def network() -> Network:
    return network_of("simulated", None)


@pytest.fixture(scope="session")
def ledgers() -> list[Ledger]:
    """Ledgers 2 to 41 of a simulated network, empty ones among them."""
    simulated = SimulatedNetwork(transactions_per_ledger=4)
    return [Ledger.from_xdr(simulated.close_ledger()) for _ in range(SIMULATED_LEDGERS)]


@pytest.fixture
def command_line(addresses: Addresses, topic: str) -> Iterator[CommandLine]:
    """The command line, on the test's servers and topic."""
    commands = CommandLine(
        {
            "LEDGERSTREAM_KAFKA": addresses.kafka,
            "LEDGERSTREAM_DATABASE_URL": addresses.database_url,
            "LEDGERSTREAM_NETWORK": "simulated",
            "LEDGERSTREAM_TOPIC": topic,
            "LEDGERSTREAM_SIMULATED_TRANSACTIONS": "4",
            "LEDGERSTREAM_SIMULATED_PACE": "0",
            "LEDGERSTREAM_ANSWER_TIMEOUT": "20",
        }
    )
    yield commands
    commands.end_all()
