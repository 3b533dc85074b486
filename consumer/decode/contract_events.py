"""Rows of `contract_events`: what contracts and the network said, diagnostic events aside.

A transaction's are in the order in which they happened: fees before all transactions, what its operations emitted,
and its own that came after it and after all transactions.
"""

from functools import lru_cache

from consumer.decode.applied import AppliedLedger, AppliedTransaction
from consumer.decode.scval import escaped, json_of, json_of_data
from consumer.decode.strkeys import contract
from consumer.tables import Row
from schemas.xdr.readers import ContractEvent, ContractEventType, SCValType, TransactionEventStage

_TYPES = {ContractEventType.SYSTEM: "system", ContractEventType.CONTRACT: "contract"}

_BEFORE = TransactionEventStage.TRANSACTION_EVENT_STAGE_BEFORE_ALL_TXS
_STAGES = {
    number: name.removeprefix("TRANSACTION_EVENT_STAGE_").lower()
    for number, name in TransactionEventStage.names.items()
}

_NAMES = tuple(kind.to_bytes(4, "big") for kind in (SCValType.SCV_SYMBOL, SCValType.SCV_STRING))
_LONGEST_NAME = 128
"""Bytes. A symbol has at most 32; a string that a contract made long would not fit into an index."""
_LONGEST_NAMED = 8 + _LONGEST_NAME
"""Bytes of the topic: its type and length before the name."""


def contract_event_rows(applied: AppliedLedger) -> list[Row]:
    """One row for each event; of a transaction that failed, what its metadata holds: its fees."""
    rows: list[Row] = []
    for transaction in applied.transactions:
        _add_rows(rows, applied.sequence, transaction)
    return rows


def _add_rows(rows: list[Row], sequence: int, transaction: AppliedTransaction) -> None:
    transaction_id, first = transaction.id, len(rows)
    staged = sorted(transaction.transaction_events, key=lambda each: each.stage)
    for each in staged:
        if each.stage == _BEFORE:
            _add(rows, first, transaction_id, sequence, None, _STAGES[each.stage], each.event)
    for index in range(len(transaction.operations)):
        for event in transaction.events_of(index):
            _add(rows, first, transaction_id, sequence, transaction_id + index + 1, None, event)
    for each in staged:
        if each.stage != _BEFORE:
            _add(rows, first, transaction_id, sequence, None, _STAGES[each.stage], each.event)


def _add(
    rows: list[Row],
    first: int,
    transaction_id: int,
    sequence: int,
    operation_id: int | None,
    stage: str | None,
    event: ContractEvent,
) -> None:
    """`first` is where the transaction's rows begin."""
    kind = _TYPES.get(event.type)
    if kind is None:
        return
    topics = event.body.topics
    rows.append(
        (
            transaction_id,
            len(rows) - first,
            sequence,
            operation_id,
            stage,
            kind,
            None if event.contract_id is None else contract(event.contract_id),
            _name(topics[0]) if topics and len(topics[0]) <= _LONGEST_NAMED else None,
            b"[%b]" % b",".join([json_of(topic) for topic in topics]),
            json_of_data(event.body.data),
            event.xdr,
        )
    )


@lru_cache(maxsize=10_000)
def _name(topic: bytes) -> str | None:
    """A symbol or string, escaped as in the topics."""
    if not topic.startswith(_NAMES):
        return None
    return escaped(topic[8 : 8 + int.from_bytes(topic[4:8], "big")])
