"""`python -m ledgerstream`."""

from ledgerstream.cli import main

main()
