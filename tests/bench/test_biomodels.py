"""The race on BioModels: its section of the document, its choice of settings, and a race on two files at hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from bench.biomodels_cohort import Cohort, Engine, Rival
from bench.biomodels_pages import text
from bench.biomodels_race import Entry, pick
from bench.curve import Point
from bench.reference import errors
from tests.formats.biomodels import FOLDER, RTOL, UNSEEN, apart, files, ours

from bench import peers, section

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
DOCUMENT = Path(__file__).parents[2] / "docs" / "performance.md"
PLAIN = f"# Performance\n\nRaces.\n\n{section.BEFORE}\n- Much.\n"
at_hand = pytest.mark.skipif(not FOLDER.is_dir(), reason="the BioModels are not at hand")


def point(error: float, seconds: float, failures: int = 0) -> Point:
    return Point(1e-4, 1e-4, error, error, failures, seconds)


def entry(name: str, *rates: tuple[float, float], reason: str = "") -> Entry:
    return Entry(name, 3, 1, 5, point(1e-6, 1e-4), point(1e-6, 1e-3), (256, 64), 100.0, rates, reason)


def test_the_section_is_put_replaced_and_kept() -> None:
    once = section.put(PLAIN, "## Ratios\n\nfirst")
    assert once.index("first") < once.index(section.BEFORE)
    twice = section.put(once, "## Ratios\n\nsecond")
    assert "first" not in twice
    assert section.found(twice) == "## Ratios\n\nsecond"
    assert section.put(twice, "## Ratios\n\nfirst") == once
    rewritten = section.carried(twice, PLAIN.replace("Races", "Other races"))
    assert "Other races" in rewritten
    assert section.found(rewritten) == "## Ratios\n\nsecond"
    assert section.carried("", PLAIN) == PLAIN
    assert section.carried(PLAIN, PLAIN) == PLAIN


@pytest.mark.parametrize("broken", [section.BEGIN, section.END, f"{section.END}\n{section.BEGIN}"])
def test_a_section_with_broken_marks_is_not_guessed(broken: str) -> None:
    with pytest.raises(ValueError, match="once each"):
        section.put(f"{PLAIN}{broken}\n", "x")


def test_bench_run_keeps_the_section(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from bench import run

    path = tmp_path / "performance.md"
    path.write_text(section.put(PLAIN, "## Ratios\n\nkept"), encoding="utf-8")
    monkeypatch.setattr(run, "run", lambda *_: type("Found", (), {"races": [], "seconds": 1.0})())
    monkeypatch.setattr(run.document, "text", lambda *_: PLAIN.replace("Races", "New races"))
    run.main(["--write", str(path)])
    written = path.read_text("utf-8")
    assert "New races" in written
    assert section.found(written) == "## Ratios\n\nkept"


def test_the_fastest_setting_exact_enough_is_raced() -> None:
    exact, enough, loose = point(1e-6, 2.0), point(8e-6, 1.0), point(1e-3, 0.1)
    assert pick([exact, enough, loose]) is enough
    assert pick([exact, replace(enough, failures=1), loose]) is exact
    assert pick([loose, point(1e-2, 0.01)]) is loose


def test_a_model_on_which_we_are_behind_is_named() -> None:
    ahead = [entry(f"A{k}", (k * 10.0, 1.0), (k * 10.0, 1.0)) for k in range(1, 8)]
    told = text(ahead, "python -m bench.biomodels", "2026-01-01", 60.0, 1.0)
    assert "ahead on every model raced, in every round" in told
    assert "median is **40**, its quartiles 25 and 55" in told
    slow, missing = entry("SLOW", (1.0, 2.0)), Entry("MISSING", reason="it cannot run")
    shaky = entry("SHAKY", (2.0, 1.0), (2.0, 1.0), (0.9, 1.0), reason="libRoadRunner does not come to 1e-05")
    told = text([*ahead, slow, shaky, missing], "python -m bench.biomodels", "2026-01-01", 60.0, 1.0)
    assert "ahead on every model" not in told
    assert "- SLOW: 0.50 at the median" in told
    assert "- SHAKY: behind in one round at least (0.90)" in told
    assert "- SHAKY: libRoadRunner does not come to 1e-05" in told
    assert "- MISSING: it cannot run" in told
    assert "Raced: 9 of 10." in told


@at_hand
@pytest.mark.skipif(peers.missing("roadrunner") is not None, reason="libRoadRunner is not installed")
@pytest.mark.parametrize("number", [148, 289])  # 148 has events that change a parameter
def test_both_solve_the_same_patients(number: int) -> None:
    cohort = Cohort.read(FOLDER / f"BIOMD{number:010}.xml", 10, 2)
    engine, rival = Engine(cohort), Rival(cohort)
    few = cohort.parameters[:, :2]
    for solver in (engine, rival):
        solver.tolerate(1e-8, 1e-8)
        solver.run(cohort.parameters)  # what came before leaves no trace
        assert errors(solver.run(few)[0], cohort.truth, cohort.scales).patients.max() < 1e-6
        other = solver.run(few * np.array([[1.0, 1.05]]))[0]  # planted: another second patient
        apart = errors(other, cohort.truth, cohort.scales).patients
        assert apart[0] < 1e-6 < 1e-3 < apart[1]


@at_hand
@pytest.mark.parametrize("name", UNSEEN)
def test_what_libroadrunner_cannot_see_is_put_in_other_words_with_the_same_course(name, tmp_path) -> None:
    cohort = Cohort.read(FOLDER / f"{name}.xml", 2, 1)
    assert cohort.path.parent != FOLDER
    _, written, _ = ours(FOLDER / f"{name}.xml", RTOL)
    _, raced, _ = ours(cohort.path, RTOL)
    assert apart(written, raced) < 1e-6
    later = tmp_path / "later.xml"
    later.write_text(cohort.path.read_text("utf-8").replace(" 27", " 26.25"))
    assert apart(written, ours(later, RTOL)[1]) > 1e-3  # planted: half a day later is another course


@at_hand
def test_the_written_document_holds_every_file() -> None:
    told = section.found(DOCUMENT.read_text("utf-8"))
    assert told is not None
    assert [path.stem for path in files() if path.stem not in told] == []
