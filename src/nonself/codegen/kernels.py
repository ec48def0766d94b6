"""The straight-line kernels of a model: hoisted values, initial state, observables, right-hand side, LU and solve."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from llvmlite import ir

from nonself.codegen import looped, pivoted
from nonself.codegen.delay_kernels import DelayKernels, cut_delays, emit_delays
from nonself.codegen.lanes import VOID, Lanes
from nonself.codegen.lower import Network
from nonself.codegen.methods import Rosenbrock
from nonself.codegen.pieces import Piece, cut
from nonself.codegen.sparse import LuPlan
from nonself.codegen.values import Values
from nonself.codegen.workspace import Workspace

GROWTH_LIMIT = 1e-8  # a pivot that lost more than 8 digits against its diagonal entry: the step is refused
REPEATED = 4  # entries of a large Jacobian with one value, from which on a table spreads it out
Put = tuple[
    int, Callable[[Lanes, Sequence[Any], Any], None]
]  # a node; what writes it, given the function's arguments


@dataclass(frozen=True, slots=True)
class Kernels:
    """The kernels as IR functions of the workspace's address."""

    hoist: ir.Function
    initial: ir.Function
    observe: ir.Function
    decide: ir.Function
    watch: ir.Function
    happen: ir.Function
    factor: ir.Function
    stage: ir.Function
    clone_rates: ir.Function
    clone_pace: ir.Function
    clone_limits: ir.Function
    clone_traits: ir.Function
    delays: DelayKernels
    correct: ir.Function | None
    residual: ir.Function | None


def hoisted_nodes(network: Network) -> dict[int, int]:
    """Return the parameter-only nodes that state-dependent ones use, numbered: they are computed once a patient."""
    tape, roots = network.tape, network.roots
    wanted: list[int] = []
    for node in tape.needed(roots):
        if tape.nodes[node].of_state:
            wanted.extend(tape.nodes[node].arguments)
    wanted.extend(roots)
    fixed = dict.fromkeys(
        n
        for n in wanted
        if not tape.nodes[n].of_state and tape.nodes[n].operation not in ("constant", "parameter")
    )
    return {node: number for number, node in enumerate(fixed)}


def cut_kernels(network: Network, hoisted: dict[int, int], is_looped: bool) -> dict[str, tuple[Piece, ...]]:
    """Return how each kernel is cut; rates and Jacobian only where the LU is looped, else they are written into it."""
    tape = network.tape
    cuts = {
        "hoist": cut(tape, list(hoisted), ()),
        "initial": cut(tape, network.initial, ()),
        "decide": cut(tape, network.rules, hoisted),
        "observe": cut(tape, network.observables, hoisted),
        "watch": cut(tape, list(network.watched.values()), hoisted),
        "happen": cut(tape, network.happenings, hoisted),
    }
    cuts |= cut_delays(network, hoisted)
    clones = network.clones
    cuts["clone_limits"] = cut(tape, clones.limits, ())
    for name, nodes in (("rates", clones.rates), ("pace", clones.pace), ("traits", clones.traits)):
        cuts[f"clone_{name}"] = cut(tape, nodes, hoisted)
    if network.solved:
        entries = [network.jacobian[place] for place in _between_solved(network)]
        zeros = [network.right_hand_side[row] for row in network.solved]
        cuts["correct"] = cut(tape, [*zeros, *entries], hoisted)
        cuts["residual"] = cut(tape, zeros, hoisted)
    if is_looped:
        alone, repeated = _entries(network)
        roots = [*network.drift.values(), *(node for _, node in alone), *network.right_hand_side]
        cuts["stage"] = cut(tape, network.right_hand_side, hoisted)
        cuts["factor"] = cut(tape, [*roots, *repeated], hoisted, repeated)
    return cuts


def _entries(
    network: Network,
) -> tuple[list[tuple[tuple[int, int], int]], dict[int, list[tuple[int, int]]]]:
    """Return the entries of the Jacobian that are written one by one, and node -> entries that a table spreads out."""
    places: dict[int, list[tuple[int, int]]] = {}
    for place, node in network.jacobian.items():
        if place[0] != place[1]:
            places.setdefault(node, []).append(place)
    repeated = {node: found for node, found in places.items() if len(found) >= REPEATED}
    alone = [
        (place, node)
        for place, node in network.jacobian.items()
        if place[0] == place[1] or node not in repeated
    ]
    return alone, repeated


def emit_kernels(
    module: ir.Module,
    width: int,
    network: Network,
    plan: LuPlan,
    space: Workspace,
    method: Rosenbrock,
    cuts: Mapping[str, tuple[Piece, ...]],
) -> Kernels:
    """Write all kernels of a model into a module; `cuts` of `cut_kernels`."""
    hoisted, clones = hoisted_nodes(network), network.clones
    make = Maker(module, width, network, space, hoisted, method.drift[0], cuts)
    if network.solved:
        pivoted.tables(module, space, network.solved)
    emit_lu = _emit_looped if space.looped else _emit_unrolled
    factor, stage = emit_lu(make, plan)
    return Kernels(
        hoist=make.assignments("hoist", list(hoisted), space.hoist, "none"),
        initial=make.assignments("initial", network.initial, space.argument, "none"),
        decide=make.assignments("decide", network.rules, space.decided, "state"),
        observe=make.assignments("observe", network.observables, space.observed, "argument"),
        watch=_emit_into(make, "watch", list(network.watched.values())),
        happen=make.assignments("happen", network.happenings, space.triggered, "state"),
        factor=factor,
        stage=stage,
        clone_rates=make.assignments("clone_rates", clones.rates, space.clone("rates"), "argument"),
        clone_pace=make.assignments("clone_pace", clones.pace, space.clone("pace"), "state"),
        clone_limits=make.assignments("clone_limits", clones.limits, space.clone("limit"), "none"),
        clone_traits=make.assignments("clone_traits", clones.traits, space.clone("traits"), "state"),
        delays=emit_delays(make, partial(_emit_into, make)),
        correct=_emit_correct(make, network.solved) if network.solved else None,
        residual=_emit_residual(make, network.solved) if network.solved else None,
    )


class Maker:
    """What every kernel needs: a function to write into, and where leaves are read from."""

    def __init__(
        self,
        module: ir.Module,
        width: int,
        network: Network,
        space: Workspace,
        hoisted: dict[int, int],
        first_drift: float,
        cuts: Mapping[str, tuple[Piece, ...]],
    ) -> None:
        self.module = module
        self.width = width
        self.network = network
        self.space = space
        self.hoisted = hoisted
        self.first_drift = first_drift
        self.cuts = cuts

    def function(self, name: str, extra: Sequence[ir.Type] = ()) -> tuple[ir.Function, Lanes]:
        """Open a new internal function of the workspace."""
        kind = ir.FunctionType(VOID, [ir.PointerType(), *extra])
        function = ir.Function(self.module, kind, name)
        function.linkage = "internal"
        function.attributes.add("noinline")
        builder = ir.IRBuilder(function.append_basic_block("entry"))
        return function, Lanes(self.module, builder, self.width)

    def values(
        self,
        lanes: Lanes,
        work: Any,
        state: str,
        carried: Mapping[int, int] | None = None,
        hold: bool = False,
    ) -> Values:
        """Return an emitter that reads the state from a block of rows, and what is `carried` from the scratch.

        `hold` keeps to a step's conditions.
        """
        space = self.space
        rows = {"argument": space.argument, "state": space.state, "none": None}
        now = None if state == "none" else space.scalar("now")
        starts = {
            "parameter": space.parameter, "hoisted": space.hoist, "state": rows[state], "time": now,
            "draw": space.clone("draws"), "carried": space.scratch, "gap": space.gaps,
            "delayed": space.delay("then"), "delayed_slope": space.delay("then_slope"),
        }  # fmt: skip
        kept = {} if state == "none" else {node: ("hoisted", row) for node, row in self.hoisted.items()}
        kept |= {node: ("carried", row) for node, row in (carried or {}).items()}

        def leaf(kind: str, row: int) -> Any:
            if kind == "free":
                address = lanes.address(work, self.space.integer("free"))
                free = lanes.builder.load(address, align=8 * lanes.width, typ=lanes.integers)
                return lanes.builder.icmp_signed("==", free, lanes.whole(1))
            start = starts[kind]
            if start is None:
                raise AssertionError("a parameter-only kernel must not read the state")
            return lanes.load(work, start, row)

        watched = {node: row for row, node in enumerate(self.network.watched)}
        held = {node: watched[node] for node in self.network.held} if hold else {}
        return Values(lanes, self.network.tape, leaf, kept, held)

    def assignments(self, name: str, roots: Sequence[int], target: int, state: str) -> ir.Function:
        """Write a kernel that stores one node a row from `target` on."""
        function, lanes = self.function(name)
        self.write(function, lanes, [(node, _into(target + row)) for row, node in enumerate(roots)], state)
        lanes.builder.ret_void()
        return function

    def write(self, function: ir.Function, lanes: Lanes, puts: Sequence[Put], state: str) -> None:
        """Write nodes as `puts` say into a function at hand: in line, or by calls of one function a piece."""
        pieces = self.cuts[function.name]
        hold = function.name in ("stage", "factor", "track")
        if len(pieces) == 1:
            self._piece(function, lanes, pieces[0], puts, state, hold)
            return
        kinds = [argument.type for argument in function.args[1:]]
        for number, piece in enumerate(pieces):
            part, inside = self.function(f"{function.name}_{number}", kinds)
            self._piece(part, inside, piece, puts, state, hold)
            inside.builder.ret_void()
            lanes.builder.call(part, function.args)

    def _piece(
        self, function: ir.Function, lanes: Lanes, piece: Piece, puts: Sequence[Put], state: str, hold: bool
    ) -> None:
        work = function.args[0]
        values = self.values(lanes, work, state, piece.carried, hold)
        values.calls_first(piece.nodes)
        for node, row in piece.leaves.items():
            lanes.store(values.of(node), work, self.space.scratch, row)
        for result in piece.results:
            node, put = puts[result]
            put(lanes, function.args, values.of(node))


def _into(row: int) -> Callable[[Lanes, Sequence[Any], Any], None]:
    return lambda lanes, arguments, value: lanes.store(value, arguments[0], row)


def _emit_unrolled(make: Maker, plan: LuPlan) -> tuple[ir.Function, ir.Function]:
    return _emit_factor(make, plan), _emit_stage(make, plan)


def _emit_looped(make: Maker, plan: LuPlan) -> tuple[ir.Function, ir.Function]:
    """The same two kernels: rates and Jacobian as they are, into memory, and then loops over tables."""
    table = looped.tables(make.module, plan)
    module, width, space = make.module, make.width, make.space
    block = pivoted.emit_block_solve(module, width, space) if space.solved else None
    pivots = pivoted.emit_pivots(module, width, space) if space.solved else None
    solve = looped.emit_solve(module, width, space, table, block)
    factors = looped.emit_factors(module, width, space, table, GROWTH_LIMIT, pivots)
    function, lanes = make.function("stage", [ir.PointerType()])

    def add_to(row: int) -> Callable[[Lanes, Sequence[Any], Any], None]:
        return lambda lanes, arguments, value: lanes.store(
            lanes.add(value, lanes.load(arguments[1], 0, row)), arguments[1], 0, row
        )

    puts = [(node, add_to(row)) for row, node in enumerate(make.network.right_hand_side)]
    make.write(function, lanes, puts, "argument")
    lanes.builder.call(solve, function.args)
    lanes.builder.ret_void()
    return _emit_matrix(make, plan, factors, solve), function


def _emit_matrix(make: Maker, plan: LuPlan, factors: ir.Function, solve: ir.Function) -> ir.Function:
    """factor(work, 1/(h gamma)) as `_emit_factor` has it, by the looped `factors` and `solve`."""
    function, lanes = make.function("factor", [ir.VectorType(ir.DoubleType(), make.width)])
    work, diagonal = function.args
    space, network = make.space, make.network

    def fill(begin: int, count: int, value: Any) -> None:
        if count:
            with lanes.count(count, "fill") as row:
                lanes.store(value, work, begin, row)

    fill(space.factor, space.species, diagonal)
    fill(space.factor + space.species, space.factors - space.species, lanes.number(-0.0))
    fill(space.drift, space.driven * space.species, lanes.number(0.0))
    fill(space.block, space.solved * space.solved, lanes.number(0.0))

    def entry(row: int, column: int) -> Callable[[Lanes, Sequence[Any], Any], None]:
        def put(lanes: Lanes, arguments: Sequence[Any], value: Any) -> None:
            own = row == column and row not in network.solved
            value = lanes.sub(arguments[1], value) if own else lanes.builder.fneg(value)
            lanes.store(value, arguments[0], space.factor, _slot(make, plan, (row, column)))

        return put

    alone, repeated = _entries(network)
    puts = [(node, _into(space.drift + row)) for row, node in network.drift.items()]
    puts += [(node, entry(*place)) for place, node in alone]
    puts += [(node, _into(space.stage + row)) for row, node in enumerate(network.right_hand_side)]
    puts += [
        (node, lambda lanes, arguments, value: None) for node in repeated
    ]  # they are left in the scratch
    make.write(function, lanes, puts, "state")
    _spread(make, lanes, work, plan, repeated)
    for row in network.drift:
        rate, slope = (lanes.load(work, begin, row) for begin in (space.stage, space.drift))
        lanes.store(_with_drift(make, lanes, work, rate, slope), work, space.stage, row)
    lanes.builder.call(factors, [work])
    lanes.builder.call(solve, [work, lanes.address(work, space.stage)])
    lanes.builder.ret_void()
    return function


def _spread(
    make: Maker, lanes: Lanes, work: Any, plan: LuPlan, repeated: Mapping[int, list[tuple[int, int]]]
) -> None:
    """Put what stands in many entries of the Jacobian into all of them."""
    if not repeated:
        return
    rows = {node: row for piece in make.cuts["factor"] for node, row in piece.leaves.items()}
    pairs = [(_slot(make, plan, place), rows[node]) for node, places in repeated.items() for place in places]
    slots, sources = (
        looped.constants(make.module, name, part)
        for name, part in zip(("spread_slot", "spread_source"), zip(*pairs, strict=True), strict=True)
    )
    with lanes.count(len(pairs), "spread") as number:
        value = lanes.load(work, make.space.scratch, looped.entry(lanes, sources, number))
        slot = looped.entry(lanes, slots, number)
        lanes.store(lanes.builder.fneg(value), work, make.space.factor, slot)


def _between_solved(network: Network) -> list[tuple[int, int]]:
    """The entries of the Jacobian in rows and columns that both belong to constraints."""
    return [place for place in network.jacobian if {*place} <= {*network.solved}]


def _slot(make: Maker, plan: LuPlan, place: tuple[int, int]) -> int:
    """Where an entry of the matrix stands, counted from the factors' first: in the block for those of constraints."""
    solved = make.network.solved
    if {*place} <= {*solved}:
        return make.space.block - make.space.factor + _in_block(make.network, place)
    return plan.slots[place]


def _in_block(network: Network, place: tuple[int, int]) -> int:
    """Where an entry stands in the block."""
    row, column = (network.solved.index(part) for part in place)
    return row * len(network.solved) + column


def _emit_residual(make: Maker, solved: Sequence[int]) -> ir.Function:
    """residual(work): as `correct`, with the slopes of the call before."""
    function, lanes = make.function("residual")
    puts = [(make.network.right_hand_side[row], _into(make.space.side + k)) for k, row in enumerate(solved)]
    make.write(function, lanes, puts, "argument")
    lanes.builder.call(make.module.globals["solve_block"], function.args)
    lanes.builder.ret_void()
    return function


def _emit_correct(make: Maker, solved: Sequence[int]) -> ir.Function:
    """correct(work): what Newton's method adds, in `space.side`, to what constraints determine at the argument."""
    function, lanes = make.function("correct")
    (work,) = function.args
    space, network = make.space, make.network
    with lanes.count(space.solved * space.solved, "fill") as row:
        lanes.store(lanes.number(0.0), work, space.block, row)

    def entry(place: tuple[int, int]) -> Callable[[Lanes, Sequence[Any], Any], None]:
        slot = space.block + _in_block(network, place)
        return lambda lanes, arguments, value: lanes.store(lanes.builder.fneg(value), arguments[0], slot)

    puts = [(network.right_hand_side[row], _into(space.side + k)) for k, row in enumerate(solved)]
    puts += [(network.jacobian[place], entry(place)) for place in _between_solved(network)]
    make.write(function, lanes, puts, "argument")
    lanes.builder.call(make.module.globals["pivots"], [work])
    lanes.builder.call(make.module.globals["solve_block"], [work])
    lanes.builder.ret_void()
    return function


def _with_drift(make: Maker, lanes: Lanes, work: Any, rate: Any, slope: Any) -> Any:
    """The right-hand side of the first stage: the rate, and what its drift adds."""
    early = lanes.mul(lanes.number(make.first_drift), lanes.load(work, make.space.scalar("step")))
    return lanes.fma(early, slope, rate)


def _emit_into(make: Maker, name: str, nodes: Sequence[int]) -> ir.Function:
    """name(work, rows): nodes at the argument, one a row."""
    function, lanes = make.function(name, [ir.PointerType()])

    def put(row: int) -> Callable[[Lanes, Sequence[Any], Any], None]:
        return lambda lanes, arguments, value: lanes.store(value, arguments[1], 0, row)

    puts = [(node, put(row)) for row, node in enumerate(nodes)]
    make.write(function, lanes, puts, "argument")
    lanes.builder.ret_void()
    return function


def _emit_stage(make: Maker, plan: LuPlan) -> ir.Function:
    """stage(work, stage): right-hand side at the argument plus the history in the stage, solved.

    Each row is eliminated as soon as it is known, so that the solve's waiting is filled with the next row's rates.
    """
    function, lanes = make.function("stage", [ir.PointerType()])
    work, stage = function.args
    values = make.values(lanes, work, "argument", hold=True)
    values.calls_first(make.network.right_hand_side)
    solution: dict[int, Any] = {}
    for row in plan.order:
        total = lanes.add(values.of(make.network.right_hand_side[row]), lanes.load(stage, 0, row))
        for column in plan.lower[row]:
            factor = lanes.load(work, make.space.factor, plan.slots[row, column])
            total = lanes.fnma(factor, solution[column], total)
        solution[row] = total
    _substitute(lanes, work, stage, make.space, plan, solution)
    lanes.builder.ret_void()
    return function


def _substitute(
    lanes: Lanes, work: Any, stage: Any, space: Workspace, plan: LuPlan, solution: dict[int, Any]
) -> None:
    """Back substitution of an eliminated right-hand side, stored into a stage: D first, which waits for nothing."""
    for row in reversed(plan.order):
        total = lanes.mul(solution[row], lanes.load(work, space.factor, plan.slots[row, row]))
        for column in plan.upper[row]:
            total = lanes.fnma(
                lanes.load(work, space.factor, plan.slots[row, column]), solution[column], total
            )
        solution[row] = total
        lanes.store(total, stage, 0, row)


def _emit_factor(make: Maker, plan: LuPlan) -> ir.Function:
    """factor(work, 1/(h gamma)): L D U of 1/(h gamma) - J, the first stage solved with it, and whether it is stable."""
    vector = ir.VectorType(ir.DoubleType(), make.width)
    function, lanes = make.function("factor", [vector])
    work, diagonal = function.args
    space, jacobian = make.space, make.network.jacobian
    values = make.values(lanes, work, "state", hold=True)
    drift = make.network.drift
    values.calls_first([*make.network.right_hand_side, *jacobian.values(), *drift.values()])
    if drift:
        _emit_drift(lanes, work, space, values, drift)
    stable = lanes.flags(True)
    solution: dict[int, Any] = {}
    for row in plan.order:
        entries: dict[int, Any] = {}
        for column in (*plan.lower[row], row, *plan.upper[row]):
            node = jacobian.get((row, column))
            if column == row:
                entries[column] = diagonal if node is None else lanes.sub(diagonal, values.of(node))
            elif node is not None:
                entries[column] = lanes.builder.fneg(values.of(node))
        original = entries[row]
        solution[row] = values.of(make.network.right_hand_side[row])
        if row in drift:
            solution[row] = _with_drift(make, lanes, work, solution[row], values.of(drift[row]))
        for pivot in plan.lower[row]:
            multiplier = _eliminate(lanes, work, space, plan, row, pivot, entries)
            solution[row] = lanes.fnma(multiplier, solution[pivot], solution[row])
        if plan.lower[row]:
            enough = lanes.mul(lanes.absolute(original), lanes.number(GROWTH_LIMIT))
            kept = lanes.compare(">=", lanes.absolute(entries[row]), enough)
            stable = lanes.builder.and_(stable, kept)
        inverse = lanes.div(lanes.number(1.0), entries[row])
        lanes.store(inverse, work, space.factor, plan.slots[row, row])
        for column in plan.upper[row]:
            lanes.store(lanes.mul(entries[column], inverse), work, space.factor, plan.slots[row, column])
    _substitute(lanes, work, lanes.address(work, space.stage), space, plan, solution)
    lanes.store(lanes.select(stable, lanes.number(1.0), lanes.number(0.0)), work, space.scalar("stable"))
    lanes.builder.ret_void()
    return function


def _emit_drift(lanes: Lanes, work: Any, space: Workspace, values: Values, drift: dict[int, int]) -> None:
    """Keep d(rate)/d(time) of every species: later stages of the step need it."""
    for row in range(space.species):
        slope = values.of(drift[row]) if row in drift else lanes.number(0.0)
        lanes.store(slope, work, space.drift, row)


def _eliminate(
    lanes: Lanes, work: Any, space: Workspace, plan: LuPlan, row: int, pivot: int, entries: dict[int, Any]
) -> Any:
    """Clear the entry of a row under a pivot; return the multiplier."""
    entry = entries[pivot]
    multiplier = lanes.mul(entry, lanes.load(work, space.factor, plan.slots[pivot, pivot]))
    lanes.store(multiplier, work, space.factor, plan.slots[row, pivot])
    for column in plan.upper[pivot]:
        above = lanes.load(work, space.factor, plan.slots[pivot, column])
        if column in entries:
            entries[column] = lanes.fnma(entry, above, entries[column])
        else:
            entries[column] = lanes.builder.fneg(lanes.mul(entry, above))
    return multiplier
