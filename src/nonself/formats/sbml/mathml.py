"""Our formulas -> MathML, in the form that reading gives back: written, read and written again it is the same."""

from __future__ import annotations

import ast
import math
import sys
from collections.abc import Callable
from decimal import Decimal
from xml.etree.ElementTree import Element, SubElement

from nonself.errors import InputError
from nonself.expr import TIME, parse, parse_condition
from nonself.formats.sbml.contents import joined

MATHML = "http://www.w3.org/1998/Math/MathML"
SYMBOLS = "http://www.sbml.org/sbml/symbols"
_OPERATORS: dict[type[ast.AST], str] = {
    ast.Add: "plus", ast.Sub: "minus", ast.Mult: "times", ast.Div: "divide", ast.Pow: "power", ast.Lt: "lt",
    ast.LtE: "leq", ast.Gt: "gt", ast.GtE: "geq", ast.Eq: "eq", ast.NotEq: "neq", ast.And: "and", ast.Or: "or",
}  # fmt: skip
_FUNCTIONS = {
    "exp": "exp", "log": "ln", "log10": "log", "sqrt": "root", "abs": "abs", "min": "min", "max": "max",
    "floor": "floor", "ceil": "ceiling", "factorial": "factorial", "sin": "sin", "cos": "cos", "tan": "tan",
    "asin": "arcsin", "acos": "arccos", "atan": "arctan", "sinh": "sinh", "cosh": "cosh", "tanh": "tanh",
    "asinh": "arcsinh", "acosh": "arccosh", "atanh": "arctanh",
}  # fmt: skip
Named = Callable[[str], str]


def math_of(formula: str, named: Named, has_units: bool) -> Element:
    """Return the `math` element of a formula that gives a number.

    **Arguments:** `named` what a name of ours is called in the file; `has_units` whether numbers are said to be
    dimensionless, as they are in a model with units.

    **Raises:** `InputError` naming a function that SBML does not have.
    """
    return _math(parse(formula), named, has_units)


def math_of_condition(condition: str, named: Named, has_units: bool) -> Element:
    """Return the `math` element of a formula that is true or false."""
    return _math(parse_condition(condition), named, has_units)


def require_readable(value: float) -> None:
    """Refuse a number that libSBML does not read.

    **Raises:** `InputError` for one nearer to 0 than a double of full precision can be.
    """
    if 0 < abs(value) < sys.float_info.min:
        raise InputError(f"{value!r} is too small a number for SBML files", mend="give 0, or another unit")


def plain_number(formula: str) -> float | None:
    """Return the number that a formula is, where it is a finite one and nothing else.

    **Example:** `plain_number("-2")` gives `-2.0`.
    """
    node, sign = parse(formula), 1.0
    while isinstance(node, ast.UnaryOp):
        sign, node = (-sign if isinstance(node.op, ast.USub) else sign), node.operand
    if isinstance(node, ast.Constant) and isinstance(node.value, (int, float)) and math.isfinite(node.value):
        return sign * float(node.value)
    return None


def _math(tree: ast.expr, named: Named, has_units: bool) -> Element:
    root = Element("math", {"xmlns": MATHML})
    _Writer(named, {"sbml:units": "dimensionless"} if has_units else {}).write(root, _canonical(tree))
    return root


def _canonical(node: ast.expr) -> ast.expr:
    """The formula with sums and products of many terms halved as reading halves them, until that changes nothing."""
    before = ""
    while (text := ast.unparse(node)) != before:
        before, node = text, _Halve().visit(ast.parse(text, mode="eval").body)
    return node


class _Halve(ast.NodeTransformer):
    def visit_BinOp(self, node: ast.BinOp) -> ast.expr:
        """Halve the chain of terms that begins here."""
        if not isinstance(node.op, (ast.Add, ast.Mult)):
            self.generic_visit(node)
            return node
        parts: list[ast.expr] = []
        left: ast.expr = node
        while isinstance(left, ast.BinOp) and type(left.op) is type(node.op):
            parts.append(left.right)
            left = left.left
        return joined(node.op, [self.visit(part) for part in (left, *reversed(parts))], 0.0)

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """Write a power of what may be below zero out as a choice."""
        arguments = [self.visit(part) for part in node.args]
        if isinstance(node.func, ast.Name) and node.func.id == "positive_power":
            base, exponent = arguments
            positive = ast.Compare(base, [ast.Gt()], [ast.Constant(0.0)])
            return ast.IfExp(positive, ast.BinOp(base, ast.Pow(), exponent), ast.Constant(0.0))
        return ast.Call(node.func, arguments, [])

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.expr:
        """Take a first condition of the same kind apart."""
        self.generic_visit(node)
        first = node.values[0]
        if isinstance(first, ast.BoolOp) and type(first.op) is type(node.op):
            return ast.BoolOp(node.op, [*first.values, *node.values[1:]])
        return node


class _Writer:
    def __init__(self, named: Named, of_numbers: dict[str, str]) -> None:
        self.named = named
        self.of_numbers = of_numbers

    def write(self, above: Element, node: ast.expr) -> None:
        """Put a formula into an element."""
        if isinstance(node, ast.Name):
            self._name(above, node.id)
        elif isinstance(node, ast.Constant):
            self._constant(above, node.value)
        elif isinstance(node, ast.UnaryOp):
            self._unary(above, node)
        elif isinstance(node, ast.BinOp):
            self._apply(above, _OPERATORS[type(node.op)], node.left, node.right)
        elif isinstance(node, ast.BoolOp):
            self._apply(above, _OPERATORS[type(node.op)], *node.values)
        elif isinstance(node, ast.Compare):
            self._compare(above, node)
        elif isinstance(node, ast.IfExp):
            self._choice(above, node)
        else:
            assert isinstance(node, ast.Call)
            self._call(above, node)

    def _apply(self, above: Element, word: str, *parts: ast.expr) -> None:
        apply = SubElement(above, "apply")
        SubElement(apply, word)
        for part in parts:
            self.write(apply, part)

    def _name(self, above: Element, name: str) -> None:
        if name == TIME:
            _symbol(above, "time")
        else:
            SubElement(above, "ci").text = self.named(name)

    def _constant(self, above: Element, value: object) -> None:
        if isinstance(value, bool):
            SubElement(above, "true" if value else "false")
            return
        assert isinstance(value, (int, float))
        size = float(value)
        if math.isinf(size):
            SubElement(above, "infinity")
            return
        require_readable(size)
        text = f"{Decimal(repr(size)):f}".removesuffix(
            ".0"
        )  # not with an exponent: libSBML rounds that again
        SubElement(above, "cn", self.of_numbers).text = text

    def _unary(self, above: Element, node: ast.UnaryOp) -> None:
        inner = node.operand
        if isinstance(node.op, ast.Not):
            self._apply(above, "not", inner)
        elif isinstance(node.op, ast.UAdd):
            self.write(above, inner)
        elif isinstance(inner, ast.Constant) and math.isfinite(float(inner.value)):  # type: ignore[arg-type]
            self._constant(above, -float(inner.value))  # type: ignore[arg-type]
        else:
            self._apply(above, "minus", inner)

    def _compare(self, above: Element, node: ast.Compare) -> None:
        sides = [node.left, *node.comparators]
        if len(node.ops) > 1:
            above = SubElement(above, "apply")
            SubElement(above, "and")
        for number, operator in enumerate(node.ops):
            self._apply(above, _OPERATORS[type(operator)], sides[number], sides[number + 1])

    def _choice(self, above: Element, node: ast.IfExp) -> None:
        piecewise = SubElement(above, "piecewise")
        rest: ast.expr = node
        while isinstance(rest, ast.IfExp):
            piece = SubElement(piecewise, "piece")
            self.write(piece, rest.body)
            self.write(piece, rest.test)
            rest = rest.orelse
        self.write(SubElement(piecewise, "otherwise"), rest)

    def _call(self, above: Element, node: ast.Call) -> None:
        assert isinstance(node.func, ast.Name)
        word, arguments = node.func.id, node.args
        if word == "delay":
            apply = SubElement(above, "apply")
            _symbol(apply, "delay")
            for part in arguments:
                self.write(apply, part)
        elif word in _FUNCTIONS:
            self._apply(above, _FUNCTIONS[word], *arguments)
        else:
            raise InputError(f"uses {word!r}, which SBML does not have", mend="write the formula without it")


def _symbol(above: Element, word: str) -> None:
    attributes = {"encoding": "text", "definitionURL": f"{SYMBOLS}/{word}"}
    SubElement(above, "csymbol", attributes).text = word
