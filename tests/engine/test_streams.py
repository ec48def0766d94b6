"""Random numbers depend on who and what for, never on how many others there are or in which order."""

import numpy as np
import pytest
from scipy import stats

from nonself.engine.streams import normals, philox, uniforms

KNOWN = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]


@pytest.mark.parametrize(("counter", "key", "expected"), KNOWN)
def test_philox_gives_the_known_answers_of_random123(counter, key, expected):
    words = philox(np.array(counter, dtype=np.uint32)[:, None], key)
    assert tuple(int(word) for word in words[:, 0]) == expected


def test_philox_of_many_counters_equals_philox_of_each():
    counters = np.arange(4 * 37, dtype=np.uint32).reshape(4, 37) * np.uint32(2654435761)
    together = philox(counters, (7, 9))
    for column in range(37):
        assert np.array_equal(together[:, column], philox(counters[:, column : column + 1], (7, 9))[:, 0])


@pytest.mark.parametrize("draw", [uniforms, normals])
def test_adding_or_reordering_patients_changes_nobodys_draw(draw):
    patients = [f"v{number:05d}" for number in range(1, 1001)]
    whole = dict(zip(patients, draw(3, "test", patients), strict=True))
    for subset in (patients[:1], patients[:7], patients[::-1], patients[500:517], patients[::3]):
        for patient, value in zip(subset, draw(3, "test", subset), strict=True):
            assert value == whole[patient]


def test_seed_purpose_draw_and_replicate_each_give_other_numbers():
    patients = ["a", "b"]
    base = uniforms(1, "x", patients)
    for other in (
        uniforms(2, "x", patients),
        uniforms(1, "y", patients),
        uniforms(1, "x", patients, draw=1),
        uniforms(1, "x", patients, replicate=1),
    ):
        assert not np.any(base == other)


def test_numbers_stay_those_of_the_first_release():
    assert uniforms(1, "x", ["a", "b"]).tolist() == [0.43271721155097764, 0.25592167496210194]
    assert normals(1, "x", ["a"])[0] == pytest.approx(-0.16946052072616608, rel=1e-14)


def test_uniforms_lie_inside_the_open_interval_and_are_uniform_and_independent():
    patients = [f"p{number}" for number in range(20_000)]
    first, second = uniforms(11, "first", patients), uniforms(11, "second", patients)
    assert first.min() > 0
    assert first.max() < 1
    assert stats.kstest(first, "uniform").pvalue > 1e-3
    assert stats.kstest(normals(11, "third", patients), "norm").pvalue > 1e-3
    assert abs(np.corrcoef(first, second)[0, 1]) < 4 / np.sqrt(20_000)


def test_no_patients_give_no_numbers():
    assert uniforms(1, "x", []).shape == (0,)
