"""Objects of a lake, asked for before their turn and handed over in order."""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from producer.sources.lake.batch import LedgerObject
from producer.sources.lake.layout import Layout, LedgerFile

AHEAD_BYTES = 64 * 1024 * 1024
"""Of compressed objects that may lie in memory; one object is always asked for, however large."""

Fetch = Callable[[LedgerFile], LedgerObject | None]


class Ahead:
    """Keeps a window of objects on their way, beginning with the next one.

    The window doubles with every object that was there, and falls back to one with every object that was not: at
    the lake's end only the next object is asked for, again and again, and far from it all workers are busy.
    """

    def __init__(self, pool: ThreadPoolExecutor, fetch: Fetch, layout: Layout, most: int, last: int | None) -> None:
        self._pool = pool
        self._fetch = fetch
        self._layout = layout
        self._most = most
        self._last = last
        self._window = 1
        self.any_came = False
        self._on_their_way: deque[tuple[LedgerFile, Future[LedgerObject | None]]] = deque()

    def take(self, file: LedgerFile) -> Future[LedgerObject | None]:
        """The answer to come for `file`; those after it are asked for as well."""
        if self._on_their_way and self._on_their_way[0][0] != file:
            self.close()
        self._fill(file)
        return self._on_their_way.popleft()[1]

    def came(self, found: LedgerObject) -> None:
        """The object last taken was there."""
        self.any_came = True
        within_memory = max(1, AHEAD_BYTES // max(1, len(found.content)))
        self._window = min(self._window * 2, self._most, within_memory)

    def missed(self) -> None:
        """The object last taken was not there: neither will be those after it."""
        self.close()
        self._window = 1

    def close(self) -> None:
        """Forget what is on its way."""
        while self._on_their_way:
            self._on_their_way.popleft()[1].cancel()

    def _fill(self, file: LedgerFile) -> None:
        following = self._layout.file_after(self._on_their_way[-1][0]) if self._on_their_way else file
        while not self._on_their_way or (len(self._on_their_way) < self._window and self._is_wanted(following)):
            self._on_their_way.append((following, self._pool.submit(self._fetch, following)))
            following = self._layout.file_after(following)

    def _is_wanted(self, file: LedgerFile) -> bool:
        return self._last is None or file.first <= self._last
