"""Text that others wrote: any bytes, made into what Postgres takes."""


def readable(raw: bytes) -> str:
    """The text; whatever is no UTF-8, or NUL, which Postgres does not hold, is U+FFFD."""
    return raw.decode(errors="replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
