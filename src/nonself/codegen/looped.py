"""The sparse LU of a large model as loops over index tables: the arithmetic of the unrolled form, in its order.

Pivots stay on the diagonal, as the plan has them; only what is left for constraints, which have no diagonal to rely on,
is a dense block with pivots chosen lane by lane (`codegen.pivoted`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

from llvmlite import ir

from nonself.codegen.lanes import INT, VOID, Lanes
from nonself.codegen.sparse import LuPlan
from nonself.codegen.workspace import Workspace

INDEX = ir.IntType(32)
SOLVED_ROWS = "nonself_solved_rows"


@dataclass(frozen=True, slots=True)
class Tables:
    """A plan as constants of a module: `order` (n) rows as they are eliminated; `first`, `middle`, `end` (n) of a row:
    its lower entries are slots first .. middle-1, its upper ones middle .. end-1; `column` (n_slots) of each slot.
    """

    size: int
    order: ir.GlobalVariable
    first: ir.GlobalVariable
    middle: ir.GlobalVariable
    end: ir.GlobalVariable
    column: ir.GlobalVariable


def tables(module: ir.Module, plan: LuPlan) -> Tables:
    """Write a plan into a module."""
    size = len(plan.order)
    first, middle, end = [0] * size, [0] * size, [0] * size
    slot = size
    for row in plan.order:
        first[row], middle[row] = slot, slot + len(plan.lower[row])
        slot = end[row] = middle[row] + len(plan.upper[row])
    columns = [column for _, column in plan.slots]
    named = {"order": plan.order, "first": first, "middle": middle, "end": end, "column": columns}
    return Tables(size, **{name: constants(module, f"lu_{name}", part) for name, part in named.items()})


def constants(module: ir.Module, name: str, values: Sequence[int]) -> ir.GlobalVariable:
    """Write a table of integers into a module."""
    kind = ir.ArrayType(INDEX, len(values))
    table = ir.GlobalVariable(module, kind, name)
    table.initializer = ir.Constant(kind, list(values))
    table.global_constant = True
    table.linkage = "internal"
    return table


def entry(lanes: Lanes, table: ir.GlobalVariable, place: Any) -> Any:
    """Return an entry of a table."""
    builder = lanes.builder
    address = builder.gep(table, [place], inbounds=True, source_etype=INDEX)
    return builder.sext(builder.load(address, align=4, typ=INDEX), INT)


@contextmanager
def between(lanes: Lanes, first: Any, end: Any, name: str) -> Iterator[Any]:
    """A loop over first .. end-1, which may be empty; yields the IR counter."""
    builder = lanes.builder
    before = builder.block
    body, after = (builder.append_basic_block(f"{name}.{part}") for part in ("body", "after"))
    builder.cbranch(builder.icmp_signed("<", first, end), body, after)
    builder.position_at_end(body)
    counter = builder.phi(INT, name)
    counter.add_incoming(first, before)
    yield counter
    following = builder.add(counter, ir.Constant(INT, 1))
    counter.add_incoming(following, builder.block)
    builder.cbranch(builder.icmp_signed("<", following, end), body, after)
    builder.position_at_end(after)


def folded(lanes: Lanes, first: Any, end: Any, name: str, start: Any, step: Callable[[Any, Any], Any]) -> Any:
    """Return what `step(counter, value)` makes of a value over first .. end-1, which may be empty."""
    builder = lanes.builder
    before = builder.block
    body, after = (builder.append_basic_block(f"{name}.{part}") for part in ("body", "after"))
    builder.cbranch(builder.icmp_signed("<", first, end), body, after)
    builder.position_at_end(body)
    counter, value = builder.phi(INT, name), builder.phi(start.type)
    counter.add_incoming(first, before)
    value.add_incoming(start, before)
    result = step(counter, value)
    following = builder.add(counter, ir.Constant(INT, 1))
    counter.add_incoming(following, builder.block)
    value.add_incoming(result, builder.block)
    builder.cbranch(builder.icmp_signed("<", following, end), body, after)
    last = builder.block
    builder.position_at_end(after)
    found = builder.phi(start.type)
    found.add_incoming(start, before)
    found.add_incoming(result, last)
    return found


def _up_to(lanes: Lanes, stop: int, name: str) -> AbstractContextManager[Any]:
    """A loop over 0 .. stop-1, none where every row is a constraint's."""
    zero = ir.Constant(INT, 0)
    return lanes.count(stop, name) if stop else between(lanes, zero, zero, name)


def solved_row(lanes: Lanes, number: Any) -> Any:
    """Return the row of a species that constraints determine, by its number among them."""
    return entry(lanes, lanes.module.globals[SOLVED_ROWS], number)


def emit_solve(
    module: ir.Module, width: int, space: Workspace, table: Tables, block: ir.Function | None = None
) -> ir.Function:
    """solve(work, stage): solve L D U x = stage in place, the last rows by `block` where constraints leave one."""
    function, lanes = emitted(module, width, "solve")
    work, stage = function.args

    def less(slot: Any, total: Any) -> Any:
        factor = lanes.load(work, space.factor, slot)
        return lanes.fnma(factor, lanes.load(stage, 0, entry(lanes, table.column, slot)), total)

    with lanes.count(table.size, "forward") as place:
        row = entry(lanes, table.order, place)
        first, middle = entry(lanes, table.first, row), entry(lanes, table.middle, row)
        total = folded(lanes, first, middle, "below", lanes.load(stage, 0, row), less)
        lanes.store(total, stage, 0, row)
    if block is not None:
        _solve_block(lanes, space, work, stage, block)
    own = table.size - space.solved
    with _up_to(lanes, own, "back") as place:
        row = entry(lanes, table.order, lanes.builder.sub(ir.Constant(INT, own - 1), place))
        middle, end = entry(lanes, table.middle, row), entry(lanes, table.end, row)
        scaled = lanes.mul(lanes.load(stage, 0, row), lanes.load(work, space.factor, row))
        lanes.store(folded(lanes, middle, end, "above", scaled, less), stage, 0, row)
    lanes.builder.ret_void()
    return function


def _solve_block(lanes: Lanes, space: Workspace, work: Any, stage: Any, block: ir.Function) -> None:
    """Solve for the last rows, whose right-hand sides are at hand, by what is left of the matrix."""
    with lanes.count(space.solved, "gather") as number:
        value = lanes.load(stage, 0, solved_row(lanes, number))
        lanes.store(value, work, space.side, number)
    lanes.builder.call(block, [work])
    with lanes.count(space.solved, "scatter") as number:
        value = lanes.load(work, space.side, number)
        lanes.store(value, stage, 0, solved_row(lanes, number))


def emit_factors(
    module: ir.Module,
    width: int,
    space: Workspace,
    table: Tables,
    limit: float,
    pivots: ir.Function | None = None,
) -> ir.Function:
    """factors(work): turn the matrix in the factors' place into L D U, D inverted, and say whether it is stable.

    One row at a time is spread out over `space.scratch`, a row of memory for each of its columns. What is then left of
    the last rows is factorized by `pivots` where constraints leave any.
    """
    function, lanes = emitted(module, width, "factors", has_stage=False)
    (work,) = function.args
    lanes.store(lanes.number(1.0), work, space.scalar("stable"))
    own = table.size - space.solved
    with _up_to(lanes, own, "pivot") as place:
        row = entry(lanes, table.order, place)
        first, middle, end = (entry(lanes, part, row) for part in (table.first, table.middle, table.end))
        original = lanes.load(work, space.factor, row)
        lanes.store(original, work, space.scratch, row)
        with between(lanes, first, end, "spread") as slot:
            value = lanes.load(work, space.factor, slot)
            lanes.store(value, work, space.scratch, entry(lanes, table.column, slot))
        with between(lanes, first, middle, "below") as slot:
            _clear(lanes, work, space, table, slot)
        diagonal = lanes.load(work, space.scratch, row)
        _judge(lanes, work, space, original, diagonal, lanes.builder.icmp_signed("<", first, middle), limit)
        inverse = lanes.div(lanes.number(1.0), diagonal)
        lanes.store(inverse, work, space.factor, row)
        with between(lanes, middle, end, "above") as slot:
            value = lanes.load(work, space.scratch, entry(lanes, table.column, slot))
            lanes.store(lanes.mul(value, inverse), work, space.factor, slot)
    if pivots is not None:
        with lanes.count(space.solved, "last") as number:
            _reduce(lanes, work, space, table, number)
        lanes.builder.call(pivots, [work])
    lanes.builder.ret_void()
    return function


def _reduce(lanes: Lanes, work: Any, space: Workspace, table: Tables, number: Any) -> None:
    """Clear the entries of a constraint's row under all pivots; what becomes of its others is left in the block."""
    row = solved_row(lanes, number)
    begin = lanes.builder.mul(number, ir.Constant(INT, space.solved))
    first, middle = entry(lanes, table.first, row), entry(lanes, table.middle, row)
    with lanes.count(space.solved, "spread") as other:
        value = lanes.load(work, space.block, lanes.builder.add(begin, other))
        lanes.store(value, work, space.scratch, solved_row(lanes, other))
    with between(lanes, first, middle, "spread") as slot:
        value = lanes.load(work, space.factor, slot)
        lanes.store(value, work, space.scratch, entry(lanes, table.column, slot))
    with between(lanes, first, middle, "below") as slot:
        _clear(lanes, work, space, table, slot)
    with lanes.count(space.solved, "left") as other:
        value = lanes.load(work, space.scratch, solved_row(lanes, other))
        lanes.store(value, work, space.block, lanes.builder.add(begin, other))


def _clear(lanes: Lanes, work: Any, space: Workspace, table: Tables, slot: Any) -> None:
    """Clear the entry of a row at a lower slot, and keep its multiplier there."""
    pivot = entry(lanes, table.column, slot)
    value = lanes.load(work, space.scratch, pivot)
    multiplier = lanes.mul(value, lanes.load(work, space.factor, pivot))
    lanes.store(multiplier, work, space.factor, slot)
    with between(lanes, entry(lanes, table.middle, pivot), entry(lanes, table.end, pivot), "update") as other:
        column = entry(lanes, table.column, other)
        updated = lanes.load(work, space.scratch, column)
        updated = lanes.fnma(value, lanes.load(work, space.factor, other), updated)
        lanes.store(updated, work, space.scratch, column)


def _judge(
    lanes: Lanes, work: Any, space: Workspace, original: Any, diagonal: Any, changed: Any, limit: float
) -> None:
    """Note where a diagonal entry that was changed lost too much of its size."""
    enough = lanes.mul(lanes.absolute(original), lanes.number(limit))
    kept = lanes.compare(">=", lanes.absolute(diagonal), enough)
    stable = lanes.load(work, space.scalar("stable"))
    judged = lanes.select(kept, stable, lanes.number(0.0))
    lanes.store(lanes.builder.select(changed, judged, stable), work, space.scalar("stable"))


def emitted(module: ir.Module, width: int, name: str, has_stage: bool = True) -> tuple[ir.Function, Lanes]:
    """Return a function of the workspace, and of a stage, that is called and not written out, and what writes it."""
    kind = ir.FunctionType(VOID, [ir.PointerType()] * (2 if has_stage else 1))
    function = ir.Function(module, kind, name)
    function.linkage = "internal"
    function.attributes.add("noinline")
    return function, Lanes(module, ir.IRBuilder(function.append_basic_block("entry")), width)
