"""The model in docs/models.md is composed, checked and simulated as it stands there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from nonself.model.check import check

GUIDE = Path(__file__).parents[2] / "docs" / "models.md"


def test_the_model_of_the_guide_runs() -> None:
    found = re.search(r"```python\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    assert found
    names: dict[str, Any] = {}
    exec(found[1], names)
    assert check(names["model"]) == ()
    result = names["result"]
    assert result.finished.all()
    assert len(result.patients) == 3
