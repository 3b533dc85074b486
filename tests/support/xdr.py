"""Values of every XDR type as stellar-sdk builds them, and their comparison with what the readers say."""

import random
from collections.abc import Mapping
from typing import Any

from stellar_sdk import xdr as stellar_xdr

from schemas.xdr import decode, readers
from schemas.xdr.emitter import Types
from schemas.xdr.layout import (
    Alias,
    Definition,
    Enumeration,
    FixedBytes,
    Flag,
    Maybe,
    Number,
    Reference,
    Sequence,
    Structure,
    Type,
    Union,
    VariableBytes,
    layout_of,
)

LAYOUT: Mapping[str, Definition] = layout_of("LedgerCloseMeta")
TYPES = Types(LAYOUT)

_RANGES = {"i": (-(2**31), 2**31 - 1), "I": (0, 2**32 - 1), "q": (-(2**63), 2**63 - 1), "Q": (0, 2**64 - 1)}
_DEEP = 6


class Builder:
    """Random values of stellar-sdk's classes. Deep inside, optional things are absent and arrays empty."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)

    def named(self, name: str, depth: int = 0) -> Any:
        """A value of a type."""
        kind = getattr(stellar_xdr, name)
        match LAYOUT[name]:
            case Enumeration():
                return self._chance.choice(list(kind))
            case Structure(fields=fields):
                return kind(**{field: self._value(of, depth + 1) for field, of in fields})
            case Alias(of=of):
                return kind(self._value(of, depth + 1))
            case Union() as union:
                return self._union(kind, union, depth)

    def _union(self, kind: Any, union: Union, depth: int) -> Any:
        arms = list(union.arms)
        if depth > _DEEP:
            arms = [arm for arm in arms if arm.type is None or not _is_recursive(arm.type)] or arms
        arm = self._chance.choice(arms)
        label: Any = arm.label
        if isinstance(union.on, Reference):
            label = getattr(stellar_xdr, union.on.name)(label)
        filled = {} if arm.name is None or arm.type is None else {arm.name: self._value(arm.type, depth + 1)}
        return kind(**{union.discriminant: label}, **filled)

    def _value(self, kind: Type, depth: int) -> Any:  # noqa: PLR0911 - one for each kind of type
        match kind:
            case Number(code=code):
                low, high = _RANGES[code]
                return self._chance.choice([low, high, 0, self._chance.randint(low, high)])
            case Flag():
                return self._chance.random() < 0.5
            case FixedBytes(size=size):
                return self._chance.randbytes(size)
            case VariableBytes(maximum=maximum):
                return self._chance.randbytes(self._chance.randint(0, min(maximum, 9)))
            case Maybe(of=of):
                return None if depth > _DEEP or self._chance.random() < 0.5 else self._value(of, depth)
            case Sequence(of=of, fixed=fixed, maximum=maximum):
                most = 0 if depth > _DEEP else min(maximum, 3)
                return [
                    self._value(of, depth) for _ in range(self._chance.randint(0, most) if fixed is None else fixed)
                ]
            case Reference(name=name):
                return self.named(name, depth)


def _is_recursive(kind: Type) -> bool:
    return isinstance(kind, Maybe | Sequence) or (isinstance(kind, Reference) and kind.name in TYPES.heads)


def same(name: str, theirs: Any, ours: Any, within: str = "") -> bool:
    """Whether a reader's value of a type says what stellar-sdk's does, field by field."""
    definition = LAYOUT[name]
    if within and TYPES.is_raw(name, within):
        return same(name, theirs, decode(getattr(readers, f"read_{name}"), ours))
    match definition:
        case Enumeration():
            return bool(int(theirs) == ours)
        case Structure(fields=fields):
            told = [(field, of) for field, of in fields if not TYPES.is_empty(of)]
            return all(_same(of, getattr(theirs, field), getattr(ours, field), name) for field, of in told)
        case Alias(of=of):
            [value] = vars(theirs).values()
            return _same(of, value, ours, name)
        case Union(discriminant=discriminant, arms=arms):
            label = int(getattr(theirs, discriminant))
            [arm] = [arm for arm in arms if arm.label == label]
            if len(arms) > 1:
                if getattr(ours, discriminant) != label:
                    return False
                ours = ours.value
            return ours is None if arm.type is None else _same(arm.type, getattr(theirs, arm.name or ""), ours, name)


def _same(kind: Type, theirs: Any, ours: Any, within: str) -> bool:
    match kind:
        case Maybe(of=of):
            return ours is None if theirs is None else ours is not None and _same(of, theirs, ours, within)
        case Sequence(of=of):
            return len(theirs) == len(ours) and all(
                _same(of, one, other, within) for one, other in zip(theirs, ours, strict=True)
            )
        case Reference(name=name):
            return same(name, theirs, ours, within)
        case Flag():
            return theirs is ours
        case _:
            return bool(theirs == ours and type(theirs) is type(ours))
