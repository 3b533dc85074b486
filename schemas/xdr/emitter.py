"""Writes the module of readers over a layout: plain Python, a function for each type.

What makes the readers fast: fields of fixed size that stand together, across the borders of small types, are read by
one precompiled `struct.Struct`; small types are read where they are used, without a call; positions are plain
integers with constant offsets. What makes them right: every discriminant, boolean, length and padding is checked, also
in what is only skipped. A slice past the end of the buffer is short without an error, so whoever calls from outside
compares the last position with the buffer's length (`schemas.xdr.decode`).
"""

import builtins
import keyword
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache

from schemas.xdr.layout import (
    Alias,
    Arm,
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
    references,
)

KEPT = frozenset(
    {
        "ContractEvent",
        "FeeBumpTransaction",
        "LedgerEntryChange",
        "LedgerHeader",
        "TransactionSetV1",
        "Operation",
        "Transaction",
        "TransactionEnvelope",
        "TransactionResultPair",
        "TransactionSet",
        "TransactionV0",
    }
)
"""Types that keep their own bytes: the network hashes them, or users ask for them."""

RAW = frozenset({"SCVal", "LedgerEntryChanges"})
"""Types that stay slices inside others: most SCVals go into the database as they are, few changes are looked at."""

OPEN = frozenset({"ConfigSettingID", "ContractDataDurability", "SCErrorCode"})
"""Enumerations whose numbers are not checked: senders of transactions write them, and no part of a type depends on
them. Not every version of stellar-core refused numbers without a name, so that a ledger may hold one."""

DEEPEST = 512
"""Levels of a type inside itself. stellar-sdk bounds all levels together by as many, stellar-core admits fewer."""

_INLINE = 12
_UNROLLED = 4
_SIZE = {"i": 4, "I": 4, "q": 8, "Q": 8}
_TAKEN = {*dir(builtins), *keyword.kwlist, "buf", "p", "depth", "_"}

_HEAD = '''\
"""Readers of Stellar's XDR types. Generated from stellar-sdk {version} by `python -m schemas.xdr`: do not edit.

`read_X(buf, p)` gives the value at position p and the position after it, `skip_X(buf, p)` that position alone; it is
there for what stays bytes inside other types.

A struct's fields have the names of stellar-sdk. A union is its discriminant and `value`; one with a single arm is that
arm; an extension that can only be empty is left out. Enumerations are plain integers, their names are in `names`.
Strings and opaque data are bytes. SCVals and LedgerEntryChanges inside other types are their bytes, checked and not
yet read. `xdr` is a value's own bytes.
"""

from __future__ import annotations

from struct import Struct as _Layout
from typing import ClassVar, NoReturn

from msgspec import Struct

from schemas.errors import XdrMalformed

DEEPEST = {deepest}
_ZEROS = b"\\0\\0\\0"


def _refuse(what: str, position: int) -> NoReturn:
    raise XdrMalformed(f"no {{what}} at byte {{position}}")
'''


def emit(layout: Mapping[str, Definition], version: str) -> str:
    """The module's text, not yet formatted."""
    types = Types(layout)
    runs: dict[str, str] = {}
    functions: list[str] = []
    for name in types.with_readers:
        functions += _Reader(types, name, runs).lines
        if name in types.skipped:
            functions += _Skipper(types, name, runs).lines
    parts = [_HEAD.format(version=version, deepest=DEEPEST)]
    parts += [_enumeration(each) for each in layout.values() if isinstance(each, Enumeration)]
    parts += [_value_class(types, layout[name]) for name in types.with_classes]
    parts += [_voids(each) for each in layout.values() if isinstance(each, Union) and types.has_voids(each)]
    parts += [f'{name} = _Layout(">{codes}").unpack_from' for codes, name in runs.items()]
    return "\n\n".join([*parts, "\n".join(functions)]) + "\n"


class Types:
    """What the emitter asks about a layout."""

    def __init__(self, layout: Mapping[str, Definition]) -> None:
        self.layout = layout
        self._reach = {name: self._reachable(name) for name in layout}
        self.skipped = RAW.union(*(self._reach[name] for name in RAW if name in layout))
        self.heads = self._heads()
        self.cost: Callable[[Type], int] = cache(self._cost)
        self.with_classes = [name for name, each in layout.items() if _has_class(each)]
        self.with_readers = [name for name, each in layout.items() if _has_class(each) or _is_list(each)]

    def _reachable(self, name: str) -> set[str]:
        found: set[str] = set()
        todo = list(references(self.layout[name]))
        while todo:
            other = todo.pop()
            if other not in found:
                found.add(other)
                todo += references(self.layout[other])
        return found

    def _heads(self) -> set[str]:
        """In each circle of types, the one where a depth-first walk first comes back: it counts the depth."""
        heads: set[str] = set()
        done: set[str] = set()

        def visit(name: str, path: tuple[str, ...]) -> None:
            if name in path:
                heads.add(name)
            elif name not in done:
                for other in references(self.layout[name]):
                    visit(other, (*path, name))
                done.add(name)

        visit(list(self.layout)[-1], ())
        return heads

    def is_raw(self, name: str, within: str) -> bool:
        return name in RAW and within not in self._reach[name]

    def shares_circle(self, one: str, other: str) -> bool:
        return one in self._reach[other] and other in self._reach[one]

    def only_arm(self, kind: Type) -> Arm | None:
        definition = self.layout[kind.name] if isinstance(kind, Reference) else None
        return definition.arms[0] if isinstance(definition, Union) and len(definition.arms) == 1 else None

    def is_empty(self, kind: Type) -> bool:
        """Nothing to tell: an extension with one void arm."""
        arm = self.only_arm(kind)
        return arm is not None and arm.type is None

    def has_voids(self, union: Union) -> bool:
        return len(union.arms) > 1 and any(arm.type is None for arm in union.arms)

    def is_inlined(self, name: str, within: str) -> bool:
        if name in self.heads or name in KEPT:
            return False
        if name not in self.with_readers or self.shares_circle(name, within):
            return True
        return self.cost(Reference(name)) <= _INLINE

    def _cost(self, kind: Type) -> int:
        """About how many lines it takes to read a type in place."""
        match kind:
            case Maybe(of=of):
                return 2 + self.cost(of)
            case Sequence(of=of, fixed=fixed):
                return (fixed or 0) + 4 + self.cost(of)
            case VariableBytes():
                return 4
            case Reference(name=name) if name in self.heads or name in KEPT or name in RAW:
                return 3
            case Reference(name=name):
                return self._cost_of(self.layout[name])
            case _:
                return 1

    def _cost_of(self, definition: Definition) -> int:
        match definition:
            case Structure(fields=fields):
                return sum(min(self.cost(kind), _INLINE + 1) for _, kind in fields)
            case Union(arms=arms):
                return 1 + sum(2 + self.cost(arm.type) for arm in arms if arm.type is not None)
            case Alias(of=of):
                return self.cost(of)
            case _:
                return 1

    def annotation(self, kind: Type, within: str) -> str:
        match kind:
            case Number():
                return "int"
            case Flag():
                return "bool"
            case FixedBytes() | VariableBytes():
                return "bytes"
            case Maybe(of=of):
                return f"{self.annotation(of, within)} | None"
            case Sequence(of=of):
                return f"list[{self.annotation(of, within)}]"
            case Reference(name=name):
                return "bytes" if self.is_raw(name, within) else self.own_annotation(name)

    def own_annotation(self, name: str) -> str:
        definition = self.layout[name]
        arm = self.only_arm(Reference(name))
        if arm is not None:
            return "None" if arm.type is None else self.annotation(arm.type, name)
        if isinstance(definition, Enumeration):
            return "int"
        return self.annotation(definition.of, name) if isinstance(definition, Alias) else name


def _has_class(definition: Definition) -> bool:
    """Structs, and unions that have a choice."""
    return isinstance(definition, Structure) or (isinstance(definition, Union) and len(definition.arms) > 1)


def _is_list(definition: Definition) -> bool:
    return isinstance(definition, Alias) and isinstance(definition.of, Sequence)


def _enumeration(enumeration: Enumeration) -> str:
    lines = [f"class {enumeration.name}:", *(f"    {name} = {number}" for name, number in enumeration.members)]
    names = ", ".join(f'{number}: "{name}"' for name, number in enumeration.members)
    return "\n".join([*lines, f"    names: ClassVar[dict[int, str]] = {{{names}}}"])


def _value_class(types: Types, definition: Definition) -> str:
    lines = [f"class {definition.name}(Struct, gc=False):"]
    match definition:
        case Structure(name=name, fields=fields):
            told = [(field, kind) for field, kind in fields if not types.is_empty(kind)]
            lines += [f"    {field}: {types.annotation(kind, name)}" for field, kind in told]
        case Union(name=name, discriminant=discriminant, arms=arms):
            kinds = {types.annotation(arm.type, name) if arm.type is not None else "None": None for arm in arms}
            lines += [f"    {discriminant}: int", f"    value: {' | '.join(kinds)}"]
    if definition.name in KEPT:
        lines.append("    xdr: bytes")
    return "\n".join(lines if len(lines) > 1 else [*lines, "    pass"])


def _voids(union: Union) -> str:
    labels = ", ".join(f"{arm.label}: {union.name}({arm.label}, None)" for arm in union.arms if arm.type is None)
    return f"_{union.name}_VOID = {{{labels}}}"


class _Function:
    """One function while it is written: fields of fixed size wait until something needs them."""

    def __init__(self, types: Types, name: str, runs: dict[str, str]) -> None:
        self.types = types
        self.name = name
        self.within = name
        self.lines: list[str] = []
        self._indent = 1
        self._runs = runs
        self._names: set[str] = set()
        self._at = 0
        self._waiting: list[tuple[str, str | None]] = []
        self._waiting_at = 0
        self._checks: list[str] = []
        self._open()

    def _open(self) -> None:
        raise NotImplementedError

    def line(self, text: str) -> None:
        self.lines.append("    " * self._indent + text)

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """Lines under a condition or a loop; the position is settled before and after."""
        self.settle()
        self.line(head)
        self._indent += 1
        before = len(self.lines)
        yield
        self.settle()
        if len(self.lines) == before:
            self.line("pass")
        self._indent -= 1

    def local(self, hint: str) -> str:
        name = hint = f"{hint}_" if hint in _TAKEN else hint
        number = 1
        while name in self._names:
            number += 1
            name = f"{hint}_{number}"
        self._names.add(name)
        return name

    def scalar(self, code: str, size: int, hint: str | None) -> str:
        """Add a field of fixed size to the run; without a hint it is passed over."""
        name = None if hint is None else self.local(hint)
        if not self._waiting:
            self._waiting_at = self._at
        self._waiting.append((code if name else f"{size}x", name))
        self._at += size
        return name or ""

    def check(self, wrong: str) -> None:
        self._checks.append(wrong)

    def flush(self) -> None:
        """Read the run, and check what it says."""
        while self._waiting and self._waiting[-1][1] is None:
            self._waiting.pop()
        if self._waiting:
            names = [name for _, name in self._waiting if name]
            target = ", ".join(names) if len(names) > 1 else f"({names[0]},)"
            self.line(f"{target} = {self._run()}(buf, {_sum('p', self._waiting_at)})")
            self._waiting.clear()
        if self._checks:
            self.line(f'if {" or ".join(self._checks)}: _refuse("{self.name}", p)')
            self._checks.clear()

    def _run(self) -> str:
        codes = _shortened("".join(code for code, _ in self._waiting))
        return self._runs.setdefault(codes, f"_{codes}")

    def settle(self) -> None:
        """Read what waits, and let p stand where the next field begins."""
        self.flush()
        if self._at:
            self.line(f"p += {self._at}")
            self._at = 0

    def end(self) -> str:
        self.flush()
        return _sum("p", self._at)

    def label_check(self, discriminant: str, arm: Arm) -> None:
        self.check(f"{discriminant} != {arm.label}" if arm.label else discriminant)

    def length(self, hint: str, maximum: int) -> str:
        name = self.scalar("I", 4, f"{hint}_length")
        if maximum < 2**32 - 1:
            self.check(f"{name} > {maximum}")
        self.settle()
        return name

    def depth_argument(self, called: str) -> str:
        return ", depth - 1" if self.name in self.types.heads and self.types.shares_circle(called, self.name) else ""

    @contextmanager
    def inside(self, name: str) -> Iterator[None]:
        before, self.within = self.within, name
        yield
        self.within = before

    def open_function(self, kind: str, returns: str) -> None:
        deep = ", depth: int = DEEPEST" if self.name in self.types.heads else ""
        self.lines += ["", "", f"def {kind}_{self.name}(buf: bytes, p: int{deep}) -> {returns}:"]
        if deep:
            self.line(f'if not depth: _refuse("{self.name} that is not too deep", p)')


def _sum(name: str, number: int) -> str:
    return f"{name} + {number}" if number else name


def _shortened(codes: str) -> str:
    """Pads that stand together as one, the same numbers that stand together behind their count."""
    codes = re.sub(r"(?:\d+x)+", lambda run: f"{sum(map(int, run[0].split('x')[:-1]))}x", codes)
    return re.sub(r"(?<!\d)([iIqQ])\1+", lambda run: f"{len(run[0])}{run[1]}", codes)


class _Reader(_Function):
    """`read_X`. What `value` gives is an expression over locals that are there after the next flush."""

    def _open(self) -> None:
        definition = self.types.layout[self.name]
        self.open_function("read", f"tuple[{self.types.own_annotation(self.name)}, int]")
        match definition:
            case Union():
                self._return_union(definition)
            case Alias(of=of):
                value = self.value(of, "items")
                self.line(f"return {value}, {self.end()}")
            case Structure():
                self._return_structure(definition)

    def _return_structure(self, definition: Structure) -> None:
        if definition.name in KEPT:
            self.line("first = p")
            self._names.add("first")
        values = self._fields(definition)
        self.settle()
        kept = ["buf[first:p]"] if definition.name in KEPT else []
        self.line(f"return {definition.name}({', '.join(values + kept)}), p")

    def _fields(self, definition: Structure) -> list[str]:
        values = [(kind, self.value(kind, field)) for field, kind in definition.fields]
        return [value for kind, value in values if not self.types.is_empty(kind)]

    def _return_union(self, union: Union) -> None:
        if union.name in KEPT:
            self.line("first = p")
            self._names.add("first")
        kept = ", buf[first:p]" if union.name in KEPT else ""
        discriminant = self.value(union.on, union.discriminant) if _is_void(union) else self._discriminant(union)
        for arm in union.arms:
            if arm.type is not None:
                with self.block(f"if {discriminant} == {arm.label}:"):
                    value = self.value(arm.type, arm.name or "value")
                    self.settle()
                    self.line(f"return {union.name}({discriminant}, {value}{kept}), p")
        if self.types.has_voids(union):
            with self.block(f"if {discriminant} in _{union.name}_VOID:"):
                self.line(f"return _{union.name}_VOID[{discriminant}], p")
        self.settle()
        self.line(f'_refuse("{union.name}", p)')

    def _discriminant(self, union: Union) -> str:
        """Read as a number: the arms say which there are."""
        return self.scalar("I" if union.on == Number("I") else "i", 4, union.discriminant)

    def value(self, kind: Type, hint: str) -> str:  # noqa: PLR0911 - one for each kind of type
        match kind:
            case Number(code=code):
                return self.scalar(code, _SIZE[code], hint)
            case Flag():
                name = self.scalar("I", 4, hint)
                self.check(f"{name} > 1")
                return f"{name} == 1"
            case FixedBytes(size=size):
                return self.scalar(f"{size}s", size, hint)
            case VariableBytes(maximum=maximum):
                return self._bytes(self.length(hint, maximum), hint)
            case Maybe(of=of):
                return self._maybe(of, hint)
            case Sequence():
                return self._sequence(kind, hint)
            case Reference(name=name):
                return self._reference(name, hint)

    def _bytes(self, length: str, hint: str) -> str:
        end, name = self.local("end"), self.local(hint)
        self.line(f"{end} = p + {length}")
        self.line(f"{name} = buf[p:{end}]")
        self.line(f"p = {end} + (-{length} & 3)")
        self.line(f'if buf[{end}:p] > _ZEROS: _refuse("{self.name}", p)')
        return name

    def _maybe(self, of: Type, hint: str) -> str:
        there = self.scalar("I", 4, f"has_{hint}")
        self.check(f"{there} > 1")
        self.settle()
        name = self.local(hint)
        self.line(f"{name}: {self.types.annotation(Maybe(of), self.within)} = None")
        with self.block(f"if {there}:"):
            value = self.value(of, hint)
            self.settle()
            self.line(f"{name} = {value}")
        return name

    def _sequence(self, sequence: Sequence, hint: str) -> str:
        if sequence.fixed is not None:
            assert sequence.fixed <= _UNROLLED, self.name
            return f"[{', '.join(self.value(sequence.of, hint) for _ in range(sequence.fixed))}]"
        length = self.length(hint, sequence.maximum)
        name = self.local(hint)
        self.line(f"{name}: {self.types.annotation(sequence, self.within)} = []")
        with self.block(f"for _ in range({length}):"):
            value = self.value(sequence.of, "item")
            self.settle()
            self.line(f"{name}.append({value})")
        return name

    def _reference(self, name: str, hint: str) -> str:
        definition = self.types.layout[name]
        arm = self.types.only_arm(Reference(name))
        if self.types.is_raw(name, self.within):
            return self._raw(name, hint)
        if arm is not None:
            assert isinstance(definition, Union)
            self.label_check(self._discriminant(definition), arm)
            return "None" if arm.type is None else self.value(arm.type, hint)
        if not self.types.is_inlined(name, self.within):
            return self._call(name, hint)
        with self.inside(name):
            return self._inlined(definition, hint)

    def _inlined(self, definition: Definition, hint: str) -> str:
        match definition:
            case Union(name=name) if _is_void(definition):
                number = self.scalar("i", 4, hint)
                self.check(f"{number} not in _{name}_VOID")
                return f"_{name}_VOID[{number}]"
            case Alias(of=of):
                return self.value(of, hint)
            case Structure(name=name):
                return f"{name}({', '.join(self._fields(definition))})"
            case Union():
                return self._union(definition, hint)
            case Enumeration(name=name):
                number = self.scalar("i", 4, hint)
                if name not in OPEN:
                    self.check(f"{number} not in {name}.names")
                return number

    def _union(self, union: Union, hint: str) -> str:
        discriminant = self._discriminant(union)
        self.settle()
        name = self.local(hint)
        word = "if"
        for arm in union.arms:
            if arm.type is not None:
                with self.block(f"{word} {discriminant} == {arm.label}:"):
                    value = self.value(arm.type, arm.name or "value")
                    self.settle()
                    self.line(f"{name} = {union.name}({discriminant}, {value})")
                word = "elif"
        if self.types.has_voids(union):
            with self.block(f"elif {discriminant} in _{union.name}_VOID:"):
                self.line(f"{name} = _{union.name}_VOID[{discriminant}]")
        with self.block("else:"):
            self.line(f'_refuse("{union.name}", p)')
        return name

    def _call(self, name: str, hint: str) -> str:
        self.settle()
        local = self.local(hint)
        self.line(f"{local}, p = read_{name}(buf, p{self.depth_argument(name)})")
        return local

    def _raw(self, name: str, hint: str) -> str:
        self.settle()
        end, local = self.local("end"), self.local(hint)
        self.line(f"{end} = skip_{name}(buf, p)")
        self.line(f"{local} = buf[p:{end}]")
        self.line(f"p = {end}")
        return local


def _is_void(union: Union) -> bool:
    return all(arm.type is None for arm in union.arms)


class _Skipper(_Function):
    """`skip_X`: the same checks, and no values."""

    def _open(self) -> None:
        self.open_function("skip", "int")
        definition = self.types.layout[self.name]
        self._definition(definition)
        self.line(f"return {self.end()}")

    def _definition(self, definition: Definition) -> None:
        match definition:
            case Structure(fields=fields):
                for field, kind in fields:
                    self._skip(kind, field)
            case Alias(name=name, of=of):
                self._skip(of, name.lower())
            case Union():
                self._union(definition)
            case Enumeration(name=name) if name in OPEN:
                self.scalar("", 4, None)
            case Enumeration(name=name):
                number = self.scalar("i", 4, "number")
                self.check(f"{number} not in {name}.names")

    def _union(self, union: Union) -> None:
        discriminant = self.scalar("i", 4, union.discriminant)
        filled = [arm for arm in union.arms if arm.type is not None]
        if len(union.arms) == 1:
            self.label_check(discriminant, union.arms[0])
            if filled:
                self._skip_arm(filled[0])
        elif not filled:
            self.check(f"{discriminant} not in _{union.name}_VOID")
        else:
            self._arms(union, filled, discriminant)

    def _arms(self, union: Union, filled: list[Arm], discriminant: str) -> None:
        self.settle()
        word = "if"
        for arm in filled:
            with self.block(f"{word} {discriminant} == {arm.label}:"):
                self._skip_arm(arm)
            word = "elif"
        wrong = f"elif {discriminant} not in _{union.name}_VOID:" if self.types.has_voids(union) else "else:"
        with self.block(wrong):
            self.line(f'_refuse("{union.name}", p)')

    def _skip_arm(self, arm: Arm) -> None:
        assert arm.type is not None
        self._skip(arm.type, arm.name or "value")

    def _skip(self, kind: Type, hint: str) -> None:
        match kind:
            case Number(code=code):
                self.scalar("", _SIZE[code], None)
            case Flag():
                self.check(f"{self.scalar('I', 4, hint)} > 1")
            case FixedBytes(size=size):
                self.scalar("", size, None)
            case VariableBytes(maximum=maximum):
                self._bytes(self.length(hint, maximum))
            case Maybe(of=of):
                there = self.scalar("I", 4, f"has_{hint}")
                self.check(f"{there} > 1")
                with self.block(f"if {there}:"):
                    self._skip(of, hint)
            case Sequence():
                self._sequence(kind, hint)
            case Reference(name=name):
                self._reference(name)

    def _bytes(self, length: str) -> None:
        end = self.local("end")
        self.line(f"{end} = p + {length}")
        self.line(f"p = {end} + (-{length} & 3)")
        self.line(f'if buf[{end}:p] > _ZEROS: _refuse("{self.name}", p)')

    def _sequence(self, sequence: Sequence, hint: str) -> None:
        if sequence.fixed is not None:
            for _ in range(sequence.fixed):
                self._skip(sequence.of, hint)
            return
        length = self.length(hint, sequence.maximum)
        size = self._fixed_size(sequence.of)
        if size is not None:
            self.line(f"p += {size} * {length}")
            return
        with self.block(f"for _ in range({length}):"):
            self._skip(sequence.of, "item")

    def _fixed_size(self, kind: Type) -> int | None:
        """In bytes, where there is nothing to check."""
        match kind:
            case Number(code=code):
                return _SIZE[code]
            case FixedBytes(size=size):
                return size
            case Reference(name=name) if isinstance(definition := self.types.layout[name], Alias):
                return self._fixed_size(definition.of)
            case _:
                return None

    def _reference(self, name: str) -> None:
        definition = self.types.layout[name]
        if name in self.types.with_readers and not self.types.is_inlined(name, self.within):
            self.settle()
            self.line(f"p = skip_{name}(buf, p{self.depth_argument(name)})")
            return
        with self.inside(name):
            self._definition(definition)
