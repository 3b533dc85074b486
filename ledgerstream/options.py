"""Every option that more than one command takes, and where its value comes from.

In this order: the command line, the environment (`LEDGERSTREAM_…`), a `.env` file in the working folder, a running
embedded stack (for the addresses), the default.
"""

import os
from pathlib import Path
from typing import Annotated

import typer
from dotenv import dotenv_values

from ledgerstream.embedded import Addresses, Stack, default_data_dir
from ledgerstream.errors import ConfigurationError

PREFIX = "LEDGERSTREAM_"

Kafka = Annotated[
    str | None,
    typer.Option(
        "--kafka",
        envvar="LEDGERSTREAM_KAFKA",
        metavar="HOST:PORT",
        help="Kafka bootstrap servers. Default: the embedded stack, if it is up.",
    ),
]
KafkaOption = Annotated[
    list[str] | None,
    typer.Option(
        "--kafka-option",
        envvar="LEDGERSTREAM_KAFKA_OPTION",
        metavar="NAME=VALUE",
        help="Any librdkafka client setting, such as security.protocol=SASL_SSL; may be repeated.",
    ),
]
DatabaseUrl = Annotated[
    str | None,
    typer.Option(
        "--database-url",
        envvar="LEDGERSTREAM_DATABASE_URL",
        metavar="postgresql://…",
        help="The Postgres database, 14 or newer. Default: the embedded stack, if it is up.",
    ),
]
DataDir = Annotated[
    Path | None,
    typer.Option(
        "--data-dir",
        envvar="LEDGERSTREAM_DATA_DIR",
        metavar="FOLDER",
        help="Where the embedded stack keeps its data. Default: the user's own data folder.",
    ),
]
NetworkName = Annotated[
    str | None,
    typer.Option(
        "--network",
        envvar="LEDGERSTREAM_NETWORK",
        metavar="NAME",
        help="pubnet, testnet, futurenet or simulated; any other name with --passphrase. Default: pubnet.",
    ),
]
Passphrase = Annotated[
    str | None,
    typer.Option(
        "--passphrase",
        envvar="LEDGERSTREAM_PASSPHRASE",
        metavar="TEXT",
        help="The passphrase of a network that has no name here.",
    ),
]
TopicName = Annotated[
    str | None,
    typer.Option(
        "--topic",
        envvar="LEDGERSTREAM_TOPIC",
        metavar="NAME",
        help="The ledger topic. Default: stellar.<network>.ledgers.",
    ),
]
StartTimeout = Annotated[
    float,
    typer.Option(
        "--start-timeout",
        envvar="LEDGERSTREAM_START_TIMEOUT",
        metavar="SECONDS",
        min=0.0,
        help="How long to wait for a database or a broker that does not answer, at the start and while idle.",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def load_environment_file(folder: Path) -> None:
    """Take what a `.env` file there says about `LEDGERSTREAM_…`, unless the environment says otherwise."""
    for name, value in dotenv_values(folder / ".env").items():
        if name.startswith(PREFIX) and value is not None:
            os.environ.setdefault(name, value)


def pairs(given: list[str] | None, option: str) -> dict[str, str]:
    """`NAME=VALUE` options as a mapping.

    Raises:
        ConfigurationError: one of them has no name or no '='.
    """
    found = {}
    for each in given or []:
        name, equals, value = each.partition("=")
        if not name or not equals:
            raise ConfigurationError(f"{option} {each!r}: NAME=VALUE is expected")
        found[name] = value
    return found


def sequence_or(given: str | None, words: tuple[str, ...], option: str) -> int | str | None:
    """The value of `--first` or `--last`: a ledger's sequence or one of `words`.

    Raises:
        ConfigurationError: it is neither.
    """
    if given is None or given in words:
        return given
    if given.isascii() and given.isdigit() and int(given) > 0:
        return int(given)
    raise ConfigurationError(f"{option} {given!r}: a ledger's sequence or one of {', '.join(words)} is expected")


def stack_folder(data_dir: Path | None) -> Path:
    """Where the embedded stack lives."""
    return data_dir or default_data_dir()


def kafka_of(kafka: str | None, given: list[str] | None, data_dir: Path | None) -> dict[str, str]:
    """The Kafka client's settings.

    Raises:
        ConfigurationError: no address is given and no embedded stack is up.
    """
    bootstrap = kafka or _running(data_dir, "Kafka", "--kafka", "LEDGERSTREAM_KAFKA").kafka
    return {**pairs(given, "--kafka-option"), "bootstrap.servers": bootstrap}


def database_of(database_url: str | None, data_dir: Path | None) -> str:
    """The database's URL.

    Raises:
        ConfigurationError: none is given and no embedded stack is up.
    """
    return database_url or _running(data_dir, "database", "--database-url", "LEDGERSTREAM_DATABASE_URL").database_url


def _running(data_dir: Path | None, what: str, option: str, variable: str) -> Addresses:
    addresses = Stack(stack_folder(data_dir)).running()
    if addresses is None:
        raise ConfigurationError(
            f"no {what} is known: start the embedded one with `ledgerstream up`, or name yours with {option} "
            f"(or {variable})"
        )
    return addresses
