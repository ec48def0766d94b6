"""Work-precision plots, one small SVG a model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bench.curve import frontier
from bench.race import Race

_LOOK = {  # color of Okabe and Ito, marker
    "ours": ("#000000", "o"),
    "roadrunner": ("#0072B2", "s"),
    "copasi": ("#D55E00", "^"),
    "numbalsoda": ("#009E73", "D"),
    "sundae": ("#CC79A7", "v"),
    "diffrax": ("#E69F00", "P"),
}
_STYLE: dict[str, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "nonself",
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
}


def draw(race: Race, path: Path) -> None:
    """Draw every solver's frontier: milliseconds per trajectory over median error."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    with matplotlib.rc_context(_STYLE):  # type: ignore[arg-type]
        figure, axes = pyplot.subplots(figsize=(5.6, 3.4), layout="constrained")
        for entrant in race.entrants:
            color, marker = _LOOK[entrant.id]
            best = frontier(entrant.points)
            axes.loglog(
                [point.median for point in best], [1e3 * point.seconds for point in best],
                color=color, marker=marker, markersize=4, linewidth=1.2, label=entrant.name,
            )  # fmt: skip
        axes.minorticks_off()
        axes.invert_xaxis()
        axes.set_xlabel("median error (tighter to the right)")
        axes.set_ylabel("ms per trajectory, one core")
        axes.set_title(f"{race.case.id}: {len(race.case.species)} species", loc="left", fontsize=9)
        axes.grid(color="#dddddd", linewidth=0.5)
        figure.legend(loc="outside right upper", frameon=False, fontsize=8)
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, metadata={"Date": None, "Creator": None})
        pyplot.close(figure)
