"""Topic to Postgres."""
