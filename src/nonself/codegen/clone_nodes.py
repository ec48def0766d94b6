"""What clones need, as nodes: rates of birth and death, what a step misses of their chance, traits of new ones.

While a clone is small, the other species see its expected count during a step, not the count itself. What they miss
is, to first order in the step h, a normal number of variance

    J[y, x]**2 (birth + death) x h**3 / 3,      J[y, x] = d(dy/dt)/dx,

summed over clones x; of its own growth a clone misses x d(birth - death)/dx alone, as Kendall's law holds the rest.
"""

from __future__ import annotations

from dataclasses import dataclass

from nonself.codegen.derivative import Derivatives
from nonself.codegen.formula import FormulaLowering
from nonself.model.clones import MOST_CELLS
from nonself.model.ir import FlatClone, Model


@dataclass(frozen=True, slots=True)
class CloneNodes:
    """Nodes that clones need; a model without clones has none.

    **Arguments:** `rates` birth and death of each clone in turn; `limits` below what amount each is small; `turnover`
    and `growth` the largest birth + death and birth - death of those that are; `missed` (species row, node) of the
    variance a species misses in a step of 1; `traits` of all groups in turn; `columns` species the rates depend on.
    """

    rates: tuple[int, ...] = ()
    limits: tuple[int, ...] = ()
    turnover: int = 0
    growth: int = 0
    missed: tuple[tuple[int, int], ...] = ()
    traits: tuple[int, ...] = ()
    columns: tuple[int, ...] = ()

    @property
    def pace(self) -> tuple[int, ...]:
        """What the length of a step is chosen by."""
        return (self.turnover, self.growth, *(node for _, node in self.missed)) if self.rates else ()

    @property
    def roots(self) -> tuple[int, ...]:
        """All nodes."""
        return (*self.rates, *self.limits, *self.pace, *self.traits)


def clone_nodes(model: Model, lowering: FormulaLowering, slopes: dict[tuple[int, int], int]) -> CloneNodes:
    """Write what the clones of a model need onto its tape.

    **Arguments:** `slopes` (row, column) -> node of d(rate of change)/d(species).
    """
    if not model.clones:
        return CloneNodes()
    tape = lowering.tape
    rows = {part.id: row for row, part in enumerate(model.species)}
    rates = [lowering.formula(rate) for clone in model.clones for rate in (clone.birth, clone.death)]
    limits = [_limit(lowering, clone) for clone in model.clones]
    small = [_small(lowering, rows[c.species], limit) for c, limit in zip(model.clones, limits, strict=True)]
    sums, gains = (
        [tape.apply(name, *pair) for pair in zip(rates[::2], rates[1::2], strict=True)]
        for name in ("add", "sub")
    )
    derivatives = Derivatives(tape)
    missed: dict[int, list[int]] = {}
    for number, clone in enumerate(model.clones):
        column = rows[clone.species]
        state = tape.leaf("state", column)
        amount = tape.apply("mul", state, tape.constant(1.0 / clone.cells))
        variance = _where(lowering, small[number], tape.apply("mul", amount, sums[number]))
        affected = {row: node for (row, at), node in slopes.items() if at == column != row}
        own = derivatives.of(gains[number]).get(column)
        if own is not None:
            affected[column] = tape.apply("mul", state, own)
        for row, slope in affected.items():
            square = tape.apply("mul", slope, slope)
            missed.setdefault(row, []).append(tape.apply("mul", square, variance))
    return CloneNodes(
        rates=tuple(rates),
        limits=tuple(limits),
        turnover=_largest(lowering, [_where(lowering, s, n) for s, n in zip(small, sums, strict=True)]),
        growth=_largest(lowering, [_where(lowering, s, n) for s, n in zip(small, gains, strict=True)]),
        missed=tuple((row, lowering.sum([(1.0, n) for n in parts])) for row, parts in sorted(missed.items())),
        traits=_traits(model, lowering),
        columns=_states(lowering, rates),
    )


def _limit(lowering: FormulaLowering, clone: FlatClone) -> int:
    """Below what amount of its species a clone is small."""
    tape, most = lowering.tape, float(MOST_CELLS)
    threshold, cell = lowering.formula(clone.threshold), 1.0 / clone.cells
    found = tape.nodes[threshold]
    if found.operation == "constant":
        return tape.constant(min(float(found.value), most) * cell)
    low = tape.apply("lt", threshold, tape.constant(most))
    return tape.apply("mul", tape.apply("select", low, threshold, tape.constant(most)), tape.constant(cell))


def _states(lowering: FormulaLowering, roots: list[int]) -> tuple[int, ...]:
    """Rows of the species that nodes depend on."""
    nodes = lowering.tape.nodes
    needed = (nodes[node] for node in lowering.tape.needed(roots))
    return tuple(sorted({int(node.value) for node in needed if node.operation == "state"}))


def _small(lowering: FormulaLowering, row: int, limit: int) -> int:
    """Where a clone is small and not gone."""
    tape = lowering.tape
    state = tape.leaf("state", row)
    return tape.apply("and", tape.apply("gt", state, tape.constant(0.0)), tape.apply("lt", state, limit))


def _where(lowering: FormulaLowering, condition: int, node: int) -> int:
    return lowering.tape.apply("select", condition, node, lowering.tape.constant(0.0))


def _largest(lowering: FormulaLowering, nodes: list[int]) -> int:
    tape, largest = lowering.tape, nodes[0]
    for node in nodes[1:]:
        largest = tape.apply("select", tape.apply("gt", node, largest), node, largest)
    return largest


def _traits(model: Model, lowering: FormulaLowering) -> tuple[int, ...]:
    """Traits of every founding hazard in turn, each with draws of its own."""
    found, row = [], 0
    known = lowering.names
    for hazard in model.hazards:
        if hazard.founds is None:
            continue
        own = dict(known)
        for name, _ in hazard.founds.draws:
            own[name] = lowering.tape.leaf("draw", row)
            row += 1
        inner = FormulaLowering(lowering.tape, own)
        found += [inner.formula(formula) for _, formula, _ in hazard.founds.traits]
    return tuple(found)
