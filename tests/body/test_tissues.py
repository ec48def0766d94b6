"""Target tissues: at rest in health, with the clocks and responses of the sources."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from nonself.catalog.body.dying_cells import dying_cells, healthy_blood_death
from nonself.catalog.body.target_tissues import target_tissues
from nonself.catalog.body.tissue import TISSUES, nothing_attacks, reads
from nonself.catalog.body.tissue_thyroid import thyroid
from nonself.codegen import twin
from nonself.codegen.build import build
from nonself.engine.problem import parameter_table
from nonself.errors import UnknownName
from nonself.model.check import check
from nonself.model.compose import compose
from nonself.provenance import Assumption, Citation
from tests.body.tissues import PROVIDED, mechanisms, program, run, stand_in
from tests.qc.body import tissues as second

YEAR = 365.25


@pytest.mark.parametrize("quiet", [False, True])
def test_model_checks_find_nothing(quiet: bool) -> None:
    """Parameters that only an attack needs are unused where nothing attacks: that is all there may be."""
    assert check(program(quiet).model) == ()


def rest_rates(quiet: bool = True, **parameters: float) -> np.ndarray:
    used = program(quiet)
    table = parameter_table(used, 1, parameters)
    start = twin.initial_state(used.model, table)
    return np.abs(twin.right_hand_side(used.model, table, start)) / np.maximum(start, used.scales[:, None])


def test_health_is_a_fixed_point_of_everybody() -> None:
    for own in (
        {},
        {"size": 0.6},
        {"tsh_set_point": 3.0},
        {"thyroxine_set_point": 13.0},
        {"gut_lifespan": 5.0},
    ):
        assert rest_rates(**own).max() < 1e-13


def test_planted_breach_a_start_off_health_is_seen() -> None:
    assert rest_rates(gut_cells_initial=0.999).max() > 1e-5


def test_nothing_changes_in_ten_years_without_an_attack() -> None:
    course = run(10 * YEAR, used=program(quiet=True))
    for name, values in course.items():
        assert name == "day" or np.ptp(values) <= 1e-9 * max(abs(values[0]), 1e-9), name
    for name in PROVIDED:
        assert course[f"seen_{name}"][-1] == pytest.approx(1.0, abs=1e-9)


def test_an_attack_compiled_in_at_zero_changes_nothing() -> None:
    quiet, zero = run(YEAR, used=program(quiet=True)), run(YEAR)
    assert all(np.allclose(quiet[name], zero[name], rtol=1e-9, atol=1e-12) for name in quiet)


# --- thyroid


def test_tsh_is_log_linear_in_free_t4_up_to_a_top() -> None:
    """Straight within individuals (Rothacker 2016); not less steep than hours after one dose of T4 (Benhadi 2010)."""
    own = {part.id: part.value for part in thyroid().parameters if not isinstance(part.value, str)}
    ratio = np.array([0.7, 0.85, 1.0, 1.15, 1.3])
    slope = np.diff([np.log10(second.thyrotropin(x, own)) for x in ratio]) / np.diff(
        ratio * own["thyroxine_set_point"]
    )
    assert np.all(slope < -0.059)
    assert np.ptp(slope) < 0.2 * abs(slope.mean())
    assert 30 < own["tsh_set_point"] * second.thyrotropin(0.1, own) < own["tsh_most"]


def test_half_a_gland_raises_tsh_and_grows_as_measured() -> None:
    """A remaining lobe grows by 17 % (12-22) in 6 months (Pustelnik 2017); free T4 stays normal in most."""
    half = {"thyroid_cells": 0.5, "thyroid_stem": 0.5}
    course = run(YEAR / 2, start=half)
    assert 0.12 < course["thyroid_cells"][-1] / 0.5 - 1 < 0.22
    assert 1.5 * 1.7 < course["tsh"][60] < 1.5 * 2.8
    assert 12.4 < course["free_t4"][60] < 0.95 * course["free_t4"][0]


def test_as_many_pass_the_upper_limit_with_half_a_gland_as_were_counted() -> None:
    """TSH above 4.78 mU/L in 29 % (25-34 %, 66 studies): TSH before is lognormal, 0.5 to 4.4 in 95 %."""
    half = {"thyroid_cells": 0.5, "thyroid_stem": 0.5}
    before = 1.5 * np.exp(0.55 * np.linspace(-1.0, 1.5, 11))
    after = [run(60.0, start=half, tsh_set_point=float(one))["tsh"][-1] for one in before]
    limit = np.log(np.interp(4.78, after, before) / 1.5) / 0.55
    assert 0.25 < 0.5 * (1 - math.erf(limit / math.sqrt(2))) < 0.34


def test_a_half_gland_later_comes_close_to_normal() -> None:
    course = run(5 * YEAR, start={"thyroid_cells": 0.5, "thyroid_stem": 0.5})
    assert course["tsh"][-1] < 0.75 * course["tsh"].max()
    assert course["tsh"][-1] > 1.5


def test_without_follicles_tsh_rises_to_its_top_and_stays() -> None:
    course = run(3 * YEAR, start={"thyroid_cells": 0.02, "thyroid_stem": 0.02})
    assert course["tsh"][-1] > 50
    assert course["free_t4"][-1] < 5


def test_stimulation_suppresses_tsh_and_raises_t4_and_the_gland() -> None:
    course = run(YEAR, {"thyroid_stimulation": 3.0})
    assert course["tsh"][20] < 0.1
    assert course["free_t4"][20] > 25
    assert 1.3 < course["thyroid_cells"][-1] < 3.35


def test_more_stimulation_is_never_less_hormone() -> None:
    ends = [run(100.0, {"thyroid_stimulation": x})["free_t4"][-1] for x in (0.0, 0.3, 1.0, 3.0, 10.0)]
    assert np.all(np.diff(ends) > 0)


def test_blocking_raises_tsh_and_lowers_t4() -> None:
    course = run(100.0, {"thyroid_blocking": 5.0})
    assert course["tsh"][-1] > 4.0
    assert course["free_t4"][-1] < 12.4


def test_a_fast_attack_brings_too_much_t4_then_too_little() -> None:
    """Thyrotoxicosis of about 6 weeks (2.6-39.7), hypothyroid about 10 weeks after the start (Iyer 2018)."""
    course = run(200.0, {"thyroid_killing": 0.03})
    toxic = course["day"][course["tsh"] < 0.45]
    assert 10 < np.ptp(toxic) < 70
    assert course["free_t4"].max() > 20.6
    low = course["day"][(course["tsh"] > 4.5) & (course["free_t4"] < 12.4)]
    assert 40 < low.min() < 120


def test_planted_breach_without_stored_hormone_there_is_no_excess() -> None:
    assert run(200.0, {"thyroid_killing": 0.03}, thyroid_store=0.0)["free_t4"].max() < 16.0


def test_follicles_do_not_come_back() -> None:
    course = run(20 * YEAR, start={"thyroid_stem": 0.3, "thyroid_cells": 0.3})
    assert np.ptp(course["thyroid_stem"]) < 1e-9
    assert course["thyroid_cells"][-1] < 0.9


# --- skin, gut, kidney, dead cells


@pytest.mark.parametrize(
    ("tissue", "life", "low", "high"), [("gut", 3.4, 1.0, 7.0), ("skin", 31.0, 7.0, 45.0)]
)
def test_regeneration_takes_days_in_gut_and_weeks_in_skin(
    tissue: str, life: float, low: float, high: float
) -> None:
    """Half of a loss is made good within the life of a cell or sooner (Sender and Milo: 3.4 and 31 days)."""
    course = run(4 * life, start={f"{tissue}_cells": 0.4}, days=801)
    half = course["day"][course[f"{tissue}_cells"] > 0.7][0]
    assert low < half < high
    assert half < life


def test_thyroid_and_kidney_regenerate_little() -> None:
    course = run(YEAR, start={"thyroid_cells": 0.5, "thyroid_stem": 0.5, "kidney_cells": 0.8})
    assert course["thyroid_cells"][-1] < 0.66
    assert course["kidney_cells"][-1] < 0.801


@pytest.mark.parametrize("tissue", ["skin", "gut"])
def test_without_stem_cells_the_loss_is_for_good(tissue: str) -> None:
    course = run(2 * YEAR, start={f"{tissue}_stem": 0.0})
    assert course[f"{tissue}_cells"][-1] < 1e-6


@pytest.mark.parametrize(
    ("tissue", "rates"), [("skin", (0.0, 0.003, 0.01, 0.03)), ("gut", (0.0, 0.04, 0.1, 0.3))]
)
def test_more_killing_is_more_symptom_and_more_antigen(tissue: str, rates: tuple[float, ...]) -> None:
    sign = {"skin": "rash_surface", "gut": "extra_stools"}[tissue]
    ends = [run(60.0, {f"{tissue}_killing": rate}) for rate in rates]
    assert np.all(np.diff([end[sign][-1] for end in ends]) > 0)
    assert np.all(np.diff([end[f"seen_{tissue}_release"][1] for end in ends]) > 0)
    assert ends[0][sign][-1] == 0.0


def test_injury_acts_as_killing_does_but_spares_stem_cells() -> None:
    by_cells, by_injury = (run(30.0, {f"gut_{how}": 0.3}) for how in ("killing", "injury"))
    assert by_injury["gut_cells"][-1] < 0.6
    assert by_injury["gut_stem"][-1] == pytest.approx(1.0)
    assert by_cells["gut_stem"][-1] < 0.8
    assert by_injury["seen_gut_release"][0] == pytest.approx(by_cells["seen_gut_release"][0])


def test_protein_in_urine_follows_the_stages_of_podocyte_loss() -> None:
    """Wharram 2005: to 20 % normal function and little protein, 21-40 % mild and lasting, above 40 % high-grade."""
    protein = {
        loss: run(1.0, start={"kidney_cells": 1 - loss})["proteinuria"][0] for loss in (0.0, 0.2, 0.3, 0.5)
    }
    assert protein[0.0] < 0.15
    assert protein[0.2] < 0.5
    assert 0.5 < protein[0.3] < 1.5
    assert protein[0.5] > 3.0


def test_half_the_glomeruli_filter_seven_tenths() -> None:
    course = run(1.0, start={"kidney_glomeruli": 0.5, "kidney_cells": 0.5})
    assert course["gfr"][0] == pytest.approx(70.0)


def test_filtration_falls_beyond_forty_percent_podocyte_loss_only() -> None:
    few, many = (run(2 * YEAR, start={"kidney_cells": left})["gfr"][-1] for left in (0.8, 0.4))
    assert few > 97
    assert many < 80


def test_deposits_leak_protein_and_go_slowly() -> None:
    settled = run(YEAR, {"immune_complexes": 0.6})
    assert settled["proteinuria"][-1] > 0.5
    after = run(YEAR, start={"kidney_deposits": 1.0})
    assert after["proteinuria"][100] < after["proteinuria"][0]
    assert after["kidney_deposits"][100] == pytest.approx(np.exp(-0.5 * YEAR / 180), rel=1e-3)


def test_nuclear_antigen_rises_with_deaths_and_with_busy_macrophages() -> None:
    killed = run(30.0, {"gut_killing": 0.3, "skin_killing": 0.1})["seen_nuclear_release"]
    assert 1.02 < killed.max() < 1.3
    busy = run(30.0, macrophage_share_set=0.3)["seen_nuclear_release"]
    assert busy[-1] > 3.0
    both = run(30.0, {"gut_killing": 0.3, "skin_killing": 0.1}, macrophage_share_set=0.3)[
        "seen_nuclear_release"
    ]
    assert both.max() > killed.max() + busy[-1] - 1.0


# --- the parts themselves


def test_nothing_attacks_gives_what_a_tissue_reads() -> None:
    assert {part.id for part in nothing_attacks("kidney").expressions} == set(reads("kidney"))
    left = nothing_attacks("thyroid", but=("thyroid_killing",)).expressions
    assert "thyroid_killing" not in {part.id for part in left}
    with pytest.raises(UnknownName, match="gut"):
        nothing_attacks("guts")
    with pytest.raises(UnknownName, match="skin_killing"):
        nothing_attacks("skin", but=("skin_kiling",))
    with pytest.raises(UnknownName, match="kidney"):
        dying_cells(("kidny",))


@pytest.mark.parametrize("tissue", TISSUES)
def test_each_tissue_stands_alone(tissue: str) -> None:
    person = replace(stand_in(), observables=())
    parts = (*target_tissues([tissue]), nothing_attacks(tissue), healthy_blood_death(), person)
    model = compose(parts, id=tissue, time_unit="day")
    assert {flaw.check for flaw in check(model)} <= {"unused"}
    assert "dead_cells" in build(model, use_cache=False).species


def test_a_tissue_that_is_not_there_is_refused() -> None:
    with pytest.raises(UnknownName, match="thyroid"):
        target_tissues(["tyroid"])


def test_every_number_has_a_source_and_words() -> None:
    for mechanism in target_tissues():
        assert all(citation.read_in for citation in mechanism.references)
        known = {citation.key for citation in mechanism.references}
        for part in (*mechanism.species, *mechanism.parameters):
            assert isinstance(part.source, Citation | Assumption)
            assert not isinstance(part.source, Citation) or part.source.key in known, part.id
            assert part.label
        for parameter in mechanism.parameters:
            if parameter.range and not isinstance(parameter.value, str):
                assert parameter.range[0] <= parameter.value <= parameter.range[1], parameter.id
        for reaction in mechanism.reactions:
            assert reaction.label and reaction.source is not None


def test_no_part_names_a_disease() -> None:
    """Outcomes are read from courses: no name of a part says one."""
    words = ("itis", "disease", "flare", "relapse", "hypothyroid", "goiter", "autoimm", "hemolysis", "grade")
    for mechanism in mechanisms(quiet=True):
        for kind in ("species", "parameters", "expressions", "reactions", "observables"):
            for part in getattr(mechanism, kind):
                assert not any(word in part.id for word in words), part.id
