"""The body as mechanisms: which ones a study's tissues, leukemia and therapies need."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from nonself.catalog.body.antibody import antibody, antibody_numbers
from nonself.catalog.body.b_cells import b_cells
from nonself.catalog.body.blood import blood_formation, no_leukemia
from nonself.catalog.body.deaths import LOW_COUNTS, OLD_AGE
from nonself.catalog.body.docetaxel import docetaxel
from nonself.catalog.body.dying_cells import dying_cells, healthy_blood_death
from nonself.catalog.body.exposures import exposures
from nonself.catalog.body.innate import INNATE
from nonself.catalog.body.marking import marking, precursor_killing, unmarked
from nonself.catalog.body.natural_killers import natural_killers
from nonself.catalog.body.person import PERSON
from nonself.catalog.body.plasma_cells import plasma_cells
from nonself.catalog.body.readout import readout
from nonself.catalog.body.recognition import no_leukemic_presentation, recognition
from nonself.catalog.body.repertoire import repertoire
from nonself.catalog.body.self_antibodies import nuclear_complexes, receptor_antibody
from nonself.catalog.body.self_cells import self_specific, self_specific_cells
from nonself.catalog.body.t_cells import t_cells
from nonself.catalog.body.t_responses import t_responses
from nonself.catalog.body.targets import target
from nonself.catalog.body.tissue import TISSUES as SOLID
from nonself.catalog.body.tissue import nothing_attacks
from nonself.catalog.body.tissue_gut import gut
from nonself.catalog.body.tissue_kidney import kidney
from nonself.catalog.body.tissue_skin import skin
from nonself.catalog.body.tissue_thyroid import thyroid
from nonself.errors import UnknownName
from nonself.model.parts import Mechanism

Maker = Callable[[], Sequence[Mechanism]]


def core(tissues: tuple[str, ...]) -> tuple[Mechanism, ...]:
    """Return what everybody has, for a body with these target tissues.

    **Example:** `len(core(()))`
    """
    return (
        PERSON, OLD_AGE, LOW_COUNTS, INNATE,
        *blood_formation(), no_leukemia(), no_leukemic_presentation(),
        t_cells(), t_responses(), repertoire(), natural_killers(), b_cells(), plasma_cells(),
        recognition(tissues), self_specific_cells(), antibody_numbers(), unmarked(tissues), *exposures(),
        readout(tissues),
    )  # fmt: skip


def _blood(id: str) -> Maker:
    return lambda: (self_specific(target(id)), antibody(target(id)), marking(id))


def _cellular(id: str, tissue: Callable[[], Mechanism]) -> Maker:
    killing = f"{id}_killing"
    return lambda: (tissue(), self_specific(target(id)), nothing_attacks(id, but=(killing,)))


def _thyroid() -> Sequence[Mechanism]:
    given = ("thyroid_killing", "thyroid_stimulation", "thyroid_blocking")
    seen = target("thyroid")
    return (
        thyroid(),
        self_specific(seen),
        antibody(seen),
        receptor_antibody(),
        nothing_attacks("thyroid", but=given),
    )


def _nuclear() -> Sequence[Mechanism]:
    seen = target("nuclear")
    return (
        kidney(), healthy_blood_death(), self_specific(seen), antibody(seen),
        nuclear_complexes(), nothing_attacks("kidney", but=("immune_complexes",)),
    )  # fmt: skip


def _precursors() -> Sequence[Mechanism]:
    return self_specific(target("red_cell_precursor")), precursor_killing()


CORE: Callable[[tuple[str, ...]], Sequence[Mechanism]] = core
TISSUES: Mapping[str, Maker] = {
    "red_cell": _blood("red_cell"),
    "platelet": _blood("platelet"),
    "granulocyte": _blood("granulocyte"),
    "red_cell_precursor": _precursors,
    "thyroid": _thyroid,
    "skin": _cellular("skin", skin),
    "gut": _cellular("gut", gut),
    "nuclear": _nuclear,
}
LEUKEMIAS: Mapping[str, Maker] = {}
# Therapies that bring species of their own.
DRUGS: Mapping[str, Maker] = {"docetaxel": lambda: (docetaxel(),)}


def body(
    tissues: Sequence[str] = (), leukemia: str | None = None, therapies: Sequence[str] = ()
) -> tuple[Mechanism, ...]:
    """Return the mechanisms of a body, in the order they are composed.

    **Arguments:** `tissues` target tissues by id; `leukemia` its kind, or None; `therapies` whose drugs it
    holds, where they have any.
    **Raises:** `UnknownName` for a tissue or leukemia that is not there.

    **Example:** `[part.id for part in body(("thyroid",))][0]` gives `"person"`.
    """
    for name in tissues:
        if name not in TISSUES:
            raise UnknownName("tissue", name, TISSUES)
    if leukemia is not None and leukemia not in LEUKEMIAS:
        raise UnknownName("leukemia", leukemia, LEUKEMIAS)
    chosen = [*CORE(tuple(tissues)), *(part for name in tissues for part in TISSUES[name]())]
    if "nuclear" in tissues:  # cells of each tissue that is there leave nuclei when they die
        chosen.append(dying_cells(name for name in (*tissues, "kidney") if name in SOLID))
    if leukemia is not None:
        chosen.extend(LEUKEMIAS[leukemia]())
    chosen.extend(part for name in therapies if name in DRUGS for part in DRUGS[name]())
    return tuple(chosen)
