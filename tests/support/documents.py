"""What the documents tell their readers to run, as tests run it."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent


def blocks(document: str, section: str, language: str) -> list[str]:
    """The fenced blocks of a language in a section, its subsections included."""
    text = (ROOT / document).read_text(encoding="utf-8")
    found = re.search(rf"^(#+) {re.escape(section)}\n(.*?)(?=^#{{1,2}} |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found is not None, f"{document} has no section {section!r}"
    return re.findall(rf"^```{language}\n(.*?)^```$", found[2], re.MULTILINE | re.DOTALL)
