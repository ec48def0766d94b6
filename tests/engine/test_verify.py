"""Verifying a sample: what an error estimate was blind to is found, what is right is left alone, whoever is asked."""

from __future__ import annotations

import functools
from dataclasses import replace

import numpy as np
import pytest

from nonself.codegen.build import build
from nonself.codegen.program import Program
from nonself.engine import verify as module
from nonself.engine.loop import solve
from nonself.engine.problem import Action, Problem, parameter_table
from nonself.engine.result import Outcomes, Status
from nonself.engine.sizes import parameters_over, sizes
from nonself.engine.verify import Verified, allowed, sample, verify
from nonself.model.compose import compose
from nonself.model.parts import Mechanism, Observable, Parameter, Reaction, Species
from nonself.provenance import assumed
from tests.models import program

WHY = assumed("a test model")
PATIENTS, RTOL, END = 20, 1e-4, 10.0
CENTERS = np.linspace(3.0, 7.0, PATIENTS)
GRID = np.linspace(0.0, END, 41)


@functools.cache
def pulse() -> Program:
    """y decays; a clock c moves through a pulse that adds 1 to y, whatever its width."""
    values = {"speed": 1.0, "area": 1.0, "center": 5.0, "width": 1.0, "loss": 0.1}
    mechanism = Mechanism(
        "pulse",
        "pulse",
        (),
        species=(Species("c", 0.0, "1", WHY), Species("y", 1.0, "1", WHY)),
        parameters=tuple(Parameter(name, value, "1", WHY) for name, value in values.items()),
        reactions=(
            Reaction("tick", "speed", {"c": 1}),
            Reaction("death", "loss*y", {"y": -1}),
            Reaction("shot", "area/(1.7724538509*width)*exp(-((c - center)/width)**2)", {"y": 1}),
        ),
        observables=(Observable("seen", "100*y/(y + 1000)", "percent", log_axis=True),),
    )
    return build(compose([mechanism], id="pulse", time_unit="day"), use_cache=False)


def pulsed(width: float, rtol: float = RTOL) -> Problem:
    built = pulse()
    columns = {"center": CENTERS, "width": np.full(PATIENTS, width)}
    names = tuple(f"p{k:02d}" for k in range(PATIENTS))
    return Problem(built, names, parameter_table(built, PATIENTS, columns), END, GRID, rtol=rtol)


def is_missed(outcomes: Outcomes) -> np.ndarray:
    """Who ends as if there had been no pulse: exp(-1) without, with it exp(-1) + exp(-(10 - center)/10) or so."""
    return np.asarray(outcomes.of("y")[:, -1] < np.exp(-1.0) + 0.25)


def run(problem: Problem, **options: int) -> tuple[Outcomes, Outcomes, Verified]:
    plain = solve(problem)
    return plain, *verify(problem, plain, sample(problem.patients, 1), **options)


def test_a_pulse_that_is_stepped_over_is_flagged() -> None:
    plain, marked, found = run(pulsed(0.05))
    missed = is_missed(plain)
    assert missed.sum() >= PATIENTS // 2
    assert plain.finished.all()
    assert (marked.status == int(Status.INACCURATE))[missed].all()
    assert found.largest > 0.3
    assert found.inaccurate == len(marked.failures) == (~marked.finished).sum()


def test_a_wide_pulse_is_not_flagged() -> None:
    plain, marked, found = run(pulsed(2.0))
    assert not is_missed(plain).any()
    assert marked.finished.all()
    assert found.rows.size == PATIENTS
    assert 0 < found.largest < allowed(RTOL)
    assert marked.values.tobytes() == plain.values.tobytes()


def test_a_tenth_of_the_tolerance_sees_what_the_tolerance_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the stops, a pulse as wide as a step: some patients are seen to be wrong, others are not."""
    monkeypatch.setattr(module, "STOPS", 1)
    plain, marked, _ = run(pulsed(0.2))
    missed = is_missed(plain)
    wrong = marked.status == int(Status.INACCURATE)
    assert 0 < (missed & wrong).sum() < missed.sum()


def test_the_stops_see_what_a_tenth_of_the_tolerance_does_not() -> None:
    for width in (0.2, 0.05, 0.01, 0.005):
        plain, marked, _ = run(pulsed(width))
        missed = is_missed(plain)
        assert missed.any()
        assert (marked.status == int(Status.INACCURATE))[missed].all()


def test_planted_breach_a_pulse_far_shorter_than_the_stops_lie_apart_is_not_seen() -> None:
    """The stated limit: END/200 is 0.05, and a pulse a five-hundredth of that wide escapes both runs."""
    plain, marked, found = run(pulsed(1e-4))
    assert is_missed(plain).mean() > 0.8
    assert marked.finished.mean() > 0.8
    assert found.inaccurate < PATIENTS // 5


def test_a_lower_tolerance_mends_who_is_inaccurate() -> None:
    assert run(pulsed(0.3, 1e-3))[2].inaccurate
    assert not run(pulsed(0.3, 1e-8))[2].inaccurate


def test_who_is_inaccurate_has_a_sentence_and_no_values_from_there_on() -> None:
    plain, marked, found = run(pulsed(0.05))
    one = next(failure for failure in marked.failures if is_missed(plain)[failure.index])
    when = int(np.flatnonzero(np.isnan(marked.values[one.index]).any(axis=1))[0])
    assert one.time == GRID[when]
    assert abs(one.time - CENTERS[one.index]) < 1.0
    assert marked.values[one.index, :when].tobytes() == plain.values[one.index, :when].tobytes()
    assert np.isnan(marked.values[one.index, when:]).all()
    assert one.status is Status.INACCURATE
    for word in (one.patient, "t = ", "day", "y = ", "where 0.01 is allowed", "Lower rtol", "a tenth"):
        assert word in one.sentence
    assert [failure.index for failure in marked.failures] == sorted(f.index for f in marked.failures)
    assert found.rtol == pytest.approx(1e-5)


def test_only_the_observables_kept_are_compared() -> None:
    problem = pulsed(0.05)
    blind, marked = solve(problem, keep=("c",)), solve(problem, keep=("c", "seen"))
    assert verify(problem, blind, sample(problem.patients, 1))[1].inaccurate == 0
    found = verify(problem, marked, sample(problem.patients, 1))
    assert found[1].inaccurate > 0
    assert found[0].failures[0].species == "seen"


def test_models_that_are_integrated_well_are_left_alone() -> None:
    for name, doses in (("robertson", ()), ("dosed", (Action(1.0, "add", "drug", 3.0),)), ("driven", ())):
        for rtol in (1e-3, 1e-6, 1e-9):
            built = program(name)
            problem = Problem(
                built, ("a",), parameter_table(built, 1), END, GRID, doses, rtol=rtol, readout="before"
            )
            _, marked, found = run(problem)
            assert marked.finished.all()
            assert found.largest < 0.2 * allowed(rtol)


def test_the_sample_is_two_in_a_hundred_and_at_least_twenty() -> None:
    sizes_of = {1: 1, 19: 19, 20: 20, 21: 20, 1000: 20, 1001: 21, 10_000: 200}
    for count, expected in sizes_of.items():
        rows = sample([f"v{k:05d}" for k in range(count)], 1)
        assert rows.size == expected
        assert np.all(np.diff(rows) > 0)


def test_who_is_in_the_sample_does_not_depend_on_the_order() -> None:
    names = np.array([f"v{k:05d}" for k in range(500)])
    first = set(names[sample(names.tolist(), 1)])
    turned = names[np.random.default_rng(0).permutation(500)]
    assert set(turned[sample(turned.tolist(), 1)]) == first
    assert set(names[sample(names.tolist(), 2)]) != first


def test_planted_breach_a_sample_by_row_depends_on_the_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "uniforms", lambda seed, purpose, patients: np.arange(len(patients)))
    with pytest.raises(AssertionError):
        test_who_is_in_the_sample_does_not_depend_on_the_order()


def test_order_workers_and_chunks_change_no_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = pulsed(0.1)
    _, marked, found = run(problem)
    monkeypatch.setattr(module, "CHUNK", 3)
    monkeypatch.setattr(module, "NUMBERS", 7 * GRID.size * 8)
    _, again, same = run(problem, workers=2)
    assert again.values.tobytes() == marked.values.tobytes()
    assert [f.sentence for f in again.failures] == [f.sentence for f in marked.failures]
    assert same.differences.tobytes() == found.differences.tobytes()
    order = np.random.default_rng(1).permutation(PATIENTS)
    _, turned, other = run(problem.part(order))
    assert turned.status.tolist() == marked.status[order].tolist()
    assert other.differences.tobytes() == found.differences[order].tobytes()


def test_who_did_not_finish_is_not_verified_and_keeps_the_record() -> None:
    built = program("growth")
    table = parameter_table(built, 3, {"r": np.array([0.01, 1.0, 0.01])})
    _, marked, found = run(Problem(built, ("a", "b", "c"), table, 50.0, np.linspace(0.0, 50.0, 11)))
    assert found.rows.tolist() == [0, 2]
    assert marked.status.tolist() == [Status.FINISHED, Status.STEP_TOO_SMALL, Status.FINISHED]
    nobody = Problem(built, ("b",), table[:, [1]], 50.0, np.array([50.0]))
    assert run(nobody)[2].largest == 0.0


def test_a_second_run_that_does_not_finish_is_a_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BUDGET", 0)
    _, marked, found = run(pulsed(2.0))
    assert np.isinf(found.largest)
    assert not marked.finished.any()
    assert "Then it does not finish: The number of steps" in marked.failures[0].sentence


def test_own_readouts_horizons_and_actions_of_each_patient_are_kept() -> None:
    ends = np.linspace(5.0, 10.0, PATIENTS)
    problem = replace(
        pulsed(0.05),
        horizon=ends,
        outputs=np.linspace(0.0, 1.0, 11)[:, None] * ends,
        actions=(Action(ends / 2, "set", "loss", np.linspace(0.1, 0.3, PATIENTS)),),
    )
    plain, marked, found = run(problem)
    for row in (0, 7, 19):
        alone = problem.part(np.array([row]))
        assert solve(alone).values.tobytes() == plain.values[[row]].tobytes()
        assert run(alone)[2].differences[0] == found.differences[row]
    assert not marked.finished.all()


def test_allowed_is_a_hundred_times_the_tolerance_between_a_thousandth_and_a_tenth() -> None:
    assert [allowed(rtol) for rtol in (1e-9, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2)] == pytest.approx(
        [1e-3, 1e-3, 1e-3, 1e-2, 0.1, 0.1]
    )


def _dosed() -> Problem:
    built = program("dosed")
    times = np.array([0.0, 1.0, 2.0, 3.0])
    switches = (Action(2.0, "set", "kill", 0.5), Action(np.array([1.0, np.nan]), "set", "kill", 0.0))
    table = parameter_table(built, 2, {"base": np.array([5.0, 7.0])})
    return Problem(built, ("a", "b"), table, 3.0, times, switches)


def test_parameters_follow_the_switches_in_order_of_time() -> None:
    problem = _dosed()
    row = problem.program.parameters.index("kill")
    assert parameters_over(problem, problem.outputs)[row].tolist() == [
        [1.0, 0.0, 0.5, 0.5],
        [1.0, 1.0, 0.5, 0.5],
    ]
    own = np.array([[0.5, 2.5], [1.5, 3.0]])
    assert parameters_over(problem, own)[row].tolist() == [[1.0, 0.0], [0.5, 0.5]]


def test_an_observable_is_as_large_as_what_its_species_add_up_to() -> None:
    """log10(cells/base) is 0 when nothing is wrong: its size is that of a relative change in cells, 1/ln(10)."""
    problem = _dosed()
    outcomes = solve(problem)
    found = sizes(problem, outcomes.values)
    assert found.shape == outcomes.values.shape
    assert abs(outcomes.of("ratio")[0, 0]) < 1e-12
    assert found[0, 0, -1] == pytest.approx(1 / np.log(10), rel=1e-4)
    species = outcomes.values[:, :, :3]
    assert np.array_equal(found[:, :, :3], np.maximum(np.abs(species), problem.program.scales))


def test_planted_breach_a_difference_relative_to_the_value_alone_flags_what_is_right(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Far below its scale a species is not controlled, and does not matter."""
    built = program("decay")
    problem = Problem(built, ("a",), parameter_table(built, 1), 60.0, np.linspace(0.0, 60.0, 13))
    assert run(problem)[2].inaccurate == 0
    monkeypatch.setattr(module, "sizes", lambda problem, values: np.abs(values))
    assert run(problem)[2].inaccurate == 1
