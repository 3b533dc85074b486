"""Coverage-guided fuzzing: `python -m tests.fuzz TARGET FOLDER SECONDS`, where atheris is installed.

FOLDER keeps what was worth trying: another run goes on with it. It is filled with seeds first. Bytes that break
something are written to the working folder; `python -m tests.fuzz TARGET FILE` tries them again.
"""

import importlib
import subprocess
import sys
from contextlib import suppress
from functools import partial
from pathlib import Path
from types import ModuleType

import zstandard

LONGEST_BYTES = 200_000
"""Longer seeds are tried too rarely in an hour."""

LONGEST_SECONDS = 10
MEMORY_MEGABYTES = 2048

COMPRESSED = ("payload", "lake")
"""Targets whose bytes are one zstd frame."""

_CHANGES_OF_THE_FRAME_ITSELF = 5  # one in so many
_LONGEST_INSIDE_BYTES = 8 << 20
_GROWTH_BYTES = 256


def fuzz(target: str, folder: Path, seconds: int) -> None:
    """Fuzz for so long; the process ends with the fuzzer's own code."""
    atheris = importlib.import_module("atheris")
    subprocess.run(
        [sys.executable, "-m", "tests.fuzz.seeds", target, str(folder), str(LONGEST_BYTES)], check=True
    )  # apart: what is imported before is not instrumented
    with atheris.instrument_imports(include=["schemas", "consumer.decode", "producer.sources.lake"]):
        targets = importlib.import_module("tests.fuzz.targets")
    options = {
        "max_total_time": seconds,
        "max_len": LONGEST_BYTES,
        "timeout": LONGEST_SECONDS,
        "rss_limit_mb": MEMORY_MEGABYTES,
        "print_final_stats": 1,
    }
    more = {"custom_mutator": partial(_change_inside, atheris)} if target in COMPRESSED else {}
    arguments = ["fuzz", str(folder), *(f"-{name}={value}" for name, value in options.items())]
    atheris.Setup(arguments, targets.TARGETS[target], **more)
    atheris.Fuzz()


def _change_inside(fuzzer: ModuleType, data: bytes, longest_bytes: int, number: int) -> bytes:
    """Change what is compressed, mostly: a frame that was changed itself is rarely whole, and hides what it holds."""
    if number % _CHANGES_OF_THE_FRAME_ITSELF:
        with suppress(zstandard.ZstdError):
            reader = zstandard.ZstdDecompressor(max_window_size=_LONGEST_INSIDE_BYTES).stream_reader(data)
            inside = reader.read(_LONGEST_INSIDE_BYTES)
            changed = zstandard.ZstdCompressor().compress(fuzzer.Mutate(inside, len(inside) + _GROWTH_BYTES))
            if len(changed) <= longest_bytes:
                return changed
    return bytes(fuzzer.Mutate(data, longest_bytes))


def main() -> None:
    """One target, for some time; or one file again."""
    target, place, *seconds = sys.argv[1:]
    if seconds:
        fuzz(target, Path(place), int(seconds[0]))
    else:
        importlib.import_module("tests.fuzz.targets").TARGETS[target](Path(place).read_bytes())


if __name__ == "__main__":
    main()
