"""When a claimable balance can be claimed."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from msgspec import Raw

from schemas.xdr.readers import ClaimPredicate, ClaimPredicateType

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_YEARS = 400
_SECONDS = 146_097 * 24 * 60 * 60
"""In as many years the calendar repeats itself."""
_LAST_OF_FOUR_DIGITS = 9999


def predicate(of: ClaimPredicate) -> Raw:
    """As Horizon has it, as JSON: text from pieces, since it may nest as deep as XDR lets it."""
    return Raw(_PREDICATES[of.type](of.value).encode())


# A predicate in another costs one frame of the interpreter: the deepest that is read (512) fits its stack.


def _several(word: str, parts: list[ClaimPredicate]) -> str:
    texts = []
    for part in parts:
        texts.append(_PREDICATES[part.type](part.value))  # noqa: PERF401 (a comprehension is a frame of its own)
    return f'{{"{word}":[{",".join(texts)}]}}'


def _not(part: ClaimPredicate | None) -> str:
    return '{"not":null}' if part is None else f'{{"not":{_PREDICATES[part.type](part.value)}}}'


def _before(seconds: int) -> str:
    return f'{{"abs_before":"{timestamp(seconds)}","abs_before_epoch":"{seconds}"}}'


def timestamp(seconds: int) -> str:
    """RFC 3339 in UTC, for all that 64 bits hold: a year after 9999 has a plus before it."""
    cycles, rest = divmod(seconds, _SECONDS)
    within = _EPOCH + timedelta(seconds=rest)
    year = within.year + _YEARS * cycles
    sign = "-" if year < 0 else "+" if year > _LAST_OF_FOUR_DIGITS else ""
    return f"{sign}{abs(year):04}-{within:%m-%dT%H:%M:%SZ}"


_PREDICATES: dict[int, Callable[[Any], str]] = {
    ClaimPredicateType.CLAIM_PREDICATE_UNCONDITIONAL: lambda _: '{"unconditional":true}',
    ClaimPredicateType.CLAIM_PREDICATE_AND: partial(_several, "and"),
    ClaimPredicateType.CLAIM_PREDICATE_OR: partial(_several, "or"),
    ClaimPredicateType.CLAIM_PREDICATE_NOT: _not,
    ClaimPredicateType.CLAIM_PREDICATE_BEFORE_ABSOLUTE_TIME: _before,
    ClaimPredicateType.CLAIM_PREDICATE_BEFORE_RELATIVE_TIME: lambda seconds: f'{{"rel_before":"{seconds}"}}',
}
