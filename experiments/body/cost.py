"""What the body costs: `python -m experiments.body.cost --people 1000 --out FILE`.

Healthy people with two target tissues, as they live with infections, followed for ten years from the age of 30; and
which mechanisms the operations of a step belong to, counted in their formulas.
"""

from __future__ import annotations

import argparse
import ast
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from experiments.body.courses import as_they_live
from nonself.catalog.body.build import body
from nonself.catalog.body.population import population
from nonself.codegen.build import build
from nonself.cohort.people import DAYS_PER_YEAR, Range, draw_people, slot_ids
from nonself.engine.loop import solve
from nonself.model.compose import compose
from nonself.model.parts import Mechanism

TISSUES, YEARS, SEED = ("red_cell", "thyroid"), 10.0, 5
POWER = 12  # multiplications that a power or an exponential costs


def speed(count: int) -> tuple[float, float]:
    """Return patient-years a core-second and steps a patient-year, of people with infections by chance."""
    program = build(compose(body(TISSUES), id="body", time_unit="day"))
    people = draw_people(population(), slot_ids(0, count), Range(30.0, 40.0), SEED)
    horizon = YEARS * DAYS_PER_YEAR
    columns = {"age_at_start": 30.0, "margin": 1000.0}
    problem = as_they_live(program, people, horizon, np.array([horizon]), columns, SEED)
    began = time.process_time()  # of the processor: other work on the machine does not count
    outcomes = solve(problem, workers=1)
    return count * YEARS / (time.process_time() - began), float(outcomes.steps.mean()) / YEARS


def operations(formula: str) -> int:
    """Return how many multiplications a formula is worth.

    **Example:** `operations("a*b + exp(c)")` gives 14.
    """
    worth = 0
    for node in ast.walk(ast.parse(formula, mode="eval")):
        if isinstance(node, ast.Call) or (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow)):
            worth += POWER
        elif isinstance(node, ast.BinOp | ast.Compare | ast.UnaryOp):
            worth += 1
    return worth


def shares(parts: Sequence[Mechanism]) -> list[tuple[str, float]]:
    """Return each mechanism's share of the operations in all rates and expressions, largest first."""
    worth = {
        part.id: sum(operations(one.rate) for one in (*part.reactions, *part.hazards))
        + sum(operations(one.formula) for one in part.expressions)
        for part in parts
    }
    total = sum(worth.values())
    return sorted(((name, one / total) for name, one in worth.items() if one), key=lambda row: -row[1])


def report(count: int) -> str:
    """Return what was found, in Markdown."""
    speed(64)  # compiled and warm
    rate, steps = speed(count)
    lines = ["| mechanism | of the operations, % |", "| --- | ---: |"]
    lines += [f"| `{name}` | {100 * share:.1f} |" for name, share in shares(body(TISSUES))]
    return (
        f"{rate:,.0f} patient-years a second of processor time on one core ({count:,} people, {YEARS:.0f} years, "
        f"{' and '.join(TISSUES)}), {1e6 / rate:,.0f} microseconds and {steps:.0f} steps a patient-year; infections "
        "take most of the steps. Operations are counted in the formulas of rates and expressions.\n\n"
        + "\n".join(lines)
    )


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--out", type=Path, required=True)
    given = parser.parse_args()
    given.out.write_text(report(given.people) + "\n")


if __name__ == "__main__":
    main()
