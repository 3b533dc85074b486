"""A lock between processes that goes with the process that holds it, however that ends."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

from ledgerstream.embedded.errors import StackBusy
from ledgerstream.embedded.process import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    def _try_lock(file: IO[bytes]) -> bool:
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(file: IO[bytes]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@contextmanager
def held(lock_file: Path, timeout_seconds: float) -> Iterator[None]:
    """Hold `lock_file` for the body; its folder must exist.

    The file is never deleted: two processes could then hold two files of the same name.

    Raises:
        StackBusy: Somebody else held it for all of `timeout_seconds`.
    """
    # Closing the file gives the lock back. Python's descriptors are not inherited, so no server keeps it.
    with lock_file.open("ab") as file:
        if not wait_until(lambda: _try_lock(file), timeout_seconds):
            raise StackBusy(lock_file, timeout_seconds)
        yield
