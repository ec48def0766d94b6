"""The trace of one patient of a study: readable, the same course as in the study, and only of one."""

import json

import numpy as np
import pytest
from tests.study.samples import DOSES, STUDY, TABLE, with_table, write

from nonself.engine.unfold import Happening
from nonself.errors import InputError, UnknownName
from nonself.study import trace_page
from nonself.study.run import run
from nonself.study.single import simulate
from nonself.study.source import read_study
from nonself.study.tracing import alone, course_lines, trace_text

EXPLODES = "three,B,0.2,0.7,2.07,311000,6480,9380,1e308,100,53\n"


def test_one_patient_is_followed_in_every_arm(tmp_path):
    study = read_study(write(tmp_path, STUDY))
    result = run(study, tmp_path / "out", only="7", trace=True)
    text = (tmp_path / "out" / "trace.txt").read_text()
    assert text == trace_text(result.traces)
    assert [course.arm for course in result.traces] == ["stop TKI", "continue TKI"]
    assert "Patient 7, cohort real, arm stop TKI" in text
    assert "TKI stop is at 53.2 month" in text or "TKI stop is at" in text
    (switch,) = [line for line in text.splitlines() if "switch" in line]
    assert "switch: TKI" in switch
    assert switch.endswith("→ 0 1/month")
    assert "The course is complete." in text
    assert max(map(len, text.splitlines())) < 140
    assert len(text.splitlines()) < 100


def test_the_trace_is_the_course_of_the_study(tmp_path):
    study = read_study(write(tmp_path, DOSES))
    whole, one = run(study, courses=True), run(study, only="v00005", trace=True)
    (course,) = one.traces
    assert course.trace.patient == "v00005"
    row = whole.prepared.groups[0].cohort.patients.index("v00005")
    end = whole.trials[0].arms[0].of("neutrophils")[row, -1]
    circ = [part.id for part in course.trace.model.species].index("Circ")
    assert course.trace.moments[-1].values[circ] == end
    assert one.digest == run(study, only="v00005").digest
    assert [round(one.time) for one in course.trace.happenings] == [0, 21]


def test_the_trace_is_in_the_summary_as_plain_values(tmp_path):
    result = run(read_study(write(tmp_path, DOSES)), tmp_path / "out", only="v00005", trace=True)
    summary = json.loads((tmp_path / "out" / "summary.json").read_text())
    (found,) = summary["traces"]
    assert found["status"] == "finished"
    assert (found["cohort"], found["arm"], found["patient"]) == ("virtual", "docetaxel", "v00005")
    assert sum(moment["steps"] for moment in found["moments"]) == found["steps"]
    assert len(found["moments"][0]["values"]) == len(found["species"])
    assert found["moments"][0]["size"] is None
    assert found["happenings"][0]["kind"] == "dose"
    assert "traces" not in run(read_study(write(tmp_path, DOSES)), only="v00005").summary
    assert result.summary["again"]["only"] == "v00005"


def test_a_patient_that_failed_has_sentence_and_last_state(tmp_path):
    study = read_study(write(tmp_path, with_table()))
    (tmp_path / "patients.csv").write_text(TABLE + EXPLODES)
    result = run(study, only="three", trace=True)
    text = trace_text(result.traces)
    assert result.traces[0].failure is not None
    assert result.traces[0].failure.sentence in text
    assert "Where it ended, the fastest first" in text
    assert "Y = 1e+308 cell" in text


def test_who_is_inaccurate_has_that_sentence_in_the_trace(tmp_path, monkeypatch):
    monkeypatch.setattr("nonself.engine.verify.FACTOR", 0.0)
    monkeypatch.setattr("nonself.engine.verify.LEAST", 0.0)
    result = run(read_study(write(tmp_path, DOSES)), only="v00005", verify=True, trace=True)
    assert "tolerance is lowered to a tenth" in trace_text(result.traces)
    assert result.summary["traces"][0]["status"] == "inaccurate"


def test_a_trace_without_one_patient_is_refused_before_anything_is_computed(tmp_path):
    with pytest.raises(InputError, match="follows one patient, and none is named"):
        run(read_study(write(tmp_path, DOSES)), tmp_path / "out", trace=True)
    assert not (tmp_path / "out").exists()
    with pytest.raises(InputError, match="follows one patient, not 100"):
        simulate("friberg2002", vary={"Circ0": "lognormal(5,0.2)"}, trace=True)


def test_one_simulated_patient_is_the_same_as_among_many():
    vary = {"Circ0": "lognormal(5,0.2)"}
    many = simulate("friberg2002", vary=vary, patients=9, until=20.0)
    one = simulate("friberg2002", vary=vary, patients=9, until=20.0, patient="v00007", trace=True)
    assert one.patients == ("v00007",)
    assert np.array_equal(one.values[0], many.values[6])
    assert one.trace is not None
    assert one.trace.reached == 20.0
    assert "Patient v00007" in course_lines(alone(one.trace))[0]
    assert many.trace is None
    with pytest.raises(UnknownName, match="unknown patient 'v00010'"):
        simulate("friberg2002", vary=vary, patients=9, patient="v00010")


def _growth(patient_rate: float = 1.0):
    import nonself

    why = nonself.assumed("for the test")
    part = nonself.Mechanism(
        "growth",
        "Growth",
        (),
        species=(nonself.Species("y", 1.0, "cell", why),),
        parameters=(nonself.Parameter("r", patient_rate, "1/day/cell", why),),
        reactions=(nonself.Reaction("birth", "r*y**2", {"y": 1}),),
    )
    return nonself.compose([part], id="growth", time_unit="day")


def test_why_did_it_blow_up():
    """y grows as y**2 and is infinite at day 1: the lines show it growing ever faster, by its birth."""
    lines = course_lines(alone(simulate(_growth(), until=5.0, trace=True).trace))
    rows = [line for line in lines if "mostly birth" in line]
    assert len(rows) > 20
    assert "step size fell below" in lines[1]
    times = [float(row.split()[0]) for row in rows]
    assert times == sorted(set(times))  # every line has a time of its own
    assert abs(times[-1] - 1.0) < 1e-4
    sizes = [float(row.split()[3]) for row in rows[1:]]
    assert sizes[0] > 1e-3
    assert sizes[-1] < 1e-12
    assert lines[-1].startswith("  y = ")


def test_many_things_done_at_once_are_counted():
    trace = simulate("friberg2002", until=2.0, trace=True).trace
    doses = [Happening(1.0, "dose", "C1", 0.0, float(k)) for k in range(1, 20)]
    lines = list(trace_page._done(trace, doses, 6))
    assert len(lines) == trace_page.MOST_AT_ONCE + 1
    assert lines[0].strip() == "1  dose: C1 0 → 1 mg"
    assert "and 13 more" in lines[-1]


def test_times_have_as_many_digits_as_tell_them_apart():
    assert trace_page._digits([0.0, 1.0, 2.5]) == 6
    assert trace_page._digits([1.0, 1.0 + 1e-9]) == 10
    assert trace_page._digits([1.0, 1.0]) == trace_page.MOST_DIGITS
