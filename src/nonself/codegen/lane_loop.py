"""The lane loop in IR: each lane its own patient, time and step; a finished lane takes the next patient at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from llvmlite import ir

from nonself.codegen.kernels import Kernels
from nonself.codegen.lanes import DOUBLE, INT, VOID, Lanes
from nonself.codegen.methods import Rosenbrock
from nonself.codegen.step import Stepper, rates_here
from nonself.codegen.workspace import ARGUMENTS, Workspace

EMPTY, WAITING, RUNNING, ARRIVED = 0, 1, 2, 3  # flags of a lane
ENTERED = 2  # a fresh lane whose initial state is set
FINISHED, STEP_TOO_SMALL, TOO_MANY_STEPS, BAD_START, BAD_ACTION = 0, 2, 3, 4, 5  # engine.result.Status
SAFETY, SHRINK, GROW = 0.9, 0.2, 6.0
GROW_FROM_START = 100.0  # until the first step after a start or a change that asks for no more than GROW
AGAIN = 0.1  # after a change, how much of the step that was right after the last one is tried at once
SAME_TIME = 1e-12  # times closer than this, relative to the larger of 1 and the time, are one
SMALLEST = 1e-14
_TYPES = {"P": ir.PointerType(), "I": INT, "D": DOUBLE}


def emit_advance(
    module: ir.Module, width: int, space: Workspace, kernels: Kernels, method: Rosenbrock
) -> None:
    """Write `advance`, the one entry point: integrates all patients of a call."""
    kind = ir.FunctionType(VOID, [_TYPES[letter] for _, letter in ARGUMENTS])
    function = ir.Function(module, kind, "nonself_advance")
    lanes = Lanes(module, ir.IRBuilder(function.append_basic_block("entry")), width)
    named = {name: value for (name, _), value in zip(ARGUMENTS, function.args, strict=True)}
    _Loop(lanes, space, kernels, method, named).write()


def emit_probe(module: ir.Module, width: int, space: Workspace, kernels: Kernels) -> None:
    """Write `probe`: rates and LU factors at the state and parameters in a workspace, for tests and inspection."""
    kind = ir.FunctionType(VOID, [ir.PointerType(), DOUBLE])
    function = ir.Function(module, kind, "nonself_probe")
    lanes = Lanes(module, ir.IRBuilder(function.append_basic_block("entry")), width)
    work, diagonal = function.args
    lanes.builder.call(kernels.hoist, [work])
    rates_here(lanes, space, kernels, work, lanes.address(work, space.stage + space.species))
    lanes.builder.call(kernels.observe, [work])
    lanes.builder.call(kernels.factor, [work, lanes.spread(diagonal)])
    lanes.builder.ret_void()


class _Loop:
    """The control flow around the step; per-lane scalars live in workspace rows."""

    def __init__(
        self, lanes: Lanes, space: Workspace, kernels: Kernels, method: Rosenbrock, named: dict[str, Any]
    ) -> None:
        self.lanes = lanes
        self.b = lanes.builder
        self.space = space
        self.kernels = kernels
        self.of = named
        self.work = named["work"]
        self.stepper = Stepper(lanes, space, kernels, method, self.work, named["rtol"], named["atol"])
        self.next = self.b.alloca(INT, name="next_patient")
        self.changed = self.b.alloca(INT, name="parameters_changed")
        self.result = self.b.alloca(DOUBLE, name="result")

    # per-lane scalars ------------------------------------------------------------------------------------------
    def place(self, row: Any, lane: Any, kind: ir.Type = DOUBLE) -> Any:
        """Address of one lane of a row (a number or an IR integer)."""
        start = (
            ir.Constant(INT, row * self.lanes.width)
            if isinstance(row, int)
            else self.b.mul(row, ir.Constant(INT, self.lanes.width))
        )
        return self.b.gep(self.work, [self.b.add(start, lane)], inbounds=True, source_etype=kind)

    def get(self, name: str, lane: Any) -> Any:
        """A lane's number."""
        return self.b.load(self.place(self.space.scalar(name), lane), align=8, typ=DOUBLE)

    def put(self, name: str, lane: Any, value: Any) -> None:
        """Set a lane's number."""
        self.b.store(value, self.place(self.space.scalar(name), lane), align=8)

    def geti(self, name: str, lane: Any) -> Any:
        """A lane's integer."""
        return self.b.load(self.place(self.space.integer(name), lane, INT), align=8, typ=INT)

    def puti(self, name: str, lane: Any, value: Any) -> None:
        """Set a lane's integer."""
        value = ir.Constant(INT, value) if isinstance(value, int) else value
        self.b.store(value, self.place(self.space.integer(name), lane, INT), align=8)

    def row(self, name: str) -> Any:
        """A scalar of all lanes."""
        return self.lanes.load(self.work, self.space.scalar(name))

    def set_row(self, name: str, value: Any) -> None:
        """Set a scalar of all lanes."""
        self.lanes.store(value, self.work, self.space.scalar(name))

    def integers(self, name: str) -> Any:
        """An integer of all lanes."""
        address = self.lanes.address(self.work, self.space.integer(name))
        return self.b.load(address, align=8 * self.lanes.width, typ=self.lanes.integers)

    def set_integers(self, name: str, value: Any) -> None:
        """Set an integer of all lanes."""
        self.b.store(
            value, self.lanes.address(self.work, self.space.integer(name)), align=8 * self.lanes.width
        )

    def are(self, name: str, value: int) -> Any:
        """Mask of the lanes whose integer has this value."""
        return self.b.icmp_signed("==", self.integers(name), self.lanes.whole(value))

    def element(self, base: Any, index: Any, kind: ir.Type) -> Any:
        """One element of an argument array."""
        return self.b.load(self.b.gep(base, [index], inbounds=True, source_etype=kind), align=8, typ=kind)

    def table(self, name: str, index: Any, rows: str, step: str, lane: Any, kind: ir.Type) -> Any:
        """An entry of a stop or output table, its column the patient's where there is one a patient."""
        column = self.b.mul(self.geti("patient", lane), self.of[step])
        return self.element(self.of[name], self.b.add(self.b.mul(index, self.of[rows]), column), kind)

    def is_(self, name: str, lane: Any, value: int) -> Any:
        """True when a lane's integer has this value."""
        return self.b.icmp_signed("==", self.geti(name, lane), ir.Constant(INT, value))

    @contextmanager
    def each_lane(self) -> Iterator[Any]:
        """A loop over lanes."""
        with self.lanes.count(self.lanes.width, "lane") as lane:
            yield lane

    @contextmanager
    def loop(self, name: str) -> Iterator[Callable[[Any], None]]:
        """A loop left by calling the yielded function with a condition."""
        head = self.b.append_basic_block(f"{name}.head")
        after = self.b.append_basic_block(f"{name}.after")
        self.b.branch(head)
        self.b.position_at_end(head)

        def leave_if(condition: Any) -> None:
            inner = self.b.append_basic_block(f"{name}.body")
            self.b.cbranch(condition, after, inner)
            self.b.position_at_end(inner)

        yield leave_if
        self.b.branch(head)
        self.b.position_at_end(after)

    # the loop --------------------------------------------------------------------------------------------------
    def write(self) -> None:
        """Write the whole function."""
        self.b.store(ir.Constant(INT, 0), self.next)
        self.set_integers("flag", self.lanes.whole(WAITING))
        self.set_integers("active", self.lanes.whole(0))
        self.set_integers("restart", self.lanes.whole(0))
        self.set_row("step", self.lanes.number(1.0))
        with self.loop("patients") as leave_if:
            self.serve()
            leave_if(self.b.not_(self.lanes.any(self.are("active", 1))))
            self.restart()
            with self.b.if_then(self.b.not_(self.lanes.any(self.are("flag", WAITING)))):
                self.step()
        self.b.ret_void()

    def serve(self) -> None:
        """Serve lanes that wait for a patient or have arrived at a stop, until none does."""
        with self.loop("serve") as leave_if:
            waiting, arrived = self.are("flag", WAITING), self.are("flag", ARRIVED)
            leave_if(self.b.not_(self.lanes.any(self.b.or_(waiting, arrived))))
            with self.each_lane() as lane, self.b.if_then(self.is_("flag", lane, WAITING)):
                self.load_patient(lane)
            self.enter()
            before = self.b.icmp_signed("!=", self.of["before"], ir.Constant(INT, 0))
            with self.b.if_then(before):
                self.read_here()
            self.b.store(ir.Constant(INT, 0), self.changed)
            with self.each_lane() as lane, self.b.if_then(self.is_("flag", lane, ARRIVED)):
                self.act(lane)
            with self.b.if_then(
                self.b.icmp_signed("!=", self.b.load(self.changed, typ=INT), ir.Constant(INT, 0))
            ):
                self.b.call(self.kernels.hoist, [self.work])
            self.read_here()
            with self.each_lane() as lane, self.b.if_then(self.is_("flag", lane, ARRIVED)):
                self.depart(lane)

    def load_patient(self, lane: Any) -> None:
        """Give a lane the next patient, or retire it."""
        patient = self.b.load(self.next, typ=INT)
        with self.b.if_else(self.b.icmp_signed("<", patient, self.of["patients"])) as (there_is, none_left):
            with there_is:
                self.b.store(self.b.add(patient, ir.Constant(INT, 1)), self.next)
                for name, value in (
                    ("patient", patient),
                    ("flag", ARRIVED),
                    ("active", 1),
                    ("fresh", 1),
                    ("restart", 1),
                ):
                    self.puti(name, lane, value)
                for name in ("stop", "output", "steps", "rejected", "refused"):
                    self.puti(name, lane, 0)
                self.put("time", lane, ir.Constant(DOUBLE, 0.0))
                self.put("proposed", lane, ir.Constant(DOUBLE, 0.0))
                self.put("settled", lane, ir.Constant(DOUBLE, 0.0))
                self.put("horizon", lane, self.element(self.of["horizon"], patient, DOUBLE))
                self.put("output_time", lane, self.output_time(lane))
                if self.space.parameters:
                    with self.lanes.count(self.space.parameters, "parameter") as row:
                        index = self.b.add(self.b.mul(row, self.of["patients"]), patient)
                        value = self.element(self.of["parameters"], index, DOUBLE)
                        target = self.b.add(row, ir.Constant(INT, self.space.parameter))
                        self.b.store(value, self.place(target, lane), align=8)
            with none_left:
                for name in ("flag", "active", "fresh", "restart"):
                    self.puti(name, lane, 0)

    def enter(self) -> None:
        """Compute the initial state of fresh lanes."""
        with self.b.if_then(self.lanes.any(self.are("fresh", 1))):
            self.b.call(self.kernels.hoist, [self.work])
            self.b.call(self.kernels.initial, [self.work])
            fresh = self.are("fresh", 1)
            self.set_integers(
                "fresh", self.lanes.select(fresh, self.lanes.whole(ENTERED), self.integers("fresh"))
            )
            with self.lanes.count(self.space.species, "row") as row:
                first = self.lanes.load(self.work, self.space.argument, row)
                now = self.lanes.load(self.work, self.space.state, row)
                self.lanes.store(self.lanes.select(fresh, first, now), self.work, self.space.state, row)

    def output_time(self, lane: Any) -> Any:
        """The time of a lane's next readout; infinity when there is none."""
        self.b.store(ir.Constant(DOUBLE, float("inf")), self.result)
        index = self.geti("output", lane)
        with self.b.if_then(self.b.icmp_signed("<", index, self.of["outputs"])):
            self.b.store(
                self.table("output_time", index, "output_rows", "output_step", lane, DOUBLE), self.result
            )
        return self.b.load(self.result, typ=DOUBLE)

    def near(self, time: Any) -> Any:
        """How close to a time still counts as that time; for vectors and single numbers alike."""
        if isinstance(time.type, ir.VectorType):
            one, share = self.lanes.number(1.0), self.lanes.number(SAME_TIME)
        else:
            one, share = ir.Constant(DOUBLE, 1.0), ir.Constant(DOUBLE, SAME_TIME)
        return self.b.fmul(share, self.b.select(self.b.fcmp_ordered(">", time, one), time, one))

    def read_here(self) -> None:
        """Read out lanes that have arrived and whose readout falls on this time."""
        with self.loop("read") as leave_if:
            time = self.row("time")
            due = self.lanes.compare("<=", self.row("output_time"), self.lanes.add(time, self.near(time)))
            due = self.b.and_(due, self.are("flag", ARRIVED))
            leave_if(self.b.not_(self.lanes.any(due)))
            self.stepper.here()
            self.write_out(due)

    def write_out(self, due: Any) -> None:
        """Store the kept rows of the lanes in a mask and move them to their next readout."""
        self.set_integers("due", self.b.zext(due, self.lanes.integers))
        with self.each_lane() as lane, self.b.if_then(self.is_("due", lane, 1)):
            index = self.geti("output", lane)
            first = self.b.add(self.b.mul(self.geti("patient", lane), self.of["outputs"]), index)
            first = self.b.mul(first, self.of["kept"])
            with self.lanes.count(self.of["kept"], "kept") as column:
                row = self.element(self.of["kept_rows"], column, INT)
                source = self.place(self.b.add(row, ir.Constant(INT, self.space.argument)), lane)
                value = self.b.load(source, align=8, typ=DOUBLE)
                target = self.b.gep(
                    self.of["values"], [self.b.add(first, column)], inbounds=True, source_etype=DOUBLE
                )
                self.b.store(value, target, align=8)
            self.puti("output", lane, self.b.add(index, ir.Constant(INT, 1)))
            self.put("output_time", lane, self.output_time(lane))

    def act(self, lane: Any) -> None:
        """Do what is scheduled for a lane now: all stops at this time, in order."""
        with self.loop("act") as leave_if:
            index = self.geti("stop", lane)
            leave_if(self.b.icmp_signed(">=", index, self.of["stops"]))
            time = self.get("time", lane)
            when = self.table("stop_time", index, "stop_rows", "stop_step", lane, DOUBLE)
            leave_if(self.b.fcmp_unordered(">", when, self.b.fadd(time, self.near(time))))
            kind = self.table("stop_kind", index, "stop_rows", "stop_step", lane, INT)
            target = self.table("stop_target", index, "stop_rows", "stop_step", lane, INT)
            value = self.table("stop_value", index, "stop_rows", "stop_step", lane, DOUBLE)
            with self.b.if_then(self.b.icmp_signed("==", kind, ir.Constant(INT, 1))):
                place = self.place(self.b.add(target, ir.Constant(INT, self.space.state)), lane)
                self.b.store(self.b.fadd(self.b.load(place, align=8, typ=DOUBLE), value), place, align=8)
                self.puti("restart", lane, 1)
            with self.b.if_then(self.b.icmp_signed("==", kind, ir.Constant(INT, 2))):
                place = self.place(self.b.add(target, ir.Constant(INT, self.space.parameter)), lane)
                self.b.store(value, place, align=8)
                self.b.store(ir.Constant(INT, 1), self.changed)
                self.puti("restart", lane, 1)
            self.puti("stop", lane, self.b.add(index, ir.Constant(INT, 1)))

    def depart(self, lane: Any) -> None:
        """Send a lane on to its next stop, or end it at its horizon."""
        time, horizon = self.get("time", lane), self.get("horizon", lane)
        over = self.b.fcmp_ordered(">=", time, self.b.fsub(horizon, self.near(horizon)))
        with self.b.if_else(over) as (ended, going):
            with ended:
                self.end(lane, FINISHED)
            with going:
                self.b.store(horizon, self.result)
                index = self.geti("stop", lane)
                with self.b.if_then(self.b.icmp_signed("<", index, self.of["stops"])):
                    when = self.table("stop_time", index, "stop_rows", "stop_step", lane, DOUBLE)
                    sooner = self.b.fcmp_ordered("<", when, self.b.fsub(horizon, self.near(horizon)))
                    self.b.store(self.b.select(sooner, when, horizon), self.result)
                self.put("stop_time", lane, self.b.load(self.result, typ=DOUBLE))
                self.puti("flag", lane, RUNNING)

    def end(self, lane: Any, status: Any) -> None:
        """Record how a lane's patient ended, and free the lane."""
        status = ir.Constant(INT, status) if isinstance(status, int) else status
        patient = self.geti("patient", lane)
        records = (
            ("status", status, INT),
            ("reached", self.get("time", lane), DOUBLE),
            ("steps", self.geti("steps", lane), INT),
            ("rejected", self.geti("rejected", lane), INT),
        )
        for name, value, kind in records:
            self.b.store(
                value, self.b.gep(self.of[name], [patient], inbounds=True, source_etype=kind), align=8
            )
        first = self.b.mul(patient, ir.Constant(INT, self.space.species))
        with self.lanes.count(self.space.species, "row") as row:
            value = self.b.load(
                self.place(self.b.add(row, ir.Constant(INT, self.space.state)), lane), align=8, typ=DOUBLE
            )
            target = self.b.gep(
                self.of["final"], [self.b.add(first, row)], inbounds=True, source_etype=DOUBLE
            )
            self.b.store(value, target, align=8)
        self.puti("flag", lane, WAITING)

    def restart(self) -> None:
        """Choose a first step for lanes that begin or were changed; end those that cannot start."""
        lanes = self.lanes
        with self.b.if_then(lanes.any(self.are("restart", 1))):
            first, size = self.stepper.start()
            mask = self.are("restart", 1)
            bad = self.b.and_(mask, self.b.not_(lanes.compare("<", size, lanes.number(float("inf")))))
            first = lanes.larger(first, lanes.mul(self.row("settled"), lanes.number(AGAIN)))
            self.set_row("proposed", lanes.select(mask, first, self.row("proposed")))
            self.set_integers("due", lanes.builder.zext(bad, lanes.integers))
            with self.each_lane() as lane, self.b.if_then(self.is_("due", lane, 1)):
                fresh = self.is_("fresh", lane, ENTERED)
                self.end(
                    lane, self.b.select(fresh, ir.Constant(INT, BAD_START), ir.Constant(INT, BAD_ACTION))
                )
            starting = self.are("restart", 1)
            self.set_integers("settling", lanes.select(starting, lanes.whole(1), self.integers("settling")))
            self.set_integers("refused", lanes.select(starting, lanes.whole(0), self.integers("refused")))
            self.set_integers("restart", lanes.whole(0))
            self.set_integers("fresh", lanes.whole(0))

    def step(self) -> None:
        """One step of all lanes: choose its size, take it, read out what lies inside, accept or shrink."""
        lanes, b = self.lanes, self.b
        running = self.are("flag", RUNNING)
        time, proposed, stop = self.row("time"), self.row("proposed"), self.row("stop_time")
        remaining = lanes.sub(stop, time)
        hits = lanes.compare(">=", lanes.mul(proposed, lanes.number(1.01)), remaining)
        close = lanes.compare(">", lanes.mul(proposed, lanes.number(2.0)), remaining)
        size = lanes.select(close, lanes.mul(remaining, lanes.number(0.5)), proposed)
        size = lanes.select(hits, remaining, size)
        size = lanes.select(running, size, lanes.number(1.0))
        error = self.stepper.take(size)
        stable = lanes.compare("==", self.row("stable"), lanes.number(1.0))
        good = b.and_(b.and_(lanes.compare("<=", error, lanes.number(1.0)), stable), running)
        arrived = b.and_(good, hits)
        reached = lanes.select(hits, stop, lanes.add(time, size))
        self._read_inside(good, arrived, time, size, reached, stop)
        self._accept(good)
        self.set_row("time", lanes.select(good, reached, time))
        cut = lanes.compare("<", size, proposed)
        self.set_row("proposed", self._next_size(size, proposed, cut, error, stable, good))
        self._bookkeeping(good, arrived, running)

    def _read_inside(self, good: Any, arrived: Any, time: Any, size: Any, reached: Any, stop: Any) -> None:
        lanes = self.lanes
        limit = lanes.select(arrived, lanes.sub(stop, self.near(stop)), reached)
        with self.loop("inside") as leave_if:
            when = self.row("output_time")
            strictly = lanes.compare("<", when, limit)
            up_to = self.b.and_(self.b.not_(arrived), lanes.compare("<=", when, limit))
            due = self.b.and_(good, self.b.or_(strictly, up_to))
            leave_if(self.b.not_(lanes.any(due)))
            fraction = lanes.div(lanes.sub(when, time), size)
            self.stepper.interpolate(lanes.select(due, fraction, lanes.number(0.5)))
            self.write_out(due)

    def _accept(self, good: Any) -> None:
        lanes, space = self.lanes, self.space
        with lanes.count(space.species, "row") as row:
            old = lanes.load(self.work, space.state, row)
            new = lanes.load(self.work, space.new_state, row)
            lanes.store(lanes.select(good, new, old), self.work, space.state, row)

    def _next_size(self, size: Any, proposed: Any, cut: Any, error: Any, stable: Any, good: Any) -> Any:
        from nonself.codegen import functions

        lanes = self.lanes
        floor = lanes.larger(error, lanes.number(1e-12))
        factor = lanes.div(lanes.number(SAFETY), functions.fifth_root(lanes, floor))
        settling = self.are("settling", 1)
        more = self.b.and_(settling, lanes.compare(">", factor, lanes.number(GROW)))
        self.set_integers("settling", self.b.zext(more, lanes.integers))
        settles = self.b.and_(self.b.and_(settling, self.b.not_(more)), good)
        self.set_row("settled", lanes.select(settles, size, self.row("settled")))
        most = lanes.select(settling, lanes.number(GROW_FROM_START), lanes.number(GROW))
        factor = lanes.smaller(lanes.larger(factor, lanes.number(SHRINK)), most)
        finite = lanes.compare("<", error, lanes.number(float("inf")))
        factor = lanes.select(self.b.and_(finite, stable), factor, lanes.number(SHRINK))
        after_refusal = self.are("refused", 1)
        factor = lanes.select(after_refusal, lanes.smaller(factor, lanes.number(1.0)), factor)
        following = lanes.mul(size, factor)
        kept = self.b.and_(good, cut)
        return lanes.select(kept, lanes.larger(proposed, following), following)

    def _bookkeeping(self, good: Any, arrived: Any, running: Any) -> None:
        lanes, b = self.lanes, self.b
        refused = b.and_(running, b.not_(good))
        self.set_integers("steps", b.add(self.integers("steps"), b.zext(running, lanes.integers)))
        self.set_integers("rejected", b.add(self.integers("rejected"), b.zext(refused, lanes.integers)))
        self.set_integers("refused", b.zext(refused, lanes.integers))
        flag = self.integers("flag")
        self.set_integers("flag", lanes.select(arrived, lanes.whole(ARRIVED), flag))
        span = lanes.larger(self.row("time"), lanes.mul(self.row("horizon"), lanes.number(1e-6)))
        tiny = b.and_(
            refused, lanes.compare("<", self.row("proposed"), lanes.mul(span, lanes.number(SMALLEST)))
        )
        limit = lanes.builder.icmp_signed(
            ">=", self.integers("steps"), self._spread_integer(self.of["max_steps"])
        )
        lost = b.and_(b.and_(running, b.not_(arrived)), b.or_(tiny, limit))
        with b.if_then(lanes.any(lost)):
            self.set_row("error", lanes.select(tiny, lanes.number(1.0), lanes.number(0.0)))
            self.set_row("stable", lanes.select(lost, lanes.number(1.0), lanes.number(0.0)))
            with self.each_lane() as lane:
                is_lost = b.fcmp_ordered("==", self.get("stable", lane), ir.Constant(DOUBLE, 1.0))
                with b.if_then(is_lost):
                    too_small = b.fcmp_ordered("==", self.get("error", lane), ir.Constant(DOUBLE, 1.0))
                    status = b.select(
                        too_small, ir.Constant(INT, STEP_TOO_SMALL), ir.Constant(INT, TOO_MANY_STEPS)
                    )
                    self.end(lane, status)

    def _spread_integer(self, value: Any) -> Any:
        vector = ir.Constant(self.lanes.integers, ir.Undefined)
        for lane in range(self.lanes.width):
            vector = self.b.insert_element(vector, value, ir.Constant(ir.IntType(32), lane))
        return vector
