"""Rate laws that recur: each writes its formula once, under its textbook name.

A rate law is text: it joins the names it is given into a formula that `Reaction.rate` takes. Dimensions are checked
when the model is.
"""

from __future__ import annotations


def mass_action(rate: str, *populations: str) -> str:
    """Return `rate * A * B ...`: encounters in proportion to what is there.

    **Example:** `mass_action("m", "Y", "Z")` gives `"m*Y*Z"`.
    """
    return "*".join((rate, *populations))


def logistic(rate: str, population: str, capacity: str) -> str:
    """Return `r N (1 - N/K)`: growth that ends at a capacity and turns into decline above it.

    **Example:** `logistic("py", "Y", "Ky")` gives `"py*Y*(1 - Y/Ky)"`.
    """
    return f"{rate}*{population}*(1 - {population}/{capacity})"


def gompertz(rate: str, population: str, capacity: str, total: str | None = None) -> str:
    """Return `r N ln(K/T)`: growth that slows with the logarithm of the total T (by default N itself).

    **Example:** `gompertz("rc", "C", "Cmax")` gives `"rc*C*log(Cmax/C)"`.
    """
    return f"{rate}*{population}*log({capacity}/{total or population})"


def saturating(rate: str, population: str, driver: str, half: str) -> str:
    """Return `r N D/(D + h)`: a rate per N that levels off as the driver D grows past h.

    **Example:** `saturating("kn", "Tn", "C", "eta")` gives `"kn*Tn*C/(C + eta)"`.
    """
    return f"{rate}*{population}*{driver}/({driver} + {half})"


def hill(rate: str, driver: str, half: str, exponent: str) -> str:
    """Return `r x^n/(1 + x^n)` with x = D/h: a switch at D = h, the steeper the larger n.

    The power is guarded: a driver that rounding pushed below zero counts as absent, and does not give NaN.

    **Example:** `hill("r", "D", "h", "n")` gives `"r*positive_power(D/h, n)/(1 + positive_power(D/h, n))"`.
    """
    power = f"positive_power({driver}/{half}, {exponent})"
    return f"{rate}*{power}/(1 + {power})"


def windowed(rate: str, population: str, driver: str, half: str) -> str:
    """Return `r N D/(h^2 + D^2)`: stimulation by D that is strongest at D = h and fades above it.

    **Example:** `windowed("pz", "Z", "Y", "Kz")` gives `"pz*Y*Z/(Kz**2 + Y**2)"`.
    """
    return f"{rate}*{driver}*{population}/({half}**2 + {driver}**2)"
