"""Studies of the body's people: format, the way to the start of the study, deaths, depletion; on a tiny body."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.tiny_body import STUDY, stand_in

from nonself.cli import main
from nonself.errors import InputError
from nonself.study.prepare import prepare
from nonself.study.run import run
from nonself.study.source import study_from_text


@pytest.fixture(autouse=True)
def tiny_body(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    stand_in(monkeypatch)
    monkeypatch.setenv("NONSELF_CACHE", str(tmp_path / "cache"))


def read(text: str = STUDY, **replaced: str):  # type: ignore[no-untyped-def]
    for old, new in replaced.items():
        text = text.replace(old, new)
    return study_from_text(text, "study.yaml", Path())


def test_a_study_of_people_runs_from_their_own_ages() -> None:
    result = run(read())
    nothing, depleted = result.trials[0].arms
    cohort = result.trials[0].cohort
    assert len(cohort.patients) == 40
    alive = nothing.finished & depleted.finished
    assert alive.sum() > 30
    ages = nothing.of("age_now")[:, 0]
    assert np.allclose(ages[alive], cohort.facts["age"][alive])
    assert ages[alive].min() >= 30
    assert ages[alive].max() <= 70
    before, after = nothing.of("cd4_count")[alive], depleted.of("cd4_count")[alive]
    assert before[:, :2].tobytes() == after[:, :2].tobytes(), "the same until the depletion"
    assert np.allclose(after[:, 2], before[:, 2] * (1 - 0.5 * 0.99))
    assert (nothing.of("neutrophil_count")[alive].std(axis=1) > 0).any(), "infections move counts"
    table = result.to_pandas()
    assert {"age", "thymic_trait", "died_of"} <= set(table.columns)


def test_the_snapshot_is_used_again_to_the_same_bytes(tmp_path: Path) -> None:
    first, again = run(read()), run(read())
    assert first.digest == again.digest
    assert "0 taken from the snapshot" in first.findings.provenance["people of adults"]
    assert "40 taken from the snapshot" in again.findings.provenance["people of adults"]
    for file in (tmp_path / "cache").glob("people-*.bin"):
        data = bytearray(file.read_bytes())
        data[len(data) // 2] ^= 1
        file.write_bytes(bytes(data))
    assert run(read()).digest == first.digest, "a damaged snapshot is computed again"


def test_workers_number_of_people_and_one_alone_change_nobody() -> None:
    whole = run(read())
    more = run(read(), patients=45, workers=2)
    assert more.trials[0].cohort.patients[:40] == whole.trials[0].cohort.patients
    assert more.trials[0].arms[0].values[:40].tobytes() == whole.trials[0].arms[0].values.tobytes()
    who = whole.trials[0].cohort.patients[17]
    alone = run(read(), only=who)
    assert alone.trials[0].cohort.patients == (who,)
    assert alone.trials[0].arms[0].values[0].tobytes() == whole.trials[0].arms[0].values[17].tobytes()


@pytest.mark.parametrize(
    ("old", "new", "what", "line"),
    [
        ("tissues: [gland]", "tissues: [glnad]", "unknown tissue 'glnad'", 4),
        ("model: body\n", "model: kimmel2021\n", "tissues goes with 'model: body'", 4),
        ("age: [30, 70]", "age: [70, 30]", "ages decrease", 9),
        ("age: [30, 70]", "age: [10, 30]", "not in the population", 9),
        ("age: [30, 70]", "age: [30, 70], set: {thymic_trate: 1}", "unknown parameter 'thymic_trate'", 9),
        ("age: [30, 70]", "age: [30, 70], ensemble: best", "unknown ensemble 'best'", 9),
        ("age: [30, 70]", "age: [30, 70], peple: 3", "unknown field 'peple'", 9),
        ("dose: 0.5", "dose: 1.5", "a dose of 1.5", 14),
        ("dose: 0.5", "dose: 0.5, hold: cd4_count < 1", "hold does not go with", 14),
    ],
)
def test_what_is_wrong_is_told_with_its_line(old: str, new: str, what: str, line: int) -> None:
    with pytest.raises(InputError, match=what) as told:
        prepare(read(**{old: new}))
    assert told.value.line == line
    assert told.value.mend


def test_only_the_body_has_a_population() -> None:
    text = STUDY[: STUDY.index("arms:")] + "arms:\n  - name: nothing\nobservables: [N]\n"
    with pytest.raises(InputError, match="no population") as told:
        prepare(read(text, **{"model: body\ntissues: [gland]": "model: kimmel2021"}))
    assert told.value.line == 8


def test_the_catalog_knows_the_body(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "models"]) == 0
    assert "body" in capsys.readouterr().out
    assert main(["show", "body"]) == 0
    assert "Nadler1962" in capsys.readouterr().out
    assert main(["show", "person"]) == 0
    assert main(["show", "lymphocyte_depletion"]) == 0
    assert "removes 0.99 of naive_cd4" in capsys.readouterr().out
    assert main(["simulate", "body", "--until", "10"]) == 0
    assert main(["show", "boddy"]) == 2
    assert "body" in capsys.readouterr().err
