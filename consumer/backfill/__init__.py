"""Fills what lies below the ledger where live began, in batches, by as many processes on as many hosts as there are.

`grid` cuts what is missing into batches; `run` hands them to worker processes; a `worker` claims a batch, reads its
ledgers from the topics and has them written by a `store`, whose last flush moves `oldest`.
"""
