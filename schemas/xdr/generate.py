"""From stellar-sdk's types to the text of `readers.py`."""

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from schemas.xdr.emitter import emit
from schemas.xdr.layout import layout_of

READERS = Path(__file__).parent / "readers.py"


def generated() -> str:
    """The module as it should be, formatted as everything here is."""
    text = emit(layout_of("LedgerCloseMeta"), version("stellar-sdk"))
    formatter = [sys.executable, "-m", "ruff", "format", "--stdin-filename", str(READERS), "-"]
    return subprocess.run(formatter, input=text, capture_output=True, text=True, check=True).stdout
