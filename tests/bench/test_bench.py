"""The benchmark: its arithmetic in closed form, and each installed peer against the reference on a small model."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from bench.case import Case
from bench.curve import TARGETS, Point, frontier, seconds_at
from bench.document import text
from bench.flatten import plain, starts
from bench.ours import Ours
from bench.race import Entrant, Race
from bench.reference import errors, reference, solve_one
from bench.results import Results
from bench.schedule import Doses, legs
from bench.settings import WINDOW, chosen
from bench.words import short

from bench import machine, models, peers

# SWIG's types, as COPASI and libRoadRunner bring them, warn on new versions of Python
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
DOCUMENT = Path(__file__).parents[2] / "docs" / "performance.md"


def point(error: float, seconds: float, rtol: float = 1e-4) -> Point:
    return Point(rtol, rtol, error, error, 0, seconds)


def test_time_at_an_error_is_interpolated_on_logarithms() -> None:
    points = [point(1e-4, 1.0), point(1e-6, 4.0), point(1e-5, 3.0), point(1e-7, 8.0)]
    targets = np.array([1e-3, 1e-4, 1e-5, 1e-6, 1e-8])
    np.testing.assert_allclose(seconds_at(points[:2], targets), [1, 1, 2, 4, np.nan])
    assert [entry.median for entry in frontier([*points, point(2e-6, 9.0)])] == [1e-7, 1e-6, 1e-5, 1e-4]
    assert np.isnan(seconds_at([point(np.inf, 1.0)])).all()


def test_an_error_is_relative_to_the_amount_and_a_failure_is_no_number() -> None:
    truth = np.full((3, 2, 1), 9.0)
    values = truth + np.array([1e-3, 2e-3, np.nan])[:, None, None]
    found = errors(values, truth, np.array([1.0]))
    np.testing.assert_allclose(found.patients, [1e-4, 2e-4, np.inf])
    assert (found.failures, found.median) == (1, pytest.approx(2e-4))


def test_settings_raced_are_the_frontier_around_the_window() -> None:
    points = [point(10.0**-k, float(k), 10.0**-k) for k in range(1, 10)] + [point(1e-5, 99.0, 1e-12)]
    pairs = chosen(points)
    kept = [rtol for rtol, _ in pairs]
    assert kept == sorted(kept, reverse=True)
    assert min(kept) < WINDOW[0] < WINDOW[1] < max(kept)
    assert 1e-12 not in kept


def test_a_course_is_cut_at_its_doses() -> None:
    cut = legs(Doses("x", np.array([1.0]), 1.0), np.array([0.0, 1.0, 2.0]))
    assert [leg.times.tolist() for leg in cut] == [[0, 1], [1, 2]]
    assert [(leg.first, leg.wanted.tolist(), leg.dosed) for leg in cut] == [
        (0, [0], True),
        (1, [0, 1], False),
    ]


def test_small_words() -> None:
    assert (short(1234.5), short(0.01234), short(51.2)) == ("1,200", "0.012", "51")
    assert plain("a*x**2 + y**n") == "a * (x * x) + y ** n"


@pytest.fixture(scope="module")
def small() -> tuple[Case, np.ndarray, np.ndarray]:
    case = models.load("kimmel2021")
    parameters = case.patients(1, 1)
    return case, parameters, solve_one(case, parameters[:, 0])[None]


def test_the_engine_agrees_with_the_reference(small: tuple[Case, np.ndarray, np.ndarray]) -> None:
    case, parameters, truth = small
    engine = Ours(case)
    engine.tolerate(1e-7, 1e-5)
    assert errors(engine.run(parameters)[0], truth, case.scales).median < 1e-5


@pytest.mark.parametrize("name", peers.IDS)
def test_a_peer_agrees_with_the_reference(name: str, small: tuple[Case, np.ndarray, np.ndarray]) -> None:
    if reason := peers.missing(name):
        pytest.skip(reason)
    if name == "diffrax":
        pytest.skip("compiling with JAX takes too long for a test; bench.run compares it")
    case, parameters, truth = small
    solver = peers.load(name).build(case)
    solver.tolerate(1e-8, 1e-7)
    values, seconds = solver.run(parameters)
    assert errors(values, truth, case.scales).median < 2e-5
    assert seconds > 0


@pytest.mark.parametrize("name", models.IDS)
def test_every_model_has_patients_scales_and_a_start(name: str) -> None:
    case = models.load(name)
    parameters = case.patients(2, 1)
    assert np.all(case.scales > 0)
    assert np.isfinite(starts(case.mechanism, parameters)).all()
    assert np.array_equal(parameters[:, :1], case.patients(1, 1))
    assert case.doses.species in case.species


def test_a_document_is_written_from_results(small: tuple[Case, np.ndarray, np.ndarray]) -> None:
    case, parameters, _ = small
    points = [point(1e-3, 1.0), point(1e-7, 2.0, 1e-8)]
    times = [[1.0, 2.0], [1.0, 2.0]]
    entrants = [
        Entrant("ours", "Nonself", Ours(case), 0.1, parameters, [], points, times, 2),
        Entrant("sundae", "Slow", Ours(case), 0.1, parameters, [], points, [[3.0, 6.0]], 1),
    ]
    race = Race(case, entrants, {"Absent": "not installed: absent"}, 1e-9, 1, (0.1, 0.001), [1.0, 2.0])
    written = text(Results("python -m bench.run", "2026-01-01", machine.describe(), [race]), None)
    assert "| 1.0e-5 | 0.707 | 3.0 (3.0 to 3.0) |" in written
    assert "Absent is missing: not installed: absent." in written


def test_the_written_document_holds_every_model_and_target() -> None:
    written = DOCUMENT.read_text("utf-8")
    assert [name for name in models.IDS if f"### {name}" not in written] == []
    assert re.search(r"python -m bench\.run .*--write docs/performance\.md", written)
    assert all(f"| {target:.1e} |".replace("e-0", "e-") in written for target in TARGETS)
    plots = re.findall(r"\]\((performance/\w+\.svg)\)", written)
    assert len(plots) == len(models.IDS)
    assert all((DOCUMENT.parent / plot).exists() for plot in plots)


def test_the_reference_is_kept(small: tuple[Case, np.ndarray, np.ndarray], tmp_path: Path) -> None:
    case, parameters, truth = small
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bench.reference.CACHE", tmp_path)
        first = reference(case, parameters)
        assert len(list(tmp_path.rglob("*.npy"))) == 1
        assert np.array_equal(first, reference(case, parameters))
    assert np.array_equal(first, truth)
