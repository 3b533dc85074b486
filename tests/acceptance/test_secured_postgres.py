"""A Postgres with TLS: `sslmode=verify-full`, passwords and client certificates, right ones and wrong ones."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from psycopg.conninfo import make_conninfo

from consumer.database import connect
from ledgerstream.embedded import Addresses
from schemas.ledger import Ledger
from schemas.network import Network
from tests.support.certificates import Authority
from tests.support.processes import CommandLine
from tests.support.secrets import password
from tests.support.tls_postgres import TlsPostgres, tls_postgres
from tests.support.topics import append_ledgers, make_topic

BY_PASSWORD, BY_CERTIFICATE = "by_password", "by_certificate"
PASSWORD = password("it's a pass/word: 100% @home")


@pytest.fixture(scope="module")
def server() -> Iterator[TlsPostgres]:
    with tempfile.TemporaryDirectory(prefix="ledgerstream-tests-") as name, tls_postgres(Path(name)) as server:
        administrator = make_conninfo(host=str(server.socket), port=server.port, user="postgres", dbname="postgres")
        with connect(administrator, application_name="test", timeout_seconds=10) as connection:
            connection.execute("create database ledgers")
            for role in (BY_PASSWORD, BY_CERTIFICATE):
                connection.execute(f"create role {role} login".encode())
                connection.execute(f"grant create on database ledgers to {role}".encode())
            quoted = PASSWORD.replace("'", "''")
            connection.execute(f"alter role {BY_PASSWORD} password '{quoted}'".encode())
        yield server


@pytest.fixture(scope="module")
def right(server: TlsPostgres) -> dict[str, dict[str, str]]:
    """How each of the two roles connects."""
    certificate = server.authority.client(BY_CERTIFICATE)
    verified: dict[str, str] = {
        "host": "localhost",
        "hostaddr": "127.0.0.1",
        "port": str(server.port),
        "dbname": "ledgers",
        "sslmode": "verify-full",
        "sslrootcert": str(server.authority.certificate),
    }
    return {
        BY_PASSWORD: {**verified, "user": BY_PASSWORD, "password": PASSWORD},
        BY_CERTIFICATE: {
            **verified,
            "user": BY_CERTIFICATE,
            "sslcert": str(certificate.certificate),
            "sslkey": str(certificate.key),
        },
    }


@pytest.fixture
def commands(addresses: Addresses, topic: str, subscriber: str) -> Iterator[CommandLine]:
    commands = CommandLine(
        {
            "LEDGERSTREAM_KAFKA": addresses.kafka,
            "LEDGERSTREAM_NETWORK": "simulated",
            "LEDGERSTREAM_TOPIC": topic,
            "LEDGERSTREAM_SUBSCRIBER": subscriber,
            "LEDGERSTREAM_WORKERS": "1",
        }
    )
    yield commands
    commands.end_all()


@pytest.mark.parametrize("role", [BY_PASSWORD, BY_CERTIFICATE])
def test_who_is_let_in_to_the_database(
    role: str,
    right: dict[str, dict[str, str]],
    commands: CommandLine,
    kafka: dict[str, str],
    topic: str,
    ledgers: list[Ledger],
    network: Network,
) -> None:
    """Live, backfill and its workers, and whoever looks: all of them over TLS, by password or by certificate."""
    make_topic(kafka, topic)
    append_ledgers(kafka, topic, ledgers[:6], network)
    commands.environment["LEDGERSTREAM_DATABASE_URL"] = make_conninfo(**right[role])
    for arguments in (
        ("consume", "--first", "5", "--last", "end"),
        ("backfill", "--first", "2"),
        ("gaps",),
        ("verify",),
        ("status",),
    ):
        ended = commands.run(*arguments)
        assert ended.code == 0, ended.lines


@pytest.mark.parametrize(
    ("role", "changed", "words"),
    [
        (BY_PASSWORD, {"password": "wrong"}, "password authentication failed"),
        (BY_PASSWORD, {"sslmode": "disable"}, "no pg_hba.conf entry"),
        (BY_PASSWORD, {"host": "elsewhere.example"}, 'certificate for "localhost"'),
        (BY_PASSWORD, {"sslrootcert": "OTHER"}, "certificate verify failed"),
        (BY_CERTIFICATE, {"sslcert": "", "sslkey": ""}, "requires a valid client certificate"),
        (BY_CERTIFICATE, {"sslcert": "OTHER.crt", "sslkey": "OTHER.key"}, "unknown ca"),
        (BY_CERTIFICATE, {"sslcert": "ANOTHER.crt", "sslkey": "ANOTHER.key"}, "certificate authentication failed"),
        (BY_CERTIFICATE, {"user": BY_PASSWORD, "password": "wrong"}, "password authentication failed"),
        (BY_PASSWORD, {"user": BY_CERTIFICATE}, "requires a valid client certificate"),
    ],
    ids=[
        "password",
        "no TLS",
        "host",
        "authority",
        "no certificate",
        "another authority's",
        "another role's",
        "user",
        "no certificate 2",
    ],
)
def test_who_is_refused_by_the_database(
    role: str,
    changed: dict[str, str],
    words: str,
    server: TlsPostgres,
    right: dict[str, dict[str, str]],
    commands: CommandLine,
    tmp_path: Path,
) -> None:
    """Whatever is wrong is named, after a bounded wait."""
    other = Authority(tmp_path, "other")
    files = {"OTHER": other.certificate}
    for who, its in (("OTHER", other.client(role)), ("ANOTHER", server.authority.client("another"))):
        files |= {f"{who}.crt": its.certificate, f"{who}.key": its.key}
    wrong = {name: str(files.get(value, value)) for name, value in changed.items()}
    commands.environment["LEDGERSTREAM_DATABASE_URL"] = make_conninfo(**{**right[role], **wrong})
    commands.environment["LEDGERSTREAM_ANSWER_TIMEOUT"] = "1"
    ended = commands.run("status")
    assert (ended.code, ended.error) == (10, "DatabaseUnreachable"), ended.lines
    assert words in ended.reason, ended.lines
