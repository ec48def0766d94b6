"""The straight-line kernels of a model: hoisted values, initial state, observables, right-hand side, LU and solve."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from llvmlite import ir

from nonself.codegen import functions
from nonself.codegen.lanes import VOID, Lanes
from nonself.codegen.lower import Network
from nonself.codegen.methods import Rosenbrock
from nonself.codegen.sparse import LuPlan
from nonself.codegen.tape import Tape
from nonself.codegen.workspace import Workspace

GROWTH_LIMIT = 1e-8  # a pivot that lost more than 8 digits against its diagonal entry: the step is refused
SIDES = {"lt": "<", "ge": ">=", "gt": "<", "le": ">=", "eq": "==", "ne": "!="}  # of a gap and zero
RELATIONS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}
BATCHED = ("exp", "log", "pow")
SIDE_BY_SIDE = 4  # how many of them are computed at once
Leaf = Callable[[str, int], Any]


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


class Values:
    """Emits tape nodes into a function on demand, each once."""

    def __init__(
        self,
        lanes: Lanes,
        tape: Tape,
        leaf: Leaf,
        hoisted: dict[int, Any],
        held: dict[int, int] | None = None,
    ) -> None:
        self.lanes = lanes
        self.tape = tape
        self.leaf = leaf
        self.hoisted = hoisted
        self.held = held or {}
        self.known: dict[int, Any] = {}

    def of(self, root: int) -> Any:
        """Return the IR value of a node."""
        stack = [root]
        while stack:
            node = stack[-1]
            if node in self.known:
                stack.pop()
                continue
            found = self.tape.nodes[node]
            missing = [] if node in self.hoisted else [a for a in found.arguments if a not in self.known]
            if missing:
                stack.extend(reversed(missing))
            else:
                self.known[node] = self._emit(node)
                stack.pop()
        return self.known[root]

    def calls_first(self, roots: Sequence[int]) -> None:
        """Emit exp, log and pow before anything else, those that do not wait for each other side by side."""
        depth: dict[int, int] = {}
        waves: dict[tuple[int, str], list[int]] = {}
        for node in self.tape.needed(roots):
            found = self.tape.nodes[node]
            depth[node] = max((depth[a] for a in found.arguments), default=0)
            if found.operation in BATCHED and found.of_state:
                depth[node] += 1
                waves.setdefault((depth[node], found.operation), []).append(node)
        for (_, operation), nodes in sorted(waves.items()):
            for first in range(0, len(nodes), SIDE_BY_SIDE):
                group = nodes[first : first + SIDE_BY_SIDE]
                calls = [[self.of(a) for a in self.tape.nodes[node].arguments] for node in group]
                self.known.update(zip(group, functions.batch(self.lanes, operation, calls), strict=True))

    def _emit(self, node: int) -> Any:
        found, lanes = self.tape.nodes[node], self.lanes
        if node in self.hoisted:
            return self.leaf("hoisted", self.hoisted[node])
        if found.operation == "constant":
            return lanes.number(found.value)
        if found.operation in ("parameter", "state", "time", "draw"):
            return self.leaf(found.operation, int(found.value))
        arguments = [self.known[a] for a in found.arguments]
        if found.operation in BATCHED:
            return functions.batch(lanes, found.operation, [arguments])[0]
        if found.operation == "pow_slope":
            return functions.pow_slope(lanes, *arguments)
        if found.operation == "neg":
            return lanes.builder.fneg(arguments[0])
        if found.operation == "sqrt":
            return lanes.intrinsic("sqrt", arguments[0])
        if found.operation in RELATIONS:
            return self._comparison(
                node, found.operation, lanes.compare(RELATIONS[found.operation], *arguments)
            )
        plain: dict[str, Callable[..., Any]] = {
            "select": lanes.select, "and": lanes.builder.and_, "or": lanes.builder.or_, "not": lanes.builder.not_,
            "add": lanes.add, "sub": lanes.sub, "mul": lanes.mul, "div": lanes.div,
            "fma": lanes.fma, "fnma": lanes.fnma,
        }  # fmt: skip
        return plain[found.operation](*arguments)

    def _comparison(self, node: int, operation: str, now: Any) -> Any:
        """A comparison, or what it was at the start of the step where it is held and its lane does not free it."""
        if node not in self.held:
            return now
        zero, gap = self.lanes.number(0.0), self.leaf("gap", self.held[node])
        then = self.lanes.compare(SIDES[operation], gap, zero)
        return self.lanes.select(self.leaf("free", 0), now, then)


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


def emit_kernels(
    module: ir.Module, width: int, network: Network, plan: LuPlan, space: Workspace, method: Rosenbrock
) -> Kernels:
    """Write all kernels of a model into a module."""
    hoisted, clones = hoisted_nodes(network), network.clones
    make = _Maker(module, width, network, space, hoisted, method.drift[0])
    return Kernels(
        hoist=make.assignments("hoist", list(hoisted), space.hoist, "none", use_hoisted=False),
        initial=make.assignments("initial", network.initial, space.argument, "none", use_hoisted=False),
        decide=make.assignments("decide", network.rules, space.decided, "state"),
        observe=make.assignments("observe", network.observables, space.observed, "argument"),
        watch=_emit_watch(make),
        happen=make.assignments("happen", network.happenings, space.triggered, "state"),
        factor=_emit_factor(make, plan),
        stage=_emit_stage(make, plan),
        clone_rates=make.assignments("clone_rates", clones.rates, space.clone("rates"), "argument"),
        clone_pace=make.assignments("clone_pace", clones.pace, space.clone("pace"), "state"),
        clone_limits=make.assignments("clone_limits", clones.limits, space.clone("limit"), "none"),
        clone_traits=make.assignments("clone_traits", clones.traits, space.clone("traits"), "state"),
    )


class _Maker:
    """What every kernel needs: a function to write into, and where leaves are read from."""

    def __init__(
        self,
        module: ir.Module,
        width: int,
        network: Network,
        space: Workspace,
        hoisted: dict[int, int],
        first_drift: float,
    ) -> None:
        self.module = module
        self.width = width
        self.network = network
        self.space = space
        self.hoisted = hoisted
        self.first_drift = first_drift

    def function(self, name: str, extra: Sequence[ir.Type] = ()) -> tuple[ir.Function, Lanes]:
        """Open a new internal function of the workspace."""
        kind = ir.FunctionType(VOID, [ir.PointerType(), *extra])
        function = ir.Function(self.module, kind, name)
        function.linkage = "internal"
        function.attributes.add("noinline")
        builder = ir.IRBuilder(function.append_basic_block("entry"))
        return function, Lanes(self.module, builder, self.width)

    def values(
        self, lanes: Lanes, work: Any, state: int | None, use_hoisted: bool = True, hold: bool = False
    ) -> Values:
        """Return an emitter that reads the state from row `state`; `hold` keeps to a step's conditions."""
        now = None if state is None else self.space.scalar("now")
        starts = {
            "parameter": self.space.parameter, "hoisted": self.space.hoist, "state": state, "time": now,
            "draw": self.space.clone("draws"), "gap": self.space.gaps,
        }  # fmt: skip

        def leaf(kind: str, row: int) -> Any:
            if kind == "free":
                address = lanes.address(work, self.space.integer("free"))
                free = lanes.builder.load(address, align=8 * lanes.width, typ=lanes.integers)
                return lanes.builder.icmp_signed("==", free, lanes.whole(1))
            start = starts[kind]
            if start is None:
                raise AssertionError("a parameter-only kernel must not read the state")
            return lanes.load(work, start, row)

        rows = {node: row for row, node in enumerate(self.network.watched)}
        held = {node: rows[node] for node in self.network.held} if hold else {}
        return Values(lanes, self.network.tape, leaf, self.hoisted if use_hoisted else {}, held)

    def assignments(
        self, name: str, roots: Sequence[int], target: int, state: str, use_hoisted: bool = True
    ) -> ir.Function:
        """Write a kernel that stores one node a row from `target` on."""
        function, lanes = self.function(name)
        work = function.args[0]
        rows = {"argument": self.space.argument, "state": self.space.state, "none": None}
        values = self.values(lanes, work, rows[state], use_hoisted)
        for row, root in enumerate(roots):
            lanes.store(values.of(root), work, target, row)
        lanes.builder.ret_void()
        return function


def _emit_watch(make: _Maker) -> ir.Function:
    """watch(work, gaps): the gaps of all watched comparisons at the argument."""
    function, lanes = make.function("watch", [ir.PointerType()])
    work, gaps = function.args
    values = make.values(lanes, work, make.space.argument)
    for row, gap in enumerate(make.network.watched.values()):
        lanes.store(values.of(gap), gaps, 0, row)
    lanes.builder.ret_void()
    return function


def _emit_stage(make: _Maker, plan: LuPlan) -> ir.Function:
    """stage(work, stage): right-hand side at the argument plus the history in the stage, solved.

    Each row is eliminated as soon as it is known, so that the solve's waiting is filled with the next row's rates.
    """
    function, lanes = make.function("stage", [ir.PointerType()])
    work, stage = function.args
    values = make.values(lanes, work, make.space.argument, hold=True)
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


def _emit_factor(make: _Maker, plan: LuPlan) -> ir.Function:
    """factor(work, 1/(h gamma)): L D U of 1/(h gamma) - J, the first stage solved with it, and whether it is stable."""
    vector = ir.VectorType(ir.DoubleType(), make.width)
    function, lanes = make.function("factor", [vector])
    work, diagonal = function.args
    space, jacobian = make.space, make.network.jacobian
    values = make.values(lanes, work, space.state, hold=True)
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
            early = lanes.mul(lanes.number(make.first_drift), lanes.load(work, space.scalar("step")))
            solution[row] = lanes.fma(early, values.of(drift[row]), solution[row])
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
