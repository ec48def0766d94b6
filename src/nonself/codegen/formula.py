"""Formulas -> tape: as written, except that what depends on parameters alone is gathered to be computed once."""

from __future__ import annotations

import ast
import math
from collections.abc import Iterable, Mapping, Sequence

from nonself.codegen.tape import Tape
from nonself.expr import links, parse

LARGEST_POWER = 64  # integer powers up to this become multiplications
_RELATIONS: dict[type[ast.cmpop], str] = {
    ast.Lt: "lt", ast.LtE: "le", ast.Gt: "gt", ast.GtE: "ge", ast.Eq: "eq", ast.NotEq: "ne",
}  # fmt: skip


class FormulaLowering:
    """Writes formulas onto a tape.

    **Arguments:** `tape` to write on; `names` every name's node, grown by the caller as names are defined;
    `written` collects the comparisons that formulas write out, in order, each once; `delays` what is looked back at,
    as its node and that of how long ago, and how it is written.
    """

    def __init__(self, tape: Tape, names: Mapping[str, int]) -> None:
        self.tape = tape
        self.names = names
        self.written: dict[int, None] = {}
        self.delays: dict[tuple[int, int], ast.expr] = {}

    def formula(self, text: str) -> int:
        """Return the node of a formula."""
        return self._of(parse(text))

    def _of(self, node: ast.expr) -> int:
        if isinstance(node, ast.Name):
            return self.names[node.id]
        if isinstance(node, ast.Constant):
            assert isinstance(node.value, (int, float))
            return self.tape.constant(float(node.value))
        if isinstance(node, ast.UnaryOp):
            inner = self._of(node.operand)
            return self.tape.apply("neg", inner) if isinstance(node.op, ast.USub) else inner
        if isinstance(node, ast.IfExp):
            return self.tape.apply(
                "select", self._condition(node.test), self._of(node.body), self._of(node.orelse)
            )
        if isinstance(node, ast.Call):
            return self._call(node)
        assert isinstance(node, ast.BinOp)
        if isinstance(node.op, ast.Pow):
            return self._power(node.left, node.right)
        if isinstance(node.op, (ast.Add, ast.Sub)):
            return self.sum(self._terms(node, 1.0))
        above, below = self._factors(node)
        return self._ratio(above, below)

    def _call(self, node: ast.Call) -> int:
        assert isinstance(node.func, ast.Name)
        tape, name = self.tape, node.func.id
        if name == "delay":
            return self.delayed(*node.args)
        inner = [self._of(part) for part in node.args]
        if name == "log10":
            return tape.apply("mul", tape.constant(1 / math.log(10)), tape.apply("log", inner[0]))
        if name == "abs":
            below = tape.apply("lt", inner[0], tape.constant(0.0))
            return tape.apply("select", below, tape.apply("neg", inner[0]), inner[0])
        if name in ("min", "max"):
            chosen = tape.apply("lt" if name == "min" else "gt", *inner)
            return tape.apply("select", chosen, *inner)
        if name == "positive_power":
            positive = tape.apply("gt", inner[0], tape.constant(0.0))
            base = tape.apply("select", positive, inner[0], tape.constant(1.0))
            return tape.apply("select", positive, tape.apply("pow", base, inner[1]), tape.constant(0.0))
        return tape.apply(name, inner[0])

    def delayed(self, inner: ast.expr, ago: ast.expr) -> int:
        """Return the node of what a formula was some time ago; the formula itself where that is 0."""
        value, lag = self._of(inner), self._of(ago)
        if self.tape.is_constant(lag, 0.0):
            return value
        self.delays.setdefault((value, lag), inner)
        then = self.tape.leaf("delayed", list(self.delays).index((value, lag)))
        if self.tape.nodes[lag].operation == "constant":
            return then
        now = self.tape.apply("le", lag, self.tape.constant(0.0))
        return self.tape.apply("select", now, value, then)

    def _condition(self, node: ast.expr) -> int:
        if isinstance(node, ast.BoolOp):
            name = "and" if isinstance(node.op, ast.And) else "or"
            first, *others = (self._condition(part) for part in node.values)
            for other in others:
                first = self.tape.apply(name, first, other)
            return first
        if isinstance(node, ast.UnaryOp):
            return self.tape.apply("not", self._condition(node.operand))
        if isinstance(node, ast.Constant):
            zero = self.tape.constant(0.0)
            return self.tape.apply("eq" if node.value else "ne", zero, zero)
        assert isinstance(node, ast.Compare)
        first, *others = (self._comparison(link) for link in links(node))
        for other in others:
            first = self.tape.apply("and", first, other)
        return first

    def _comparison(self, link: ast.Compare) -> int:
        found = self.tape.apply(
            _RELATIONS[type(link.ops[0])], self._of(link.left), self._of(link.comparators[0])
        )
        self.written[found] = None
        return found

    # products --------------------------------------------------------------------------------------------------
    def _factors(self, node: ast.expr) -> tuple[list[int], list[int]]:
        """Return the nodes above and below the line of a chain of * and /."""
        if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Mult, ast.Div)):
            above, below = self._factors(node.left)
            if isinstance(node.op, ast.Div):
                return above, [*below, self._of(node.right)]
            more_above, more_below = self._factors(node.right)
            return above + more_above, below + more_below
        return [self._of(node)], []

    def _ratio(self, above: Sequence[int], below: Sequence[int]) -> int:
        """Return (parameters / parameters) * states * 1/states; each distinct denominator is inverted once."""
        sign, above = self._sign(above)
        fixed = self._multiply(self._where(above, of_state=False))
        under = self._where(below, of_state=False)
        if under:
            fixed = self.tape.apply("div", fixed, self._multiply(under))
        inverses = [self._inverse(node) for node in self._where(below, of_state=True)]
        moving = sorted([*self._where(above, of_state=True), *inverses], key=self._digest)
        result = self._multiply([fixed, *moving])
        return result if sign > 0 else self.tape.apply("neg", result)

    def _sign(self, nodes: Sequence[int]) -> tuple[int, list[int]]:
        sign, plain = 1, []
        for node in nodes:
            while self.tape.nodes[node].operation == "neg":
                sign, node = -sign, self.tape.nodes[node].arguments[0]
            plain.append(node)
        return sign, plain

    def _inverse(self, node: int) -> int:
        return self.tape.apply("div", self.tape.constant(1.0), node)

    def _digest(self, node: int) -> bytes:
        return self.tape.nodes[node].digest

    def _where(self, nodes: Iterable[int], of_state: bool) -> list[int]:
        return sorted((n for n in nodes if self.tape.nodes[n].of_state == of_state), key=self._digest)

    def _multiply(self, nodes: Sequence[int]) -> int:
        result = self.tape.constant(1.0)
        for node in nodes:
            result = self.tape.apply("mul", result, node)
        return result

    # powers ----------------------------------------------------------------------------------------------------
    def _power(self, base: ast.expr, exponent: ast.expr) -> int:
        power = self._of(exponent)
        found = self.tape.nodes[power]
        if found.operation == "constant":
            value = float(found.value)
            if value == 0.5:
                return self.tape.apply("sqrt", self._of(base))
            if value.is_integer() and 0 < abs(value) <= LARGEST_POWER:
                root = self._of(base)
                return self._integer_power(root if value > 0 else self._inverse(root), abs(int(value)))
        above, below = self._factors(base)
        if not self._where(above, of_state=True) and self._where(below, of_state=True):
            # (p/y)**g is (y/p)**-g, which needs no division: the parameters' ratio is computed once a patient
            return self.tape.apply("pow", self._ratio(below, above), self.tape.apply("neg", power))
        return self.tape.apply("pow", self._ratio(above, below), power)

    def _integer_power(self, base: int, exponent: int) -> int:
        if exponent == 1:
            return base
        half = self._integer_power(base, exponent // 2)
        square = self.tape.apply("mul", half, half)
        return self.tape.apply("mul", square, base) if exponent % 2 else square

    # sums ------------------------------------------------------------------------------------------------------
    def _terms(self, node: ast.expr, sign: float) -> list[tuple[float, int]]:
        if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.Add, ast.Sub)):
            right = sign if isinstance(node.op, ast.Add) else -sign
            return self._terms(node.left, sign) + self._terms(node.right, right)
        return [(sign, self._of(node))]

    def sum(self, terms: Iterable[tuple[float, int]]) -> int:
        """Return the sum of amount * node: parameters first, then states, then products as fused multiply-adds."""
        tape = self.tape
        signed = [self._signed(amount, node) for amount, node in terms if not tape.is_constant(node, 0.0)]
        fixed = sorted((t for t in signed if not tape.nodes[t[2]].of_state), key=self._key)
        moving = sorted((t for t in signed if tape.nodes[t[2]].of_state), key=self._key)
        products = [t for t in moving if t[1] != 1.0 or tape.nodes[t[2]].operation == "mul"]
        total: int | None = None
        for term in [*fixed, *(t for t in moving if t not in products)]:
            total = self._plus(total, *term)
        for term in products:
            total = self._fused(total, *term)
        return tape.constant(0.0) if total is None else total

    def _signed(self, amount: float, node: int) -> tuple[int, float, int]:
        sign = 1 if amount > 0 else -1
        while self.tape.nodes[node].operation == "neg":
            sign, node = -sign, self.tape.nodes[node].arguments[0]
        return sign, abs(amount), node

    def _key(self, term: tuple[int, float, int]) -> tuple[int, bytes, float]:
        return -term[0], self.tape.nodes[term[2]].digest, term[1]

    def _plain(self, sign: int, size: float, node: int) -> int:
        scaled = self.tape.apply("mul", self.tape.constant(size), node)
        return scaled if sign > 0 else self.tape.apply("neg", scaled)

    def _plus(self, total: int | None, sign: int, size: float, node: int) -> int:
        if total is None:
            return self._plain(sign, size, node)
        scaled = self.tape.apply("mul", self.tape.constant(size), node)
        return self.tape.apply("add" if sign > 0 else "sub", total, scaled)

    def _fused(self, total: int | None, sign: int, size: float, node: int) -> int:
        if total is None:
            return self._plain(sign, size, node)
        if size != 1.0:
            left, right = self.tape.constant(size), node
        else:
            left, right = self.tape.nodes[node].arguments
        return self.tape.apply("fma" if sign > 0 else "fnma", left, right, total)
