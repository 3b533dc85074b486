"""The faults of chaos runs that nobody would miss if they did not strike."""

import errno
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import psutil  # type: ignore[import-untyped]
import pytest

from tests.chaos.disk import small_disk
from tests.chaos.faults import FAULTS

GREEDY = """
import sys
for _ in sys.stdin:
    try:
        bytearray(64 << 20)
        print("had it", flush=True)
    except MemoryError:
        print("had none", flush=True)
"""


def test_a_disk_that_is_full(tmp_path: Path) -> None:
    """Nothing more can be written until it is cleared."""
    with small_disk(tmp_path / "disk") as disk:
        if disk is None:
            pytest.skip("nothing can be mounted here")
        file = tmp_path / "disk" / "file"
        file.write_bytes(bytes(1 << 20))
        disk.fill()
        with pytest.raises(OSError, match="No space left") as caught:
            file.write_bytes(bytes(4 << 20))
        assert caught.value.errno == errno.ENOSPC
        disk.clear()
        file.write_bytes(bytes(4 << 20))


@pytest.mark.skipif(sys.platform != "linux", reason="limits of another process are Linux's")
def test_a_process_without_memory() -> None:
    """It gets not a page more, and as much as before afterwards."""
    with subprocess.Popen(
        [sys.executable, "-c", GREEDY], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as greedy:
        command = SimpleNamespace(running=lambda: psutil.Process(greedy.pid), shorten_memory=lambda: None)
        system = SimpleNamespace(named=lambda _: command)

        def ask() -> str:
            assert greedy.stdin is not None
            assert greedy.stdout is not None
            greedy.stdin.write("\n")
            greedy.stdin.flush()
            return greedy.stdout.readline().strip()

        assert ask() == "had it"
        with FAULTS["little memory"].strikes(system, "second"):  # type: ignore[arg-type]
            assert ask() == "had none"
        assert ask() == "had it"
