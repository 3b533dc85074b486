"""The list of mutants is one of this source: see `tests.mutants`."""

import pytest

from tests.mutants import MUTANTS, ROOT, Mutant


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda each: each.name)
def test_a_mutant_can_be_made_and_caught(mutant: Mutant) -> None:
    """Each text is in its file once, and each test that is to notice is there."""
    for file, text, instead in mutant.texts:
        assert (ROOT / file).read_text(encoding="utf-8").count(text) == 1, file
        assert instead != text
    for test in mutant.tests:
        file, _, name = test.partition("::")
        assert (f"def {name}(" if name else "def test_") in (ROOT / file).read_text(encoding="utf-8"), test
