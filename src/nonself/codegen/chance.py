"""Hazards in IR: when an accumulated hazard reaches its draw, found on the dense output, and what then happens."""

from __future__ import annotations

from typing import Any

from llvmlite import ir

from nonself.codegen.cells import Cells
from nonself.codegen.clones import Clones
from nonself.codegen.lanes import DOUBLE, INT
from nonself.codegen.service import Service
from nonself.codegen.status import Status
from nonself.codegen.step import Stepper
from nonself.codegen.workspace import ARRIVED, ENDED_BY, RUNNING, Happening

HALVINGS = 52  # of the step, to find the time of a happening to the last bit


class Chance:
    """Writes what hazards do to the step just taken; nothing at all for a model without any."""

    def __init__(
        self,
        cells: Cells,
        service: Service,
        stepper: Stepper,
        clones: Clones,
        happenings: tuple[Happening, ...],
    ) -> None:
        self.cells = cells
        self.lanes = cells.lanes
        self.b = cells.b
        self.space = cells.space
        self.work = cells.work
        self.service = service
        self.stepper = stepper
        self.clones = clones
        self.happenings = happenings

    def locate(self, good: Any) -> Any:
        """Find the first happening inside the step: its share of the step and which; return where there is one."""
        if not self.happenings:
            return None
        lanes, cells = self.lanes, self.cells
        cells.set_row("fraction", lanes.number(1.0))
        cells.set_integers("event", lanes.whole(-1))
        for number, happening in enumerate(self.happenings):
            threshold = lanes.load(self.work, self.space.threshold + number)
            reached = lanes.compare(
                ">=", lanes.load(self.work, self.space.new_state + happening.row), threshold
            )
            reached = self.b.and_(reached, good)
            with self.b.if_then(lanes.any(reached)):
                share = self._halve(happening.row, threshold)
                before = cells.row("fraction")
                first = self.b.and_(reached, lanes.compare("<=", share, before))
                cells.set_row("fraction", lanes.select(first, share, before))
                cells.set_integers("event", lanes.select(first, lanes.whole(number), cells.integers("event")))
        return self.b.icmp_signed(">=", cells.integers("event"), lanes.whole(0))

    def _halve(self, row: int, threshold: Any) -> Any:
        """The share of the step at which a growing species reaches a threshold, by halving."""
        lanes, cells = self.lanes, self.cells
        cells.set_row("low", lanes.number(0.0))
        cells.set_row("high", lanes.number(1.0))
        with lanes.count(HALVINGS, "halving"):
            low, high = cells.row("low"), cells.row("high")
            middle = lanes.mul(lanes.add(low, high), lanes.number(0.5))
            above = lanes.compare(">=", self.stepper.value_inside(row, middle), threshold)
            cells.set_row("high", lanes.select(above, middle, high))
            cells.set_row("low", lanes.select(above, low, middle))
        return cells.row("high")

    def shorten(self, happens: Any, reached: Any) -> None:
        """End the step where something happens: the new state is the one of that moment."""
        lanes, space = self.lanes, self.space
        happens = self.b.and_(happens, lanes.compare("<", self.cells.row("fraction"), lanes.number(1.0)))
        with self.b.if_then(lanes.any(happens)):
            self.stepper.interpolate(self.cells.row("fraction"), reached)
            with lanes.count(space.species, "row") as row:
                there = lanes.load(self.work, space.argument, row)
                end = lanes.load(self.work, space.new_state, row)
                lanes.store(lanes.select(happens, there, end), self.work, space.new_state, row)

    def happen(self) -> None:
        """Do what happens, and set what each hazard has to reach next."""
        occurred = self.b.icmp_signed(">=", self.cells.integers("event"), self.lanes.whole(0))
        with self.b.if_then(self.lanes.any(occurred)), self.cells.each_lane() as lane:
            for number, happening in enumerate(self.happenings):
                with self.b.if_then(self.cells.is_("event", lane, number)):
                    self._one(number, happening, lane)

    def _one(self, number: int, happening: Happening, lane: Any) -> None:
        for row, amount in happening.change:
            place = self.cells.place(self.space.state + row, lane)
            value = self.b.load(place, align=8, typ=DOUBLE)
            self.b.store(self.b.fadd(value, ir.Constant(DOUBLE, amount)), place, align=8)
        place = self.cells.place(self.space.fired + number, lane, INT)
        before = self.b.load(place, align=8, typ=INT)
        count = self.b.add(before, ir.Constant(INT, 1))
        self.b.store(count, place, align=8)
        if happening.ends:
            self.service.end(lane, ENDED_BY + number)
            return
        self.cells.puti("restart", lane, 1)
        if self.space.events or self.space.delays or self.space.solved:
            with self.b.if_then(self.cells.is_("flag", lane, RUNNING)):
                # it may make a trigger true, break a constraint, or be seen later
                self.cells.puti("flag", lane, ARRIVED)
        with self.b.if_else(self.b.icmp_signed("<", count, self.service.of["levels"])) as (more, none):
            with more:
                self.service.set_level(number, lane, count)
            with none:
                self.service.end(lane, Status.TOO_MANY_EVENTS)
        if happening.slots:
            self._found(number, happening, lane, before)

    def _found(self, number: int, happening: Happening, lane: Any, count: Any) -> None:
        """Put one cell into the first free slot, with traits of its own and draws of the founding's key."""
        b = self.b
        chosen = ir.Constant(INT, -1)
        for slot in reversed(range(len(happening.slots))):
            state = b.load(
                self.cells.place(self.space.state + happening.slots[slot][0], lane), align=8, typ=DOUBLE
            )
            free = b.fcmp_ordered("==", state, ir.Constant(DOUBLE, 0.0))
            chosen = b.select(free, ir.Constant(INT, slot), chosen)
        with b.if_then(b.icmp_signed("<", chosen, ir.Constant(INT, 0))):
            self.service.end(lane, Status.NO_FREE_SLOT)
        origin = self.clones.origin(number, count)
        self._traits(happening, lane, count)
        for slot, (row, clone, one_cell) in enumerate(happening.slots):
            with b.if_then(b.icmp_signed("==", chosen, ir.Constant(INT, slot))):
                place = self.cells.place(self.space.state + row, lane)
                b.store(ir.Constant(DOUBLE, one_cell), place, align=8)
                self.clones.found(ir.Constant(INT, clone), lane, origin)
                for rows, source in happening.traits:
                    found = self.cells.place(self.space.clone("traits") + source, lane)
                    place = self.cells.place(self.space.state + rows[slot], lane)
                    b.store(b.load(found, align=8, typ=DOUBLE), place, align=8)

    def _traits(self, happening: Happening, lane: Any, count: Any) -> None:
        """Work out the traits of a clone from its draws."""
        first, many = happening.draws
        if not happening.traits:
            return
        of, b = self.service.of, self.b
        patient = self.cells.geti("patient", lane)
        for row in range(first, first + many):
            level = b.add(b.mul(ir.Constant(INT, row), of["levels"]), count)
            index = b.add(b.mul(level, of["patients"]), patient)
            drawn = self.cells.element(of["founding_draws"], index, DOUBLE)
            b.store(drawn, self.cells.place(self.space.clone("draws") + row, lane), align=8)
        self.stepper.at(self.cells.row("time"))
        b.call(self.clones.kernels.clone_traits, [self.work])
