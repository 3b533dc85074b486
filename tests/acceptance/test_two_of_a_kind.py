"""Two producers of one topic, two networks of one name: what is refused, and by what name."""

import signal
import time
from contextlib import closing

import pytest

from producer.sources.simulated import SimulatedNetwork
from schemas.ledger import Ledger
from schemas.log import LedgerLog
from schemas.network import Network
from tests.acceptance.test_command_line import wait_for_line
from tests.acceptance.test_kills import published
from tests.support.processes import CommandLine, Ended, one_line

TAKEOVERS = 6
WITHIN_SECONDS = 120.0


@pytest.fixture
def producing(command_line: CommandLine) -> CommandLine:
    command_line.environment["LEDGERSTREAM_SOURCE"] = "simulated"
    return command_line


def test_two_producers_under_supervisors(
    producing: CommandLine, kafka: dict[str, str], topic: str, network: Network
) -> None:
    """They fence each other for as long as both are restarted, and each says so every time; the topic stays whole."""
    two = [producing.start("produce", "--pace", "0.2") for _ in range(2)]
    fenced: list[Ended] = []
    deadline = time.monotonic() + WITHIN_SECONDS
    while len(fenced) < TAKEOVERS:
        assert time.monotonic() < deadline, f"{len(fenced)} takeovers in {WITHIN_SECONDS} s"
        for index, running in enumerate(two):
            if running.process.poll() is not None:
                fenced.append(running.wait())
                two[index] = producing.start("produce", "--pace", "0.2")
        time.sleep(0.05)
    for running in two:
        running.kill()

    for each in fenced:
        assert (each.code, each.error) == (21, "Fenced"), each.lines
        assert f"another producer of topic {topic} took over" in each.reason
        assert "run one producer a topic" in each.reason
    hashes = published(kafka, topic, network)
    simulated = SimulatedNetwork(transactions_per_ledger=4)
    assert hashes == [Ledger.from_xdr(simulated.close_ledger()).hash for _ in hashes]
    assert hashes


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--source", "stream", "--url", "/nowhere/at/all"], 2),
        (["--seed", "7", "--last", "400"], 32),
        (["--network", "other", "--passphrase", "another network"], 32),
    ],
    ids=["no source", "another history", "another network"],
)
def test_a_producer_that_is_wrong_fences_nobody(arguments: list[str], code: int, producing: CommandLine) -> None:
    """What it is told about its source or its network it hears before it takes over from one that is right."""
    right = producing.start("produce", "--pace", "0.1")
    wait_for_line(right, "published")
    refused = producing.run("produce", *arguments)
    assert refused.code == code, refused.lines
    assert right.process.poll() is None
    right.signal(signal.SIGTERM)
    assert right.wait().code == 0


def test_a_source_that_is_none_makes_no_topic(producing: CommandLine, kafka: dict[str, str], topic: str) -> None:
    """A mistyped path leaves nothing behind."""
    refused = producing.run("produce", "--source", "stream", "--url", "/nowhere/at/all")
    assert refused.code == 2, refused.lines
    with closing(LedgerLog(kafka, topic, bytes(32))) as log:
        assert topic not in log.topics(20)


class Reborn:
    """A network that was reset: the name and the passphrase are the same, ledger 2 is another one."""

    def __init__(self, commands: CommandLine, topic: str) -> None:
        self.commands, self.topic = commands, f"{topic}.reborn"

    def publish(self, last: int) -> Ended:
        return self.commands.run("produce", "--seed", "1", "--topic", self.topic, "--last", str(last))

    def consume(self, subscriber: str, *arguments: str) -> Ended:
        return self.commands.run("consume", "--topic", self.topic, "--subscriber", subscriber, *arguments)


def test_a_network_that_was_reset(producing: CommandLine, topic: str, subscriber: str) -> None:
    """Producer and consumer refuse what was reset, whichever ends lower, and the remedy that they name works."""
    assert producing.run("produce", "--last", "20").code == 0
    assert producing.run("consume", "--subscriber", subscriber, "--last", "20").code == 0

    refused = producing.run("produce", "--seed", "1")
    assert (refused.code, refused.error) == (32, "NetworkReset"), refused.lines
    assert f"topic {topic}" in refused.reason
    assert "if simulated was reset" in refused.reason

    reborn = Reborn(producing, topic)
    assert reborn.publish(10).code == 0
    for bound in ([], ["--last", "end"]):
        refused = reborn.consume(subscriber, *bound)
        assert (refused.code, refused.error) == (32, "OtherLedgers"), refused.lines
        assert "ledger 10" in refused.reason
        assert subscriber in refused.reason

    assert reborn.publish(30).code == 0
    refused = reborn.consume(subscriber)
    assert (refused.code, refused.error) == (30, "ChainBroken"), refused.lines
    assert f"ledgerstream reset --subscriber {subscriber}" in refused.reason

    assert producing.run("reset", "--subscriber", subscriber, "--yes").code == 0
    assert reborn.consume(subscriber, "--last", "30").code == 0


def test_one_name_on_two_networks(producing: CommandLine, subscriber: str) -> None:
    """A schema keeps its network; the second one is refused, both networks named."""
    assert producing.run("produce", "--last", "5").code == 0
    assert producing.run("consume", "--subscriber", subscriber, "--last", "5").code == 0
    refused = producing.run("consume", "--subscriber", subscriber, "--network", "testnet")
    assert (refused.code, refused.error) == (32, "OtherNetwork"), refused.lines
    assert "of simulated, not of testnet" in one_line(refused)


def test_a_topic_of_another_network(producing: CommandLine, topic: str) -> None:
    """A producer of another network is refused by the topic's own ledgers."""
    assert producing.run("produce", "--last", "5").code == 0
    refused = producing.run("produce", "--network", "other", "--passphrase", "another network")
    assert (refused.code, refused.error) == (32, "OtherNetwork"), refused.lines
    assert topic in one_line(refused)
