"""The README names every command, option, variable and exit code, and the settings come from where it says."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer

from ledgerstream.cli import app
from ledgerstream.exit_codes import _OF_ERROR, MEANING, ExitCode, exit_code_of
from ledgerstream.options import PREFIX, load_environment_file
from schemas import record
from schemas.ledger import Ledger
from schemas.network import Network
from tests.support.processes import CommandLine

README = (Path(__file__).parent.parent.parent / "README.md").read_text(encoding="utf-8")


def parameters() -> Iterator[tuple[str, list[str], str | None]]:
    """Each command's parameters: the command, the option's names, its variable."""
    group = typer.main.get_command(app)
    commands = {"": group, **group.commands}  # type: ignore[attr-defined]
    for name, command in commands.items():
        for parameter in command.params:
            if "--help" not in parameter.opts:
                yield name, [*parameter.opts, *parameter.secondary_opts], parameter.envvar


def section(title: str) -> str:
    """A section of the README, its heading aside."""
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", README, re.MULTILINE | re.DOTALL)
    assert found is not None, f"the README has no section {title!r}"
    return found[1]


def test_every_option_is_documented() -> None:
    """Each option, with its variable, has a row in the README's configuration."""
    configuration = section("Configuration")
    for command, names, variable in parameters():
        for name in names:
            assert f"`{name}`" in configuration, f"{command} {name}"
        if variable is not None:
            assert f"`{variable}`" in configuration, f"{command} {variable}"


def test_every_option_is_documented_for_its_commands() -> None:
    """The rows of an option name, together, each command that takes it."""
    documented: dict[str, set[str]] = {}
    rows = re.findall(r"^\| (`-.*?) \| (.*?) \| (.*?) \|", section("Configuration"), re.MULTILINE)
    for names, variable, commands in rows:
        key = names if variable == "–" else variable.strip("`")
        documented.setdefault(key, set()).update(commands.replace("all, ", "all ").split(", "))
    taken: dict[str, set[str]] = {}
    for command, names, variable in parameters():
        taken.setdefault(variable or " ".join(f"`{name}`" for name in names), set()).add(
            command or "all before the command"
        )
    assert documented == taken


def test_every_variable_that_is_documented_exists() -> None:
    """The README names no variable that nothing reads."""
    read = {variable for _, _, variable in parameters()}
    tests_read = {"LEDGERSTREAM_LEDGERS", "LEDGERSTREAM_REQUIRE_LEDGERS"}
    assert set(re.findall(r"LEDGERSTREAM_[A-Z_]+[A-Z]", README)) <= {str(name) for name in read} | tests_read


def test_every_value_has_a_variable() -> None:
    """Whatever takes a value can be set in the environment; all variables share one prefix."""
    for command, names, variable in parameters():
        for_people = ("--json", "--deep", "--check", "--drop", "--yes", "--follow", "--version")
        if names[0] not in for_people and (command, names[0]) != ("gaps", "--ranges"):
            assert variable is not None, f"{command} {names}"
            assert variable.startswith(PREFIX)


def test_every_command_is_documented() -> None:
    """Each command stands in the README."""
    for command in {name for name, _, _ in parameters() if name}:
        assert f"`ledgerstream {command}" in README


def test_every_exit_code_is_documented() -> None:
    """The README's table of exit codes is the program's."""
    rows = re.findall(r"^\| (\d+) \| (\w+) \| (.*?) \|", section("Exit codes"), re.MULTILINE)
    assert [(int(number), name, meaning) for number, name, meaning in rows] == [
        (code.value, code.name, MEANING[code]) for code in ExitCode
    ]


def test_every_header_is_documented(ledgers: list[Ledger], network: Network) -> None:
    """The README lists the headers of a record."""
    for name, _ in record.headers_of(ledgers[0], network):
        assert f"`{name}`" in section("The topic")


def test_an_errors_nearest_parent_gives_its_code() -> None:
    """A subclass has its parent's code, anything unknown the one of the unforeseen."""
    for error, code in _OF_ERROR.items():
        assert exit_code_of(type("Kind", (error,), {})("x")) is code
    assert exit_code_of(RuntimeError()) is ExitCode.UNEXPECTED


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A `.env` file fills in what the environment leaves open, and nothing that is not ours."""
    (tmp_path / ".env").write_text("LEDGERSTREAM_TOPIC=file\nLEDGERSTREAM_NETWORK='file'\nSOMEBODY_ELSES=file\n")
    monkeypatch.setenv("LEDGERSTREAM_TOPIC", "environment")
    monkeypatch.delenv("LEDGERSTREAM_NETWORK", raising=False)
    load_environment_file(tmp_path)
    assert os.environ["LEDGERSTREAM_TOPIC"] == "environment"
    assert os.environ.pop("LEDGERSTREAM_NETWORK") == "file"
    assert "SOMEBODY_ELSES" not in os.environ


def test_the_command_line_wins_over_the_environment(tmp_path: Path) -> None:
    """Option over environment over `.env` file, in a real process."""
    (tmp_path / ".env").write_text("LEDGERSTREAM_PRODUCE_FIRST=of-the-file\nLEDGERSTREAM_KAFKA=nowhere:1\n")
    produce = ("produce", "--source", "simulated")

    def reason(*arguments: str, **environment: str) -> str:
        return CommandLine(environment, folder=tmp_path).run(*produce, *arguments).reason

    assert "of-the-file" in reason()
    assert "of-the-environment" in reason(LEDGERSTREAM_PRODUCE_FIRST="of-the-environment")
    assert "of-the-option" in reason("--first", "of-the-option", LEDGERSTREAM_PRODUCE_FIRST="of-the-environment")
