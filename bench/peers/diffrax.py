"""diffrax as a peer: an implicit Runge-Kutta method in JAX, all patients as one batch (vmap), in double precision."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from bench.case import Case
from bench.flatten import HEAD, balance, rate_lines, starts, unpacked
from bench.peers import Peer
from bench.schedule import Array, legs
from nonself.model.parts import Mechanism

MAX_STEPS = 100_000  # between two doses
LARGEST = 10
TOO_LARGE = (
    "left out above 10 species, to keep the run short: compiling dosed30 took 24 s, and then, by hand, a batch of 4 "
    "took 0.7 s a trajectory at a median error of 3e-5"
)


def _rates(mechanism: Mechanism) -> Any:
    """Return f(t, y, p) written with jax.numpy."""
    lines = [*unpacked(mechanism, "y", "p"), *rate_lines(mechanism)]
    changes = ", ".join(balance(mechanism, entry.id) for entry in mechanism.species)
    body = [*lines, f"return stack([{changes}])"]
    head = HEAD.replace("from math", "from jax.numpy").replace("import ", "import stack, ")
    scope: dict[str, Any] = {}
    exec(head + "\n".join(["def function(t, y, p):", *(f"    {line}" for line in body), ""]), scope)
    return scope["function"]


class _Solver:
    """One model, compiled for one batch size; the legs between doses are one `scan`."""

    def __init__(self, case: Case) -> None:
        import jax

        if len(case.species) > LARGEST:
            raise ValueError(TOO_LARGE)
        config: Any = jax.config
        config.update("jax_enable_x64", True)
        self._case = case
        cut = legs(case.given, case.outputs)
        longest = max(leg.wanted.size for leg in cut)
        self._wanted = np.array([leg.wanted.size for leg in cut])
        times = [
            np.append(leg.times[leg.wanted], np.full(longest - leg.wanted.size, leg.times[-1])) for leg in cut
        ]
        self._plan = (
            np.array([leg.times[0] for leg in cut]),
            np.array([leg.times[-1] for leg in cut]),
            np.array(times),
            np.array([case.doses.amount * leg.dosed for leg in cut]),
        )
        self._run = jax.jit(jax.vmap(self._patient, in_axes=(0, 0, None, None)))
        self._seen: set[int] = set()
        self.tolerate(1e-4, 1e-4)
        self.run(case.patients(1, 0))

    def _patient(self, state: Any, own: Any, rtol: Any, atol: Any) -> Any:
        import diffrax
        import jax
        import jax.numpy as jnp

        place = self._case.species.index(self._case.doses.species)
        term = diffrax.ODETerm(_rates(self._case.mechanism))
        control = diffrax.PIDController(rtol=rtol, atol=atol)
        solver = diffrax.Kvaerno5()

        def leg(state: Any, given: Any) -> Any:
            start, end, times, amount = given
            found = diffrax.diffeqsolve(
                term, solver, start, end, None, state, own, stepsize_controller=control, max_steps=MAX_STEPS,
                saveat=diffrax.SaveAt(ts=times, t1=True), throw=False,
            )  # fmt: skip
            fine = found.result == diffrax.RESULTS.successful
            courses = jnp.where(fine, found.ys, jnp.nan)
            return courses[-1].at[place].add(amount), courses[:-1]

        return jax.lax.scan(leg, state, tuple(map(jnp.asarray, self._plan)))[1]

    def tolerate(self, rtol: float, factor: float) -> None:
        self._rtol, self._atol = rtol, factor * self._case.scales

    def run(self, parameters: Array) -> tuple[Array, float]:
        own, begin = np.ascontiguousarray(parameters.T), starts(self._case.mechanism, parameters)
        if begin.shape[0] not in self._seen:  # compiled once for each batch size; not timed
            self._seen.add(begin.shape[0])
            np.asarray(self._run(begin, own, self._rtol, self._atol))
        began = time.process_time()
        found = np.asarray(self._run(begin, own, self._rtol, self._atol))
        seconds = time.process_time() - began
        rows = [found[:, leg, :count] for leg, count in enumerate(self._wanted)]
        return np.concatenate(rows, axis=1), seconds


PEER = Peer(
    id="diffrax",
    name="diffrax",
    way="Kvaerno5 with PID control, in double precision; patients are one batch by `vmap`, the stretches between "
    "doses one compiled `scan`.",
    build=_Solver,
)
