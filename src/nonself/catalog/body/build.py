"""The body as mechanisms: which ones a study's tissues, leukemia and therapies need."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from nonself.catalog.body.deaths import OLD_AGE
from nonself.catalog.body.person import PERSON
from nonself.errors import UnknownName
from nonself.model.parts import Mechanism

Maker = Callable[[], Sequence[Mechanism]]
CORE: tuple[Maker, ...] = (lambda: (PERSON, OLD_AGE),)
TISSUES: Mapping[str, Maker] = {}
LEUKEMIAS: Mapping[str, Maker] = {}


def body(
    tissues: Sequence[str] = (), leukemia: str | None = None, therapies: Sequence[str] = ()
) -> tuple[Mechanism, ...]:
    """Return the mechanisms of a body, in the order they are composed.

    **Arguments:** `tissues` target tissues by id; `leukemia` its kind, or None; `therapies` whose drugs it holds.
    **Raises:** `UnknownName` for a tissue or leukemia that is not there.

    **Example:** `[part.id for part in body()][0]` gives `"person"`.
    """
    for name in tissues:
        if name not in TISSUES:
            raise UnknownName("tissue", name, TISSUES)
    if leukemia is not None and leukemia not in LEUKEMIAS:
        raise UnknownName("leukemia", leukemia, LEUKEMIAS)
    chosen = [*CORE, *(TISSUES[name] for name in tissues)]
    if leukemia is not None:
        chosen.append(LEUKEMIAS[leukemia])
    return tuple(part for make in chosen for part in make())
