"""Endpoints against courses whose answer is known in closed form."""

import numpy as np
import pytest

from nonself.analysis.endpoints import area, crossing, extremum, value_at
from nonself.errors import InputError

TIMES = np.arange(-2.0, 11.0)
LINE = (TIMES[None, :] * np.array([[1.0], [2.0]])).copy()
GROWTH = 0.01 * np.exp(0.7 * TIMES)[None, :]


def test_value_at_a_readout_and_between_two():
    assert value_at(TIMES, LINE, 3.0).tolist() == [3.0, 6.0]
    assert value_at(TIMES, LINE, 3.25) == pytest.approx([3.25, 6.5])
    assert value_at(TIMES, GROWTH, 3.25, log=True) == pytest.approx([0.01 * np.exp(0.7 * 3.25)])


def test_extremum_gives_the_first_time_of_the_value_inside_the_window():
    values = np.array([[5.0, 1.0, 3.0, 1.0], [1.0, 2.0, 9.0, 9.0]])
    lows, when = extremum(np.arange(4.0), values, "min", 0.0, 3.0)
    assert (lows.tolist(), when.tolist()) == ([1.0, 1.0], [1.0, 0.0])
    highs, when = extremum(np.arange(4.0), values, "max", 1.0, 3.0)
    assert (highs.tolist(), when.tolist()) == ([3.0, 9.0], [2.0, 2.0])


def test_area_of_a_line():
    assert area(TIMES, LINE, 0.0, 10.0) == pytest.approx([50.0, 100.0])


def test_crossing_is_located_by_interpolation_and_counts_from_the_start():
    found = crossing(TIMES, LINE, "above", 4.5, 0.0)
    assert found.time == pytest.approx([4.5, 2.25])
    assert found.happened.all()
    assert crossing(TIMES, LINE, "above", 4.5, 1.0).time == pytest.approx([3.5, 1.25])
    assert crossing(TIMES, LINE, "above", 4.5, np.array([0.0, 1.0])).time == pytest.approx([4.5, 1.25])


def test_crossing_on_a_logarithmic_axis_is_exact_for_an_exponential():
    found = crossing(TIMES, GROWTH, "above", 0.1, 0.0, log=True)
    assert found.time == pytest.approx([np.log(10) / 0.7])


def test_crossing_below():
    assert crossing(TIMES, -LINE, "below", -4.5, 0.0).time == pytest.approx([4.5, 2.25])


def test_no_crossing_is_followed_to_the_end_and_touching_is_not_crossing():
    found = crossing(TIMES, LINE, "above", 10.0, 0.0)
    assert found.happened.tolist() == [False, True]
    assert found.time.tolist() == [10.0, 5.0]
    assert not crossing(TIMES, np.full((1, TIMES.size), 1.0), "above", 1.0, 0.0).happened[0]


def test_beyond_at_the_start_crosses_at_zero():
    falling = -LINE
    assert crossing(TIMES, falling, "above", -100.0, 0.0).time.tolist() == [0.0, 0.0]
    assert crossing(TIMES, falling, "above", -100.0, 0.5).time.tolist() == [0.0, 0.0]
    assert crossing(TIMES, falling, "above", -100.0, -2.0).time.tolist() == [0.0, 0.0]


def test_a_crossing_before_watching_began_that_did_not_last_does_not_count():
    course = np.array([[9.0, 0.0, 0.0, 9.0]])
    found = crossing(np.arange(4.0), course, "above", 4.5, 1.0)
    assert found.time == pytest.approx([1.5])


def test_a_start_between_readouts_never_gives_a_time_before_it():
    course = np.array([[0.0, 10.0, 10.0]])
    assert crossing(np.arange(3.0), course, "above", 1.0, 0.6).time.tolist() == [0.0]


def test_a_crossing_must_last_for_the_visits_asked():
    course = np.array([[0.0, 2.0, 0.0, 2.0, 2.0, 0.0], [0.0, 0.0, 0.0, 0.0, 0.0, 2.0]])
    times = np.arange(6.0)
    assert crossing(times, course, "above", 1.0, 0.0, visits=1).time == pytest.approx([0.5, 4.5])
    twice = crossing(times, course, "above", 1.0, 0.0, visits=2)
    assert twice.happened.tolist() == [True, False]
    assert twice.time == pytest.approx([2.5, 5.0])
    assert not crossing(times, course, "above", 1.0, 0.0, visits=3).happened.any()


def test_what_cannot_be_answered_is_refused():
    with pytest.raises(InputError, match="outside the readouts"):
        value_at(TIMES, LINE, 11.0)
    with pytest.raises(InputError, match="no readout lies between"):
        extremum(TIMES, LINE, "min", 3.2, 3.8)
    with pytest.raises(InputError, match="fewer than two"):
        area(TIMES, LINE, 3.0, 3.5)
    with pytest.raises(InputError, match="where watching begins"):
        crossing(TIMES, LINE, "above", 1.0, 99.0)
    with pytest.raises(InputError, match="not positive"):
        value_at(TIMES, LINE, 0.5, log=True)


def test_a_crossing_from_or_to_zero_on_a_logarithmic_axis_is_the_limit_of_ever_smaller_values():
    for nothing in (0.0, -1e-12):
        course = np.array([[nothing, 1.0, nothing]])
        assert crossing(np.arange(3.0), course, "above", 0.1, 0.0, log=True).time.tolist() == [1.0]
        assert crossing(np.arange(3.0), course, "below", 0.1, 0.5, log=True).time.tolist() == [0.5]
    close = np.array([[1e-300, 1.0]])
    assert crossing(np.arange(2.0), close, "above", 0.1, 0.0, log=True).time == pytest.approx([1.0], abs=0.01)
