"""The README's table of what breaks names the tests that prove it, and they speak of the exit codes that it names."""

import ast
import functools
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledgerstream.exit_codes import _OF_ERROR, exit_code_of
from tests.unit.test_documentation import section

TESTS = Path(__file__).parent.parent


def rows() -> Iterator[tuple[str, str, list[str]]]:
    """What breaks, what you see, and the names of the tests that prove it."""
    for line in section("What breaks, what you see, what to do").splitlines():
        if line.startswith("| ") and not line.startswith("| what"):
            breaks, seen, _, tests = line.strip("| ").split(" | ")
            yield breaks, seen, re.findall(r"`(\w+)`", tests)


@functools.cache
def sources() -> dict[str, str]:
    """The source of each test, with that of the functions beside it that it uses."""
    found: dict[str, list[str]] = {}
    for path in TESTS.rglob("test_*.py"):
        functions = functions_of(path)
        for name in functions:
            if name.startswith("test_"):
                found.setdefault(name, []).append(with_what_it_uses(name, functions))
    # A name that two tests have proves nothing.
    return {name: each[0] for name, each in found.items() if len(each) == 1}


def functions_of(path: Path) -> dict[str, str]:
    text = path.read_text(encoding="utf-8")
    functions = [node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]
    return {node.name: ast.get_source_segment(text, node) or "" for node in functions}


def with_what_it_uses(name: str, functions: dict[str, str]) -> str:
    used, new = set[str](), {name}
    while new:
        used |= new
        words = {word for each in new for word in re.findall(r"\w+", functions[each])}
        new = (words & set(functions)) - used
    return "\n".join(functions[each] for each in sorted(used))


def kinds(error: type[BaseException]) -> Iterator[type[BaseException]]:
    yield error
    for kind in error.__subclasses__():
        yield from kinds(kind)


def codes_in(source: str) -> set[int]:
    """The exit codes that a test speaks of: by number, or by the name of an error that ends a command with it."""
    words = set(re.findall(r"\w+", source))
    named = {exit_code_of(kind("")).value for error in _OF_ERROR for kind in kinds(error) if kind.__name__ in words}
    return named | {int(word) for word in words if word.isdigit()}


@pytest.mark.parametrize(("breaks", "seen", "tests"), list(rows()), ids=[breaks for breaks, _, _ in rows()])
def test_every_row_is_proved(breaks: str, seen: str, tests: list[str]) -> None:
    """The row names tests that there are, and each exit code in it is spoken of by one of them."""
    assert tests
    assert sorted(set(tests) - set(sources())) == []
    codes = {int(code) for code in re.findall(r"\bcode (\d+)", seen, re.IGNORECASE)}
    assert codes <= {code for test in tests for code in codes_in(sources()[test])}


def test_there_are_rows() -> None:
    """The table is found."""
    assert len(list(rows())) > 20
