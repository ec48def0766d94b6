"""What constraints determine, solved for in IR at starts, stops and events: damped Newton's method, each lane its own.

The first values are those that are there. A correction counts by the tolerances, as an error does. A share of it is
made where the correction then left, by the slopes before, is smaller; else half that share is tried. What is `CLOSE`
already is left as it is to the bit, so that solving twice is solving once.

**Reference:** Deuflhard P (2011), Newton Methods for Nonlinear Problems, chapter 3 (the natural monotonicity test).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir

from nonself.codegen.cells import Cells
from nonself.codegen.kernels import Kernels
from nonself.codegen.lanes import INT
from nonself.codegen.looped import solved_row
from nonself.codegen.status import Status
from nonself.codegen.step import Stepper
from nonself.codegen.workspace import ARRIVED

CLOSE = 1e-2  # of what error control allows a step: a correction that need not be made
ROUNDING = 1.0  # a correction of no more than this that cannot be made smaller is rounding
SMALLEST_SHARE = 2.0**-100
MOST = 400  # trials
Ending = Callable[[Any, Status], None]
SIZE, SHARE, OPEN = 1, 2, 3  # rows after `space.largest`


class Constraints:
    """Writes how constraints are solved for; nothing at all for a model without any."""

    def __init__(self, cells: Cells, kernels: Kernels, stepper: Stepper, end: Ending) -> None:
        self.cells = cells
        self.lanes = cells.lanes
        self.b = cells.b
        self.space = cells.space
        self.work = cells.work
        self.kernels = kernels
        self.stepper = stepper
        self.end = end
        if self.space.solved:
            self.tried = self.b.alloca(INT, name="newton")

    def solve(self) -> None:
        """Solve constraints in the lanes that are at a stop; end those in which they have no solution nearby."""
        if not self.space.solved:
            return
        lanes, b = self.lanes, self.b
        mask = self.cells.are("flag", ARRIVED)
        with b.if_then(lanes.any(mask)):
            self._begin(mask)
            with self.cells.loop("newton") as leave_if:
                leave_if(b.not_(lanes.any(self._open())))
                tried = b.load(self.tried, typ=INT)
                leave_if(b.icmp_signed(">=", tried, ir.Constant(INT, MOST)))
                b.store(b.add(tried, ir.Constant(INT, 1)), self.tried)
                self._try()
            self._finish(mask)

    def _row(self, part: int) -> Any:
        return self.lanes.load(self.work, self.space.largest, part)

    def _set(self, part: int, value: Any) -> None:
        self.lanes.store(value, self.work, self.space.largest, part)

    def _open(self) -> Any:
        return self.lanes.compare("==", self._row(OPEN), self.lanes.number(1.0))

    def _begin(self, mask: Any) -> None:
        """Start from the values that are there."""
        lanes, space = self.lanes, self.space
        self.stepper.at(self.cells.row("time"))
        with lanes.count(space.species, "row") as row:
            lanes.store(lanes.load(self.work, space.state, row), self.work, space.argument, row)
        with lanes.count(space.solved, "number") as number:
            value = lanes.load(self.work, space.state, solved_row(lanes, number))
            lanes.store(value, self.work, space.kept, number)
        self._set(SHARE, lanes.number(1.0))
        self._set(OPEN, lanes.select(mask, lanes.number(1.0), lanes.number(0.0)))
        self.b.store(ir.Constant(INT, 0), self.tried)

    def _try(self) -> None:
        """Correct what is kept by a share of its correction, where the correction that is left is then smaller."""
        lanes, b, space, one = self.lanes, self.b, self.space, self.lanes.number(1.0)
        self._set_argument(lanes.number(0.0))
        b.call(self.kernels.correct, [self.work])
        with lanes.count(space.solved, "number") as number:
            lanes.store(lanes.load(self.work, space.side, number), self.work, space.correction, number)
        size = self._size(space.correction)
        self._set(SIZE, size)
        over = b.not_(lanes.compare(">", size, lanes.number(CLOSE)))
        self._set(OPEN, lanes.select(over, lanes.number(0.0), self._row(OPEN)))
        near = lanes.compare("<=", size, lanes.number(ROUNDING))
        share = lanes.select(near, one, self._row(SHARE))
        self._set_argument(share)
        b.call(self.kernels.residual, [self.work])
        allowed = lanes.mul(lanes.fnma(share, lanes.number(0.25), one), size)
        better = lanes.compare("<=", self._size(space.side), allowed)
        self._keep(b.and_(better, self._open()))
        more, less = lanes.smaller(lanes.add(share, share), one), lanes.mul(share, lanes.number(0.5))
        share = lanes.select(better, more, less)
        self._set(SHARE, share)
        over = b.or_(b.and_(near, b.not_(better)), lanes.compare("<", share, lanes.number(SMALLEST_SHARE)))
        self._set(OPEN, lanes.select(over, lanes.number(0.0), self._row(OPEN)))

    def _set_argument(self, share: Any) -> None:
        """Set the argument to what is kept and a share of its correction."""
        lanes, space = self.lanes, self.space
        none = lanes.compare("==", share, lanes.number(0.0))
        with lanes.count(space.solved, "number") as number:
            value, correction = (lanes.load(self.work, at, number) for at in (space.kept, space.correction))
            moved = lanes.select(none, value, lanes.fma(share, correction, value))
            lanes.store(moved, self.work, space.argument, solved_row(lanes, number))

    def _keep(self, mask: Any) -> None:
        """Keep the argument."""
        lanes, space = self.lanes, self.space
        with lanes.count(space.solved, "number") as number:
            before = lanes.load(self.work, space.kept, number)
            value = lanes.load(self.work, space.argument, solved_row(lanes, number))
            lanes.store(lanes.select(mask, value, before), self.work, space.kept, number)

    def _size(self, start: int) -> Any:
        """The root mean square of corrections, relative to what the tolerances allow where values are kept."""
        lanes, space, stepper = self.lanes, self.space, self.stepper

        def squares(number: Any) -> list[tuple[Any, Any]]:
            size = lanes.absolute(lanes.load(self.work, space.kept, number))
            allowed = lanes.fma(stepper.rtol, size, stepper.tolerance(solved_row(lanes, number)))
            scaled = lanes.div(lanes.load(self.work, start, number), allowed)
            return [(scaled, scaled)]

        (total,) = lanes.total(space.solved, squares)
        return lanes.intrinsic("sqrt", lanes.mul(total, lanes.number(1.0 / space.solved)))

    def _finish(self, mask: Any) -> None:
        """Give lanes what was found, and end those in which nothing was."""
        lanes, space, b = self.lanes, self.space, self.b
        found = lanes.compare("<=", self._row(SIZE), lanes.number(ROUNDING))
        with lanes.count(space.solved, "number") as number:
            row = solved_row(lanes, number)
            before, value = lanes.load(self.work, space.state, row), lanes.load(self.work, space.kept, number)
            value = lanes.select(b.and_(mask, found), value, before)
            lanes.store(value, self.work, space.state, row)
        lost = b.and_(mask, b.not_(found))
        self.cells.set_integers("due", b.zext(lost, lanes.integers))
        with self.cells.each_lane() as lane, b.if_then(self.cells.is_("due", lane, 1)):
            self.end(lane, Status.NOT_SOLVED)
