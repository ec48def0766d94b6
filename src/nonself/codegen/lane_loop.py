"""The lane loop in IR: each lane its own patient, time and step; a finished lane takes the next patient at once."""

from __future__ import annotations

from typing import Any

from llvmlite import ir

from nonself.codegen import functions
from nonself.codegen.cells import Cells
from nonself.codegen.chance import Chance
from nonself.codegen.clones import Clones
from nonself.codegen.constraints import Constraints
from nonself.codegen.delays import Delays, as_always
from nonself.codegen.events import Events
from nonself.codegen.kernels import Kernels
from nonself.codegen.lanes import DOUBLE, INT, VOID, Lanes
from nonself.codegen.lower import Network
from nonself.codegen.methods import Rosenbrock
from nonself.codegen.roots import Roots
from nonself.codegen.service import ENTERED, Service
from nonself.codegen.status import Status
from nonself.codegen.step import Stepper, rates_here
from nonself.codegen.workspace import (
    ARGUMENTS,
    ARRIVED,
    RUNNING,
    WAITING,
    CloneRow,
    Happening,
    Occurrence,
    Workspace,
)  # fmt: skip

SAFETY, SHRINK, GROW = 0.9, 0.2, 6.0
GROW_FROM_START = 100.0  # until the first step after a start or a change that asks for no more than GROW
AGAIN = 0.1  # after a change, how much of the step that was right after the last one is tried at once
SMALLEST = 1e-14
STANDARD_MODE = 0x1F80  # MXCSR: round to nearest, subnormals kept, no exception stops
_TYPES = {"P": ir.PointerType(), "I": INT, "D": DOUBLE}


def emit_advance(
    module: ir.Module,
    width: int,
    space: Workspace,
    kernels: Kernels,
    method: Rosenbrock,
    mode: str | None,
    network: Network,
    happenings: tuple[Happening, ...],
    clones: tuple[CloneRow, ...],
    occurrences: tuple[Occurrence, ...],
    watched_rows: tuple[int, ...],
) -> None:
    """Write `advance`, the one entry point: integrates all patients of a call.

    It runs with rounding to nearest and subnormals kept, whatever the caller's mode, and gives that mode back.
    """
    kind = ir.FunctionType(VOID, [_TYPES[letter] for _, letter in ARGUMENTS])
    function = ir.Function(module, kind, "nonself_advance")
    lanes = Lanes(module, ir.IRBuilder(function.append_basic_block("entry")), width)
    named = {name: value for (name, _), value in zip(ARGUMENTS, function.args, strict=True)}
    before = _set_mode(lanes, mode)
    parts = network, happenings, clones, occurrences, watched_rows
    _Loop(lanes, space, kernels, method, named, *parts).write()
    if before is not None:
        lanes.builder.call(_mode_function(lanes, f"{mode}.ldmxcsr"), [before])
    lanes.builder.ret_void()


def _set_mode(lanes: Lanes, mode: str | None) -> Any:
    """Save the floating-point mode and set the standard one; return where it was saved."""
    if mode is None:
        return None
    word = ir.IntType(32)
    before, standard = lanes.builder.alloca(word, name="before"), lanes.builder.alloca(word, name="standard")
    lanes.builder.call(_mode_function(lanes, f"{mode}.stmxcsr"), [before])
    lanes.builder.store(ir.Constant(word, STANDARD_MODE), standard)
    lanes.builder.call(_mode_function(lanes, f"{mode}.ldmxcsr"), [standard])
    return before


def _mode_function(lanes: Lanes, name: str) -> ir.Function:
    full = f"llvm.{name}"
    found = lanes.module.globals.get(full)
    return found or ir.Function(lanes.module, ir.FunctionType(VOID, [ir.PointerType()]), full)


def emit_probe(module: ir.Module, width: int, space: Workspace, kernels: Kernels) -> None:
    """Write `probe`: rates and LU factors at the state and parameters in a workspace, for tests and inspection."""
    kind = ir.FunctionType(VOID, [ir.PointerType(), DOUBLE])
    function = ir.Function(module, kind, "nonself_probe")
    lanes = Lanes(module, ir.IRBuilder(function.append_basic_block("entry")), width)
    work, diagonal = function.args
    lanes.builder.call(kernels.hoist, [work])
    lanes.store(lanes.load(work, space.scalar("time")), work, space.scalar("now"))
    free = lanes.address(work, space.integer("free"))  # conditions in rates as they are at this state
    lanes.builder.store(lanes.whole(1), free, align=8 * width)
    as_always(lanes, space, kernels, work)
    rates_here(lanes, space, kernels, work, lanes.address(work, space.stage + space.species))
    lanes.builder.call(kernels.observe, [work])
    lanes.builder.call(kernels.happen, [work])
    lanes.builder.call(kernels.factor, [work, lanes.spread(diagonal)])
    lanes.builder.ret_void()


class _Loop:
    """The control flow around the step; per-lane numbers live in workspace rows."""

    def __init__(
        self,
        lanes: Lanes,
        space: Workspace,
        kernels: Kernels,
        method: Rosenbrock,
        named: dict[str, Any],
        network: Network,
        happenings: tuple[Happening, ...],
        clones: tuple[CloneRow, ...],
        occurrences: tuple[Occurrence, ...],
        watched_rows: tuple[int, ...],
    ) -> None:
        self.lanes = lanes
        self.b = lanes.builder
        self.space = space
        self.of = named
        self.work = named["work"]
        self.cells = Cells(lanes, space, named)
        self.stepper = Stepper(lanes, space, kernels, method, self.work, named["rtol"], named["atol"])
        self.roots = Roots(self.cells, kernels, self.stepper, watched_rows)
        events = Events(self.cells, kernels, self.stepper, occurrences)
        self.delays = Delays(self.cells, kernels, self.stepper, network)
        self.service = Service(self.cells, kernels, self.stepper, events, self.delays)
        self.clones = Clones(self.cells, self.service, self.stepper, kernels, network, clones)
        self.service.entered, self.service.settled = self.clones.enter, self.clones.settle
        self.service.ended = self.clones.leave
        constraints = Constraints(self.cells, kernels, self.stepper, self.service.end)
        self.service.solved = events.solved = constraints.solve
        self.chance = Chance(self.cells, self.service, self.stepper, self.clones, happenings)

    def write(self) -> None:
        """Write the whole function."""
        self.cells.set_integers("flag", self.lanes.whole(WAITING))
        self.cells.set_integers("active", self.lanes.whole(0))
        self.cells.set_integers("restart", self.lanes.whole(0))
        self.cells.set_row("step", self.lanes.number(1.0))
        with self.cells.loop("patients") as leave_if:
            self.service.serve()
            leave_if(self.b.not_(self.lanes.any(self.cells.are("active", 1))))
            self.restart()
            with self.b.if_then(self.b.not_(self.lanes.any(self.cells.are("flag", WAITING)))):
                self.step()

    def restart(self) -> None:
        """Choose a first step for lanes that begin or were changed; end those that cannot start."""
        lanes = self.lanes
        with self.b.if_then(lanes.any(self.cells.are("restart", 1))):
            self.roots.begin()
            first, size = self.stepper.start()
            mask = self.cells.are("restart", 1)
            bad = self.b.and_(mask, self.b.not_(lanes.compare("<", size, lanes.number(float("inf")))))
            first = lanes.larger(first, lanes.mul(self.cells.row("settled"), lanes.number(AGAIN)))
            self.cells.set_row("proposed", lanes.select(mask, first, self.cells.row("proposed")))
            self.cells.set_integers("due", lanes.builder.zext(bad, lanes.integers))
            with self.cells.each_lane() as lane, self.b.if_then(self.cells.is_("due", lane, 1)):
                fresh = self.cells.is_("fresh", lane, ENTERED)
                self.service.end(
                    lane,
                    self.b.select(
                        fresh,
                        ir.Constant(INT, int(Status.NOT_FINITE_AT_START)),
                        ir.Constant(INT, int(Status.NOT_FINITE_AFTER_ACTION)),
                    ),
                )
            starting = self.cells.are("restart", 1)
            self.cells.set_integers(
                "settling", lanes.select(starting, lanes.whole(1), self.cells.integers("settling"))
            )
            self.cells.set_integers(
                "refused", lanes.select(starting, lanes.whole(0), self.cells.integers("refused"))
            )
            self.cells.set_integers("restart", lanes.whole(0))
            self.cells.set_integers("fresh", lanes.whole(0))

    def step(self) -> None:
        """One step of all lanes: choose its size, take it, read out what lies inside, accept or shrink."""
        lanes, b = self.lanes, self.b
        running = self.cells.are("flag", RUNNING)
        time, proposed, stop = self.cells.row("time"), self.cells.row("proposed"), self.cells.row("stop_time")
        remaining = lanes.sub(stop, time)
        paced = self.delays.pace(self.clones.pace(proposed))
        hits = lanes.compare(">=", lanes.mul(paced, lanes.number(1.01)), remaining)
        close = lanes.compare(">", lanes.mul(paced, lanes.number(2.0)), remaining)
        size = lanes.select(close, lanes.mul(remaining, lanes.number(0.5)), paced)
        size = lanes.select(hits, remaining, size)
        size = lanes.select(running, size, lanes.number(1.0))
        self.roots.begin()
        error = self.delays.take(time, size, self.stepper.take(size))
        stable = lanes.compare("==", self.cells.row("stable"), lanes.number(1.0))
        good = b.and_(b.and_(lanes.compare("<=", error, lanes.number(1.0)), stable), running)
        arrived = b.and_(good, hits)
        reached = lanes.select(hits, stop, lanes.add(time, size))
        self.roots.learn(error, running, good)
        happens = self.chance.locate(good)
        turns = self.roots.locate(good, time, size, reached)
        cut = self._first(happens, turns, hits)
        served = arrived
        if cut is not None:
            arrived = b.and_(arrived, b.not_(cut))
            sooner = lanes.smaller(lanes.fma(self.cells.row("fraction"), size, time), reached)
            reached = lanes.select(cut, sooner, reached)
            served = arrived if turns is None else b.or_(arrived, self.cells.are("turns", 1))
        drawn = self.clones.draw(good, size, None if cut is None else self.cells.row("fraction"))
        self.delays.keep(good, time, size, reached)
        self._read_inside(good, served, time, size, reached)
        if cut is not None:
            self.chance.shorten(cut, reached)
        self.clones.arrive(drawn)
        self._accept(good)
        self.clones.settle(good)
        self.cells.set_row("time", lanes.select(good, reached, time))
        smaller = lanes.compare("<", size, proposed)
        self.cells.set_row("proposed", self._next_size(size, proposed, smaller, error, stable, good))
        self._bookkeeping(good, arrived, served, running, size)
        if happens is not None:
            self.chance.happen()
        self.clones.finish()
        self._look_again(drawn)
        self.delays.end_lost(self.service.end)

    def _look_again(self, drawn: Any) -> None:
        """Let events look at what small clones have drawn: it may make a trigger true."""
        if drawn is None or not self.space.events:
            return
        with self.b.if_then(drawn):
            there = self.b.and_(self.clones.drew, self.cells.are("flag", RUNNING))
            flag = self.lanes.select(there, self.lanes.whole(ARRIVED), self.cells.integers("flag"))
            self.cells.set_integers("flag", flag)

    def _first(self, happens: Any, turns: Any, hits: Any) -> Any:
        """Where a step ends early: row `fraction` is the share of it that counts, by whichever comes first.

        A turn at the very end of a step that leads to a stop is looked at there.
        """
        if turns is None:
            return happens
        lanes, cells, b = self.lanes, self.cells, self.b
        share = cells.row("high")
        turns = b.and_(turns, b.not_(b.and_(hits, lanes.compare("==", share, lanes.number(1.0)))))
        otherwise = lanes.number(1.0)
        if happens is not None:
            otherwise = cells.row("fraction")
            turns = b.and_(turns, lanes.compare("<=", share, otherwise))
            event = lanes.select(turns, lanes.whole(-1), cells.integers("event"))
            cells.set_integers("event", event)
        cells.set_row("fraction", lanes.select(turns, share, otherwise))
        cells.set_integers("turns", b.zext(turns, lanes.integers))
        return turns if happens is None else b.or_(turns, happens)

    def _read_inside(self, good: Any, arrived: Any, time: Any, size: Any, reached: Any) -> None:
        lanes = self.lanes
        limit = lanes.select(arrived, lanes.sub(reached, self.cells.near(reached)), reached)
        with self.cells.loop("inside") as leave_if:
            when = self.cells.row("output_time")
            strictly = lanes.compare("<", when, limit)
            up_to = self.b.and_(self.b.not_(arrived), lanes.compare("<=", when, limit))
            due = self.b.and_(good, self.b.or_(strictly, up_to))
            leave_if(self.b.not_(lanes.any(due)))
            fraction = lanes.div(lanes.sub(when, time), size)
            self.stepper.interpolate(lanes.select(due, fraction, lanes.number(0.5)), when)
            self.service.write_out(due)

    def _accept(self, good: Any) -> None:
        lanes, space = self.lanes, self.space
        with lanes.count(space.species, "row") as row:
            old = lanes.load(self.work, space.state, row)
            new = lanes.load(self.work, space.new_state, row)
            lanes.store(lanes.select(good, new, old), self.work, space.state, row)

    def _next_size(self, size: Any, proposed: Any, cut: Any, error: Any, stable: Any, good: Any) -> Any:
        lanes = self.lanes
        floor = lanes.larger(error, lanes.number(1e-12))
        factor = lanes.div(lanes.number(SAFETY), functions.fifth_root(lanes, floor))
        settling = self.cells.are("settling", 1)
        more = self.b.and_(settling, lanes.compare(">", factor, lanes.number(GROW)))
        self.cells.set_integers("settling", self.b.zext(more, lanes.integers))
        settles = self.b.and_(self.b.and_(settling, self.b.not_(more)), good)
        self.cells.set_row("settled", lanes.select(settles, size, self.cells.row("settled")))
        most = lanes.select(settling, lanes.number(GROW_FROM_START), lanes.number(GROW))
        factor = lanes.smaller(lanes.larger(factor, lanes.number(SHRINK)), most)
        finite = lanes.compare("<", error, lanes.number(float("inf")))
        factor = lanes.select(self.b.and_(finite, stable), factor, lanes.number(SHRINK))
        after_refusal = self.cells.are("refused", 1)
        factor = lanes.select(after_refusal, lanes.smaller(factor, lanes.number(1.0)), factor)
        following = lanes.mul(size, factor)
        kept = self.b.and_(good, cut)
        return lanes.select(kept, lanes.larger(proposed, following), following)

    def _bookkeeping(self, good: Any, arrived: Any, served: Any, running: Any, size: Any) -> None:
        lanes, b = self.lanes, self.b
        refused = b.and_(running, b.not_(good))
        self.cells.set_integers("steps", b.add(self.cells.integers("steps"), b.zext(running, lanes.integers)))
        self.cells.set_integers(
            "rejected", b.add(self.cells.integers("rejected"), b.zext(refused, lanes.integers))
        )
        self.cells.set_integers("refused", b.zext(refused, lanes.integers))
        flag = self.cells.integers("flag")
        self.cells.set_integers("flag", lanes.select(served, lanes.whole(ARRIVED), flag))
        span = lanes.larger(self.cells.row("time"), lanes.mul(self.cells.row("horizon"), lanes.number(1e-6)))
        tiny = b.and_(
            refused, lanes.compare("<", self.cells.row("proposed"), lanes.mul(span, lanes.number(SMALLEST)))
        )
        limit = lanes.builder.icmp_signed(
            ">=", self.cells.integers("steps"), self._spread_integer(self.of["max_steps"])
        )
        still = b.and_(b.and_(good, b.not_(arrived)), b.not_(self.cells.are("settling", 1)))
        tiny = b.or_(tiny, b.and_(still, lanes.compare("<", size, lanes.mul(span, lanes.number(SMALLEST)))))
        lost = b.and_(b.and_(running, b.not_(arrived)), b.or_(tiny, limit))
        with b.if_then(lanes.any(lost)):
            self.cells.set_row("error", lanes.select(tiny, lanes.number(1.0), lanes.number(0.0)))
            self.cells.set_row("stable", lanes.select(lost, lanes.number(1.0), lanes.number(0.0)))
            with self.cells.each_lane() as lane:
                is_lost = b.fcmp_ordered("==", self.cells.get("stable", lane), ir.Constant(DOUBLE, 1.0))
                with b.if_then(is_lost):
                    too_small = b.fcmp_ordered("==", self.cells.get("error", lane), ir.Constant(DOUBLE, 1.0))
                    status = b.select(
                        too_small,
                        ir.Constant(INT, int(Status.STEP_TOO_SMALL)),
                        ir.Constant(INT, int(Status.TOO_MANY_STEPS)),
                    )
                    self.service.end(lane, status)

    def _spread_integer(self, value: Any) -> Any:
        vector = ir.Constant(self.lanes.integers, ir.Undefined)
        for lane in range(self.lanes.width):
            vector = self.b.insert_element(vector, value, ir.Constant(ir.IntType(32), lane))
        return vector
