"""The README's first command, on the servers of the test run."""

import re

from consumer.tables import CHOICE
from tests.support.processes import CommandLine


def test_demo(command_line: CommandLine) -> None:
    """Ledgers run through, the consumer is killed in mid-ledger, and everything is there once; the code is zero."""
    ended = command_line.run("demo", timeout_seconds=120)
    said = "\n".join(str(line.get("text")) for line in ended.lines)
    assert ended.code == 0, said
    assert "half of its rows already sent" in said
    for table in CHOICE:
        assert re.search(rf"{table.name}: [1-9]\d* rows", said), "a table is empty"
    assert "every ledger once, whatever crashed" in said
