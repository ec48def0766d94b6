"""Delays in IR: the past of each lane in a ring of steps, what is looked back at, and breaking points as exact stops.

What is remembered of a step is a polynomial of each expression that a delay looks back at, through five places of the
dense output. No step is longer than the shortest delay, so all that a step looks at is known when it begins: within
it, delayed values are functions of time. A jump is seen again a delay later, one derivative smoother each time; such
breaking points are stops until the method no longer notices them.

**Reference:** Bellen and Zennaro (2003), Numerical Methods for Delay Differential Equations, Oxford,
doi:10.1093/acprof:oso/9780198506546.001.0001.
"""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt
from typing import Any

from llvmlite import ir

from nonself.codegen.breaks import Breaks
from nonself.codegen.cells import Cells
from nonself.codegen.kernels import Kernels
from nonself.codegen.lanes import DOUBLE, INT, Lanes
from nonself.codegen.lower import Network
from nonself.codegen.past import emit_recall
from nonself.codegen.status import Status
from nonself.codegen.step import Stepper
from nonself.codegen.workspace import ARRIVED, NODES_KEPT, RUNNING, Workspace

_BETWEEN = 0.3  # a place between them where the polynomial is about as wrong as anywhere
LONGEST_STEP = 0.99  # of the shortest delay: a step may become a hundredth longer to reach a stop
_PLACES = (0.0, (1 - sqrt(0.5)) / 2, 0.5, (1 + sqrt(0.5)) / 2, 1.0)
Ending = Callable[[Any, Any], None]


def _lagrange(place: int) -> tuple[float, ...]:
    """The polynomial that is 1 in one of the places and 0 in the others: its coefficients, the constant one first."""
    found = [1.0]
    for other, x in enumerate(_PLACES):
        if other != place:
            scale = 1.0 / (_PLACES[place] - x)
            raised, level = [0.0, *found], [*found, 0.0]
            found = [scale * (up - x * same) for up, same in zip(raised, level, strict=True)]
    return tuple(found)


_WEIGHTS = tuple(_lagrange(place) for place in range(1, NODES_KEPT))


def as_always(lanes: Lanes, space: Workspace, kernels: Kernels, work: Any) -> None:
    """Let delays see what they look back at as it is at the state in the rows of the new one, as if always so."""
    for _ in range(space.depth):
        for row in range(space.species):
            lanes.store(lanes.load(work, space.new_state, row), work, space.argument, row)
        lanes.builder.call(kernels.delays.track, [work, lanes.address(work, space.delay("taken"))])
        for row, track in enumerate(kernels.delays.looks_at):
            lanes.store(lanes.load(work, space.delay("taken"), track), work, space.delay("then"), row)
            lanes.store(lanes.number(0.0), work, space.delay("then_slope"), row)


class Delays:
    """Writes what delays need around the step; nothing at all for a model without any."""

    def __init__(self, cells: Cells, kernels: Kernels, stepper: Stepper, network: Network) -> None:
        self.cells = cells
        self.lanes = cells.lanes
        self.b = cells.b
        self.space = cells.space
        self.of = cells.of
        self.work = cells.work
        self.kernels = kernels
        self.stepper = stepper
        self.nested = network.delays.depth > 1
        nodes = (network.tape.nodes[node] for node in network.tape.needed(network.delays.tracks))
        self.rows = tuple(sorted(int(node.value) for node in nodes if node.operation == "state"))
        if self.space.solved:  # what constraints determine is corrected where all rows are set
            self.rows, self.nested = tuple(range(self.space.species)), True
        if self.space.delays:
            self.recalls = emit_recall(self.lanes, self.space, kernels.delays.looks_at)
            stepper.recall = self.recall
            self.bent = set(network.delays.bends)
            self.varying, self.passes = network.delays.varying, network.delays.passes
            self.paths = network.delays.paths
            self.breaks = Breaks(self.cells, self.paths)
            if self.varying:
                stepper.recall_shown = self._recall_shown

    # rows ------------------------------------------------------------------------------------------------------
    def _row(self, name: str, number: int = 0) -> Any:
        return self.lanes.load(self.work, self.space.delay(name) + number)

    def _set(self, name: str, mask: Any, value: Any, number: int = 0) -> None:
        """Set a row in the lanes of a mask."""
        kept = self._row(name, number)
        self.lanes.store(self.lanes.select(mask, value, kept), self.work, self.space.delay(name) + number)

    def _place(self, name: str, lane: Any, kind: ir.Type = DOUBLE, number: Any = 0) -> Any:
        row = self.space.delay(name)
        if not isinstance(number, int):
            return self.cells.place(self.b.add(number, ir.Constant(INT, row)), lane, kind)
        return self.cells.place(row + number, lane, kind)

    def _get(self, name: str, lane: Any, kind: ir.Type = DOUBLE, number: Any = 0) -> Any:
        return self.b.load(self._place(name, lane, kind, number), align=8, typ=kind)

    def _put(self, name: str, lane: Any, value: Any) -> None:
        value = ir.Constant(INT, value) if isinstance(value, int) else value
        self.b.store(value, self._place(name, lane, value.type), align=8)

    # a course begins ---------------------------------------------------------------------------------------------
    def begin(self, fresh: Any, end: Ending) -> None:
        """Set the delays of lanes that begin, and what these see before the start."""
        if not self.space.delays:
            return
        lanes, b, zero = self.lanes, self.b, self.lanes.number(0.0)
        self.stepper.lanes.builder.call(self.kernels.delays.lags, [self.work])
        shortest, longest, good = lanes.number(float("inf")), zero, lanes.flags(True)
        for number in range(self.space.delays):
            lag, before = self._row("then", number), self._row("then_slope", number)
            self._set("lag", fresh, lag, number)
            self._set("before", fresh, before, number)
            self._set("before_slope", fresh, zero, number)
            self._set("cursor", fresh, zero, number)
            if number in self.varying:  # how far they will look back is not known
                longest = lanes.number(float("inf"))
                continue
            some = lanes.compare(">", lag, zero)
            shortest = lanes.select(some, lanes.smaller(lag, shortest), shortest)
            longest = lanes.select(some, lanes.larger(lag, longest), longest)
            bounded = lanes.compare("<", lag, lanes.number(float("inf")))
            good = b.and_(good, b.and_(lanes.compare(">=", lag, zero), bounded))
        for number, path in enumerate(self.paths):
            reach = zero
            for row in path:
                reach = lanes.add(reach, self._row("then", row))
            self._set("reach", fresh, reach, number)
        for name, value in (
            ("shortest", shortest),
            ("longest", longest),
            ("begun_at", self.cells.row("time")),
        ):
            self._set(name, fresh, value)
        for name in ("segment", "marks", "lost"):
            self._set(name, fresh, zero)
        turns = lanes.select(fresh, lanes.whole(0), self.cells.integers("turns"))
        self.cells.set_integers("turns", turns)
        bad = b.and_(fresh, b.not_(good))
        self.cells.set_integers("due", b.zext(bad, lanes.integers))
        with (
            b.if_then(lanes.any(bad)),
            self.cells.each_lane() as lane,
            b.if_then(self.cells.is_("due", lane, 1)),
        ):
            end(lane, Status.BAD_DELAY)

    # looking back ----------------------------------------------------------------------------------------------
    def recall(self, time: Any, side: str) -> None:
        """Set what delays see at a time."""
        if side == "none":
            return
        lanes = self.lanes
        if side == "inside":
            begun, step = self.cells.row("time"), self.cells.row("step")
            margin = lanes.smaller(self.cells.near(begun), lanes.mul(step, lanes.number(0.25)))
            look = lanes.larger(time, lanes.add(begun, margin))
            look = lanes.smaller(look, lanes.sub(lanes.add(begun, step), margin))
        else:
            margin = self.cells.near(time)
            look = lanes.add(time, margin) if side == "after" else lanes.sub(time, margin)
        lanes.store(look, self.work, self.space.delay("look"))
        self.b.call(self.kernels.delays.before, [self.work])
        self.b.call(self.recalls, [self.work, self.of["segments"]])

    def _recall_shown(self) -> None:
        """Set what delays of changing length see, at the argument: nothing but what is shown depends on it."""
        for _ in range(self.passes):
            self.b.call(self.kernels.delays.lengths, [self.work])
            self.b.call(self.kernels.delays.before, [self.work])
            self.b.call(self.recalls, [self.work, self.of["segments"]])

    def check_shown(self, due: Any) -> None:
        """Note where a delay of changing length would have looked ahead."""
        if not self.space.delays or not self.varying:
            return
        lanes, b = self.lanes, self.b
        good, ahead = lanes.flags(True), lanes.builder.fneg(self.cells.near(self.cells.row("now")))
        for number in self.varying:
            good = b.and_(good, lanes.compare(">=", self._row("lag", number), ahead))
        bad = b.and_(due, b.not_(good))
        with b.if_then(lanes.any(bad)):
            self.cells.set_integers("other", b.zext(bad, lanes.integers))
            with self.cells.each_lane() as lane, b.if_then(self.cells.is_("other", lane, 1)):
                self._put("lost", lane, int(Status.BAD_DELAY))

    def pace(self, proposed: Any) -> Any:
        """No longer a step than the shortest delay."""
        if not self.space.delays:
            return proposed
        longest = self.lanes.mul(self._row("shortest"), self.lanes.number(LONGEST_STEP))
        return self.lanes.smaller(proposed, longest)

    # remembering -----------------------------------------------------------------------------------------------
    def take(self, time: Any, size: Any, error: Any) -> Any:
        """Take what is remembered of the step at hand in five places, and turn that into polynomials.

        Return the error of the step: at least that of the polynomials in a sixth place, where what is remembered is
        not linear in the state.
        """
        if not self.space.delays:
            return error
        space, taken = self.space, self.space.delay("taken")
        for number, place in enumerate(_PLACES):
            self._track(place, time, size, taken + number * space.tracks)
        if space.bent:
            self._smallest_that_matters()
            self._track(_BETWEEN, time, size, space.delay("between"))
        with self.lanes.count(space.tracks, "track") as row:
            self._polynomial(row)
        return self._misfit(error) if space.bent else error

    def _track(self, place: float, time: Any, size: Any, rows: int) -> None:
        """Work out what is remembered at a share of the step just taken."""
        lanes, share = self.lanes, self.lanes.number(place)
        self.stepper.inside(lanes.fma(share, size, time), "inside" if self.nested else "none")
        if place:
            self.stepper.rows_inside(self.rows, share)
        else:
            for row in self.rows:
                state = lanes.load(self.work, self.space.state, row)
                lanes.store(state, self.work, self.space.argument, row)
        self.b.call(self.kernels.delays.track, [self.work, lanes.address(self.work, rows)])

    def _smallest_that_matters(self) -> None:
        """Set how far each track moves at the end of the step by the tolerance of what it is made of."""
        lanes, rows, taken = self.lanes, self.space.delay("smallest"), self.space.delay("taken")
        with lanes.count(self.space.tracks, "track") as row:
            largest = lanes.number(0.0)
            for number in range(NODES_KEPT):
                value = lanes.load(self.work, taken + number * self.space.tracks, row)
                largest = lanes.larger(lanes.absolute(value), largest)
            lanes.store(lanes.mul(self.stepper.rtol, largest), self.work, rows, row)
        rows_there = lanes.address(self.work, rows)
        self.b.call(self.kernels.delays.tolerance, [self.work, rows_there, self.stepper.atol])
        for row in range(self.space.tracks):
            if row not in self.bent:
                lanes.store(lanes.number(float("inf")), self.work, rows + row)

    def _misfit(self, error: Any) -> Any:
        """The larger of an error and of the polynomials' between the places they go through."""
        lanes, space, share = self.lanes, self.space, self.lanes.number(_BETWEEN)
        lanes.store(error, self.work, space.delay("look"))
        with lanes.count(space.tracks, "track") as row:
            value = lanes.number(0.0)
            for power in reversed(range(NODES_KEPT)):
                block = space.delay("taken") + power * space.tracks
                value = lanes.fma(value, share, lanes.load(self.work, block, row))
            off = lanes.absolute(lanes.sub(value, lanes.load(self.work, space.delay("between"), row)))
            scaled = lanes.div(off, lanes.load(self.work, space.delay("smallest"), row))
            largest = lanes.larger(scaled, self._row("look"))
            lanes.store(largest, self.work, space.delay("look"))
        return self._row("look")

    def _polynomial(self, row: Any) -> None:
        """Turn values in five places into coefficients; what does not change has none beside the first, to the bit."""
        lanes = self.lanes
        blocks = [self.space.delay("taken") + k * self.space.tracks for k in range(NODES_KEPT)]
        first, *others = (lanes.load(self.work, block, row) for block in blocks)
        rises = [lanes.sub(value, first) for value in others]
        for power in range(1, NODES_KEPT):
            total = None
            for rise, weights in zip(rises, _WEIGHTS, strict=True):
                weight = lanes.number(weights[power])
                total = lanes.mul(weight, rise) if total is None else lanes.fma(weight, rise, total)
            lanes.store(total, self.work, blocks[power], row)

    def keep(self, good: Any, time: Any, size: Any, reached: Any) -> None:
        """Put the step at hand into the ring of its lane; where that is full, note that something is forgotten."""
        if not self.space.delays:
            return
        lanes, b = self.lanes, self.b
        inverse = lanes.div(lanes.number(1.0), size)
        margin = lanes.mul(self.cells.near(time), lanes.number(2.0))
        oldest = lanes.sub(lanes.sub(time, margin), self._row("longest"))
        self.cells.set_integers("due", b.zext(good, lanes.integers))
        for name, value in (("low", time), ("high", reached), ("radius", inverse), ("nearest", oldest)):
            self.cells.set_row(name, value)
        with self.cells.each_lane() as lane, b.if_then(self.cells.is_("due", lane, 1)):
            self._keep(lane)

    def _keep(self, lane: Any) -> None:
        b, cells, record = self.b, self.cells, self.space.record
        segment = self._get("segment", lane, INT)
        within = b.and_(segment, b.sub(self.of["segments"], ir.Constant(INT, 1)))
        start = b.add(b.mul(within, ir.Constant(INT, record)), ir.Constant(INT, self.space.rows))
        over = b.icmp_signed(">=", segment, self.of["segments"])
        end = b.load(cells.place(b.add(start, ir.Constant(INT, 1)), lane), align=8, typ=DOUBLE)
        needed = b.fcmp_ordered(">", end, cells.get("nearest", lane))
        with b.if_then(b.and_(over, needed)):
            self._put("lost", lane, int(Status.PAST_FULL))
        for part, name in enumerate(("low", "high", "radius")):
            target = cells.place(b.add(start, ir.Constant(INT, part)), lane)
            b.store(cells.get(name, lane), target, align=8)
        with self.lanes.count(NODES_KEPT * self.space.tracks, "part") as part:
            target = cells.place(b.add(b.add(start, ir.Constant(INT, 3)), part), lane)
            b.store(self._get("taken", lane, number=part), target, align=8)
        self._put("segment", lane, b.add(segment, ir.Constant(INT, 1)))

    def end_lost(self, end: Ending) -> None:
        """End courses that would look back at what is no longer kept, or ahead."""
        if not self.space.delays:
            return
        b = self.b
        with self.cells.each_lane() as lane:
            lost = self._get("lost", lane, INT)
            with b.if_then(b.icmp_signed("!=", lost, ir.Constant(INT, 0))):
                self._put("lost", lane, 0)
                running, arrived = (self.cells.is_("flag", lane, flag) for flag in (RUNNING, ARRIVED))
                with b.if_then(b.or_(running, arrived)):
                    end(lane, lost)

    def sooner(self, lane: Any, stop: Any) -> Any:
        """The time of a lane's next breaking point or of its next stop, whichever comes first."""
        return self.breaks.sooner(lane, stop) if self.space.delays else stop
