"""Whether this installation works: versions, machine, cache, and a short test against known answers."""

from __future__ import annotations

import math
import platform
from pathlib import Path
from typing import Any

from nonself.catalog import registry
from nonself.codegen import cache, target
from nonself.model.compose import compose
from nonself.model.parts import Mechanism, Parameter, Reaction, Species
from nonself.provenance import assumed
from nonself.study.arguments import available_cores
from nonself.study.library import shipped_folder, shipped_studies
from nonself.study.record import version

PACKAGES = (
    "nonself", "numpy", "scipy", "llvmlite", "pint", "pandas", "pyarrow", "xarray", "pydantic",
    "ruamel.yaml", "typer", "rich", "jinja2",
)  # fmt: skip


def doctor() -> dict[str, Any]:
    """Return what a person needs to know about this installation; `healthy` false when the self test fails.

    **Example:** `doctor()["healthy"]`
    """
    checks = {
        "decay against exp(-t)": _decay_error(),
        "Philox4x32-10 against its known answer": _philox_error(),
    }
    level = target.host_level()
    return {
        "healthy": all(error is not None and error < 1e-4 for error in checks.values()),
        "versions": {name: version(name) for name in PACKAGES},
        "Python": platform.python_version(),
        "system": platform.platform(),
        "processor": _processor(),
        "cores": available_cores(),
        "code level": f"{level}, {target.natural_width(level)} patients a vector",
        "cache folder": _cache(),
        "catalog": f"{len(registry.model_ids())} models, {len(registry.therapy_ids())} therapies",
        "studies": f"{len(shipped_studies())} in {shipped_folder()}",
        "self test, relative errors": checks,
    }


def _decay_error() -> float | None:
    """Return the relative error of dy/dt = -y at t = 1 from y = 1, or None when it did not finish."""
    import numpy as np

    from nonself.codegen.build import build
    from nonself.engine.loop import solve
    from nonself.engine.problem import Problem, parameter_table

    why = assumed("a test whose answer is known")
    decay = Mechanism(
        "decay",
        "Exponential decay",
        (),
        species=(Species("y", 1.0, "1", why, scale=1e-6),),
        parameters=(Parameter("k", 1.0, "1/day", why),),
        reactions=(Reaction("loss", "k*y", {"y": -1}),),
    )
    program = build(compose([decay], id="self_test", time_unit="day"))
    problem = Problem(program, ("one",), parameter_table(program, 1), 1.0, np.array([1.0]))
    outcomes = solve(problem)
    return abs(float(outcomes.values[0, 0, 0]) * math.e - 1) if outcomes.finished[0] else None


def _philox_error() -> float:
    import numpy as np

    from nonself.engine.streams import philox

    return 0.0 if int(philox(np.zeros((4, 1), np.uint32), (0, 0))[0, 0]) == 0x6627E8D5 else math.inf


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _cache() -> str:
    folder = cache.folder()
    return "off (NONSELF_CACHE)" if folder is None else str(folder)
