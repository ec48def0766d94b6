"""Clones in IR: small ones take a draw from Kendall's law at the end of each step, and are whole numbers of cells.

Within a step the species of a small clone follows its equation, from the whole number at the start; that is its
expected course, and what all else sees. At the end, a number is drawn from the law of the linear birth-death process
over the step, its rates taken at three Gauss points of the dense output; the course inside the step is bent to end
there. A step is kept so short that what others miss of the fluctuation stays below the root of their tolerance.
"""

from __future__ import annotations

import math
from typing import Any

from llvmlite import ir

from nonself.codegen import functions
from nonself.codegen.cells import Cells
from nonself.codegen.draws import WORD, Draws
from nonself.codegen.kernels import Kernels
from nonself.codegen.lanes import DOUBLE, INT
from nonself.codegen.lower import Network
from nonself.codegen.service import Service
from nonself.codegen.status import Status
from nonself.codegen.step import Stepper
from nonself.codegen.workspace import NODES, CloneRow

ROOT = math.sqrt(15.0)
# Gauss's method of order 6 with three nodes: where, with which weights, and the integrals up to each node
PLACES = (0.5 - ROOT / 10, 0.5, 0.5 + ROOT / 10)
WEIGHTS = (5 / 18, 4 / 9, 5 / 18)
INNER = (
    (5 / 36, 2 / 9 - ROOT / 15, 5 / 36 - ROOT / 30),
    (5 / 36 + ROOT / 24, 2 / 9, 5 / 36 - ROOT / 24),
    (5 / 36 + ROOT / 30, 2 / 9 + ROOT / 15, 5 / 36),
)
MOST_GROWTH = 0.5  # of a small clone's log in a step: the course inside stays above zero
MOST_TURNOVER = 1000.0  # births and deaths of a cell in a step, so that a draw takes few turns
WHOLE = 1e-9  # closer to a whole number than this, relative, is that number


class Clones:
    """Writes what clones need around a step; nothing at all for a model without any."""

    def __init__(
        self,
        cells: Cells,
        service: Service,
        stepper: Stepper,
        kernels: Kernels,
        network: Network,
        clones: tuple[CloneRow, ...],
    ) -> None:
        self.cells = cells
        self.lanes = cells.lanes
        self.b = cells.b
        self.space = cells.space
        self.work = cells.work
        self.of = cells.of
        self.service = service
        self.stepper = stepper
        self.kernels = kernels
        self.nodes = network.clones
        self.clones = clones
        self.draws = Draws(self.lanes.module)
        if clones:
            self.uniform = self.b.alloca(DOUBLE, 2, name="uniform")
            self.by_chance = self.lanes.compare(
                ">", self.lanes.spread(self.of["by_chance"]), self.lanes.number(0.0)
            )

    # rows ------------------------------------------------------------------------------------------------------
    def load(self, name: str, row: int = 0) -> Any:
        """A row of those that clones need, in all lanes."""
        return self.lanes.load(self.work, self.space.clone(name), row)

    def store(self, value: Any, name: str, row: int = 0) -> None:
        """Set a row in all lanes."""
        self.lanes.store(value, self.work, self.space.clone(name), row)

    def place(self, name: str, row: Any, lane: Any, kind: ir.Type = DOUBLE) -> Any:
        """Address of one lane of a row."""
        return self.cells.place(self.b.add(row, ir.Constant(INT, self.space.clone(name))), lane, kind)

    def _get(self, name: str, row: Any, lane: Any, kind: ir.Type = DOUBLE) -> Any:
        return self.b.load(self.place(name, row, lane, kind), align=8, typ=kind)

    def _set_due(self, number: int, mask: Any) -> None:
        address = self.lanes.address(self.work, self.space.clone("due"), number)
        self.b.store(self.b.zext(mask, self.lanes.integers), address, align=8 * self.lanes.width)

    def _due(self, number: int) -> Any:
        address = self.lanes.address(self.work, self.space.clone("due"), number)
        loaded = self.b.load(address, align=8 * self.lanes.width, typ=self.lanes.integers)
        return self.b.icmp_signed("==", loaded, self.lanes.whole(1))

    # a patient -------------------------------------------------------------------------------------------------
    def enter(self, lane: Any) -> None:
        """Set the keys of a new patient's clones."""
        if not self.clones:
            return
        patient = self.cells.geti("patient", lane)
        digest = self.cells.element(self.of["digests"], patient, INT)
        self.b.store(digest, self.place("digest", ir.Constant(INT, 0), lane, INT), align=8)
        with self.lanes.count(len(self.clones), "clone") as number:
            origin, drawn = (self.b.load(place, align=8, typ=INT) for place in self._counts(number, lane))
            self.found(number, lane, origin)
            self.b.store(drawn, self.place("drawn", number, lane, INT), align=8)
            with self.b.if_then(self.b.icmp_signed("==", origin, ir.Constant(INT, 0))):
                key = self.cells.element(self.of["clone_keys"], number, INT)
                self.b.store(key, self.place("key", number, lane, INT), align=8)

    def leave(self, lane: Any) -> None:
        """Record what each clone of a patient goes on by."""
        if not self.clones:
            return
        with self.lanes.count(len(self.clones), "clone") as number:
            for name, place in zip(("origin", "drawn"), self._counts(number, lane), strict=True):
                self.b.store(self._get(name, number, lane, INT), place, align=8)

    def _counts(self, number: Any, lane: Any) -> tuple[Any, Any]:
        """Addresses of a clone's origin and number of draws, outside the workspace."""
        column = self.b.add(self.b.shl(number, ir.Constant(INT, 1)), ir.Constant(INT, self.space.hazards))
        following = self.b.add(column, ir.Constant(INT, 1))
        return self.service.fired(column, lane), self.service.fired(following, lane)

    def origin(self, hazard: int, founding: Any) -> Any:
        """What tells a founding from all others: 0 is that of a clone of its own."""
        return self.b.or_(ir.Constant(INT, (hazard + 1) << 32), founding)

    def found(self, number: Any, lane: Any, origin: Any) -> None:
        """Let a clone begin its draws under the key of a founding."""
        b, one = self.b, ir.Constant(INT, 1)
        b.store(origin, self.place("origin", number, lane, INT), align=8)
        b.store(ir.Constant(INT, 0), self.place("drawn", number, lane, INT), align=8)
        with b.if_then(b.icmp_signed(">", origin, ir.Constant(INT, 0))):
            hazard = b.sub(b.lshr(origin, ir.Constant(INT, 32)), one)
            founding = b.and_(origin, ir.Constant(INT, WORD))
            index = b.add(b.mul(hazard, self.of["levels"]), founding)
            key = self.cells.element(self.of["founding_keys"], index, INT)
            b.store(key, self.place("key", number, lane, INT), align=8)

    def _draw(self, number: Any, lane: Any) -> None:
        """Draw two uniform numbers for a clone."""
        drawn = self._get("drawn", number, lane, INT)
        digest = self._get("digest", ir.Constant(INT, 0), lane, INT)
        key = self._get("key", number, lane, INT)
        self.b.call(self.draws.uniforms(), [key, digest, drawn, self.of["replicate"], self.uniform])
        drawn = self.b.add(drawn, ir.Constant(INT, 1))
        self.b.store(drawn, self.place("drawn", number, lane, INT), align=8)

    def _uniform(self, number: int) -> Any:
        address = self.b.gep(self.uniform, [ir.Constant(INT, number)], inbounds=True, source_etype=DOUBLE)
        return self.b.load(address, align=8, typ=DOUBLE)

    # whole numbers ---------------------------------------------------------------------------------------------
    def settle(self, mask: Any) -> None:
        """Make small clones whole numbers of cells, up or down by a draw that keeps the mean; none is below zero."""
        if not self.clones:
            return
        lanes, b = self.lanes, self.b
        b.call(self.kernels.clone_limits, [self.work])
        mask = b.and_(mask, self.by_chance)
        some = lanes.flags(False)
        broken = []
        for number, clone in enumerate(self.clones):
            state, limit = lanes.load(self.work, self.space.state, clone.row), self.load("limit", number)
            count = lanes.mul(state, lanes.number(clone.cells))
            away = lanes.absolute(lanes.sub(count, lanes.intrinsic("rint", count)))
            size = lanes.larger(lanes.absolute(count), lanes.number(1.0))
            odd = lanes.compare(">", away, lanes.mul(size, lanes.number(WHOLE)))
            odd = b.or_(odd, lanes.compare("<", state, lanes.number(0.0)))
            small = b.and_(lanes.compare("<", state, limit), lanes.compare(">", limit, lanes.number(0.0)))
            broken.append(b.and_(b.and_(small, odd), mask))
            some = b.or_(some, broken[-1])
        with b.if_then(lanes.any(some)):
            for number, clone in enumerate(self.clones):
                state = lanes.load(self.work, self.space.state, clone.row)
                self.store(lanes.mul(state, lanes.number(clone.cells)), "count", number)
                self._set_due(number, broken[number])
            self._each_due(self._round)
            for number, clone in enumerate(self.clones):
                state = lanes.load(self.work, self.space.state, clone.row)
                amount = lanes.mul(self.load("count", number), lanes.number(1.0 / clone.cells))
                settled = lanes.select(self._due(number), amount, state)
                lanes.store(settled, self.work, self.space.state, clone.row)

    def _each_due(self, write: Any) -> None:
        with self.cells.each_lane() as lane, self.lanes.count(len(self.clones), "clone") as number:
            due = self.b.icmp_signed("==", self._get("due", number, lane, INT), ir.Constant(INT, 1))
            with self.b.if_then(due):
                write(number, lane)

    def _round(self, number: Any, lane: Any) -> None:
        zero = ir.Constant(DOUBLE, 0.0)
        count = self._get("count", number, lane)
        self._draw(number, lane)
        above = self.b.fadd(
            self.b.select(self.b.fcmp_ordered(">", count, zero), count, zero), self._uniform(0)
        )
        kind = ir.FunctionType(DOUBLE, [DOUBLE])
        floor = self.lanes.module.globals.get("llvm.floor.f64") or ir.Function(
            self.lanes.module, kind, "llvm.floor.f64"
        )
        self.b.store(self.b.call(floor, [above]), self.place("count", number, lane), align=8)

    # the length of a step --------------------------------------------------------------------------------------
    def pace(self, proposed: Any) -> Any:
        """Return step sizes short enough for the small clones of each lane, given those that the error allows."""
        if not self.clones:
            return proposed
        lanes, b = self.lanes, self.b
        b.call(self.kernels.clone_limits, [self.work])
        self.store(proposed, "paced")
        small = lanes.flags(False)
        for number, clone in enumerate(self.clones):
            small = b.or_(small, self._small(number, clone))
        small = b.and_(small, self.cells.are("active", 1))
        with b.if_then(lanes.any(small)):
            self.stepper.inside(self.cells.row("time"))
            b.call(self.kernels.clone_pace, [self.work])
            longest = lanes.div(lanes.number(MOST_TURNOVER), self.load("pace", 0))
            growth = lanes.larger(self.load("pace", 1), lanes.number(0.0))
            longest = lanes.smaller(longest, lanes.div(lanes.number(MOST_GROWTH), growth))
            if self.nodes.missed:
                longest = lanes.smaller(self._resolving(), longest)
            self.store(lanes.select(small, lanes.smaller(longest, proposed), proposed), "paced")
        return self.load("paced")

    def _small(self, number: int, clone: CloneRow) -> Any:
        """Where a clone is small, and not gone."""
        lanes = self.lanes
        state = lanes.load(self.work, self.space.state, clone.row)
        above = lanes.compare(">", state, lanes.number(0.0))
        return self.b.and_(
            self.b.and_(above, self.by_chance), lanes.compare("<", state, self.load("limit", number))
        )

    def _resolving(self) -> Any:
        """The step in which others miss of the clones' chance as much as the root of the tolerance."""
        lanes, rtol = self.lanes, self.stepper.rtol
        total = lanes.number(0.0)
        for number, (row, _) in enumerate(self.nodes.missed):
            size = lanes.absolute(lanes.load(self.work, self.space.state, row))
            allowed = lanes.fma(rtol, size, self.stepper.tolerance(ir.Constant(INT, row)))
            share = lanes.div(self.load("pace", 2 + number), lanes.mul(allowed, allowed))
            total = lanes.add(total, share)
        total = lanes.mul(lanes.mul(total, rtol), lanes.number(1.0 / 3.0))
        (log,) = functions.batch(lanes, "log", [[total]])
        return functions.batch(lanes, "exp", [[lanes.mul(log, lanes.number(-1.0 / 3.0))]])[0]

    # a step ----------------------------------------------------------------------------------------------------
    def draw(self, good: Any, size: Any, share: Any) -> Any:
        """Draw where small clones are at the end of the step, and bend the course inside it to there.

        **Arguments:** `good` lanes whose step is accepted; `size` of the step; `share` of it at which it ends early, or
        None. **Returns:** where something was drawn.
        """
        if not self.clones:
            return None
        lanes, b = self.lanes, self.b
        small = [b.and_(self._small(number, clone), good) for number, clone in enumerate(self.clones)]
        some = lanes.flags(False)
        for one in small:
            some = b.or_(some, one)
        self.drew = some
        drawn = lanes.any(some)
        self.store(lanes.number(0.0), "invalid")
        with b.if_then(drawn):
            self._rates_inside(size, share)
            length = size if share is None else lanes.mul(size, share)
            for number, clone in enumerate(self.clones):
                self._set_due(number, small[number])
                with b.if_then(lanes.any(small[number])):
                    self._integrals(number, clone, length)
            self._each_due(self._one)
            for number, clone in enumerate(self.clones):
                self._bend(number, clone, share)
        return drawn

    def _rates_inside(self, size: Any, share: Any) -> None:
        """Rates of birth and death of all clones at the nodes of the step."""
        lanes = self.lanes
        time = self.cells.row("time")
        for node, place in enumerate(PLACES):
            fraction = lanes.number(place)
            if share is not None:
                fraction = lanes.mul(fraction, share)
            self.stepper.inside(lanes.fma(fraction, size, time))
            for row in self.nodes.columns:
                value = self.stepper.value_inside(row, fraction)
                lanes.store(value, self.work, self.space.argument, row)
            self.b.call(self.kernels.clone_rates, [self.work])
            for rate in range(2 * len(self.clones)):
                self.store(self.load("rates", rate), "node", node * 2 * len(self.clones) + rate)

    def _integrals(self, number: int, clone: CloneRow, length: Any) -> None:
        """The integrals of births and of deaths that Kendall's law needs, and how many cells there are."""
        lanes = self.lanes
        births, deaths = (
            [self.load("node", node * 2 * len(self.clones) + 2 * number + kind) for node in range(NODES)]
            for kind in (0, 1)
        )
        losses = [lanes.sub(death, birth) for birth, death in zip(births, deaths, strict=True)]
        powers = []
        for weights in INNER:
            total = lanes.mul(losses[0], lanes.number(weights[0]))
            for weight, loss in zip(weights[1:], losses[1:], strict=True):
                total = lanes.fma(loss, lanes.number(weight), total)
            powers.append([lanes.mul(total, length)])
        grown = functions.batch(lanes, "exp", powers)
        for name, rates in (("births", births), ("deaths", deaths)):
            total = lanes.mul(lanes.mul(grown[0], rates[0]), lanes.number(WEIGHTS[0]))
            for node in range(1, NODES):
                product = lanes.mul(grown[node], rates[node])
                total = lanes.fma(product, lanes.number(WEIGHTS[node]), total)
            self.store(lanes.mul(total, length), name, number)
        state = lanes.load(self.work, self.space.state, clone.row)
        self.store(lanes.intrinsic("rint", lanes.mul(state, lanes.number(clone.cells))), "count", number)

    def _one(self, number: Any, lane: Any) -> None:
        """Draw one clone's cells at the end of the step."""
        self._draw(number, lane)
        given = [self._get(name, number, lane) for name in ("count", "deaths", "births")]
        count = self.b.call(self.draws.count(), [*given, self._uniform(0), self._uniform(1)])
        lawless = self.b.fcmp_ordered("<", count, ir.Constant(DOUBLE, 0.0))
        with self.b.if_then(lawless):
            one = ir.Constant(INT, 0)
            self.b.store(ir.Constant(DOUBLE, 1.0), self.place("invalid", one, lane), align=8)
        count = self.b.select(lawless, given[0], count)
        self.b.store(count, self.place("count", number, lane), align=8)

    def _bend(self, number: int, clone: CloneRow, share: Any) -> None:
        """Move the end of the step so that the course inside it passes through what was drawn."""
        lanes = self.lanes
        end = lanes.load(self.work, self.space.new_state, clone.row)
        drawn = lanes.mul(self.load("count", number), lanes.number(1.0 / clone.cells))
        if share is None:
            bent = drawn
        else:
            there = self.stepper.value_inside(clone.row, share)
            bent = lanes.add(end, lanes.div(lanes.sub(drawn, there), share))
        lanes.store(lanes.select(self._due(number), bent, end), self.work, self.space.new_state, clone.row)

    def arrive(self, drawn: Any) -> None:
        """Put what was drawn at the end of the step, exactly."""
        if not self.clones:
            return
        lanes = self.lanes
        with self.b.if_then(drawn):
            for number, clone in enumerate(self.clones):
                end = lanes.load(self.work, self.space.new_state, clone.row)
                count = lanes.mul(self.load("count", number), lanes.number(1.0 / clone.cells))
                exact = lanes.select(self._due(number), count, end)
                lanes.store(exact, self.work, self.space.new_state, clone.row)

    def finish(self) -> None:
        """End the lanes in which a small clone has no law."""
        if not self.clones:
            return
        lawless = self.lanes.compare(">", self.load("invalid"), self.lanes.number(0.0))
        with self.b.if_then(self.lanes.any(lawless)), self.cells.each_lane() as lane:
            mark = self._get("invalid", ir.Constant(INT, 0), lane)
            with self.b.if_then(self.b.fcmp_ordered(">", mark, ir.Constant(DOUBLE, 0.0))):
                self.service.end(lane, Status.CLONE_WITHOUT_LAW)
