"""A new subscriber at once: live goes on from the topic's end, while backfill fills what lies below it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from types import TracebackType
from typing import Self

import structlog

from consumer.backfill.run import Plan, Shown, backfill
from consumer.beginning import NEXT, begun, topic_there
from consumer.consume import consume
from consumer.reader import TopicReader
from consumer.store import Store
from consumer.topics import Topics

log = structlog.get_logger(__name__)


def replay(
    store: Store,
    reader: TopicReader,
    topics: Topics,
    plan: Plan,
    *,
    stop: Callable[[], bool],
    stopped: Callable[[], bool],
    shown: Shown,
) -> bool:
    """Commit what comes, and all from `plan.first` on that came before; whether that is there when `stop` comes.

    Where live begins is recorded once, at the first start, one after the topic's newest ledger: another start goes on
    with both. `plan.last` is not used: history ends where live began. `stop` is live's, whose turns show life;
    `stopped` says the same to history.

    Raises:
        BackfillIncomplete: some of the history can't be filled. Live ends, too: what is asked for is both.
        ConsumerError: another of its kinds.
        ContractError: a topic or the broker can't be used.
    """
    if not topic_there(store, reader, None, stop) or not begun(store, reader, NEXT, None, stop):
        return False
    live_first = store.cursor.live_first
    if live_first is None or plan.first >= live_first:
        return consume(store, reader, topics, plan.task.network, first=NEXT, last=None, stop=stop)
    with _History(replace(plan, last=live_first - 1), stopped, shown) as history:
        consume(
            store, reader, topics, plan.task.network, first=NEXT, last=None, stop=lambda: stop() or history.failed()
        )
    return history.filled()


class _History:
    """Backfill in a thread that does little itself: the work is its worker processes'."""

    def __init__(self, plan: Plan, stop: Callable[[], bool], shown: Shown) -> None:
        self._live_ended = False
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._filling = self._thread.submit(backfill, plan, stop=lambda: self._live_ended or stop(), shown=shown)

    def failed(self) -> bool:
        return self._filling.done() and self._filling.exception() is not None

    def filled(self) -> bool:
        """Once it has ended.

        Raises:
            whatever ended it.
        """
        return self._filling.result()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, live_error: BaseException | None, _traceback: TracebackType | None
    ) -> None:
        self._live_ended = True
        error = self._filling.exception()
        if error is not None and live_error is not None:
            log.error("history could not be filled either", reason=str(error))
