"""The core does what docs/core.md says: numbers come out again, attractors are two, guards see planted breaches."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from experiments.core import equations, sharp, tables
from experiments.core.ablate import ablate
from experiments.core.engine import Array, held, program, run
from experiments.core.laws import CHOSEN, LAWS, SIGMA, base, box
from experiments.core.phenomena import Found, level, measure
from experiments.core.population import COARSE, PARTS, RATE, SIZES, SPREAD, share_above, tip, yearly_loss

from nonself.catalog.core import CORE
from nonself.codegen.twin import named_values
from nonself.engine.problem import Action, parameter_table
from nonself.model.ir import Model

DOCUMENT = (Path(__file__).parents[2] / "docs" / "core.md").read_text(encoding="utf-8")
YEARS = 12.0 * 365.25
OUTCOMES = (
    "aiha",
    "autoimmun",
    "disease",
    "hemoly",
    "relapse",
    "remission",
    "thyroiditis",
    "loss",
    "flag",
    "onset",
)


@cache
def ablated() -> Found:
    return ablate()


def missing(rows: list[list[str]], document: str) -> list[str]:
    """Return rows that the document does not have."""
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return [line for line in lines if line not in document]


# ---- the document's numbers come out again --------------------------------------------------------------------------


def test_the_ablations_come_out_as_documented() -> None:
    assert missing(tables.ablation_rows(ablated()), DOCUMENT) == []


def test_planted_breach_another_number_is_seen() -> None:
    rows = tables.ablation_rows(ablated())
    rows[0][3] = "4.9e-05"
    assert len(missing(rows, DOCUMENT)) == 1


def test_the_attractors_come_out_as_documented() -> None:
    text = "\n".join(tables.folds_table(sharp.folds()))
    assert text in DOCUMENT


def test_equations_and_numbers_stand_in_the_document() -> None:
    for line in [*equations.equations(), *equations.numbers()]:
        assert line in DOCUMENT, line


def test_every_figure_is_there() -> None:
    names = re.findall(r"!\[[^]]*\]\((core/[^)]+\.svg)\)", DOCUMENT)
    folder = Path(__file__).parents[2] / "docs"
    assert len(names) >= 12
    assert all((folder / name).read_text().startswith("<svg xmlns=") for name in names)


# ---- what the model is ----------------------------------------------------------------------------------------------


def ends(change: dict[str, float], gain: float = 1.0, ill: bool = False) -> float:
    """Return the tissue after twelve years, begun in health or ill."""
    columns = {"gain": gain, **change}
    return float(run(columns, 1, YEARS, sharp.ILL if ill else ()).of("tissue")[0, -1])


def test_one_patient_two_attractors() -> None:
    assert ends({}) > 0.99
    assert ends({}, ill=True) < 0.2


def test_without_feedback_there_is_one() -> None:
    off = {"antigen_release": 0.0, "innate_release": 0.0}
    for gain in (0.5, 1.0, 2.0):
        assert ends(off, gain, ill=True) == pytest.approx(ends(off, gain), abs=0.01)


def test_hysteresis_is_as_wide_as_between_the_two_and_gone_without_feedback() -> None:
    whole, *others = sharp.folds()
    assert whole.width > 0.5
    cut = next(fold for fold in others if fold.title == "damage releases nothing")
    assert cut.width == 0.0


def harm(change: dict[str, float], size: float) -> float:
    """Return the least tissue in four years after an infection of this size."""
    outcomes = run({"gain": 2.0, **change}, 1, 4 * 365.25, [Action(100.0, "add", "innate", size)])
    return float(outcomes.of("tissue").min())


def test_without_self_specific_clones_no_trigger_harms_tissue() -> None:
    none = {"low_healthy": 0.0, "high_healthy": 0.0}
    assert harm(none, 1e3) == pytest.approx(1.0, abs=1e-9)


def test_planted_breach_with_clones_it_does() -> None:
    assert harm({}, 1e3) < 0.5


def test_a_ratio_does_not_see_a_depletion_of_all_and_a_density_does() -> None:
    def suppression(density: float, left: float) -> float:
        table = parameter_table(program(), 1, {"density_share": density})
        state = np.array([6.8e11, 3.2e10, 0.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 0.0])[:, None]
        state[:2] *= left
        return float(named_values(program().model, table, state)["suppression"][0])

    assert suppression(0.0, 0.05) == pytest.approx(1.0)
    assert suppression(1.0, 0.05) == pytest.approx(0.05)
    assert suppression(0.0, 0.05) > suppression(0.25, 0.05) > suppression(1.0, 0.05)


def test_the_high_class_outgrows_the_pool_when_avidity_counts_in_health() -> None:
    """The bound w < 1/(1 - theta): by avidity at any growth factor breaks health, by avidity in excess does not."""
    grown = run({"excess_half": 0.5}, 1, YEARS, (), ("high",)).of("high")[0]
    kept = run({}, 1, YEARS, (), ("high",)).of("high")[0]
    assert grown.max() > 50 * grown[0]
    assert kept.max() < 1.5 * kept[0]


def outcome_words(model: Model) -> list[str]:
    named = [*model.species, *model.parameters, *model.derived, *model.expressions, *model.reactions]
    return [part.id for part in named if any(word in part.id for word in OUTCOMES)]


def switches(model: Model) -> list[str]:
    formulas = [part.rate for part in model.reactions] + [part.formula for part in model.expressions]
    return [formula for formula in formulas if re.search(r"\bif\b|\btime\b|\bmax\(|\bmin\(|\babs\(", formula)]


def test_no_outcome_is_named_and_nothing_is_switched() -> None:
    model = program().model
    assert len(model.species) <= 10
    assert outcome_words(model) == []
    assert switches(model) == []


def test_planted_breach_an_outcome_and_a_switch_are_seen() -> None:
    from dataclasses import replace

    model = program().model
    first = replace(model.reactions[0], id="relapse_rate", rate="1 if tissue < 0.5 else 0")
    breached = replace(model, reactions=(first, *model.reactions[1:]))
    assert outcome_words(breached) == ["relapse_rate"]
    assert len(switches(breached)) == 1


def test_the_box_lies_around_the_point() -> None:
    values = {part.id: part.value for mechanism in CORE for part in mechanism.parameters} | {"sigma": SIGMA}
    for name, (low, high) in box().items():
        assert low <= float(values[name]) <= high, name


# ---- how it is measured ---------------------------------------------------------------------------------------------


def step_at(where: float) -> Array:
    """Return what `tip` finds of a level that falls at `where`."""
    return tip(lambda z: np.where(z > where, 0.0, 1.0), 1, rounds=3)


@pytest.mark.parametrize("where", [-2.71, 0.2, 1.9999, 3.3])
def test_tip_finds_the_step(where: float) -> None:
    assert step_at(where)[0] == pytest.approx(where, abs=PARTS**-3)


def test_tip_says_none_and_all() -> None:
    assert step_at(COARSE[-1] + 1)[0] == np.inf
    assert step_at(COARSE[0] - 1)[0] == -np.inf


def test_yearly_loss_of_a_single_size_is_the_tail_times_the_pace() -> None:
    """If only infections beyond the largest size tip, and all above z do so at it: rate P(size > it) P(Z > z)."""
    from scipy.stats import norm

    tips = np.full((len(SIZES), 1), 9.0)
    tips[-1] = 2.0
    found = yearly_loss(tips, 1e-3)[0]
    hazard = RATE * norm.sf(np.log(SIZES[-1]) / SPREAD)
    assert hazard * share_above(np.array(2.0)) <= found * 1.01
    assert found < 2.5 * hazard * share_above(np.array(2.0))


def test_sizes_that_tip_alike_count_as_nearly_alike() -> None:
    """Just below a common z it takes the largest of them: ties change the loss no more than a hair's breadth apart."""
    alike = np.array([2.7, 2.7, 2.7, 2.7, 1.9])[:, None]
    apart = alike - 1e-9 * np.arange(5)[:, None]
    assert yearly_loss(alike, 5.0)[0] == pytest.approx(yearly_loss(apart, 5.0)[0], rel=1e-3)


def test_half_a_year_below_counts_and_a_dip_does_not() -> None:
    class Course:
        def __init__(self, months: int) -> None:
            self.tissue = np.ones((1, 60))
            self.tissue[0, 10 : 10 + months] = 0.1

        def of(self, name: str) -> Array:
            return self.tissue

    assert held(Course(6))[0] == 0.1  # type: ignore[arg-type]
    assert held(Course(5))[0] == 1.0  # type: ignore[arg-type]


def test_the_laws_differ_only_where_they_should() -> None:
    """Health does not tell the laws apart: what rests, and what infections tip, is the same under all."""
    found = [measure(law.of(base(1))) for law in LAWS[:2] + LAWS[4:5]]
    rests = [float(entry.rest[0]) for entry in found]
    assert max(rests) - min(rests) < 1.0 / PARTS
    assert [bool(entry.holds[2, 0]) for entry in found] == [False, False, False]
    assert measure(CHOSEN.of(base(1))).holds.all()


def test_tipping_is_monotone_over_the_gain() -> None:
    z = np.linspace(-3.0, 5.0, 60)[None, :]
    days = 6 * 365.25
    actions = [Action(365.0, "set", "depletion", 0.6), Action(370.0, "set", "depletion", 0.0)]
    lost = level(CHOSEN.of(base(1)), days, actions)(z)[0] < 0.5
    assert np.all(np.diff(lost.astype(int)) >= 0)
