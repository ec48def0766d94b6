"""What verifying a sample found, in words and as plain values."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from nonself.analysis.survival import wilson
from nonself.cohort.trial import TrialResult
from nonself.engine.verify import STOPS, Verified

NOT_ASKED = "no patient; nonself run --verify integrates a sample again at a tenth of the tolerance"
BLIND = (
    f"The second run stops {STOPS} times on the way; an event shorter than about a three-thousandth of the course "
    "can escape both runs."
)


def sentence(trials: Sequence[TrialResult]) -> str:
    """Return how many patients were verified and how far their courses lay apart at most."""
    found = _found(trials)
    if not found:
        return NOT_ASKED
    counts = "; ".join(f"{trial.cohort.name}: {_counted(trial)} in each arm" for trial in trials)
    return (
        f"{counts}; largest difference {_relative(max(one.largest for one in found))}, where "
        f"{found[0].allowed:g} is allowed, at a relative tolerance of {_relative(found[0].rtol)}. {BLIND}"
    )


def _found(trials: Sequence[TrialResult]) -> list[Verified]:
    return [arm.verified for trial in trials for arm in trial.arms if arm.verified is not None]


def _counted(trial: TrialResult) -> str:
    counts = sorted({one.rows.size for one in _found([trial])})
    said = " to ".join(f"{count:,}" for count in dict.fromkeys((counts[0], counts[-1])))
    return f"{said} of {len(trial.cohort.patients):,} patients"


def _relative(value: float) -> str:
    """A difference as text; infinite where a second run did not finish.

    **Example:** `_relative(3.14e-06)` gives `"3.1e-6"`.
    """
    if not math.isfinite(value):
        return "infinite (a second run did not finish)"
    if value == 0:
        return "0"
    number, _, power = f"{value:.1e}".partition("e")
    return f"{number.removesuffix('.0')}e{int(power)}"


def warnings(trials: Sequence[TrialResult]) -> list[str]:
    """Return what the inaccurate patients of a sample say about those not verified, a sentence an arm."""
    said = []
    for trial in trials:
        for arm in trial.arms:
            one = arm.verified
            if one is not None and one.inaccurate:
                low, high = (100 * share for share in wilson(one.inaccurate, one.rows.size))
                rest = len(trial.cohort.patients) - one.rows.size
                text = f"{trial.cohort.name}, {arm.arm.name}: of {one.rows.size:,} courses verified, "
                text += f"{one.inaccurate:,} {'is' if one.inaccurate == 1 else 'are'} inaccurate"
                if rest:
                    text += (
                        f"; of the {rest:,} not verified, which enter the estimates, {low:.2g} to {high:.2g} % "
                        "(95 % interval) may be, too"
                    )
                said.append(f"{text}. A lower rtol mends them.")
    return said


def summary(trials: Sequence[TrialResult]) -> dict[str, Any] | None:
    """Return what verifying found as plain values, None if nobody asked; an infinite difference is null."""
    found = _found(trials)
    if not found:
        return None
    return {
        "sentence": sentence(trials),
        "rtol": found[0].rtol,
        "allowed": found[0].allowed,
        "largest": _finite(max(one.largest for one in found)),
        "inaccurate": sum(one.inaccurate for one in found),
        "arms": [
            {
                "cohort": trial.cohort.name,
                "arm": arm.arm.name,
                "patients": len(trial.cohort.patients),
                "verified": int(arm.verified.rows.size),
                "inaccurate": arm.verified.inaccurate,
                "largest": _finite(arm.verified.largest),
            }
            for trial in trials
            for arm in trial.arms
            if arm.verified is not None
        ],
    }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
