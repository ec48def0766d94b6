"""The base of every part of a study file: unknown fields are refused with the fields that exist."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic_core import PydanticCustomError


class Strict(BaseModel):
    """A frozen record that refuses unknown fields, NaN, infinities and silent conversions."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _known_fields(cls, given: Any) -> Any:
        if isinstance(given, dict):
            known = [field.alias or name for name, field in cls.model_fields.items()]
            for key in given:
                if key not in known:
                    raise PydanticCustomError(
                        "unknown_field", "unknown field", {"key": str(key), "known": known}
                    )
        return given


def wrong(message: str, *, field: str | None = None, mend: str = "") -> PydanticCustomError:
    """Return the error of a part whose fields do not go together.

    **Example:** `raise wrong("give every or at, not both", field="at", mend="leave one out")`
    """
    return PydanticCustomError("wrong_part", "{message}", {"message": message, "field": field, "mend": mend})


def exactly_one(part: Strict, names: tuple[str, ...]) -> None:
    """Refuse a part that gives none or several of some fields."""
    given = [name for name in names if getattr(part, name) is not None]
    if len(given) != 1:
        said = "none of them is given" if not given else f"{' and '.join(given)} are given"
        last = given[-1] if given else None
        raise wrong(f"needs exactly one of {', '.join(names)}; {said}", field=last, mend="give exactly one")
