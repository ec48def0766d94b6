"""The model in docs/models.md is composed, checked and simulated as it stands there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from nonself.model.check import check

GUIDE = Path(__file__).parents[2] / "docs" / "models.md"


def test_the_models_of_the_guide_run() -> None:
    blocks = re.findall(r"```python\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    assert len(blocks) == 4
    names: dict[str, Any] = {}
    for block in blocks:
        exec(block, names)
    assert check(names["model"]) == check(names["clonal"]) == check(names["transfused"]) == ()
    result = names["result"]
    assert result.finished.all()
    assert len(result.patients) == 3
    assert names["courses"].finished.all()
    last = names["courses"].to_pandas().groupby("patient").last()
    assert last["T_cells"].max() > 0
    assert 0 < (last["R"] == 0).mean() < 1
    end = names["course"].to_pandas().iloc[-1]
    assert (end["bags"], end["bleedings"]) == (4, 4)
    assert check(names["bound"]) == ()
    course = names["binding"].to_pandas()
    bound = course["antibody"] - course["free"]
    assert (abs(course["free"] * (course["target"] - bound) - 0.5 * bound) < 1e-5).all()
    assert course["free"].iloc[-1] < 1.0
