"""One run of backfill: what is missing, in batches, by worker processes; what they hold is the database's to know."""

import signal
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from itertools import islice
from multiprocessing import connection, get_context, resource_tracker
from typing import Protocol

import structlog

from consumer.backfill.grid import Batch, batches
from consumer.backfill.store import BatchStore, session_name
from consumer.backfill.watchdog import Watchdog
from consumer.backfill.worker import Failed, Filled, Flushed, Ready, Taken, Task, Word, is_of_a_batch, work
from consumer.errors import BackfillIncomplete, DatabaseLost, DatabaseUnreachable, LivesOwn
from consumer.topics import Topics
from schemas.ranges import Range, ledgers_in, without

_TURN_SECONDS = 0.2
_ASK_AGAIN_SECONDS = 0.5
_DEATHS_OF_A_BATCH = 3
_DEATHS_IN_A_ROW = 6
_DISMISS_SECONDS = 2.5
_TOLD = 5  # ranges and reasons in a message

log = structlog.get_logger(__name__)


class Progress(Protocol):
    """Is told how many ledgers more are there; 0 is a sign of life."""

    def advance(self, ledgers: int) -> None: ...


Shown = Callable[[int], AbstractContextManager[Progress]]


@dataclass(frozen=True, slots=True)
class Plan:
    """What to fill: from `first` to `last`, or up to where live began; with how many workers."""

    task: Task
    first: int
    last: int | None
    workers: int
    lease_seconds: float


def backfill(plan: Plan, *, stop: Callable[[], bool], shown: Shown) -> bool:
    """Fill what is missing; whether all of it is there, durably. False when `stop` came first.

    `shown` is called with the number of ledgers that are missing, for a progress.

    Raises:
        LivesOwn: it reaches up to where live began.
        BackfillIncomplete: some of it is still missing; the message says why.
        ConsumerError: another of its kinds.
        ContractError: the topics or the broker can't be used.
    """
    task = plan.task
    opened = BatchStore.open(
        task.database_url,
        task.schema,
        task.network,
        timeout_seconds=task.timeout_seconds,
        session_pooling=task.session_pooling,
        name=f"ledgerstream fill {task.schema}",
    )
    with closing(opened) as store:
        asked = _asked(plan, store)
        missing = store.missing(asked)
        absent = _absent(task, store, missing)
        log.info("filling", subscriber=task.schema, first=asked.first, last=asked.last, missing=ledgers_in(missing))
        with (
            shown(ledgers_in(missing)) as progress,
            closing(_Run(plan, store, without(missing, absent), progress)) as run,
        ):
            run.until_done(stop)
        left = store.missing(asked)
        oldest = store.make_durable()  # after the look: what it saw is durable then, whoever committed it
        if left and stop():
            log.warning("stopped: some ledgers are still missing", missing=_listed(left))
            return False
        _check_filled(left, absent, run.failures)
        log.info("filled", subscriber=task.schema, first=asked.first, last=asked.last, oldest=oldest)
        return True


def _asked(plan: Plan, store: BatchStore) -> Range:
    last = store.live_first - 1 if plan.last is None else plan.last
    if max(plan.first, last) >= store.live_first:
        raise LivesOwn(
            f"ledgers from {store.live_first} on are live's, which began there: backfill of subscriber {store.schema} "
            f"goes up to {store.live_first - 1} at most; ledgerstream consume commits the others"
        )
    return Range(plan.first, last)


def _absent(task: Task, store: BatchStore, missing: list[Range]) -> list[Range]:
    """What no topic holds, told at once: no worker has to look for it."""
    with closing(
        Topics(task.kafka, task.topic, task.network, timeout_seconds=task.timeout_seconds, waiting=store.beat)
    ) as topics:
        held = [
            Range(each.first, each.last) for each in topics.all() if each.first is not None and each.last is not None
        ]
    absent = without(missing, held)
    for each in absent[:_TOLD]:
        log.error("no topic holds what is missing", first=each.first, last=each.last, publish=_publishing(each))
    return absent


def _publishing(missing: Range) -> str:
    return f"ledgerstream produce --first {missing.first} --last {missing.last} --segment"


def _check_filled(left: list[Range], absent: list[Range], failures: dict[Batch, Exception]) -> None:
    if not left:
        return
    if not absent and (lost := _only_sessions_lost(failures)):
        raise lost
    reasons = [f"no topic holds {each}: {_publishing(each)} publishes them" for each in absent[:_TOLD]]
    reasons += dict.fromkeys(str(error) for error in failures.values())
    raise BackfillIncomplete(
        f"{ledgers_in(left)} ledgers are missing still, {_listed(left)}; the others are there, and the same command "
        f"fills what is missing. Why: {'; '.join(reasons[:_TOLD]) or 'somebody deleted them meanwhile'}"
    )


def _only_sessions_lost(failures: dict[Batch, Exception]) -> Exception | None:
    """The first of the failures, if all are of the database's sessions: another start fills what they left."""
    if all(isinstance(error, DatabaseLost | DatabaseUnreachable) for error in failures.values()):
        return next(iter(failures.values()), None)
    return None


def _listed(ranges: list[Range]) -> str:
    more = f" and {len(ranges) - _TOLD} ranges more" if len(ranges) > _TOLD else ""
    return ", ".join(str(each) for each in ranges[:_TOLD]) + more


class _Worker:
    """A worker process, as its parent sees it."""

    def __init__(self, task: Task, generation: int) -> None:
        context = get_context("spawn")
        self._pipe, other = context.Pipe()
        self.process = context.Process(target=work, args=(task, generation, other), daemon=True)
        with _deaf_to_ctrl_c():
            self.process.start()
        self._started = time.monotonic()
        other.close()
        self.session: int | None = None
        self.batch: Batch | None = None
        self.last_word: Exception | None = None

    @property
    def idle(self) -> bool:
        return self.session is not None and self.batch is None and self.last_word is None

    def unready_seconds(self) -> float:
        """For how long it has had no session; one that has had one is the watchdog's."""
        return time.monotonic() - self._started if self.session is None else 0.0

    def take(self, batch: Batch) -> None:
        self.batch = batch
        try:
            self._pipe.send(batch)
        except OSError:
            return  # it has died; that is noticed by its sentinel

    def words(self) -> Iterator[Word]:
        """What it has said since."""
        try:
            while self._pipe.poll():
                yield self._pipe.recv()
        except (EOFError, OSError):
            return

    @property
    def waited_for(self) -> list[connection.Connection | int]:
        return [self._pipe, self.process.sentinel]

    def why_it_died(self) -> Exception:
        code = self.process.exitcode
        how = f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"
        return self.last_word or BackfillIncomplete(f"its worker died ({how})")


@contextmanager
def _deaf_to_ctrl_c() -> Iterator[None]:
    """What is started within does not hear it, though all processes of a terminal get it: its parent dismisses it."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # its start would unblock the signal
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


class _Run:
    """Workers and what they have in hand; `failures` are the batches that could not be filled, and why."""

    def __init__(self, plan: Plan, store: BatchStore, wanted: list[Range], progress: Progress) -> None:
        self.failures: dict[Batch, Exception] = {}
        self._plan = plan
        self._store = store
        self._progress = progress
        # It waits for a session and for the answers in it for no longer than it may, and for nothing else.
        self._ready_within_seconds = plan.lease_seconds + 2 * plan.task.timeout_seconds
        self._watchdog = Watchdog(store, session_name(store.schema), plan.lease_seconds)
        self._new = batches(wanted, store.batch_ledgers)
        self._most_workers = len(list(islice(batches(wanted, store.batch_ledgers), plan.workers)))
        self._again: deque[tuple[float, Batch]] = deque()
        self._deaths: Counter[Batch] = Counter()
        self._deaths_in_a_row = 0
        self._flushed: Counter[Batch | None] = Counter()
        self._workers: list[_Worker] = []
        self._next: Batch | None = next(self._new, None)
        self._told_taken = False

    def until_done(self, stop: Callable[[], bool]) -> None:
        while self._work_left() and not stop():
            self._start_workers()
            self._hear()
            self._bury()
            self._hand_out()
            self._end_what_stands_still()
            self._progress.advance(0)

    def _work_left(self) -> bool:
        return self._next is not None or bool(self._again) or any(worker.batch for worker in self._workers)

    def _start_workers(self) -> None:
        """As many as there is work for."""
        wanted = min(
            self._most_workers, len(self._workers) + len(self._again) + (self._most_workers if self._next else 0)
        )
        while len(self._workers) < wanted:
            self._workers.append(_Worker(self._plan.task, self._store.generation))

    def _hear(self) -> None:
        connection.wait([each for worker in self._workers for each in worker.waited_for], _TURN_SECONDS)
        for worker in self._workers:
            for word in worker.words():
                self._heed(worker, word)

    def _heed(self, worker: _Worker, word: Word) -> None:
        match word:
            case Ready(session):
                worker.session = session
            case Flushed(ledgers):
                self._flushed[worker.batch] += ledgers
                self._progress.advance(ledgers)
            case Filled():
                self._deaths_in_a_row = 0
                batch = self._done_by(worker)
                self._progress.advance(len(batch) - self._flushed.pop(batch, 0))  # the rest somebody else has filled
            case Taken():
                self._ask_again(self._done_by(worker))
            case Failed(DatabaseLost() | DatabaseUnreachable() as error):
                worker.last_word = error  # it ends; the next one may have a better session, or have one at all
            case Failed(error) if is_of_a_batch(error) and worker.batch is not None:
                self._fail(self._done_by(worker), error)
            case Failed(error):
                raise error

    def _done_by(self, worker: _Worker) -> Batch:
        batch, worker.batch = worker.batch, None
        assert batch is not None
        return batch

    def _ask_again(self, batch: Batch, after_seconds: float = _ASK_AGAIN_SECONDS) -> None:
        if not self._told_taken:
            self._told_taken = True
            log.info("another backfill is at work: its batches are waited for", first=batch.parts[0].first)
        self._again.append((time.monotonic() + after_seconds, batch))

    def _fail(self, batch: Batch, error: Exception) -> None:
        self.failures[batch] = error
        log.error("batch not filled", first=batch.parts[0].first, last=batch.parts[-1].last, reason=str(error))

    def _bury(self) -> None:
        """Those that have died; what they had in hand goes to another one, a few times."""
        for worker in [each for each in self._workers if not each.process.is_alive()]:
            for word in worker.words():
                self._heed(worker, word)
            self._workers.remove(worker)
            self._deaths_in_a_row += 1
            error = worker.why_it_died()
            log.warning("a worker died", reason=str(error))
            if worker.batch is not None:
                self._try_elsewhere(self._done_by(worker), error)
            if self._deaths_in_a_row >= _DEATHS_IN_A_ROW:
                raise error

    def _try_elsewhere(self, batch: Batch, error: Exception) -> None:
        self._deaths[batch] += 1
        if self._deaths[batch] >= _DEATHS_OF_A_BATCH:
            self._fail(batch, error)
        else:
            self._again.append((0.0, batch))

    def _hand_out(self) -> None:
        for worker in self._workers:
            if worker.idle and (batch := self._next_batch()) is not None:
                worker.take(batch)

    def _next_batch(self) -> Batch | None:
        if self._again and self._again[0][0] <= time.monotonic():
            return self._again.popleft()[1]
        batch = self._next
        if batch is not None:
            self._next = next(self._new, None)
        return batch

    def _end_what_stands_still(self) -> None:
        ended = self._watchdog.look()
        for worker in self._workers:
            if worker.session is not None and (worker.session in ended or self._watchdog.is_gone(worker.session)):
                worker.process.kill()
            elif worker.unready_seconds() > self._ready_within_seconds:
                log.warning("a worker does not get ready: it is ended", waited_seconds=self._ready_within_seconds)
                worker.process.kill()

    def close(self) -> None:
        """Have the workers finish the flush in hand, and end those that do not."""
        for worker in self._workers:
            worker.process.terminate()
        deadline = time.monotonic() + _DISMISS_SECONDS
        for worker in self._workers:
            worker.process.join(max(0.0, deadline - time.monotonic()))
            worker.process.kill()
            worker.process.join()
            for word in worker.words():
                if isinstance(word, Flushed):
                    self._progress.advance(word.ledgers)
