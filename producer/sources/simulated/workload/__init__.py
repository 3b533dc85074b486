"""Which transactions come to the simulated network.

scene                what a ledger's transactions are made of
accounts, credit …   one function a kind of transaction, a module a theme
kinds                all of them, with their weights
drafts               a ledger's drafts, and those that only make it larger
"""

from producer.sources.simulated.workload.drafts import Workload

__all__ = ["Workload"]
