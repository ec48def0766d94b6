"""States of cells: every lymphocyte is in exactly one, and what depletes a state takes self-specific cells too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from nonself.catalog import registry
from nonself.catalog.body import states as module
from nonself.catalog.body.build import TISSUES
from nonself.catalog.body.states import states
from nonself.catalog.entry import Depletion
from nonself.catalog.therapies import alemtuzumab_like
from nonself.errors import InputError
from nonself.study.prepare import prepare
from nonself.study.run import run
from nonself.study.source import study_from_text

# Cells that no depletion is about: marrow, tissues, and what they leave.
OTHERS = {
    "hsc", "progenitor", "monocyte", "erythroid_progenitor", "erythroblast", "marrow_reticulocyte",
    "granulocyte_progenitor", "neutrophil_mitotic", "neutrophil_reserve", "megakaryoblast", "megakaryocyte",
    "dead_cells", *(f"neutrophil_maturing_{k}" for k in range(1, 5)),
}  # fmt: skip


def stray(found: Mapping[str, tuple[str, ...]], tissues: tuple[str, ...]) -> list[str]:
    """Cells in no state or in several."""
    model = registry.body(tissues)
    count = Counter(name for names in found.values() for name in names)
    cells = [part for mechanism in model.mechanisms for part in mechanism.species if part.unit == "Gcell"]
    return [
        part.id
        for part in cells
        if part.id not in OTHERS and not part.id.endswith(("_cells", "_stem")) and count[part.id] != 1
    ]


def test_every_lymphocyte_is_in_one_state() -> None:
    tissues = tuple(TISSUES)
    assert stray(registry.body(tissues).states, tissues) == []
    assert registry.body(("red_cell",)).states["memory_b"] == ("memory_b", "red_cell_b")
    assert registry.body().states["resident_t"] == ()


@pytest.mark.parametrize("state", ["naive_t", "effector_t", "memory_b", "resident_t", "plasma_cell"])
def test_a_state_that_leaves_self_specific_cells_out_is_found(
    state: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = {key: value for key, value in module._OWN.items() if key != state}
    monkeypatch.setattr(module, "_OWN", own)
    tissues = tuple(TISSUES)
    assert stray(states(registry.body(tissues).mechanisms), tissues)


STUDY = """\
study: depletion
title: Depletion
model: body
tissues: [thyroid]
time: {unit: day, from: 0, until: 11, at: [0, 10, 11]}
cohorts:
  - name: adults
    patients:
      population: {people: 8, age: [80, 82]}
arms:
  - name: depleted
    regimen:
      - {therapy: alemtuzumab_like, times: [10]}
  - name: bled
    regimen:
      - {therapy: blood_loss, dose: 0.2, times: [10]}
  - name: docetaxel
    regimen:
      - {therapy: docetaxel, dose: 100 mg/m^2, times: [10]}
  - name: nothing
observables: [OBSERVED]
"""
SEEN = {
    "naive_t": ("naive_cd4", "thyroid_precursors"), "effector_t": ("effector_cd8", "thyroid_effectors"),
    "memory_b": ("memory_b", "thyroid_b"), "resident_t": ("thyroid_residents",),
}  # fmt: skip


def test_a_depletion_takes_the_same_share_of_all_cells_in_a_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NONSELF_CACHE", str(tmp_path))
    names = [name for group in SEEN.values() for name in group]
    others = ["plasma_cell", "thyroid_plasma", "red_cell_3", "platelet_2", "naive_b", "docetaxel_plasma"]
    result = run(
        study_from_text(STUDY.replace("OBSERVED", ", ".join(names + others)), "s.yaml", Path()), courses=True
    )
    depleted, bled, treated, nothing = result.trials[0].arms

    def left(arm: object, name: str) -> np.ndarray:  # type: ignore[type-arg]
        return arm.of(name)[:, 1] / nothing.of(name)[:, 1]  # type: ignore[attr-defined]

    act = registry.therapy("alemtuzumab_like").acts["body"]
    assert isinstance(act, Depletion)
    for state, group in SEEN.items():
        for name in group:
            assert np.allclose(left(depleted, name), 1 - act.shares[state], rtol=1e-9), name
    for name in ("plasma_cell", "thyroid_plasma", "red_cell_3"):
        assert np.allclose(left(depleted, name), 1.0), name
    assert np.allclose(left(bled, "red_cell_3"), 0.8)
    assert np.allclose(left(bled, "platelet_2"), 1 - 0.2 * 2 / 3)
    assert np.allclose(left(bled, "naive_b"), 1.0)
    who = result.trials[0].cohort
    surface = np.sqrt(who.columns["height"] * who.columns["weight"] / 3600)
    assert np.allclose(treated.of("docetaxel_plasma")[:, 1], 100 * surface, rtol=1e-9)
    assert any("." in name for name in who.patients), "doses are of those who replaced the dead, too"


def test_a_therapy_that_finds_no_cells_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    text = STUDY.replace("OBSERVED", "tsh")
    prepare(study_from_text(text, "s.yaml", Path()))
    text = text.replace("tissues: [thyroid]", "tissues: []").replace("tsh", "igg")
    whole = alemtuzumab_like.THERAPY
    for shares, what in (({"resident_t": 1.0}, "no cells"), ({"residents": 1.0}, "unknown state of cells")):
        monkeypatch.setattr(alemtuzumab_like, "THERAPY", replace(whole, acts={"body": Depletion(shares)}))
        with pytest.raises(InputError, match=what) as told:
            prepare(study_from_text(text, "s.yaml", Path()))
        assert told.value.line == 13
