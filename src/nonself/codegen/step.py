"""One step of the method for all lanes at once, its error, and dense output."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from llvmlite import ir

from nonself.codegen import pivoted
from nonself.codegen.kernels import Kernels
from nonself.codegen.lanes import Lanes
from nonself.codegen.looped import solved_row
from nonself.codegen.methods import Rosenbrock
from nonself.codegen.workspace import Workspace

ROUNDING = 2.0**-52


def rates_here(lanes: Lanes, space: Workspace, kernels: Kernels, work: Any, stage: Any) -> None:
    """Set a stage to the right-hand side at the state: a stage without history, solved with the identity."""
    with lanes.count(space.species, "row") as row:
        lanes.store(lanes.load(work, space.state, row), work, space.argument, row)
        lanes.store(lanes.number(0.0), stage, 0, row)
        lanes.store(lanes.number(1.0), work, space.factor, row)
    if space.factors > space.species:
        with lanes.count(space.factors - space.species, "entry") as row:
            lanes.store(lanes.number(0.0), work, space.factor + space.species, row)
    if space.solved:
        pivoted.identity(lanes, space, work)
    lanes.builder.call(kernels.stage, [work, stage])


class Stepper:
    """Writes the step of a method for a model into the function at hand.

    **Arguments:** `lanes` where to write; `space` the rows; `kernels` of the model; `method`; `work` the workspace's
    address; `rtol` (scalar) and `atol` (address of n_species numbers).
    """

    def __init__(
        self,
        lanes: Lanes,
        space: Workspace,
        kernels: Kernels,
        method: Rosenbrock,
        work: Any,
        rtol: Any,
        atol: Any,
    ) -> None:
        self.lanes = lanes
        self.space = space
        self.kernels = kernels
        self.method = method
        self.work = work
        self.rtol = lanes.spread(rtol)
        self.atol = atol
        self.recall: Callable[[Any, str], None] = lambda time, side: None  # sets what delays look back at
        self.recall_shown: Callable[[], None] = lambda: (
            None
        )  # and what is only shown, once the argument is known

    def stage_address(self, stage: int) -> Any:
        """Address of a stage's block, counted from 0."""
        return self.lanes.address(self.work, self.space.stage + stage * self.space.species)

    def tolerance(self, row: Any) -> Any:
        """Absolute tolerance of a species, in every lane."""
        builder = self.lanes.builder
        address = builder.gep(self.atol, [row], inbounds=True, source_etype=ir.DoubleType())
        return self.lanes.spread(builder.load(address, align=8, typ=ir.DoubleType()))

    def take(self, step: Any) -> Any:
        """Compute the new state for a vector of step sizes and return the error: 1 is the tolerance."""
        lanes, method = self.lanes, self.method
        lanes.store(step, self.work, self.space.scalar("step"))
        self.inside(lanes.load(self.work, self.space.scalar("time")))
        inverse = lanes.div(lanes.number(1.0), step)
        diagonal = lanes.mul(inverse, lanes.number(1.0 / method.gamma))
        lanes.builder.call(self.kernels.factor, [self.work, diagonal])
        for stage in range(1, method.stages):
            self._prepare(stage, step, inverse)
            lanes.builder.call(self.kernels.stage, [self.work, self.stage_address(stage)])
        return self._finish()

    def at(self, time: Any, side: str = "after") -> None:
        """Set the time that rates and observables are evaluated at, and what delays look back at with it.

        `side` is what they see of a jump: "after" it, "before" it, or "inside", what the step at hand sees of it.
        """
        self.lanes.store(time, self.work, self.space.scalar("now"))
        self.recall(time, side)

    def inside(self, time: Any, side: str = "inside") -> None:
        """Set the time of a stage, kept between the step's start and the next stop, neither included.

        What turns at a stop then shows its earlier side to the step that ends there, its later side to the next.
        """
        if not self.space.timed:
            return
        lanes = self.lanes
        start = lanes.load(self.work, self.space.scalar("time"))
        stop = lanes.load(self.work, self.space.scalar("stop_time"))
        first = lanes.fma(
            lanes.absolute(start), lanes.number(ROUNDING), lanes.add(start, lanes.number(1e-300))
        )
        last = lanes.fnma(lanes.absolute(stop), lanes.number(ROUNDING), stop)
        self.at(lanes.smaller(lanes.larger(time, first), last), side)

    def _prepare(self, stage: int, step: Any, inverse: Any) -> None:
        """Set the time, the argument and the history of a stage from the stages before it."""
        lanes, space = self.lanes, self.space
        start = lanes.load(self.work, space.scalar("time"))
        self.inside(lanes.fma(lanes.number(self.method.alpha[stage]), step, start))
        drift = lanes.mul(lanes.number(self.method.drift[stage]), step)
        weights, couplings = self.method.a[stage], self.method.c[stage]
        extends = stage > 1 and weights[:-1] == self.method.a[stage - 1] and weights[-1] == 1.0
        with lanes.count(space.species, "row") as row:
            stages = [lanes.load(self.work, space.stage + k * space.species, row) for k in range(stage)]
            if extends:
                argument = lanes.add(lanes.load(self.work, space.argument, row), stages[-1])
            else:
                argument = lanes.load(self.work, space.state, row)
                for weight, value in zip(weights, stages, strict=True):
                    argument = lanes.fma(lanes.number(weight), value, argument)
            history = lanes.mul(lanes.number(couplings[0]), stages[0])
            for coupling, value in zip(couplings[1:], stages[1:], strict=True):
                history = lanes.fma(lanes.number(coupling), value, history)
            lanes.store(argument, self.work, space.argument, row)
            history = self._of_mass(lanes.mul(history, inverse), row)
            if space.driven and self.method.drift[stage]:
                history = lanes.fma(drift, lanes.load(self.work, space.drift, row), history)
            lanes.store(history, self.work, space.stage + stage * space.species, row)

    def _of_mass(self, value: Any, row: Any) -> Any:
        """A number of a species' equation that belongs to its derivative: none where a constraint has no derivative."""
        return self.lanes.mul(value, pivoted.mass(self.lanes, row)) if self.space.solved else value

    def _finish(self) -> Any:
        """Set the new state; return the root mean square of the scaled error."""
        lanes, space = self.lanes, self.space
        last = space.stage + (self.method.stages - 1) * space.species

        def squares(row: Any) -> list[tuple[Any, Any]]:
            correction = lanes.load(self.work, last, row)
            old = lanes.load(self.work, space.state, row)
            new = lanes.add(lanes.load(self.work, space.argument, row), correction)
            lanes.store(new, self.work, space.new_state, row)
            size = lanes.larger(lanes.absolute(old), lanes.absolute(new))
            scaled = lanes.div(correction, lanes.fma(self.rtol, size, self.tolerance(row)))
            return [(scaled, scaled)]

        (total,) = lanes.total(space.species, squares)
        return lanes.intrinsic("sqrt", lanes.mul(total, lanes.number(1.0 / space.species)))

    def start(self) -> tuple[Any, Any]:
        """Return a first step size for each lane, and the size of the rates there (not finite: do not start)."""
        lanes, space = self.lanes, self.space
        self.inside(lanes.load(self.work, space.scalar("time")), "after")
        rates_here(lanes, space, self.kernels, self.work, self.stage_address(0))

        def squares(row: Any) -> list[tuple[Any, Any]]:
            value = lanes.load(self.work, space.state, row)
            rate = self._of_mass(lanes.load(self.work, space.stage, row), row)
            scale = lanes.fma(self.rtol, lanes.absolute(value), self.tolerance(row))
            parts = lanes.div(value, scale), lanes.div(rate, scale)
            return [(part, part) for part in parts]

        state_size, rate_size = (
            lanes.intrinsic("sqrt", total) for total in lanes.total(space.species, squares)
        )
        ratio = lanes.div(
            lanes.larger(state_size, lanes.number(1e-5)), lanes.larger(rate_size, lanes.number(1e-12))
        )
        return lanes.mul(ratio, lanes.number(0.01)), lanes.add(state_size, rate_size)

    def _weights(self, fraction: Any) -> list[Any]:
        """The weight of each stage at a fraction of the step."""
        lanes, method = self.lanes, self.method
        left = lanes.sub(lanes.number(1.0), fraction)
        bend = lanes.mul(fraction, left)
        weights = []
        for first, second, third in zip(*method.dense, strict=True):
            inner = lanes.fma(fraction, lanes.number(third), lanes.number(second))
            weights.append(lanes.mul(bend, lanes.fma(fraction, inner, lanes.number(first))))
        return weights

    def _inside(self, row: Any, fraction: Any, weights: list[Any]) -> Any:
        """A species at a fraction of the step just taken; one that nothing changes keeps its value to the bit."""
        lanes, space = self.lanes, self.space
        old, new = (lanes.load(self.work, start, row) for start in (space.state, space.new_state))
        value = lanes.fma(fraction, lanes.sub(new, old), old)
        for stage, weight in enumerate(weights):
            value = lanes.fma(weight, lanes.load(self.work, space.stage + stage * space.species, row), value)
        return value

    def value_inside(self, row: int, fraction: Any) -> Any:
        """Return one species at a fraction of the step just taken."""
        return self._inside(row, fraction, self._weights(fraction))

    def rows_inside(self, rows: Sequence[int], fraction: Any) -> None:
        """Set some rows of the argument to the state at a fraction of the step just taken; at 1 to its very end.

        Where these are all rows, what constraints determine is corrected as in `interpolate`.
        """
        lanes, space, weights = self.lanes, self.space, self._weights(fraction)
        whole = lanes.compare("==", fraction, lanes.number(1.0))
        for row in rows:
            end = lanes.load(self.work, space.new_state, row)
            value = lanes.select(whole, end, self._inside(row, fraction, weights))
            lanes.store(value, self.work, space.argument, row)
        if space.solved and len(rows) == space.species:
            self._correct(lanes.compare("<", fraction, lanes.number(1.0)))

    def interpolate(self, fraction: Any, time: Any) -> None:
        """Set the argument to the state at a fraction of the step just taken, which is at `time`."""
        lanes, space = self.lanes, self.space
        self.at(time, "inside")
        weights = self._weights(fraction)
        with lanes.count(space.species, "row") as row:
            lanes.store(self._inside(row, fraction, weights), self.work, space.argument, row)
        if space.solved:
            self._correct(lanes.flags(True))
        self.recall_shown()
        lanes.builder.call(self.kernels.observe, [self.work])

    def _correct(self, mask: Any) -> None:
        """Correct what constraints determine at the argument once: inside a step it is less exact than the rest."""
        lanes, space = self.lanes, self.space
        lanes.builder.call(self.kernels.correct, [self.work])
        with lanes.count(space.solved, "number") as number:
            row = solved_row(lanes, number)
            value = lanes.load(self.work, space.argument, row)
            correction = lanes.load(self.work, space.side, number)
            finite = lanes.compare("<", lanes.absolute(correction), lanes.number(float("inf")))
            finite = lanes.builder.and_(finite, mask)
            corrected = lanes.select(finite, lanes.add(value, correction), value)
            lanes.store(corrected, self.work, space.argument, row)

    def here(self, side: str = "after") -> None:
        """Set the argument to the state itself, and the observables with it."""
        lanes, space = self.lanes, self.space
        self.at(lanes.load(self.work, space.scalar("time")), side)
        with lanes.count(space.species, "row") as row:
            lanes.store(lanes.load(self.work, space.state, row), self.work, space.argument, row)
        self.recall_shown()
        lanes.builder.call(self.kernels.observe, [self.work])
