"""A Kafka that knows its users: TLS, passwords, client certificates and access rules, right ones and wrong ones."""

import re
import shlex
import tempfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from confluent_kafka.admin import (
    AclBinding,
    AclOperation,
    AclPermissionType,
    AdminClient,
    ResourcePatternType,
    ResourceType,
)

from tests.support.certificates import Authority
from tests.support.documents import blocks
from tests.support.processes import CommandLine, Ended
from tests.support.secrets import password
from tests.support.secured_broker import SecuredBroker, add_user, secured_broker
from tests.support.topics import delete_topic, make_topic

PRODUCER, CONSUMER, NOBODY = "ledgerstream-producer", "ledgerstream-consumer", "nobody-in-particular"
TOPIC = "stellar.pubnet.ledgers"
RESOURCES = {
    "topic": ResourceType.TOPIC,
    "group": ResourceType.GROUP,
    "transactional-id": ResourceType.TRANSACTIONAL_ID,
}


def rules(command: str) -> Iterator[AclBinding]:
    """The access rules that a command of kafka-acls.sh adds."""
    words = shlex.split(command)
    given = [(name.removeprefix("--"), value) for name, value in pairwise(words)]
    pattern = ResourcePatternType[dict(given)["resource-pattern-type"].upper()]
    for principal in (value for name, value in given if name == "allow-principal"):
        for kind, resource in ((RESOURCES[name], value) for name, value in given if name in RESOURCES):
            for operation in (value for name, value in given if name == "operation"):
                as_kafka_calls_it = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", operation).upper()
                yield AclBinding(
                    kind,
                    resource,
                    pattern,
                    principal,
                    "*",
                    AclOperation[as_kafka_calls_it],
                    AclPermissionType.ALLOW,
                )


def documented_rules() -> list[AclBinding]:
    [block] = blocks("docs/security.md", "Access rules in Kafka", "sh")
    commands = block.replace("\\\n", " ").splitlines()
    return [rule for command in commands for rule in rules(command)]


class Secured:
    """The broker with its users, and the command line as each of them."""

    def __init__(self, broker: SecuredBroker, folder: Path, database_url: str) -> None:
        self.broker = broker
        self.folder = folder
        self.passwords = {name: password(f"-of-{name}") for name in (PRODUCER, CONSUMER, NOBODY)}
        for name, its_password in self.passwords.items():
            add_user(broker, name, its_password)
        self.commands = CommandLine(
            {
                "LEDGERSTREAM_DATABASE_URL": database_url,
                "LEDGERSTREAM_NETWORK": "simulated",
                "LEDGERSTREAM_SOURCE": "simulated",
                "LEDGERSTREAM_TOPIC": TOPIC,
                "LEDGERSTREAM_SIMULATED_PACE": "0",
                "LEDGERSTREAM_WORKERS": "1",
                "LEDGERSTREAM_ANSWER_TIMEOUT": "20",
            }
        )

    def by_password(self, name: str, **changed: str) -> dict[str, str]:
        return {
            "security.protocol": "SASL_SSL",
            "sasl.mechanism": "SCRAM-SHA-512",
            "sasl.username": name,
            "sasl.password": self.passwords[name],
            "ssl.ca.location": str(self.broker.authority.certificate),
        } | {key.replace("_", "."): value for key, value in changed.items()}

    def by_certificate(self, name: str, authority: Authority | None = None) -> dict[str, str]:
        certificate = (authority or self.broker.authority).client(name)
        return {
            "security.protocol": "SSL",
            "ssl.certificate.location": str(certificate.certificate),
            "ssl.key.location": str(certificate.key),
            "ssl.ca.location": str(self.broker.authority.certificate),
        }

    def run(self, address: str, settings: dict[str, str], *arguments: str) -> Ended:
        """As the document says: addresses and secrets come from the environment."""
        self.commands.environment["LEDGERSTREAM_KAFKA"] = address
        options = " ".join(f"{name}={value}" for name, value in settings.items())
        self.commands.environment["LEDGERSTREAM_KAFKA_OPTION"] = options
        return self.commands.run(*arguments)


@pytest.fixture(scope="module")
def secured(database_url: str) -> Iterator[Secured]:
    with tempfile.TemporaryDirectory(prefix="ledgerstream-tests-") as name, secured_broker(Path(name)) as broker:
        secured = Secured(broker, Path(name), database_url)
        admin = AdminClient({"bootstrap.servers": broker.open})
        for added in admin.create_acls(documented_rules()).values():
            added.result()
        yield secured
        secured.commands.end_all()


@pytest.fixture(scope="module")
def published(secured: Secured) -> Iterator[Secured]:
    """The topic, with ledgers 2 to 6."""
    done(secured.run(secured.broker.password, secured.by_password(PRODUCER), "produce", "--last", "6"))
    yield secured
    delete_topic({"bootstrap.servers": secured.broker.open}, TOPIC)


def done(ended: Ended) -> Ended:
    assert ended.code == 0, ended.lines
    assert not [line for line in ended.lines if line.get("level") in ("warning", "error")], ended.lines
    return ended


@pytest.mark.parametrize("door", ["password", "certificate"])
def test_who_is_let_in(door: str, secured: Secured, subscriber: str) -> None:
    """Producer and consumer do all that they do, with no more than the rules of the document, by either door."""
    address = getattr(secured.broker, door)
    [produces, consumes] = [getattr(secured, f"by_{door}")(name) for name in (PRODUCER, CONSUMER)]
    done(secured.run(address, produces, "produce", "--last", "6"))
    done(secured.run(address, produces, "produce", "--last", "8"))
    done(secured.run(address, consumes, "consume", "--subscriber", subscriber, "--first", "5", "--last", "end"))
    done(secured.run(address, consumes, "consume", "--subscriber", subscriber, "--last", "end"))
    done(secured.run(address, produces, "produce", "--first", "2", "--last", "3", "--segment"))
    assert f"{TOPIC}.2-3" in done(secured.run(address, consumes, "topics")).out
    done(secured.run(address, consumes, "backfill", "--subscriber", subscriber, "--first", "2"))
    done(secured.run(address, consumes, "verify", "--subscriber", subscriber, "--deep"))
    done(secured.run(address, consumes, "status", "--subscriber", subscriber))
    for topic in (TOPIC, f"{TOPIC}.2-3"):
        delete_topic({"bootstrap.servers": secured.broker.open}, topic)


def test_what_a_consumer_may_not(published: Secured) -> None:
    """Who reads may neither write, nor make a topic, nor drop one; it is said by name."""
    as_consumer = published.by_password(CONSUMER)
    segment = ("--first", "2", "--last", "3", "--segment")
    done(published.run(published.broker.password, published.by_password(PRODUCER), "produce", *segment))
    for arguments in (
        ("produce", "--last", "9"),
        ("produce", "--first", "4", "--last", "5", "--segment"),
        ("topics", "--drop", f"{TOPIC}.2-3", "--yes"),
    ):
        ended = published.run(published.broker.password, as_consumer, *arguments)
        assert (ended.code, ended.error) == (33, "TopicForbidden"), ended.lines
        assert TOPIC in ended.reason
    delete_topic({"bootstrap.servers": published.broker.open}, f"{TOPIC}.2-3")


@pytest.mark.parametrize(
    "arguments", [("produce",), ("consume", "--last", "end"), ("topics",)], ids=["produce", "consume", "topics"]
)
def test_a_user_without_rights(
    arguments: tuple[str, ...], published: Secured, subscriber: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever is known and has no rights is told so at once, not kept waiting."""
    monkeypatch.setitem(published.commands.environment, "LEDGERSTREAM_SUBSCRIBER", subscriber)
    ended = published.run(published.broker.password, published.by_password(NOBODY), *arguments)
    assert (ended.code, ended.error) == (33, "TopicForbidden"), ended.lines


def test_a_topic_that_is_none_of_the_producers(secured: Secured) -> None:
    """The rules hold for the topics that they name."""
    make_topic({"bootstrap.servers": secured.broker.open}, "another")
    produce = ("produce", "--last", "3", "--topic", "another")
    ended = secured.run(secured.broker.password, secured.by_password(PRODUCER), *produce)
    assert (ended.code, ended.error) == (33, "TopicForbidden"), ended.lines


def wrong(what: str, published: Secured) -> tuple[str, dict[str, str]]:
    """An address and settings of which one thing is wrong."""
    broker = published.broker
    other = Authority(Path(tempfile.mkdtemp(dir=published.folder)), "other")
    return {
        "password": (broker.password, published.by_password(PRODUCER, sasl_password="wrong")),
        "authority": (broker.password, published.by_password(PRODUCER, ssl_ca_location=str(other.certificate))),
        "host": (broker.misnamed, published.by_password(PRODUCER)),
        "no certificate": (
            broker.certificate,
            {"security.protocol": "SSL", "ssl.ca.location": str(broker.authority.certificate)},
        ),
        "certificate": (broker.certificate, published.by_certificate(PRODUCER, other)),
        "no TLS": (broker.password, {}),
    }[what]


@pytest.mark.parametrize(
    ("what", "words", "arguments"),
    [
        ("password", "SASL authentication error", ("topics",)),
        ("password", "SASL authentication error", ("produce",)),
        ("password", "SASL authentication error", ("consume", "--last", "end")),
        ("authority", "certificate verify failed", ("topics",)),
        ("host", "certificate verify failed", ("topics",)),
        ("host", "certificate verify failed", ("produce",)),
        ("no certificate", "certificate required", ("topics",)),
        ("certificate", "certificate required", ("topics",)),
        ("no TLS", "ask for TLS", ("topics",)),
        ("no TLS", "ask for TLS", ("produce",)),
        ("no TLS", "ask for TLS", ("consume", "--last", "end")),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else value if len(value) < 20 else "",
)
def test_who_is_refused(
    what: str,
    words: str,
    arguments: tuple[str, ...],
    published: Secured,
    subscriber: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A wrong password, an authority that nobody trusts, a wrong name, no certificate, no TLS: named in time."""
    monkeypatch.setitem(published.commands.environment, "LEDGERSTREAM_SUBSCRIBER", subscriber)
    monkeypatch.setitem(published.commands.environment, "LEDGERSTREAM_ANSWER_TIMEOUT", "3")
    ended = published.run(*wrong(what, published), *arguments)
    assert (ended.code, ended.error) == (11, "BrokerUnreachable"), ended.lines
    assert words in ended.reason, ended.lines
