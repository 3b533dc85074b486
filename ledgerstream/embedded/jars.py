"""The jars of Apache Kafka: pinned by a lock file, fetched once, verified at every start.

The lock names every jar, so nothing is resolved when a user downloads them: no POM is read, and a dependency that
appears upstream cannot slip in. (`jgo.build` would moreover fetch a Java 11 of its own to classify the jars.)
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from ledgerstream.embedded import file_lock
from ledgerstream.embedded.errors import DownloadFailed, JarsDiffer
from ledgerstream.embedded.folders import cache_dir

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from jgo.maven import MavenContext

    Advance = Callable[[int], None]
    # What jgo calls for each file, with its name and its size in bytes.
    DownloadProgress = Callable[[str, int], AbstractContextManager[Advance]]

KAFKA_VERSION = "4.4.0"
LOCK_NAME = "jars.lock"

PARALLEL_DOWNLOADS = 6
# Another process may be downloading over a slow line.
LOCK_TIMEOUT_SECONDS = 600
REQUEST_TIMEOUT_SECONDS = 30
PLAIN_PROGRESS_INTERVAL_SECONDS = 10
MIB = 1024 * 1024


@dataclass(frozen=True)
class Jar:
    """One line of the lock file."""

    sha256: str
    size_bytes: int
    coordinate: str  # group:artifact:version

    @property
    def file_name(self) -> str:
        _group, artifact, version = self.coordinate.split(":")
        return f"{artifact}-{version}.jar"

    @property
    def line(self) -> str:
        return f"{self.sha256}  {self.size_bytes:>9}  {self.coordinate}"


def parse_lock(text: str) -> list[Jar]:
    """The jars of a lock file's text; empty lines and comments do not count.

    Raises:
        ValueError: A line is not of the form `sha256 size group:artifact:version`.
    """
    fields = (line.split() for line in text.splitlines() if line.strip() and not line.startswith("#"))
    return [Jar(sha256, int(size), coordinate) for sha256, size, coordinate in fields]


def lock_text() -> str:
    return (resources.files("ledgerstream.embedded") / LOCK_NAME).read_text(encoding="utf-8")


def locked_jars() -> list[Jar]:
    return parse_lock(lock_text())


def jar_folder() -> Path:
    """Where these very jars are cached: a changed lock has a folder of its own, and never meets old jars."""
    digest = hashlib.sha256(lock_text().encode()).hexdigest()
    return cache_dir() / f"kafka-{KAFKA_VERSION}-{digest[:8]}"


def verified_folder() -> Path:
    """The folder of the jars, after a look at every byte of them (43 MB, 0.1 s).

    Raises:
        JarsDiffer: Jars are missing, changed, or too many.
    """
    folder = jar_folder()
    require_exactly(locked_jars(), folder)
    return folder


def require_exactly(jars: list[Jar], folder: Path) -> None:
    """Compare a folder with the lock, both ways: an additional jar would be loaded as well.

    Raises:
        JarsDiffer: Naming each jar that is missing, changed, or too many.
    """
    expected = {jar.file_name: jar for jar in jars}
    found = {path.name: path for path in folder.glob("*")}
    differences = [f"{name} is missing" for name in sorted(expected.keys() - found.keys())]
    differences += [f"{name} does not belong there" for name in sorted(found.keys() - expected.keys())]
    differences += [
        f"{name} has another SHA-256"
        for name in sorted(expected.keys() & found.keys())
        if sha256_of(found[name]) != expected[name].sha256
    ]
    if differences:
        raise JarsDiffer(folder, differences)


def sha256_of(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def fetch_if_missing(say: Callable[[str], None]) -> None:
    """Download the jars into the cache, unless they are there.

    The folder appears in one step, complete and verified. Of two processes that come at the same time, the second
    waits and finds it.

    Raises:
        DownloadFailed: Maven Central did not deliver them.
        JarsDiffer: What it delivered is not what the lock file says.
        StackBusy: Another process has been downloading for ten minutes.
    """
    folder = jar_folder()
    if folder.exists():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    with file_lock.held(folder.with_name(f"{folder.name}.lock"), LOCK_TIMEOUT_SECONDS):
        if not folder.exists():
            _fetch(folder, say)


def _fetch(folder: Path, say: Callable[[str], None]) -> None:
    jars = locked_jars()
    total_bytes = sum(jar.size_bytes for jar in jars)
    say(f"downloading Apache Kafka {KAFKA_VERSION}, once: {len(jars)} jars, {total_bytes / MIB:.0f} MiB")
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f"{folder.name}.part-") as part:
        draft = Path(part) / "jars"
        draft.mkdir()
        with _progress(total_bytes, say) as progress:
            _download([jar.coordinate for jar in jars], draft, progress)
        require_exactly(jars, draft)
        draft.rename(folder)


def _download(coordinates: list[str], folder: Path, progress: DownloadProgress) -> None:
    """Raises DownloadFailed; afterwards `folder` holds the jars and nothing else."""
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix="repository-") as repository:
        context = maven_context(Path(repository), progress)
        with ThreadPoolExecutor(PARALLEL_DOWNLOADS) as pool:
            downloads = [pool.submit(download, context, coordinate) for coordinate in coordinates]
        for finished in downloads:
            jar = finished.result()
            shutil.move(jar, folder / jar.name)


def maven_context(repository: Path, progress: DownloadProgress | None = None) -> MavenContext:
    """Maven Central, downloading into `repository`: not the user's own ~/.m2, which nothing here vouches for."""
    from jgo.maven import MavenContext, PythonResolver  # noqa: PLC0415 - belongs to the extra `local`

    return MavenContext(
        resolver=PythonResolver(progress_callback=progress),
        repo_cache=repository,
        timeout=REQUEST_TIMEOUT_SECONDS,
    )


def download(context: MavenContext, coordinate: str) -> Path:
    """Raises DownloadFailed, for a broken connection as for a jar that is not there."""
    group, artifact, version = coordinate.split(":")
    try:
        path: Path = context.project(group, artifact).at_version(version).artifact().resolve()
    except (OSError, RuntimeError) as error:  # requests' exceptions are OSErrors
        raise DownloadFailed(str(error)) from error
    return path


@contextmanager
def _progress(total_bytes: int, say: Callable[[str], None]) -> Iterator[DownloadProgress]:
    """A bar for all files together on a terminal, a line every few seconds anywhere else."""
    from rich.console import Console  # noqa: PLC0415 - only a first start needs it
    from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn  # noqa: PLC0415

    console = Console(stderr=True)
    if not console.is_terminal:
        yield _for_each_file(_lines(total_bytes, say))
        return
    columns = ("downloading", BarColumn(), DownloadColumn(binary_units=True), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("downloading", total=total_bytes)
        yield _for_each_file(lambda received_bytes: bar.advance(task, received_bytes))


def _for_each_file(advance: Advance) -> DownloadProgress:
    @contextmanager
    def file_progress(_name: str, _size_bytes: int) -> Iterator[Advance]:
        yield advance

    return file_progress


def _lines(total_bytes: int, say: Callable[[str], None]) -> Advance:
    received_bytes = 0
    said_at = time.monotonic()

    def advance(more_bytes: int) -> None:
        # Called by several threads: a lost update makes a line a little wrong, and nothing else.
        nonlocal received_bytes, said_at
        received_bytes += more_bytes
        if time.monotonic() - said_at > PLAIN_PROGRESS_INTERVAL_SECONDS:
            said_at = time.monotonic()
            say(f"downloaded {received_bytes / MIB:.0f} of {total_bytes / MIB:.0f} MiB")

    return advance
