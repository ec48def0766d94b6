"""MathML as libSBML gives it -> our formulas; function definitions are written out where they are called."""

from __future__ import annotations

import ast
import itertools
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from nonself.errors import InputError
from nonself.formats.sbml.contents import (
    DELAY,
    MOST_NODES,
    TIME,
    Formula,
    call,
    joined,
    minus,
    name,
    number,
    over,
    rate_of,
    relation,
    require_bounded,
)

AVOGADRO = 6.02214179e23  # the value SBML Level 3 fixes
MOST_CALLS = 60  # of functions in functions
MOST_XOR = 8  # arguments: each doubles what is written out
LARGEST_ROOT = 2.0**53
Scope = Mapping[str, "Bound"]


@dataclass(frozen=True, slots=True)
class Bound:
    """What a name of a function's argument or a local parameter stands for."""

    node: Any
    scope: Scope
    symbol: str | None = None


class Mathematics:
    """Translates the formulas of one file.

    **Arguments:** `functions` id -> its lambda; `known` names that may be used; `plain` whether formulas are text, as
    in Level 1, which has no constants: there libSBML takes `pi` or `inf` for one though it may be a name.
    """

    def __init__(self, functions: Mapping[str, Any], known: set[str], plain: bool = False) -> None:
        import libsbml

        self.plain = plain

        self.sbml = libsbml
        self.functions = functions
        self.known = known
        self.nodes = self.calls = self.written = 0
        self.words = _words(libsbml)
        self.chained = (
            libsbml.AST_PLUS, libsbml.AST_TIMES, libsbml.AST_LOGICAL_AND, libsbml.AST_LOGICAL_OR,
        )  # fmt: skip
        self.relations = {
            libsbml.AST_RELATIONAL_LT: ast.Lt, libsbml.AST_RELATIONAL_LEQ: ast.LtE,
            libsbml.AST_RELATIONAL_GT: ast.Gt, libsbml.AST_RELATIONAL_GEQ: ast.GtE,
            libsbml.AST_RELATIONAL_EQ: ast.Eq, libsbml.AST_RELATIONAL_NEQ: ast.NotEq,
        }  # fmt: skip
        self.counted = {
            libsbml.AST_FUNCTION_MIN: (1, MOST_NODES), libsbml.AST_FUNCTION_MAX: (1, MOST_NODES),
            libsbml.AST_FUNCTION_REM: (2, 2), libsbml.AST_FUNCTION_QUOTIENT: (2, 2),
            libsbml.AST_LOGICAL_IMPLIES: (2, 2),
        }  # fmt: skip
        self.logic = {
            libsbml.AST_LOGICAL_AND, libsbml.AST_LOGICAL_OR, libsbml.AST_LOGICAL_NOT, libsbml.AST_LOGICAL_XOR,
            libsbml.AST_LOGICAL_IMPLIES, libsbml.AST_CONSTANT_TRUE, libsbml.AST_CONSTANT_FALSE,
        }  # fmt: skip

    def formula(self, node: Any, local: Mapping[str, str] | None = None) -> Formula:
        """Return a number's formula; a condition counts as 1 or 0."""
        return self._guarded(self.number, node, local)

    def truth(self, node: Any) -> Formula:
        """Return a condition; a number is true where it is not 0."""
        return self._guarded(self.condition, node, None)

    def _guarded(
        self, read: Callable[[Any, Scope], Formula], node: Any, local: Mapping[str, str] | None
    ) -> Formula:
        try:
            formula = read(node, {key: Bound(None, {}, symbol) for key, symbol in (local or {}).items()})
            self.written = require_bounded([formula], self.written)
            return formula
        except RecursionError:
            raise InputError(
                "a formula is nested too deeply", mend="split it into parameters with assignment rules"
            ) from None

    def _parts(self, node: Any) -> list[Any]:
        """The arguments of a node; libSBML nests sums and products of many terms to the left, which is undone."""
        kind, later = node.getType(), []
        while kind in self.chained and node.getNumChildren() == 2 and node.getChild(0).getType() == kind:
            later.append(node.getChild(1))
            node = node.getChild(0)
        return [*(node.getChild(k) for k in range(node.getNumChildren())), *reversed(later)]

    def _count(self) -> None:
        self.nodes += 1
        if self.nodes > MOST_NODES:
            raise InputError(
                f"formulas have more than {MOST_NODES:,} operations once functions are written out",
                mend="use assignment rules instead of functions that call functions",
            )

    def _called(self, node: Any, scope: Scope) -> tuple[Any, Scope]:
        """The body of a function that is called, and what its arguments stand for."""
        word = node.getName()
        function = self.functions.get(word)
        if function is None:
            raise InputError(f"function {word!r} is not defined", mend="define it, or write its formula out")
        *arguments, body = self._parts(function)
        given = self._parts(node)
        if len(given) != len(arguments) or body is None:
            raise InputError(f"function {word!r} takes {len(arguments)} arguments, not {len(given)}")
        self.calls += 1
        if self.calls > MOST_CALLS:
            raise InputError(f"function {word!r} calls functions more than {MOST_CALLS} deep")
        return body, {
            bound.getName(): Bound(part, scope) for bound, part in zip(arguments, given, strict=True)
        }

    # numbers ---------------------------------------------------------------------------------------------------
    def number(self, node: Any, scope: Scope) -> Formula:
        """Return the formula of a number."""
        self._count()
        kind, sbml = node.getType(), self.sbml
        if self.plain and (hidden := self._hidden_name(node, scope)) is not None:
            return hidden
        if node.isNumber():
            return number(float(node.getValue()))
        if kind == sbml.AST_NAME:
            return self._name(node, scope)
        if kind == sbml.AST_FUNCTION:
            body, inner = self._called(node, scope)
            result = self.number(body, inner)
            self.calls -= 1
            return result
        if kind in self.relations or kind in self.logic:
            return ast.IfExp(self.condition(node, scope), number(1.0), number(0.0))
        if kind == sbml.AST_FUNCTION_PIECEWISE:
            return self._piecewise(node, scope)
        if kind == sbml.AST_FUNCTION_RATE_OF:
            return self._rate(node, scope)
        if kind == sbml.AST_FUNCTION_DELAY:
            return self._delay(node, scope)
        if kind in self.words:
            self._require_arguments(node)
            return self.words[kind]([self.number(part, scope) for part in self._parts(node)])
        raise InputError(
            f"{node.getName() or 'a MathML element'!r} is not a function of SBML core",
            mend="write it in others",
        )

    def _require_arguments(self, node: Any) -> None:
        """Refuse what libSBML does not count: the arguments of operations that came with Level 3 Version 2."""
        least, most = self.counted.get(node.getType(), (0, MOST_NODES))
        if not least <= node.getNumChildren() <= most:
            wanted = f"{least} arguments" if most == least else "an argument"
            raise InputError(
                f"{node.getName()!r} takes {wanted}, not {node.getNumChildren()}", mend="correct it"
            )

    def _hidden_name(self, node: Any, scope: Scope) -> Formula | None:
        """The symbol that libSBML took for a constant in a text, where the file has one of that name."""
        symbols = self.known | set(scope)
        if node.isNumber():
            value = float(node.getValue())
            if math.isfinite(value):
                return None
            word = "inf" if math.isinf(value) else "nan"
            meant = sorted(symbol for symbol in symbols if symbol.lower() == word)
            if len(meant) > 1:
                raise InputError(
                    f"{meant[0]!r} cannot be told from {meant[1]!r}", mend="give one another name"
                )
        else:
            value, word = 1.0, node.getName()
            constant = (
                self.sbml.AST_CONSTANT_PI, self.sbml.AST_CONSTANT_E, self.sbml.AST_CONSTANT_TRUE,
                self.sbml.AST_CONSTANT_FALSE,
            )  # fmt: skip
            meant = [word] if node.getType() in constant and word in symbols else []
        if not meant:
            return None
        bound = scope.get(meant[0])
        found = name(bound.symbol if bound is not None and bound.symbol else meant[0])
        return ast.UnaryOp(ast.USub(), found) if value < 0 else found

    def _name(self, node: Any, scope: Scope) -> Formula:
        word = node.getName()
        bound = scope.get(word)
        if bound is not None:
            return name(bound.symbol) if bound.symbol else self.number(bound.node, bound.scope)
        if word not in self.known:
            from nonself.errors import UnknownName

            raise UnknownName("name in a formula", word, self.known)
        return name(word)

    def _delay(self, node: Any, scope: Scope) -> Formula:
        parts = self._parts(node)
        if len(parts) != 2:
            raise InputError(
                f"delay takes 2 arguments, not {len(parts)}", mend="give it what, and how long ago"
            )
        return call(DELAY, *(self.number(part, scope) for part in parts))

    def _rate(self, node: Any, scope: Scope) -> Formula:
        inner = self._parts(node)
        symbol = self.number(inner[0], scope) if len(inner) == 1 else None
        if not isinstance(symbol, ast.Name):
            raise InputError("rateOf is of something that is no name", mend="give it one symbol")
        return name(rate_of(symbol.id))

    def _piecewise(self, node: Any, scope: Scope) -> Formula:
        parts = self._parts(node)
        result = self.number(parts.pop(), scope) if len(parts) % 2 else number(math.nan)
        for value, test in reversed(list(zip(parts[::2], parts[1::2], strict=True))):
            result = ast.IfExp(self.condition(test, scope), self.number(value, scope), result)
        return result

    # conditions ------------------------------------------------------------------------------------------------
    def condition(self, node: Any, scope: Scope) -> Formula:
        """Return the formula of a condition."""
        self._count()
        kind, sbml = node.getType(), self.sbml
        if self.plain and (hidden := self._hidden_name(node, scope)) is not None:
            return relation(hidden, ast.NotEq(), number(0.0))
        if kind in (sbml.AST_CONSTANT_TRUE, sbml.AST_CONSTANT_FALSE):
            return ast.Constant(kind == sbml.AST_CONSTANT_TRUE)
        if kind in self.relations:
            return self._relation(node, scope)
        if kind in self.logic:
            self._require_arguments(node)
            return self._logic(kind, [self.condition(part, scope) for part in self._parts(node)])
        if kind == sbml.AST_FUNCTION:
            body, inner = self._called(node, scope)
            result = self.condition(body, inner)
            self.calls -= 1
            return result
        if kind == sbml.AST_NAME and node.getName() in scope and scope[node.getName()].symbol is None:
            bound = scope[node.getName()]
            return self.condition(bound.node, bound.scope)
        if kind == sbml.AST_FUNCTION_PIECEWISE:
            return self._choice(self._parts(node), scope)
        return relation(self.number(node, scope), ast.NotEq(), number(0.0))

    def _choice(self, parts: list[Any], scope: Scope) -> Formula:
        result = self.condition(parts.pop(), scope) if len(parts) % 2 else ast.Constant(False)
        for value, test in reversed(list(zip(parts[::2], parts[1::2], strict=True))):
            test, value = self.condition(test, scope), self.condition(value, scope)
            result = _or(_and(test, value), _and(_not(test), result))
        return result

    def _relation(self, node: Any, scope: Scope) -> Formula:
        kind, parts = node.getType(), self._parts(node)
        operator = self.relations[kind]
        equal = operator in (ast.Eq, ast.NotEq)
        if equal and parts and all(self._is_condition(part, scope) for part in parts):
            given = [self.condition(part, scope) for part in parts]
            links = [
                _not(_xor(a, b)) if operator is ast.Eq else _xor(a, b) for a, b in itertools.pairwise(given)
            ]
        else:
            sides = [self.number(part, scope) for part in parts]
            links = [relation(a, operator(), b) for a, b in itertools.pairwise(sides)]
        return _and(*links)

    def _is_condition(self, node: Any, scope: Scope) -> bool:
        kind = node.getType()
        if kind == self.sbml.AST_NAME and node.getName() in scope:
            bound = scope[node.getName()]
            return bound.symbol is None and self._is_condition(bound.node, bound.scope)
        if kind == self.sbml.AST_FUNCTION:
            body, inner = self._called(node, scope)
            found = self._is_condition(body, inner)
            self.calls -= 1
            return found
        if kind == self.sbml.AST_FUNCTION_PIECEWISE:
            parts = self._parts(node)
            return bool(parts) and self._is_condition(parts[0], scope)
        return kind in self.relations or kind in self.logic

    def _logic(self, kind: int, parts: list[Formula]) -> Formula:
        sbml = self.sbml
        if kind == sbml.AST_LOGICAL_AND:
            return _and(*parts)
        if kind == sbml.AST_LOGICAL_OR:
            return _or(*parts)
        if kind == sbml.AST_LOGICAL_NOT:
            return _not(parts[0])
        if kind == sbml.AST_LOGICAL_IMPLIES:
            return _or(_not(parts[0]), parts[1])
        result: Formula = ast.Constant(False)
        if len(parts) > MOST_XOR:
            raise InputError(f"an 'xor' has more than {MOST_XOR} arguments", mend="nest or count them")
        for part in parts:
            result = _xor(result, part) if not _is(result, False) else part
        return result


def unsupported(feature: str, why: str, mend: str) -> InputError:
    """Return the refusal of a feature by its name."""
    return InputError(f"uses {feature}: {why}", mend=mend)


def _is(node: Formula, value: bool) -> bool:
    return isinstance(node, ast.Constant) and node.value is value


def _not(part: Formula) -> Formula:
    return ast.UnaryOp(ast.Not(), part)


def _and(*parts: Formula) -> Formula:
    return (
        parts[0] if len(parts) == 1 else ast.BoolOp(ast.And(), list(parts)) if parts else ast.Constant(True)
    )


def _or(*parts: Formula) -> Formula:
    return (
        parts[0] if len(parts) == 1 else ast.BoolOp(ast.Or(), list(parts)) if parts else ast.Constant(False)
    )


def _xor(left: Formula, right: Formula) -> Formula:
    return _or(_and(left, _not(right)), _and(_not(left), right))


# words of MathML ---------------------------------------------------------------------------------------------------
Word = Callable[[list[Formula]], Formula]


def _plain(function: str) -> Word:
    return lambda parts: call(function, parts[0])


def _one_over(function: str) -> Word:
    return lambda parts: over(number(1.0), call(function, parts[0]))


def _of_inverse(function: str) -> Word:
    return lambda parts: call(function, over(number(1.0), parts[0]))


def _cotangent(parts: list[Formula]) -> Formula:
    return over(call("cos", parts[0]), call("sin", parts[0]))


def _arccot(parts: list[Formula]) -> Formula:
    """The inverse that is odd: pi / 2 at 0, and atan(1/x) elsewhere."""
    x = parts[0]
    return ast.IfExp(
        relation(x, ast.Eq(), number(0.0)), number(math.pi / 2), call("atan", over(number(1.0), x))
    )


def _minus(parts: list[Formula]) -> Formula:
    return ast.UnaryOp(ast.USub(), parts[0]) if len(parts) == 1 else minus(parts[0], parts[1])


def _power(parts: list[Formula]) -> Formula:
    return ast.BinOp(parts[0], ast.Pow(), parts[1])


def _root(parts: list[Formula]) -> Formula:
    """The root of a degree, 2 where none is given; an odd whole degree has one of a negative number too."""
    if len(parts) == 1:
        return call("sqrt", parts[0])
    degree, x = parts
    value = degree.value if isinstance(degree, ast.Constant) else None
    if value == 2.0:
        return call("sqrt", x)
    power = ast.BinOp(x, ast.Pow(), over(number(1.0), degree))
    if isinstance(value, float) and value % 2 == 1 and value < LARGEST_ROOT:
        negative = ast.UnaryOp(
            ast.USub(),
            ast.BinOp(ast.UnaryOp(ast.USub(), x), ast.Pow(), over(number(1.0), degree)),
        )
        return ast.IfExp(relation(x, ast.Lt(), number(0.0)), negative, power)
    return power


def _log(parts: list[Formula]) -> Formula:
    if len(parts) == 1:
        return call("log10", parts[0])
    base, x = parts
    if isinstance(base, ast.Constant) and base.value == 10.0:
        return call("log10", x)
    return over(call("log", x), call("log", base))


def _extreme(function: str) -> Word:
    def of(parts: list[Formula]) -> Formula:
        result = parts[0]
        for part in parts[1:]:
            result = call(function, result, part)
        return result

    return of


def _quotient(parts: list[Formula]) -> Formula:
    """The quotient without what is behind its point: of its size, so that one count follows it on both sides of 0."""
    ratio = over(parts[0], parts[1])
    whole = call("floor", call("abs", ratio))
    return ast.IfExp(relation(ratio, ast.Lt(), number(0.0)), ast.UnaryOp(ast.USub(), whole), whole)


def _remainder(parts: list[Formula]) -> Formula:
    return minus(parts[0], ast.BinOp(parts[1], ast.Mult(), _quotient(parts)))


def _words(sbml: Any) -> dict[int, Word]:
    """MathML's functions and constants, by libSBML's number."""
    table: dict[int, Word] = {
        sbml.AST_PLUS: lambda parts: joined(ast.Add(), parts, 0.0),
        sbml.AST_TIMES: lambda parts: joined(ast.Mult(), parts, 1.0),
        sbml.AST_MINUS: _minus,
        sbml.AST_DIVIDE: lambda parts: over(parts[0], parts[1]),
        sbml.AST_POWER: _power, sbml.AST_FUNCTION_POWER: _power,
        sbml.AST_FUNCTION_ROOT: _root, sbml.AST_FUNCTION_LOG: _log,
        sbml.AST_FUNCTION_LN: _plain("log"), sbml.AST_FUNCTION_EXP: _plain("exp"),
        sbml.AST_FUNCTION_ABS: _plain("abs"), sbml.AST_FUNCTION_FLOOR: _plain("floor"),
        sbml.AST_FUNCTION_CEILING: _plain("ceil"), sbml.AST_FUNCTION_FACTORIAL: _plain("factorial"),
        sbml.AST_FUNCTION_MIN: _extreme("min"), sbml.AST_FUNCTION_MAX: _extreme("max"),
        sbml.AST_FUNCTION_QUOTIENT: _quotient, sbml.AST_FUNCTION_REM: _remainder,
        sbml.AST_FUNCTION_SEC: _one_over("cos"), sbml.AST_FUNCTION_CSC: _one_over("sin"),
        sbml.AST_FUNCTION_COT: _cotangent, sbml.AST_FUNCTION_SECH: _one_over("cosh"),
        sbml.AST_FUNCTION_CSCH: _one_over("sinh"), sbml.AST_FUNCTION_COTH: _one_over("tanh"),
        sbml.AST_FUNCTION_ARCSEC: _of_inverse("acos"), sbml.AST_FUNCTION_ARCCSC: _of_inverse("asin"),
        sbml.AST_FUNCTION_ARCCOT: _arccot, sbml.AST_FUNCTION_ARCSECH: _of_inverse("acosh"),
        sbml.AST_FUNCTION_ARCCSCH: _of_inverse("asinh"), sbml.AST_FUNCTION_ARCCOTH: _of_inverse("atanh"),
        sbml.AST_NAME_TIME: lambda parts: name(TIME),
        sbml.AST_NAME_AVOGADRO: lambda parts: number(AVOGADRO),
        sbml.AST_CONSTANT_E: lambda parts: number(math.e), sbml.AST_CONSTANT_PI: lambda parts: number(math.pi),
    }  # fmt: skip
    for word in ("SIN", "COS", "TAN", "SINH", "COSH", "TANH"):
        table[getattr(sbml, f"AST_FUNCTION_{word}")] = _plain(word.lower())
        table[getattr(sbml, f"AST_FUNCTION_ARC{word}")] = _plain("a" + word.lower())
    return table
