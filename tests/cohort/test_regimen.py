"""Regimens become actions, patient by patient; plans that make no sense are refused."""

import numpy as np
import pytest

from nonself.cohort.population import Cohort
from nonself.cohort.regimen import Doses, Hold, Setting, actions
from nonself.cohort.trial import with_shared_stops
from nonself.engine.problem import Action
from nonself.errors import InputError, UnknownName

COHORT = Cohort(
    "real",
    ("1", "2"),
    ("", ""),
    {"TKI": np.array([13.9, 1.95])},
    {"CessT": np.array([85.9, 85.7])},
)
DEFAULTS = {"TKI": 2.0, "m": 1e-4}


def _plain(action: Action) -> tuple:
    return action.kind, action.target, np.asarray(action.time).tolist(), np.asarray(action.value).tolist()


def test_a_held_treatment_that_is_never_stopped_needs_no_action():
    assert actions([Hold({"TKI": 0.0})], COHORT, DEFAULTS) == ()


def test_a_held_treatment_stops_at_each_patients_own_time():
    (stop,) = actions([Hold({"TKI": 0.0}, stop=COHORT.number("CessT"))], COHORT, DEFAULTS)
    assert _plain(stop) == ("set", "TKI", [85.9, 85.7], 0.0)


def test_a_held_treatment_that_starts_later_is_off_until_then_and_comes_back_with_the_patients_own_value():
    off, on, stop = actions([Hold({"TKI": 0.0}, start=12.0, stop=24.0)], COHORT, DEFAULTS)
    assert _plain(off) == ("set", "TKI", 0.0, 0.0)
    assert _plain(on) == ("set", "TKI", 12.0, [13.9, 1.95])
    assert _plain(stop) == ("set", "TKI", 24.0, 0.0)


def test_who_starts_at_once_has_no_start():
    off, on = actions([Hold({"TKI": 0.0}, start=np.array([0.0, 6.0]))], COHORT, DEFAULTS)
    assert np.isnan(off.time[0])
    assert off.time[1] == 0.0
    assert np.isnan(on.time[0])
    assert on.time[1] == 6.0


def test_doses_and_settings():
    found = actions([Doses("C1", 180.0, (0.0, 21.0, 21.0)), Setting("m", 0.0, 5.0)], COHORT, DEFAULTS)
    assert [_plain(part) for part in found] == [
        ("add", "C1", 0.0, 180.0),
        ("add", "C1", 21.0, 180.0),
        ("add", "C1", 21.0, 180.0),
        ("set", "m", 5.0, 0.0),
    ]


@pytest.mark.parametrize(
    ("item", "words"),
    [
        (Doses("C1", -1.0, (0.0,)), "a dose of -1"),
        (Doses("C1", np.nan, (0.0,)), "a dose of nan"),
        (Doses("C1", 1.0, ()), "have no times"),
        (Doses("C1", 1.0, (3.0, 1.0)), "decrease from 3 to 1"),
        (Doses("C1", 1.0, (-1.0,)), "before the model's start"),
        (Setting("m", 1.0, -1.0), "setting 'm' of patient '1' lies before"),
        (Hold({"TKI": 0.0}, start=10.0, stop=np.array([12.0, 9.0])), "patient '2' stops before it starts"),
        (Hold({"TKI": 0.0}, stop=np.array([12.0, np.nan])), "the stop of the treatment of patient '2'"),
    ],
)
def test_plans_that_make_no_sense_are_refused(item, words):
    with pytest.raises(InputError, match=words):
        actions([item], COHORT, DEFAULTS)


def test_unknown_parameters_are_refused():
    for item in (Setting("k", 1.0, 0.0), Hold({"TKJ": 0.0}, start=1.0)):
        with pytest.raises(UnknownName):
            actions([item], COHORT, DEFAULTS)


def test_every_arm_gets_a_stop_wherever_any_arm_has_one():
    stop = np.array([85.9, 85.7])
    plans = [
        (Action(stop, "set", "TKI", 0.0),),
        (),
        (Action(12.0, "add", "Y", 5.0), Action(stop.copy(), "set", "m", 0.0)),
    ]
    first, second, third = with_shared_stops(plans)
    assert [_plain(part) for part in first] == [("set", "TKI", [85.9, 85.7], 0.0), ("pause", "", 12.0, 0.0)]
    assert [_plain(part) for part in second] == [("pause", "", [85.9, 85.7], 0.0), ("pause", "", 12.0, 0.0)]
    assert third == plans[2]
