"""The dense block of the matrix that constraints leave once all other rows are eliminated: LU with pivots of each lane.

Rows with an equation of their own have 1/(h gamma) on the diagonal, so that their pivots can stay there; rows of
constraints do not, and which of them can be divided by may differ from patient to patient. A lane's pivots depend on
its own numbers alone.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir

from nonself.codegen.lanes import DOUBLE, INT, Lanes
from nonself.codegen.looped import SOLVED_ROWS, between, constants, emitted
from nonself.codegen.workspace import Workspace

MASS = "nonself_mass"


def tables(module: ir.Module, space: Workspace, rows: tuple[int, ...]) -> None:
    """Write into a module which rows constraints determine, and 0 for those, 1 for all others."""
    constants(module, SOLVED_ROWS, rows)
    kind = ir.ArrayType(DOUBLE, space.species)
    table = ir.GlobalVariable(module, kind, MASS)
    table.initializer = ir.Constant(kind, [0.0 if row in rows else 1.0 for row in range(space.species)])
    table.global_constant = True
    table.linkage = "internal"


def mass(lanes: Lanes, row: Any) -> Any:
    """Return what the derivative of a species is multiplied with in its equation: 1, or 0 of a constraint's."""
    address = lanes.builder.gep(lanes.module.globals[MASS], [row], inbounds=True, source_etype=DOUBLE)
    return lanes.spread(lanes.builder.load(address, align=8, typ=DOUBLE))


def identity(lanes: Lanes, space: Workspace, work: Any) -> None:
    """Set the block to the LU of the identity."""
    with lanes.count(space.solved * space.solved, "entry") as place:
        lanes.store(lanes.number(0.0), work, space.block, place)
    with lanes.count(space.solved, "pivot") as k:
        place = lanes.builder.mul(k, ir.Constant(INT, space.solved + 1))
        lanes.store(lanes.number(1.0), work, space.block, place)
        lanes.store(_number_of(lanes, k), work, space.swap, k)


def emit_pivots(module: ir.Module, width: int, space: Workspace) -> ir.Function:
    """pivots(work): turn the block into P L U, the diagonal inverted; each row is weighed by its largest entry."""
    function, lanes = emitted(module, width, "pivots", has_stage=False)
    (work,) = function.args
    size = space.solved
    with lanes.count(size, "weigh") as i:
        lanes.store(lanes.number(0.0), work, space.weight, i)
        with lanes.count(size, "entry") as j:
            largest = lanes.load(work, space.weight, i)
            value = lanes.absolute(lanes.load(work, space.block, _at(lanes, size, i, j)))
            lanes.store(lanes.larger(value, largest), work, space.weight, i)
        weight = lanes.div(lanes.number(1.0), lanes.load(work, space.weight, i))
        lanes.store(weight, work, space.weight, i)
    with lanes.count(size, "pivot") as k:
        _choose(lanes, space, work, k)
        _swap_rows(lanes, space, work, k)
        _eliminate(lanes, space, work, k)
    lanes.builder.ret_void()
    return function


def _choose(lanes: Lanes, space: Workspace, work: Any, k: Any) -> None:
    """Note in each lane the row from k on whose entry in column k is the largest by weight."""
    size = space.solved
    lanes.store(_number_of(lanes, k), work, space.swap, k)
    lanes.store(_weighed(lanes, space, work, k, k), work, space.largest, 0)
    with between(lanes, _next(lanes, k), ir.Constant(INT, size), "choose") as i:
        value, largest = _weighed(lanes, space, work, i, k), lanes.load(work, space.largest)
        more = lanes.compare(">", value, largest)
        lanes.store(lanes.select(more, value, largest), work, space.largest, 0)
        chosen = lanes.select(more, _number_of(lanes, i), lanes.load(work, space.swap, k))
        lanes.store(chosen, work, space.swap, k)


def _weighed(lanes: Lanes, space: Workspace, work: Any, i: Any, k: Any) -> Any:
    value = lanes.absolute(lanes.load(work, space.block, _at(lanes, space.solved, i, k)))
    return lanes.mul(value, lanes.load(work, space.weight, i))


def _swap_rows(lanes: Lanes, space: Workspace, work: Any, k: Any) -> None:
    """Exchange row k with the one chosen, in each lane its own."""
    size = space.solved
    with between(lanes, _next(lanes, k), ir.Constant(INT, size), "swap") as i:
        chosen = _is(lanes, lanes.load(work, space.swap, k), i)
        _exchange(lanes, chosen, work, space.weight, k, i)
        with lanes.count(size, "column") as j:
            _exchange(lanes, chosen, work, space.block, _at(lanes, size, k, j), _at(lanes, size, i, j))


def _eliminate(lanes: Lanes, space: Workspace, work: Any, k: Any) -> None:
    size, block = space.solved, space.block
    corner = _at(lanes, size, k, k)
    inverse = lanes.div(lanes.number(1.0), lanes.load(work, block, corner))
    lanes.store(inverse, work, block, corner)
    with between(lanes, _next(lanes, k), ir.Constant(INT, size), "below") as i:
        multiplier = lanes.mul(lanes.load(work, block, _at(lanes, size, i, k)), inverse)
        lanes.store(multiplier, work, block, _at(lanes, size, i, k))
        with between(lanes, _next(lanes, k), ir.Constant(INT, size), "right") as j:
            above = lanes.load(work, block, _at(lanes, size, k, j))
            value = lanes.load(work, block, _at(lanes, size, i, j))
            lanes.store(lanes.fnma(multiplier, above, value), work, block, _at(lanes, size, i, j))


def emit_block_solve(module: ir.Module, width: int, space: Workspace) -> ir.Function:
    """solve_block(work): solve P L U x = side in place."""
    function, lanes = emitted(module, width, "solve_block", has_stage=False)
    (work,) = function.args
    size, block, side = space.solved, space.block, space.side
    with (
        lanes.count(size, "pivot") as k,
        between(lanes, _next(lanes, k), ir.Constant(INT, size), "swap") as i,
    ):
        _exchange(lanes, _is(lanes, lanes.load(work, space.swap, k), i), work, side, k, i)
    with (
        lanes.count(size, "forward") as k,
        between(lanes, _next(lanes, k), ir.Constant(INT, size), "below") as i,
    ):
        multiplier = lanes.load(work, block, _at(lanes, size, i, k))
        value = lanes.fnma(multiplier, lanes.load(work, side, k), lanes.load(work, side, i))
        lanes.store(value, work, side, i)
    with lanes.count(size, "back") as place:
        k = lanes.builder.sub(ir.Constant(INT, size - 1), place)
        with between(lanes, _next(lanes, k), ir.Constant(INT, size), "right") as j:
            factor = lanes.load(work, block, _at(lanes, size, k, j))
            value = lanes.fnma(factor, lanes.load(work, side, j), lanes.load(work, side, k))
            lanes.store(value, work, side, k)
        inverse = lanes.load(work, block, _at(lanes, size, k, k))
        lanes.store(lanes.mul(lanes.load(work, side, k), inverse), work, side, k)
    lanes.builder.ret_void()
    return function


def _exchange(lanes: Lanes, mask: Any, work: Any, start: int, one: Any, other: Any) -> None:
    left, right = (lanes.load(work, start, row) for row in (one, other))
    lanes.store(lanes.select(mask, right, left), work, start, one)
    lanes.store(lanes.select(mask, left, right), work, start, other)


def _is(lanes: Lanes, chosen: Any, row: Any) -> Any:
    return lanes.compare("==", chosen, _number_of(lanes, row))


def _number_of(lanes: Lanes, row: Any) -> Any:
    """A row as a number in every lane."""
    return lanes.spread(lanes.builder.sitofp(row, DOUBLE))


def _at(lanes: Lanes, size: int, i: Any, j: Any) -> Any:
    return lanes.builder.add(lanes.builder.mul(i, ir.Constant(INT, size)), j)


def _next(lanes: Lanes, k: Any) -> Any:
    return lanes.builder.add(k, ir.Constant(INT, 1))
