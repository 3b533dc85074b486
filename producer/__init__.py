"""Source to topic."""
