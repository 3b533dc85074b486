"""Every Stellar ledger, once, in your Postgres: the command line, and the embedded stack."""
