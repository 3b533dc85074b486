"""A small Stellar network of ours, for demos, tests and benchmarks: deterministic by seed, valid to the last hash.

    assets            lumens and what accounts issue
    entries           what the ledger holds; contract_entries, what it holds of contracts
    state             the scopes in which it changes
    holdings          what accounts have of an asset, and what reserves they owe
    trading           the order book
    token_contract    the one contract that there is
    keys              who signs
    operations        what a transaction can do: one class an operation
    events            the unified events of assets (CAP-67)
    transactions      drafts made into signed envelopes, and the orders in which a ledger holds them
    workload          which transactions come: one function a kind
    application       transactions applied to what the ledger holds
    meta              the `LedgerCloseMeta` around it all
    network           closes one ledger after the other
    source            the network as a `LedgerSource`
    stream            the network written to a file, as stellar-core writes to its pipe

A new operation is one class in `operations`; a new kind of transaction is one function in `workload`, and its weight in
`workload.kinds`.
"""

from producer.sources.simulated.network import SimulatedNetwork
from producer.sources.simulated.source import SimulatedSource
from producer.sources.simulated.stream import write_stream

__all__ = ["SimulatedNetwork", "SimulatedSource", "write_stream"]
