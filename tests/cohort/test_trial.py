"""Trials on a model whose answer is known: dy/dt = -k y, with k switched off by the treatment's stop."""

from dataclasses import replace

import numpy as np
import pytest

from nonself.codegen.build import build
from nonself.cohort.population import Cohort
from nonself.cohort.regimen import Hold
from nonself.cohort.trial import Arm, Schedule, problems, run_trial
from nonself.engine.loop import solve
from nonself.engine.problem import Problem
from nonself.engine.result import Outcomes, Status
from nonself.engine.verify import Verified, verify
from nonself.errors import InputError, UnknownName
from nonself.model.compose import compose
from nonself.model.parts import Mechanism, Parameter, Reaction, Species
from nonself.provenance import assumed

WHY = assumed("for the test")
DECAY = Mechanism(
    "decay",
    "Decay",
    (),
    species=(Species("y", 1.0, "1", WHY, scale=1e-6),),
    parameters=(Parameter("k", 1.0, "1/day", WHY),),
    reactions=(Reaction("loss", "k*y", {"y": -1}),),
)
RATES, ZERO = np.array([0.1, 0.2, 0.4]), np.array([5.0, 6.0, 8.0])
GRID = np.linspace(-5.0, 4.0, 37)


@pytest.fixture(scope="module")
def program():
    return build(compose([DECAY], id="decay", time_unit="day"))


def _cohort(rates=RATES) -> Cohort:
    return Cohort("c", tuple("abc"), ("", "", ""), {"k": np.array(rates)}, {"stop": ZERO})


def _run(program, cohort, arms, workers=1):
    schedule = Schedule(ZERO, GRID, 4.0)
    return run_trial(
        program,
        cohort,
        arms,
        schedule,
        observables=["y"],
        rtol=1e-8,
        solve=solve,
        courses=True,
        workers=workers,
    )


STOP, GO_ON = Arm("stop", (Hold({"k": 0.0}, stop=ZERO),)), Arm("go on", (Hold({"k": 0.0}),))


def test_courses_lie_around_each_patients_own_zero(program):
    trial = _run(program, _cohort(), [STOP, GO_ON])
    stopped, went_on = (arm.of("y") for arm in trial.arms)
    since_start = ZERO[:, None] + GRID
    assert went_on == pytest.approx(np.exp(-RATES[:, None] * since_start), rel=1e-6)
    assert stopped == pytest.approx(
        np.exp(-RATES[:, None] * np.minimum(since_start, ZERO[:, None])), rel=1e-6
    )
    assert all(arm.finished.all() for arm in trial.arms)


def test_arms_are_bit_identical_until_they_differ(program):
    stopped, went_on = (arm.of("y") for arm in _run(program, _cohort(), [STOP, GO_ON]).arms)
    before = GRID <= 0
    assert np.array_equal(stopped[:, before], went_on[:, before])
    assert not np.any(stopped[:, ~before] == went_on[:, ~before])


def test_a_patient_that_fails_is_counted_and_harms_nobody(program):
    healthy = _run(program, _cohort(), [GO_ON]).arms[0]
    broken = _run(program, _cohort([0.1, np.nan, 0.4]), [GO_ON]).arms[0]
    assert broken.finished.tolist() == [True, False, True]
    assert [failure.patient for failure in broken.failures] == ["b"]
    assert np.array_equal(broken.values[[0, 2]], healthy.values[[0, 2]])


def test_progress_counts_over_all_arms(program):
    seen: list[int] = []
    schedule = Schedule(ZERO, GRID, 4.0)
    arms = [STOP, GO_ON]
    run_trial(
        program, _cohort(), arms, schedule, observables=["y"], rtol=1e-6, solve=solve, progress=seen.append
    )
    assert seen == sorted(seen)
    assert seen[-1] == 6


def test_readouts_before_the_start_and_unknown_observables_are_refused(program):
    with pytest.raises(InputError, match="patient 'a' in cohort 'c' would lie 1 before"):
        run_trial(
            program,
            _cohort(),
            [GO_ON],
            Schedule(ZERO, GRID - 1.0, 3.0),
            observables=["y"],
            rtol=1e-6,
            solve=solve,
        )
    with pytest.raises(UnknownName):
        _run(program, _cohort(), [GO_ON]).arms[0].of("z")


def test_the_problems_of_arms_are_those_that_are_run(program):
    arms = [STOP, GO_ON]
    trial = _run(program, _cohort(), arms)
    alone = [solve(one) for one in problems(program, _cohort(), arms, Schedule(ZERO, GRID, 4.0), 1e-8, 3)]
    assert [one.of("y").tobytes() for one in alone] == [arm.of("y").tobytes() for arm in trial.arms]
    assert problems(program, _cohort(), arms, Schedule(ZERO, GRID, 4.0), 1e-8, 3)[0].seed == 3


def test_what_was_integrated_is_verified_arm_by_arm_if_asked(program):
    schedule = Schedule(ZERO, GRID, 4.0)
    trial = run_trial(
        program,
        _cohort(),
        [STOP, GO_ON],
        schedule,
        observables=["y"],
        rtol=1e-8,
        solve=solve,
        check=verify,
        seed=1,
        courses=True,
    )
    plain = _run(program, _cohort(), [STOP, GO_ON])
    for arm, other in zip(trial.arms, plain.arms, strict=True):
        assert other.verified is None
        assert arm.verified is not None
        assert arm.verified.rows.tolist() == [0, 1, 2]
        assert 0 < arm.verified.largest < 1e-6
        assert arm.values.tobytes() == other.values.tobytes()


def test_who_is_found_inaccurate_counts_as_a_failure(program):
    def suspicious(
        problem: Problem, outcomes: Outcomes, rows: np.ndarray, *, workers: int = 1
    ) -> tuple[Outcomes, Verified]:
        status = np.where(np.arange(3) == 1, int(Status.INACCURATE), outcomes.status)
        return replace(outcomes, status=status), Verified(np.arange(3), np.array([0.0, 1.0, 0.0]), 0.5, 1e-9)

    schedule = Schedule(ZERO, GRID, 4.0)
    (arm,) = run_trial(
        program, _cohort(), [GO_ON], schedule, observables=["y"], rtol=1e-8, solve=solve, check=suspicious
    ).arms
    assert arm.finished.tolist() == [True, False, True]
    assert arm.verified is not None
    assert (arm.verified.inaccurate, arm.verified.largest) == (1, 1.0)
