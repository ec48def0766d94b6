"""Model -> Network: rates, right-hand side, Jacobian, initial values and observables as nodes of one tape."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from nonself.codegen.tape import Tape
from nonself.errors import BuildError
from nonself.expr import symbolic
from nonself.model.ir import Model


@dataclass(frozen=True, slots=True)
class Network:
    """What is to be computed, as nodes of `tape`.

    **Arguments:** `rates` one node a reaction; `right_hand_side` (n_species) nodes; `jacobian` (row, column) -> node,
    zeros left out; `initial` (n_species) nodes; `observables` nodes of the model's own observables.
    """

    tape: Tape
    rates: tuple[int, ...]
    right_hand_side: tuple[int, ...]
    jacobian: dict[tuple[int, int], int]
    initial: tuple[int, ...]
    observables: tuple[int, ...]


def environment(model: Model) -> dict[str, Any]:
    """Return every name of a model as a symengine expression of parameters and species."""
    import symengine

    names: dict[str, Any] = {part.id: symengine.Symbol(part.id) for part in (*model.parameters, *model.species)}
    for parameter in model.derived:
        names[parameter.id] = symbolic(str(parameter.value), names)
    for expression in model.expressions:
        names[expression.id] = symbolic(expression.formula, names)
    return names


def lower(model: Model) -> Network:
    """Turn a model into a network of operations, its Jacobian by symbolic differentiation of each rate."""
    import symengine

    names = environment(model)
    tape = Tape()
    leaves = {part.id: tape.leaf("parameter", row) for row, part in enumerate(model.parameters)}
    rows = {part.id: row for row, part in enumerate(model.species)}
    leaves |= {name: tape.leaf("state", row) for name, row in rows.items()}
    lowering = _Lowering(tape, leaves)

    rates, slopes = [], []
    for reaction in model.reactions:
        rate = symbolic(reaction.rate, names)
        rates.append(lowering.of(rate))
        touched = sorted(rows[str(symbol)] for symbol in rate.free_symbols if str(symbol) in rows)
        slopes.append(
            {column: lowering.of(symengine.diff(rate, names[model.species[column].id])) for column in touched}
        )
    right_hand_side, jacobian = [], {}
    for row, species in enumerate(model.species):
        changes = [(k, dict(r.change).get(species.id, 0.0)) for k, r in enumerate(model.reactions)]
        changes = [(k, amount) for k, amount in changes if amount]
        right_hand_side.append(lowering.sum((amount, rates[k]) for k, amount in changes))
        for column in sorted({column for k, _ in changes for column in slopes[k]}):
            entry = lowering.sum((amount, slopes[k][column]) for k, amount in changes if column in slopes[k])
            if not tape.is_constant(entry, 0.0):
                jacobian[row, column] = entry
    return Network(
        tape=tape,
        rates=tuple(rates),
        right_hand_side=tuple(right_hand_side),
        jacobian=jacobian,
        initial=tuple(lowering.of(symbolic(str(part.initial), names)) for part in model.species),
        observables=tuple(lowering.of(symbolic(part.formula, names)) for part in model.observables),
    )


class _Lowering:
    """Turns symengine expressions into tape nodes, parameter-only factors and terms grouped to be hoisted."""

    def __init__(self, tape: Tape, leaves: dict[str, int]) -> None:
        self.tape = tape
        self.leaves = leaves
        self.known: dict[Any, int] = {}

    def of(self, expression: Any) -> int:
        """Return the node of an expression."""
        if expression not in self.known:
            self.known[expression] = self._of(expression)
        return self.known[expression]

    def _of(self, expression: Any) -> int:
        import symengine

        if expression.is_Symbol:
            return self.leaves[str(expression)]
        if expression.is_number and not expression.args:
            return self.tape.constant(float(expression))
        if expression.is_Add:
            return self._sum(expression.args)
        if expression.is_Mul:
            return self._product(expression.args)
        if expression.is_Pow:
            return self._power(*expression.args)
        if isinstance(expression, symengine.log):
            return self.tape.apply("log", self.of(expression.args[0]))
        if expression.is_number:
            return self.tape.constant(float(expression))
        raise BuildError(f"no machine code for {type(expression).__name__} in {expression}")

    def _power(self, base: Any, exponent: Any) -> int:
        import symengine

        if base == symengine.E:
            return self.tape.apply("exp", self.of(exponent))
        if exponent.is_Integer:
            root = self.of(base) if int(exponent) > 0 else self._inverse(self.of(base))
            return self._integer_power(root, abs(int(exponent)))
        if exponent == symengine.Rational(1, 2):
            return self.tape.apply("sqrt", self.of(base))
        if self._is_inverse(base):  # (p/y)**g is (y/p)**-g: the parameters' ratio is computed once a patient
            base, exponent = 1 / base, -exponent
        return self.tape.apply("pow", self.of(base), self.of(exponent))

    def _is_inverse(self, base: Any) -> bool:
        """True for parameters over one state: turned around, it needs no division."""
        of_state = [f for f in base.args if self.tape.nodes[self.of(f)].of_state] if base.is_Mul else [base]
        return all(f.is_Pow and f.args[0].is_Symbol and f.args[1] == -1 for f in of_state)

    def _integer_power(self, base: int, exponent: int) -> int:
        if exponent == 1:
            return base
        if exponent > 64:
            return self.tape.apply("pow", base, self.tape.constant(float(exponent)))
        half = self._integer_power(base, exponent // 2)
        square = self.tape.apply("mul", half, half)
        return self.tape.apply("mul", square, base) if exponent % 2 else square

    def _inverse(self, node: int) -> int:
        """One division for each distinct denominator: rates and their derivatives share it."""
        return self.tape.apply("div", self.tape.constant(1.0), node)

    def _product(self, factors: Iterable[Any]) -> int:
        """Return parameters * states, the parameters' part computed once a patient."""
        coefficient = 1.0
        nodes: list[int] = []
        for factor in factors:
            if factor.is_number and not factor.args:
                coefficient *= float(factor)
            else:
                nodes.append(self.of(factor))
        negative, coefficient = coefficient < 0, abs(coefficient)
        fixed = self._multiply([self.tape.constant(coefficient), *self._where(nodes, of_state=False)])
        result = self._multiply([fixed, *self._where(nodes, of_state=True)])
        return self.tape.apply("neg", result) if negative else result

    def _where(self, nodes: Iterable[int], of_state: bool) -> list[int]:
        chosen = [node for node in nodes if self.tape.nodes[node].of_state == of_state]
        return sorted(chosen, key=lambda node: self.tape.nodes[node].digest)

    def _multiply(self, nodes: Sequence[int]) -> int:
        result = nodes[0]
        for node in nodes[1:]:
            result = self.tape.apply("mul", result, node)
        return result

    def _sum(self, terms: Iterable[Any]) -> int:
        return self.sum((1.0, self.of(term)) for term in terms)

    def sum(self, terms: Iterable[tuple[float, int]]) -> int:
        """Return the sum of amount * node, products joined by fused multiply-adds."""
        tape = self.tape
        signed = [self._signed(amount, node) for amount, node in terms]
        fixed = sorted((t for t in signed if not self._of_state(t)), key=self._key)
        moving = sorted((t for t in signed if self._of_state(t)), key=self._key)
        total: int | None = None
        for sign, size, node in fixed:
            term = self._plain(sign, size, node)
            total = term if total is None else tape.apply("add", total, term)
        products = [t for t in moving if t[1] != 1.0 or tape.nodes[t[2]].operation == "mul"]
        for term in [t for t in moving if t not in products]:
            total = self._plus(total, *term)
        for sign, size, node in products:
            total = self._fused(total, sign, size, node)
        return tape.constant(0.0) if total is None else total

    def _signed(self, amount: float, node: int) -> tuple[int, float, int]:
        sign = 1 if amount > 0 else -1
        while self.tape.nodes[node].operation == "neg":
            sign, node = -sign, self.tape.nodes[node].arguments[0]
        return sign, abs(amount), node

    def _of_state(self, term: tuple[int, float, int]) -> bool:
        return self.tape.nodes[term[2]].of_state

    def _key(self, term: tuple[int, float, int]) -> tuple[int, bytes, float]:
        return -term[0], self.tape.nodes[term[2]].digest, term[1]

    def _plain(self, sign: int, size: float, node: int) -> int:
        scaled = self.tape.apply("mul", self.tape.constant(size), node)
        return scaled if sign > 0 else self.tape.apply("neg", scaled)

    def _plus(self, total: int | None, sign: int, size: float, node: int) -> int:
        if total is None:
            return self._plain(sign, size, node)
        return self.tape.apply("add" if sign > 0 else "sub", total, node)

    def _fused(self, total: int | None, sign: int, size: float, node: int) -> int:
        if total is None:
            return self._plain(sign, size, node)
        if size != 1.0:
            left, right = self.tape.constant(size), node
        else:
            left, right = self.tape.nodes[node].arguments
        return self.tape.apply("fma" if sign > 0 else "fnma", left, right, total)
