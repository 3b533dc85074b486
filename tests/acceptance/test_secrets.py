"""Passwords are in nothing that the program shows, however wrong it all goes.

Every command that a test starts is checked on the way (`tests/support/processes.py`); here are the errors that come
close to a password.
"""

import logging
import os
import subprocess
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
import structlog
from psycopg.conninfo import make_conninfo

from consumer.database import Connection, connect
from consumer.errors import DatabaseUrlMalformed
from ledgerstream.errors import ConfigurationError
from ledgerstream.logs import set_up_logs
from ledgerstream.options import pairs
from producer.errors import SourceError
from producer.sources.lake.store import Store
from schemas.ledger import Ledger
from schemas.network import Network
from tests.acceptance.test_command_line import wait_for_latest
from tests.support.faults import held_up, wait_until_held_up
from tests.support.processes import ROOT, CommandLine
from tests.support.secrets import MARKER, check_command_lines, check_shown, password, with_password
from tests.support.topics import append_ledgers, make_topic

SPECIAL = password("@/:?#% \"'\\&=")
NOWHERE = "127.0.0.1:1"


@pytest.fixture
def talkative(command_line: CommandLine) -> CommandLine:
    """Says all that it can: debug lines, tracebacks."""
    command_line.environment |= {
        "LEDGERSTREAM_LOG_FORMAT": "human",
        "LEDGERSTREAM_LOG_LEVEL": "debug",
        "LEDGERSTREAM_DEBUG": "1",
        "LEDGERSTREAM_ANSWER_TIMEOUT": "1",
        "LEDGERSTREAM_SUBSCRIBER": "history",
    }
    return command_line


def ends(commands: CommandLine, code: int, *arguments: str) -> None:
    """A command ends with this code, and shows its traceback. That no password is shown is checked on the way."""
    ended = commands.run(*arguments)
    assert ended.code == code, ended.lines
    assert "Traceback" in str(ended.lines), "it was to show it"


def all_of(error: BaseException) -> str:
    """What `--debug` shows of an error."""
    return "".join(traceback.format_exception(error))


@pytest.mark.parametrize(
    ("url", "code"),
    [
        (f"postgresql://user:{quote(SPECIAL, safe='')}@{NOWHERE}/name", 10),
        (f"postgresql://user@{NOWHERE}/name?password={quote(SPECIAL, safe='')}", 10),
        (make_conninfo(host="127.0.0.1", port=1, user="user", password=SPECIAL), 10),
        (f"postgresql://user:{MARKER}%zz@host/name", 2),
    ],
    ids=["in the URL", "as its parameter", "as keywords", "malformed"],
)
def test_a_database_url(url: str, code: int, talkative: CommandLine) -> None:
    """In either form, in an error or in none: no password is repeated."""
    talkative.environment["LEDGERSTREAM_DATABASE_URL"] = url
    ends(talkative, code, "status")


MALFORMED = [
    f"postgresql//user:{MARKER}@host/name",
    f"postgresql://user:{MARKER}%zz@host/name",
    f"postgresql://user:{MARKER}%00@host/name",
    f"postgresql://user:{MARKER}@[::1/name",
    f"postgresql://user:x@{MARKER}@host/name",
    f"postgresql://user:@{MARKER}@host/name",
    f"postgresql://user:1/{MARKER}@host/name",
    f"postgresql://user:{MARKER}/x@host/name",
    f"postgresql://user@host:{MARKER}/name",
    f"postgresql://user@host/name?{MARKER}",
    f"postgresql://user@host/name?{MARKER}=x",
    f"postgresql://user@host/name?password=x={MARKER}",
    f"host=host password={MARKER} word",
    f"host=host password=word {MARKER}",
    f"host=host password=word {MARKER}=x",
    f"host=host password='{MARKER}",
    f"host=host port={MARKER}",
]


@pytest.mark.parametrize("url", MALFORMED, ids=map(str, range(len(MALFORMED))))
def test_a_database_url_that_is_none(url: str) -> None:
    """What is forgotten to be encoded may be anywhere in it: no word of it is repeated, by libpq's error neither."""
    with pytest.raises(DatabaseUrlMalformed) as caught:
        connect(url, application_name="test", timeout_seconds=0)
    check_shown(all_of(caught.value), "the error")


KAFKA = {
    f"security.protocol=SASL_SSL sasl.mechanism=PLAIN sasl.username=user sasl.password={MARKER}": 11,
    f"sasl.password=words with blanks {MARKER}": 2,
    f"security.protocol=SSL ssl.key.password={MARKER} ssl.key.location=/etc/hostname": 2,
    f"security.protocol=SSL ssl.key.pem={MARKER}": 2,
    f"debug=all ssl.key.password={MARKER} sasl.password={MARKER} ssl.keystore.password={MARKER}": 11,
    f"no.such.setting={MARKER}": 2,
}


@pytest.mark.parametrize("options", KAFKA, ids=map(str, range(len(KAFKA))))
def test_settings_of_kafka(options: str, talkative: CommandLine) -> None:
    """With all that librdkafka says about itself, too."""
    talkative.environment |= {"LEDGERSTREAM_KAFKA": NOWHERE, "LEDGERSTREAM_KAFKA_OPTION": options}
    ends(talkative, KAFKA[options], "topics")


def test_a_producers_settings(talkative: CommandLine) -> None:
    """The producer's client has the same, and others beside it."""
    talkative.environment |= {
        "LEDGERSTREAM_SOURCE": "simulated",
        "LEDGERSTREAM_KAFKA_OPTION": f"no.such.setting={MARKER}",
    }
    ends(talkative, 2, "produce")
    talkative.environment |= {
        "LEDGERSTREAM_KAFKA": NOWHERE,
        "LEDGERSTREAM_KAFKA_OPTION": f"debug=all sasl.password={MARKER}",
    }
    ends(talkative, 11, "produce")


@pytest.mark.parametrize("given", [[MARKER], ["a=b", MARKER], [f"={MARKER}"]], ids=map(str, range(3)))
def test_options_that_are_none(given: list[str]) -> None:
    """Of a password with blanks in a variable, the rest is no option: it is told by its place."""
    with pytest.raises(ConfigurationError, match="NAME=VALUE") as caught:
        pairs(given, "--kafka-option")
    check_shown(all_of(caught.value), "the error")


LAKES: list[tuple[str, dict[str, str]]] = [
    ("s3://lake/x", {"aws_secret_access_key": MARKER, "aws_access_key_id": "x", "endpoint": f"http://{NOWHERE}"}),
    ("s3://lake/x", {"proxy_url": f"http://user:{MARKER}@{NOWHERE}", "skip_signature": "true"}),
    (f"http://user:{MARKER}@{NOWHERE}/lake", {}),
    (f"http://{NOWHERE}/lake?signature={MARKER}", {}),
    (f"https://user:{MARKER}@[lake", {}),
    (f"https://user:{MARKER}/x@lake", {}),
    (f"nothing://user:{MARKER}@lake", {}),
    ("s3://lake/x", {"no_such_option": MARKER}),
    ("az://lake/x", {"azure_storage_account_key": f"{MARKER}!!", "azure_storage_account_name": "x"}),
    ("gs://lake/x", {"google_service_account_key": MARKER}),
    ("file:///tmp", {"token": MARKER}),
]


@pytest.mark.parametrize(("url", "options"), LAKES, ids=map(str, range(len(LAKES))))
def test_a_lakes_keys(url: str, options: dict[str, str]) -> None:
    """User and password in its URL, signatures, and the secrets of its store."""
    region = {"region": "x"} if url.startswith("s3") else {}
    with pytest.raises(SourceError) as caught:
        Store(url, {**options, **region}, patience_seconds=0.1).get("key", 1)
    check_shown(str(caught.value), "the message")
    check_shown(all_of(caught.value), "the traceback")


def test_a_lake_on_the_command_line(talkative: CommandLine) -> None:
    """The same from the environment."""
    talkative.environment |= {
        "LEDGERSTREAM_NETWORK": "pubnet",
        "LEDGERSTREAM_URL": "gs://lake/x",
        "LEDGERSTREAM_STORAGE_OPTION": f"google_service_account_key={MARKER}",
    }
    ends(talkative, 2, "produce")


def test_local_variables_are_not_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """What nobody foresaw is told with its traceback, and not with the values in it."""
    root, configuration = logging.getLogger(), structlog.get_config()
    handlers, level = root.handlers[:], root.level
    try:
        for form in ("human", "json"):
            set_up_logs("debug", form)
            fail_with(with_password("postgresql://host/name"))
    finally:
        root.handlers[:], root.level = handlers, level
        structlog.configure(**configuration)
    shown = capsys.readouterr().err
    assert shown.count("division by zero") >= 2
    assert shown.count("Traceback") == 2
    check_shown(shown, "a traceback")


def fail_with(database_url: str) -> None:
    try:
        len(database_url) / 0
    except ZeroDivisionError:
        structlog.get_logger("test").exception("ended")


@pytest.fixture
def at_work(
    command_line: CommandLine,
    kafka: dict[str, str],
    database: Connection,
    topic: str,
    subscriber: str,
    ledgers: list[Ledger],
    network: Network,
) -> Iterator[list[int]]:
    """Live and a backfill with its workers, in the middle of their work: their process ids."""
    make_topic(kafka, topic)
    append_ledgers(kafka, topic, ledgers[:20], network)
    command_line.environment["LEDGERSTREAM_SUBSCRIBER"] = subscriber
    consumer = command_line.start("consume", "--first", "15")
    wait_for_latest(database, subscriber, 21)
    with held_up(database, subscriber):
        backfill = command_line.start("backfill", "--first", "2")
        wait_until_held_up(database, subscriber)
        yield [consumer.process.pid, backfill.process.pid]


def test_what_others_on_the_host_and_in_the_database_see(
    at_work: list[int], database: Connection, command_line: CommandLine
) -> None:
    """Neither the command lines of the processes and their workers nor the sessions in the database tell a password."""
    assert MARKER in command_line.environment["LEDGERSTREAM_DATABASE_URL"]
    assert MARKER in command_line.environment["LEDGERSTREAM_KAFKA_OPTION"]
    consumer, backfill = map(check_command_lines, at_work)
    if sys.platform == "linux":
        assert (consumer >= 1, backfill >= 2) == (True, True), "the workers' are looked at, too"
    sessions = database.execute("select application_name, query, usename::text from pg_stat_activity").fetchall()
    assert {"ledgerstream consume", "ledgerstream backfill"} & {str(name).rpartition(" ")[0] for name, *_ in sessions}
    check_shown(str(sessions), "pg_stat_activity")
    check_shown(command_line.run("status").out, "status")


@pytest.mark.skipif(sys.platform != "linux", reason="where a process tells its command line is the system's affair")
def test_a_command_line_that_shows_a_password() -> None:
    """It would be found."""
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(30)", MARKER]) as process:
        try:
            with pytest.raises(AssertionError, match="command line of process"):
                check_command_lines(process.pid)
        finally:
            process.kill()


def test_a_test_that_shows_a_password_fails(tmp_path: Path) -> None:
    """Whatever a test of this suite prints or logs is looked through."""
    tests = tmp_path / "test_talkative.py"
    tests.write_text(
        "from tests.support.secrets import MARKER\n"
        "def test_that_prints() -> None: print(MARKER)\n"
        "def test_that_is_silent() -> None: ...\n"
    )
    options = ["-q", "-n0", "-p", "tests.conftest", f"--rootdir={tmp_path}", f"--config-file={os.devnull}"]
    ended = subprocess.run(
        [sys.executable, "-m", "pytest", *options, str(tests)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "1 failed, 1 passed" in ended.stdout
    assert "a password is in its Captured stdout call" in ended.stdout
