"""Amounts and prices as Horizon writes them: decimals of exactly seven places, in strings."""

from schemas.xdr.readers import Price

ONE = 10_000_000
"""The smallest parts (stroops) in one unit of an asset."""


def amount(parts: int) -> str:
    """Exact: `-1.5000000` of -15000000."""
    digits = str(parts).zfill(8) if parts >= 0 else f"{parts:09}"
    return f"{digits[:-7]}.{digits[-7:]}"


def price(fraction: Price) -> str | None:
    """Rounded to seven places, half away from zero; None of a price that is divided by zero, which is none."""
    if not fraction.d:
        return None
    divisor = abs(fraction.d)
    rounded = (2 * ONE * abs(fraction.n) + divisor) // (2 * divisor)
    return amount(-rounded if (fraction.n < 0) != (fraction.d < 0) else rounded)


def ratio(fraction: Price) -> dict[str, int]:
    """The price itself."""
    return {"n": fraction.n, "d": fraction.d}
