"""Named points between which a process can die. Only this wrapper knows them; the product has no switch for it.

`python -m tests.support.crashing POINT TIMES SIGNAL ARGUMENTS…` runs the command line with ARGUMENTS and sends itself
SIGNAL when POINT is reached for the TIMES-th time.
"""

import functools
import importlib
import json
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Point:
    """Before or after a call of `owner.function`, `owner` being a module or a class in one."""

    owner: str
    function: str
    after: bool = True
    once: bool = False
    """Reached once a process, at its start, rather than once a ledger."""


CONSUMER = {
    "lock taken": Point("consumer.lock:SubscriberLock", "take", once=True),
    "schema migrated": Point("consumer.store", "migrate", once=True),
    "epoch raised": Point("consumer.store:Store", "_raise_epoch", once=True),
    "first ledger recorded": Point("consumer.store:Store", "begin_at", once=True),
    "ledger found": Point("consumer.reader:TopicReader", "_search", once=True),
    "ledger fetched": Point("consumer.consume", "_process", after=False),
    "ledger decoded": Point("consumer.consume", "decoded"),
    "partitions made": Point("consumer.partitions:Partitions", "make"),
    "rows half copied": Point("consumer.store:Store", "_copy"),
    "row copied": Point("psycopg:Copy", "write_row"),
    "cursor moved": Point("consumer.store:Store", "_advance"),
    "listeners told": Point("consumer.store:Store", "_notify"),
    "ledger committed": Point("consumer.store:Store", "write"),
    "hint stored": Point("consumer.reader:TopicReader", "store_hint"),
}

BACKFILL = {
    "session opened": Point("consumer.backfill.worker", "_opened", once=True),
    "cell claimed": Point("consumer.backfill.store:BatchStore", "claim"),
    "what is missing computed": Point("consumer.backfill.store:BatchStore", "missing"),
    "partitions ready": Point("consumer.backfill.store:BatchStore", "_write_all", after=False),
    "ledgers inserted": Point("consumer.backfill.store:BatchStore", "_insert"),
    "rows of a table copied": Point("consumer.backfill.store:BatchStore", "_copy"),
    "row of a ledger copied": Point("psycopg:Copy", "write_row"),
    "all rows copied": Point("consumer.backfill.store:BatchStore", "_copy_rest"),
    "row locked": Point("consumer.backfill.store:BatchStore", "_lock_row"),
    "seams compared": Point("consumer.backfill.store:BatchStore", "_check_chain"),
    "oldest moved": Point("consumer.backfill.store:BatchStore", "_move_oldest"),
    "flush committed": Point("consumer.backfill.store:BatchStore", "flush"),
    "cell let go": Point("consumer.backfill.store:BatchStore", "release"),
}
"""In a worker."""

BACKFILL_PARENT = {
    "missing told": Point("consumer.backfill.run", "_absent", once=True),
    "workers started": Point("consumer.backfill.run:_Run", "_start_workers", once=True),
    "batch handed out": Point("consumer.backfill.run:_Worker", "take"),
    "word heard": Point("consumer.backfill.run:_Run", "_heed"),
    "workers dismissed": Point("consumer.backfill.run:_Run", "close", once=True),
    "made durable": Point("consumer.backfill.store:BatchStore", "make_durable", once=True),
}
"""In the process that starts them."""

_IN_A_WORKER = "CRASHING_WORKER"
_ONE_WORKER = "CRASHING_ONE_WORKER"

PRODUCER = {
    "topic made": Point("ledgerstream.cli", "ensure_topic", once=True),
    "predecessor fenced": Point("producer.publisher:Publisher", "_end_what_hangs", after=False, once=True),
    "tail read": Point("producer.publisher:Publisher", "open", once=True),
    "transaction begun": Point("producer.publisher:Publisher", "_begun"),
    "ledger handed over": Point("producer.publisher:Publisher", "_hand_over"),
    "ledger delivered": Point("producer.publisher:Publisher", "_deliver"),
    "transaction committed": Point("producer.publisher:Publisher", "commit"),
}


VERIFY = {
    "ledgers counted": Point("consumer.verify.verify:Verification", "_check_chunk"),
    "ledger compared": Point("consumer.verify.again:Again", "_compare"),
}


def arm(point: Point, times: int, number: signal.Signals) -> None:
    """Let the process send itself the signal when the point is reached for the `times`-th time."""
    module, _, attribute = point.owner.partition(":")
    owner: Any = importlib.import_module(module)
    if attribute:
        owner = getattr(owner, attribute)
    setattr(owner, point.function, _counting(getattr(owner, point.function), point, times, number))


def _counting(original: Callable[..., Any], point: Point, times: int, number: signal.Signals) -> Callable[..., Any]:
    left = [times]

    def reached() -> None:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), number)

    @functools.wraps(original)
    def wrapped(*arguments: Any, **named: Any) -> Any:
        if not point.after:
            reached()
        result = original(*arguments, **named)
        if point.after:
            reached()
        return result

    return wrapped


def main() -> None:
    name, times, number, *arguments = sys.argv[1:]
    importlib.import_module("ledgerstream.cli")
    if name in BACKFILL:
        os.environ[_IN_A_WORKER] = json.dumps([name, times, number])
    else:
        arm({**CONSUMER, **PRODUCER, **BACKFILL_PARENT, **VERIFY}[name], int(times), signal.Signals(int(number)))
    sys.argv = ["ledgerstream", *arguments]
    importlib.import_module("ledgerstream.cli").main()


def arm_worker() -> None:
    """A worker process runs this module again, by another name. Only the first one of all is to be hit, or each."""
    name, times, number = json.loads(os.environ[_IN_A_WORKER])
    if _ONE_WORKER in os.environ:
        try:
            Path(os.environ[_ONE_WORKER]).open("x").close()
        except FileExistsError:
            return
    arm(BACKFILL[name], int(times), signal.Signals(int(number)))


if __name__ == "__main__":
    main()
if __name__ == "__mp_main__" and _IN_A_WORKER in os.environ:
    arm_worker()
