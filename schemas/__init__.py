"""The contract between the two sides: what a message on a ledger topic is, and where it stands.

Test for admission: if producer and consumer disagreed about this, would a message be misread or misplaced?
"""
