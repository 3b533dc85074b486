"""The layout of Stellar's XDR types, read off the `unpack` methods of `stellar_sdk.xdr`.

stellar-sdk's classes are themselves generated from the network's .x files, so their source is regular: each `unpack`
is a row of a few shapes. A shape that is not known here fails, naming the type.
"""

import ast
import inspect
import sys
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol, cast

from stellar_sdk import xdr as stellar_xdr

_NO_MAXIMUM = 2**32 - 1


class UnknownShape(Exception):
    """stellar-sdk unpacks a type in a way that this module does not know: teach it here."""


@dataclass(frozen=True, slots=True)
class Number:
    """An integer; `code` is struct's: i, I, q or Q."""

    code: str


@dataclass(frozen=True, slots=True)
class Flag:
    """A boolean: 0 or 1 in 4 bytes."""


@dataclass(frozen=True, slots=True)
class FixedBytes:
    """Opaque of a fixed size, in bytes."""

    size: int


@dataclass(frozen=True, slots=True)
class VariableBytes:
    """Opaque or string, behind its length in bytes."""

    maximum: int


@dataclass(frozen=True, slots=True)
class Maybe:
    """Optional data, behind a boolean."""

    of: "Type"


@dataclass(frozen=True, slots=True)
class Sequence:
    """An array: of `fixed` items, or behind its length."""

    of: "Type"
    fixed: int | None
    maximum: int


@dataclass(frozen=True, slots=True)
class Reference:
    """A type with a name of its own."""

    name: str


Type = Number | Flag | FixedBytes | VariableBytes | Maybe | Sequence | Reference


@dataclass(frozen=True, slots=True)
class Enumeration:
    """Names and their numbers."""

    name: str
    members: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Structure:
    """Fields, one after the other."""

    name: str
    fields: tuple[tuple[str, Type], ...]


@dataclass(frozen=True, slots=True)
class Arm:
    """What follows one value of a union's discriminant; None for void. `name` is stellar-sdk's."""

    label: int
    name: str | None
    type: Type | None


@dataclass(frozen=True, slots=True)
class Union:
    """A discriminant, and one of the arms."""

    name: str
    discriminant: str
    on: Type
    arms: tuple[Arm, ...]


@dataclass(frozen=True, slots=True)
class Alias:
    """Another name for a type (typedef)."""

    name: str
    of: Type


Definition = Enumeration | Structure | Union | Alias

_BASIC: dict[str, Number | Flag] = {
    "Integer": Number("i"),
    "UnsignedInteger": Number("I"),
    "Hyper": Number("q"),
    "UnsignedHyper": Number("Q"),
    "Boolean": Flag(),
}


def layout_of(root: str) -> dict[str, Definition]:
    """The root and all types that it is made of, each before the types that use it where there is no cycle.

    Raises:
        UnknownShape: stellar-sdk has changed the way in which it unpacks.
    """
    found: dict[str, Definition] = {}
    begun: set[str] = set()

    def visit(name: str) -> None:
        if name in begun:
            return
        begun.add(name)
        definition = _definition(name)
        for other in references(definition):
            visit(other)
        found[name] = definition

    visit(root)
    return found


def references(definition: Definition) -> Iterator[str]:
    """The names that a definition uses, in its order."""
    match definition:
        case Structure(fields=fields):
            types = [kind for _, kind in fields]
        case Union(on=on, arms=arms):
            types = [on, *(arm.type for arm in arms if arm.type is not None)]
        case Alias(of=of):
            types = [of]
        case Enumeration():
            types = []
    for kind in types:
        yield from _names(kind)


def _names(kind: Type) -> Iterator[str]:
    if isinstance(kind, Reference):
        yield kind.name
    elif isinstance(kind, Maybe | Sequence):
        yield from _names(kind.of)


def _definition(name: str) -> Definition:
    kind = getattr(stellar_xdr, name)
    if issubclass(kind, IntEnum):
        return Enumeration(name, tuple((member.name, int(member)) for member in kind))
    return _Unpack(name, kind).definition()


def _function(function: Callable[..., object]) -> ast.FunctionDef:
    [tree] = ast.parse(textwrap.dedent(inspect.getsource(function))).body
    return cast("ast.FunctionDef", tree)


def _constant(kind: type, value: ast.expr) -> int:
    """A number, or the name of one in the type's module."""
    if isinstance(value, ast.Name):
        return int(getattr(sys.modules[kind.__module__], value.id))
    return int(ast.literal_eval(value))


def _maxima(kind: type) -> dict[str, int]:
    """The longest that a type's arrays may be: stellar-sdk checks it in `__init__`."""
    found: dict[str, int] = {}
    limit = None
    for statement in ast.walk(_function(vars(kind)["__init__"])):
        match statement:
            case ast.Assign(targets=[ast.Name("_expect_max_length")], value=value):
                limit = _constant(kind, value)
            case ast.If(test=ast.BoolOp(values=[ast.Name(parameter), ast.Compare(comparators=[ast.Name(bound)])])):
                if bound == "_expect_max_length":
                    assert limit is not None
                    found[parameter] = limit
    return found


class _Unpackable(Protocol):
    unpack: Callable[..., object]


class _Unpack:
    """One type's `unpack`, statement by statement."""

    def __init__(self, name: str, kind: type[_Unpackable]) -> None:
        self._name = name
        self._kind = kind
        self._maxima = _maxima(kind)
        self._statements = [each for each in _function(kind.unpack).body if not _is_of_no_account(each)]

    def definition(self) -> Definition:
        if isinstance(self._statements[-1], ast.Raise):
            return self._union()
        fields, returned = self._fields(self._statements)
        if returned.args:
            [(_, of)] = fields
            return Alias(self._name, of)
        return Structure(self._name, tuple(fields))

    def _union(self) -> Union:
        [(discriminant, on)], _ = self._fields(self._statements[:1])
        arms = tuple(self._arm(discriminant, on, each) for each in self._statements[1:-1])
        return Union(self._name, discriminant, on, arms)

    def _arm(self, discriminant: str, on: Type, statement: ast.stmt) -> Arm:
        match statement:
            case ast.If(test=ast.Compare(left=ast.Name(tested), comparators=[label]), orelse=[]) if (
                tested == discriminant
            ):
                fields, _ = self._fields([each for each in statement.body if not _is_of_no_account(each)])
            case _:
                raise self._unknown(statement)
        if len(fields) > 1:
            raise self._unknown(statement)
        name, kind = fields[0] if fields else (None, None)
        return Arm(self._label(on, label), name, kind)

    def _label(self, on: Type, label: ast.expr) -> int:
        match on, label:
            case Reference(name), ast.Attribute(value=ast.Name(owner), attr=member) if owner == name:
                return int(getattr(stellar_xdr, name)[member])
            case _, ast.Constant(int(number)):
                return number
        raise self._unknown(label)

    def _fields(self, statements: list[ast.stmt]) -> tuple[list[tuple[str, Type]], ast.Call]:
        fields: list[tuple[str, Type]] = []
        returned = ast.Call(ast.Name("cls"), [], [])
        rest = iter(statements)
        for statement in rest:
            match statement:
                case ast.Assign(targets=[ast.Name("length")], value=length):
                    fields.append(self._sequence(length, rest))
                case ast.Assign(targets=[ast.Name(name)], value=value):
                    fields.append((name, self._type(value)))
                case ast.Return(value=ast.Call(func=ast.Name("cls")) as returned):
                    pass
                case _:
                    raise self._unknown(statement)
        return fields, returned

    def _sequence(self, length: ast.expr, rest: Iterator[ast.stmt]) -> tuple[str, Type]:
        match length, next(rest), next(rest):
            case (
                ast.Constant(int(fixed)),
                ast.Assign(targets=[ast.Name(name)], value=ast.List(elts=[])),
                ast.For(body=[ast.Expr(ast.Call(ast.Attribute(ast.Name(extended), "append"), [item]))]),
            ) if name == extended:
                return name, Sequence(self._type(item), fixed, fixed)
            case (
                ast.Call(func=ast.Attribute(ast.Name("unpacker"), "unpack_uint")),
                ast.Assign(targets=[ast.Name(name)], value=ast.List(elts=[])),
                ast.For(body=[ast.Expr(ast.Call(ast.Attribute(ast.Name(extended), "append"), [item]))]),
            ) if name == extended:
                return name, Sequence(self._type(item), None, self._maxima.get(name, _NO_MAXIMUM))
        raise self._unknown(length)

    def _type(self, value: ast.expr) -> Type:
        match value:
            case ast.IfExp(
                test=ast.Call(func=ast.Attribute(ast.Name("unpacker"), "unpack_uint")),
                body=body,
                orelse=ast.Constant(None),
            ):
                return Maybe(self._type(body))
            case ast.Call(func=ast.Attribute(ast.Name("Opaque"), "unpack"), args=[_, size, ast.Constant(bool(fixed))]):
                length = _constant(self._kind, size)
                return FixedBytes(length) if fixed else VariableBytes(length)
            case ast.Call(func=ast.Attribute(ast.Name("String"), "unpack"), args=[_, size]):
                return VariableBytes(_constant(self._kind, size))
            case ast.Call(func=ast.Attribute(ast.Name(name), "unpack")) if name in _BASIC:
                return _BASIC[name]
            case ast.Call(func=ast.Attribute(ast.Name(name), "unpack")) if hasattr(stellar_xdr, name):
                return Reference(name)
        raise self._unknown(value)

    def _unknown(self, node: ast.AST) -> UnknownShape:
        return UnknownShape(f"{self._name}.unpack of stellar-sdk has a part that is not known: {ast.unparse(node)}")


def _is_of_no_account(statement: ast.stmt) -> bool:
    """Depth and remaining length, which the readers bound in their own way, docstrings, and imports."""
    match statement:
        case (
            ast.If(test=ast.Compare(left=ast.Name("depth_limit")))
            | ast.If(test=ast.Compare(left=ast.Name("_remaining")))
        ):
            return True
        case ast.Assign(targets=[ast.Name("_remaining")]) | ast.ImportFrom() | ast.Expr(ast.Constant()):
            return True
    return False
