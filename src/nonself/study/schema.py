"""The format of a study file as JSON Schema, for editors; checked in as `docs/study.schema.json`."""

from __future__ import annotations

import json
from typing import Any

from nonself.study.spec import StudySpec


def schema_text() -> str:
    """Return the JSON Schema of a study file as text, as it is checked in.

    **Example:** `Path("docs/study.schema.json").write_text(schema_text())`
    """
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Nonself study",
        **{key: value for key, value in StudySpec.model_json_schema(by_alias=True).items() if key != "title"},
    }
    return json.dumps(_on_one_line(schema), indent=2, ensure_ascii=False) + "\n"


def _on_one_line(part: Any) -> Any:
    """Return a schema whose descriptions do not depend on where lines were broken in the source."""
    if isinstance(part, list):
        return [_on_one_line(value) for value in part]
    if not isinstance(part, dict):
        return part
    return {
        key: " ".join(value.split())
        if key == "description" and isinstance(value, str)
        else _on_one_line(value)
        for key, value in part.items()
    }
