"""Segments on the command line: published, by range or many at once, gone on with, shown and dropped."""

import json
import signal
from pathlib import Path

import pytest

from consumer.database import Connection
from schemas.ledger import Ledger
from schemas.network import Network, network_of
from tests.acceptance.test_kills import published
from tests.support.consuming import digest_of, digest_of_calm_run
from tests.support.faults import latest
from tests.support.processes import CommandLine
from tests.support.topics import append_ledgers, make_topic

SIMULATED = ("produce", "--source", "simulated")


def said(lines: list[dict[str, object]], event: str) -> int:
    return sum(line.get("event") == event for line in lines)


def ranges(command_line: CommandLine) -> dict[str, tuple[int | None, int | None]]:
    """What `topics --json` says that each topic holds."""
    ended = command_line.run("topics", "--json")
    assert ended.code == 0, ended.lines
    return {each["name"]: (each["first"], each["last"]) for each in json.loads(ended.out)["topics"]}


def test_a_segment_is_published(
    kafka: dict[str, str], topic: str, command_line: CommandLine, network: Network, ledgers: list[Ledger]
) -> None:
    """A range goes to a topic of its own; asked for again there is nothing to do; the live topic is not touched."""
    for event in ("producing", "nothing to do: the topic is there already"):
        ended = command_line.run(*SIMULATED, "--first", "5", "--last", "9", "--segment")
        assert ended.code == 0, ended.lines
        assert said(ended.lines, event) == 1
    assert published(kafka, f"{topic}.5-9", network) == [ledger.hash for ledger in ledgers[3:8]]
    assert ranges(command_line) == {topic: (None, None), f"{topic}.5-9": (5, 9)}
    assert f"{topic}.5-9  segment  5–9" in command_line.run("topics").out
    assert command_line.run(*SIMULATED, "--first", "7", "--last", "7", "--segment").code == 0
    assert ranges(command_line)[f"{topic}.7-7"] == (7, 7)


def test_a_segment_goes_on(
    kafka: dict[str, str],
    database_url: str,
    topic: str,
    subscriber: str,
    command_line: CommandLine,
    network: Network,
    ledgers: list[Ledger],
    database: Connection,
) -> None:
    """One whose producer was killed is used as far as it goes, and the same command goes on where it ends."""
    make_topic(kafka, topic)
    append_ledgers(kafka, topic, [*ledgers[:5], *ledgers[15:25]], network)
    produce = (*SIMULATED, "--pace", "0.05", "--first", "7", "--last", "16", "--segment")
    killed = command_line.run_to("transaction committed", *produce, times=3)
    assert killed.code == -signal.SIGKILL
    assert ranges(command_line)[f"{topic}.7-16"][0] == 7
    held = ranges(command_line)[f"{topic}.7-16"][1]
    assert held is not None
    assert held < 16
    consume = ("consume", "--subscriber", subscriber, "--last", "end")
    ended = command_line.run(*consume)
    assert (ended.code, ended.error) == (30, "LedgerMissing")
    assert f"ledgerstream produce --first {held + 1} --last 16 --segment" in ended.reason
    assert latest(database, subscriber) == held
    assert command_line.run(*produce).code == 0
    assert published(kafka, f"{topic}.7-16", network) == [ledger.hash for ledger in ledgers[5:15]]
    assert command_line.run(*consume).code == 0

    make_topic(kafka, f"{topic}.calm")
    append_ledgers(kafka, f"{topic}.calm", ledgers[:25], network)
    assert digest_of(database_url, subscriber) == digest_of_calm_run(kafka, database_url, network, f"{topic}.calm")


def test_many_segments(topic: str, command_line: CommandLine, tmp_path: Path) -> None:
    """Each range of a file or of standard input is a segment, in the order in which they stand."""
    file = tmp_path / "ranges"
    file.write_text("# what gaps says\n20-24\n\n  3-3   # one ledger\n9-12\n")
    ended = command_line.run(*SIMULATED, "--ranges", str(file))
    assert ended.code == 0, ended.lines
    published_to = [line["topic"] for line in ended.lines if line.get("event") == "producing"]
    assert published_to == [f"{topic}.20-24", f"{topic}.3-3", f"{topic}.9-12"]
    expected = {topic: (None, None), f"{topic}.3-3": (3, 3), f"{topic}.9-12": (9, 12), f"{topic}.20-24": (20, 24)}
    assert ranges(command_line) == expected

    piped = command_line.start_with_input("30-31\n3-3\n", *SIMULATED, "--ranges", "-")
    assert piped.wait().code == 0
    assert ranges(command_line) == expected | {f"{topic}.30-31": (30, 31)}
    nothing = command_line.start_with_input("", *SIMULATED, "--ranges", "-").wait()
    assert (nothing.code, said(nothing.lines, "done")) == (0, 1)


def test_segments_that_are_stopped(topic: str, command_line: CommandLine, tmp_path: Path) -> None:
    """A run that is asked to stop before the last one is whole says so, and the same command goes on."""
    file = tmp_path / "ranges"
    file.write_text("5-9\n10-30\n")
    produce = (*SIMULATED, "--ranges", str(file))
    running = command_line.start_to("transaction committed", *produce, "--pace", "0.2", times=7, number=signal.SIGTERM)
    ended = running.wait()
    assert (ended.code, ended.error) == (3, "Interrupted"), ended.lines
    assert command_line.run(*produce).code == 0
    assert ranges(command_line) == {topic: (None, None), f"{topic}.5-9": (5, 9), f"{topic}.10-30": (10, 30)}


def test_segments_are_dropped(
    kafka: dict[str, str], topic: str, command_line: CommandLine, ledgers: list[Ledger], network: Network
) -> None:
    """Only segments of this topic are, by name and after asking; what is left is shown."""
    make_topic(kafka, topic)
    append_ledgers(kafka, topic, ledgers[:3], network)
    for name in (f"{topic}.5-6", f"{topic}.7-9", f"{topic}x.7-9"):
        make_topic(kafka, name)
    drop = ("topics", "--drop", f"{topic}.5-6", "--drop", f"{topic}.7-9")
    assert command_line.run(*drop).code == 3, "it did not ask"
    for refused, words in ((topic, "live topic"), (f"{topic}x.7-9", "no segment"), (f"{topic}.1-2", "no such topic")):
        ended = command_line.run(*drop, "--drop", refused, "--yes")
        assert ended.code == 2
        assert words in ended.reason
    assert len(ranges(command_line)) == 3
    ended = command_line.run(*drop, "--yes", "--json")
    assert ended.code == 0, ended.lines
    assert [(each["name"], each["last"]) for each in json.loads(ended.out)["topics"]] == [(topic, 4)]
    assert command_line.run(*drop, "--yes").code == 2


def test_a_segment_of_another_network(
    kafka: dict[str, str], topic: str, subscriber: str, command_line: CommandLine, ledgers: list[Ledger]
) -> None:
    """It holds nothing of this network, and nothing is published to it."""
    make_topic(kafka, f"{topic}.5-9")
    append_ledgers(kafka, f"{topic}.5-9", ledgers[3:8], network_of("testnet", None))
    assert ranges(command_line)[f"{topic}.5-9"] == (None, None)
    ended = command_line.run(*SIMULATED, "--first", "5", "--last", "9", "--segment")
    assert (ended.code, ended.error) == (32, "OtherNetwork")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["--segment"], 2, "--segment needs --first and --last"),
        (["--segment", "--first", "5"], 2, "--segment needs --first and --last"),
        (["--segment", "--first", "5", "--last", "end"], 2, "--segment needs --first and --last"),
        (["--segment", "--first", "9", "--last", "5"], 2, "--first 9 is above --last 5"),
        (["--segment", "--first", "1", "--last", "3"], 2, "--first '1': a ledger's sequence, from 2 on"),
        (["--ranges", "RANGES", "--segment"], 2, "leave --first, --last and --segment out"),
        (["--ranges", "RANGES", "--first", "5"], 2, "leave --first, --last and --segment out"),
        (["--ranges", "RANGES"], 2, "--ranges, line 3: '9-7'"),
    ],
)
def test_what_is_refused_of_segments(
    arguments: list[str], code: int, words: str, command_line: CommandLine, tmp_path: Path
) -> None:
    """What can't be published is said in one line, with what to do, before any of it is."""
    file = tmp_path / "ranges"
    file.write_text("# these\n2-3\n9-7\n")
    ended = command_line.run(*SIMULATED, *[str(file) if word == "RANGES" else word for word in arguments])
    assert ended.code == code, ended.lines
    assert words in ended.reason


def test_a_pipe_of_ledgers_and_many_ranges(command_line: CommandLine, tmp_path: Path) -> None:
    """A stream that can be read once can't give one range after the other."""
    (tmp_path / "ranges").write_text("2-3\n")
    ended = command_line.run("produce", "--source", "stream", "--ranges", str(tmp_path / "ranges"))
    assert ended.code == 2
    assert "--url" in ended.reason


@pytest.mark.parametrize("line", ["5", "a-b", "5–7", "5-7 8-9", "0-3", "05-7", "5-7,"])
def test_a_line_that_is_no_range(line: str, command_line: CommandLine) -> None:
    """It is named, and nothing is published."""
    ended = command_line.start_with_input(f"2-3\n{line}\n", *SIMULATED, "--ranges", "-").wait()
    assert ended.code == 2
    assert f"--ranges, line 2: {line!r} is no range of ledgers: FIRST-LAST" in ended.reason
