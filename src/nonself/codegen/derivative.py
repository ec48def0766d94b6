"""Symbolic derivatives on the tape: each reuses the values of the function it differentiates."""

from __future__ import annotations

from collections.abc import Callable

from nonself.codegen.tape import CONDITIONS, Tape

STEEPEST = 1e100  # a slope beyond it is that of a root next to its zero: a stage begins a touch after time 0

Slopes = dict[int, int]  # row of a state, or TIME_ROW -> node of the derivative with respect to it
TIME_ROW = -1


class Derivatives:
    """Derivatives of tape nodes with respect to the states, each node's worked out once.

    **Arguments:** `tape` that holds the nodes and receives the derivatives.
    """

    def __init__(self, tape: Tape) -> None:
        self.tape = tape
        self.known: dict[int, Slopes] = {}
        self.rules: dict[str, Callable[[int, tuple[int, ...]], Slopes]] = {
            "neg": lambda node, a: {row: self._neg(s) for row, s in self.of(a[0]).items()},
            "add": lambda node, a: self._plus(self.of(a[0]), self.of(a[1])),
            "sub": lambda node, a: self._minus(self.of(a[0]), self.of(a[1])),
            "mul": lambda node, a: self._product(a[0], a[1]),
            "fma": lambda node, a: self._plus(self.of(a[2]), self._product(a[0], a[1])),
            "fnma": lambda node, a: self._minus(self.of(a[2]), self._product(a[0], a[1])),
            "div": self._quotient,
            "exp": lambda node, a: self._chain(node, a[0]),
            "log": lambda node, a: self._chain(self._apply("div", self.tape.constant(1.0), a[0]), a[0]),
            "sqrt": self._root,
            "pow": self._power,
            **dict.fromkeys(("floor", "ceil", "factorial"), self._flat),
            **{name: self._of_function(name) for name in _SLOPES},
            "select": lambda node, a: self._choice(a[0], self.of(a[1]), self.of(a[2])),
        }

    def of(self, root: int) -> Slopes:
        """Return the derivatives of a node, zeros left out."""
        if root not in self.known:
            for node in self.tape.needed([root], self.known):
                if node not in self.known:
                    self.known[node] = self._of(node)
        return self.known[root]

    def _of(self, node: int) -> Slopes:
        found = self.tape.nodes[node]
        if found.operation == "state":
            return {int(found.value): self.tape.constant(1.0)}
        if found.operation == "time":
            return {TIME_ROW: self.tape.constant(1.0)}
        if found.operation == "delayed":  # within a step a function of time
            return {TIME_ROW: self.tape.leaf("delayed_slope", found.value)}
        if not found.of_state or found.operation in CONDITIONS:
            return {}
        slopes = self.rules[found.operation](node, found.arguments)
        return {row: slope for row, slope in slopes.items() if not self.tape.is_constant(slope, 0.0)}

    def _apply(self, operation: str, *arguments: int) -> int:
        return self.tape.apply(operation, *arguments)

    def _neg(self, node: int) -> int:
        return self._apply("neg", node)

    def _plus(self, left: Slopes, right: Slopes) -> Slopes:
        total = dict(left)
        for row, slope in right.items():
            total[row] = self._apply("add", total[row], slope) if row in total else slope
        return total

    def _minus(self, left: Slopes, right: Slopes) -> Slopes:
        total = dict(left)
        for row, slope in right.items():
            total[row] = self._apply("sub", total[row], slope) if row in total else self._neg(slope)
        return total

    def _product(self, left: int, right: int) -> Slopes:
        """d(a b) = b da + a db."""
        slopes = {row: self._apply("mul", slope, right) for row, slope in self.of(left).items()}
        for row, slope in self.of(right).items():
            if row in slopes:
                slopes[row] = self._apply("fma", left, slope, slopes[row])
            else:
                slopes[row] = self._apply("mul", left, slope)
        return slopes

    def _choice(self, condition: int, yes: Slopes, no: Slopes) -> Slopes:
        """The derivative of the side that is chosen; where the choice turns there is none."""
        zero = self.tape.constant(0.0)
        rows = sorted({*yes, *no})
        return {row: self._apply("select", condition, yes.get(row, zero), no.get(row, zero)) for row in rows}

    def _chain(self, factor: int, inner: int) -> Slopes:
        return {row: self._apply("mul", factor, slope) for row, slope in self.of(inner).items()}

    def _root(self, node: int, arguments: tuple[int, ...]) -> Slopes:
        """d sqrt(a) = da / (2 sqrt(a)); at 0 and next to it, where that is without bound, none: error control sees what
        that costs.
        """
        zero = self.tape.constant(0.0)
        slope = self._apply("div", self.tape.constant(0.5), node)
        steep = self._apply("lt", node, self.tape.constant(1.0 / STEEPEST))
        return self._chain(self._apply("select", steep, zero, slope), arguments[0])

    def _flat(self, node: int, arguments: tuple[int, ...]) -> Slopes:
        """What has steps is flat between them."""
        return {}

    def _of_function(self, name: str) -> Callable[[int, tuple[int, ...]], Slopes]:
        return lambda node, a: self._chain(_SLOPES[name](self.tape, a[0], node), a[0])

    def _quotient(self, node: int, arguments: tuple[int, ...]) -> Slopes:
        """d(p/b) = -(p/b)(1/b) db, with p never of the state: quotients of states are products with inverses."""
        inverse = self._apply("div", self.tape.constant(1.0), arguments[1])
        return self._chain(self._neg(self._apply("mul", node, inverse)), arguments[1])

    def _power(self, node: int, arguments: tuple[int, ...]) -> Slopes:
        """d(a**b) = b a**(b-1) da + a**b ln(a) db."""
        base, exponent = arguments
        slopes = self._chain(self._apply("pow_slope", base, exponent, node), base)
        if self.tape.nodes[exponent].of_state:
            slopes = self._plus(
                slopes, self._chain(self._apply("mul", node, self._apply("log", base)), exponent)
            )
        return slopes


def _inverse_root(tape: Tape, left: int, right: int) -> int:
    """1 / sqrt(left right)."""
    root = tape.apply("sqrt", tape.apply("mul", left, right))
    return tape.apply("div", tape.constant(1.0), root)


def _square_and(tape: Tape, number: float, x: int, sign: str = "fma") -> int:
    """number + x x, or number - x x for the sign "fnma"."""
    return tape.apply(sign, x, x, tape.constant(number))


def _less(tape: Tape, x: int) -> int:
    return tape.apply("sub", x, tape.constant(1.0))


def _more(tape: Tape, x: int) -> int:
    return tape.apply("add", x, tape.constant(1.0))


def _left(tape: Tape, x: int) -> int:
    return tape.apply("sub", tape.constant(1.0), x)


# the slope of a function of x, whose own node is f
_SLOPES: dict[str, Callable[[Tape, int, int], int]] = {
    "sin": lambda t, x, f: t.apply("cos", x),
    "cos": lambda t, x, f: t.apply("neg", t.apply("sin", x)),
    "tan": lambda t, x, f: _square_and(t, 1.0, f),
    "asin": lambda t, x, f: _inverse_root(t, _left(t, x), _more(t, x)),
    "acos": lambda t, x, f: t.apply("neg", _inverse_root(t, _left(t, x), _more(t, x))),
    "atan": lambda t, x, f: t.apply("div", t.constant(1.0), _square_and(t, 1.0, x)),
    "sinh": lambda t, x, f: t.apply("cosh", x),
    "cosh": lambda t, x, f: t.apply("sinh", x),
    "tanh": lambda t, x, f: _square_and(t, 1.0, f, "fnma"),
    "asinh": lambda t, x, f: _inverse_root(t, _square_and(t, 1.0, x), t.constant(1.0)),
    "acosh": lambda t, x, f: _inverse_root(t, _less(t, x), _more(t, x)),
    "atanh": lambda t, x, f: t.apply("div", t.constant(1.0), t.apply("mul", _left(t, x), _more(t, x))),
}
