"""Proves what a database says: its chain, its gaps, its cursors, its counts, and every row against the topics."""
