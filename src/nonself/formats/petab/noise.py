"""How likely a measurement is: normal or Laplace noise about the simulated value, on its scale."""

from __future__ import annotations

import math

TRANSFORMATIONS = ("lin", "log", "log10")
DISTRIBUTIONS = ("normal", "laplace")


def log_density(
    measured: float, simulated: float, sigma: float, transformation: str, distribution: str
) -> float:
    """Return the logarithm of the density of a measurement; NaN where there is none.

    Equation: of T(m) - T(s), T the identity, ln or log10, normal with standard deviation `sigma` or Laplace with scale
    `sigma`, times dT(m)/dm.

    **Example:** `log_density(1.0, 1.0, 1.0, "lin", "normal")` gives `-0.9189...`.

    **Reference:** Schmiester et al. (2021), PEtab - Interoperable specification of parameter estimation problems in
    systems biology, PLoS Comput Biol 17:e1008646.
    """
    if not sigma > 0 or not math.isfinite(simulated):
        return math.nan
    jacobian = 0.0
    if transformation != "lin":
        if measured <= 0 or simulated <= 0:
            return math.nan
        base = 1.0 if transformation == "log" else math.log(10)
        jacobian = -math.log(measured * base)
        measured, simulated = math.log(measured) / base, math.log(simulated) / base
    far = (measured - simulated) / sigma
    if distribution == "normal":
        return jacobian - 0.5 * far * far - math.log(sigma) - 0.5 * math.log(2 * math.pi)
    return jacobian - abs(far) - math.log(2 * sigma)
