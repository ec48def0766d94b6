"""What holds of the whole body: no outcome is written in, and nothing but an immune cell brings tissue to harm."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from nonself.catalog.body.build import TISSUES, body
from nonself.catalog.body.deaths import HIGH_BLASTS, LOW_COUNTS, OLD_AGE
from nonself.catalog.body.dying_cells import dying_cells
from nonself.expr import TIME, names
from nonself.model.check import check
from nonself.model.compose import compose
from nonself.model.graph import path
from nonself.model.ir import Model
from nonself.model.parts import Mechanism, Reaction
from tests.body.words import outcome_in

TRIGGERS = ("pathogen", "injury")
DEATHS = {part.id for part in (OLD_AGE, LOW_COUNTS, HIGH_BLASTS)}  # what people die of bears its name
# What makes no antibody and no killer: a capacity shared by all that is marked, and the breakdown of every IgG alike.
BRAKES = ("macrophage_share", "igg_catabolism")
IMMUNE = ("effectors", "residents", "_b", "plasma", "precursors")


def everything(*extra: Mechanism) -> Model:
    return compose([*body(tuple(TISSUES)), *extra], id="body", time_unit="day")


@pytest.fixture(scope="module")
def whole() -> Model:
    return everything()


def named(model: Model) -> set[str]:
    """Every name that biology gave to what acts: not the deaths', and not what is only read."""
    of_deaths = {name for _, name, mechanism in model.record if mechanism in DEATHS}
    return {name for kind, name, _ in model.record if kind != "observable"} - of_deaths


def immune_states(model: Model) -> set[str]:
    return {
        part.id for part in model.species if part.id.endswith(IMMUNE) and part.id.split("_")[0] != "memory"
    }


def killings(model: Model) -> dict[str, str]:
    return {part.id: part.formula for part in model.expressions if part.id.endswith("_killing")}


def short_cut(model: Model) -> tuple[str, ...] | None:
    return path(model, TRIGGERS, killings(model), immune_states(model), ignoring=BRAKES)


def uncounted_deaths(parts: Sequence[Mechanism]) -> list[str]:
    """Deaths of cells that a body's tissues give and that its dying cells do not count."""
    given = {
        name.id for part in parts for name in part.expressions if name.id.endswith(("_deaths", "cell_death"))
    }
    counted = next(name.formula for part in parts for name in part.expressions if name.id == "cell_deaths")
    return sorted(given - {"cell_deaths"} - names(counted))


def test_dead_cells_are_those_of_all_tissues_of_the_body() -> None:
    assert uncounted_deaths(body(tuple(TISSUES))) == []
    assert uncounted_deaths(body(("nuclear", "gut"))) == []


def test_planted_breach_a_tissue_whose_dead_cells_are_not_counted_is_found() -> None:
    parts = [
        dying_cells(("kidney",)) if part.id == "dying_cells" else part for part in body(("nuclear", "gut"))
    ]
    assert uncounted_deaths(parts) == ["gut_deaths"]


def test_no_name_says_what_becomes_of_a_person(whole: Model) -> None:
    assert len(named(whole)) > 500
    assert {name: word for name in named(whole) if (word := outcome_in(name))} == {}


@pytest.mark.parametrize(
    "breach", ["onset_of_killing", "thyroiditis_rate", "hemolysis", "time_since_dose", "max_so_far"]
)
def test_names_that_say_so_are_found(breach: str) -> None:
    assert outcome_in(breach)


def test_the_whole_body_is_sound(whole: Model) -> None:
    assert [flaw for flaw in check(whole) if flaw.check != "unused"] == []


def test_every_way_from_a_trigger_to_harm_goes_through_an_immune_cell(whole: Model) -> None:
    assert len(killings(whole)) >= 8
    assert short_cut(whole) is None
    assert path(whole, TRIGGERS, killings(whole), around=(), ignoring=BRAKES) is not None


def test_a_short_cut_from_a_trigger_to_harm_is_found(whole: Model) -> None:
    harming = tuple(
        replace(part, formula=f"{part.formula} + innate*resident_death")
        if part.id == "thyroid_killing"
        else part
        for part in whole.expressions
    )
    found = short_cut(replace(whole, expressions=harming))
    assert found is not None
    assert found[-1] == "thyroid_killing"


def test_triggers_act_on_nothing_but_themselves_and_the_signal(whole: Model) -> None:
    """Pathogen and injury change the innate signal and what answers a pathogen; they harm no cell."""
    assert harmed_by_triggers(whole) == set()
    direct = Mechanism("direct", "a short cut", (), reactions=(Reaction("harm", "pathogen*signal_rise*thyroid_cells",
                                                                        {"thyroid_cells": -1}),))  # fmt: skip
    assert harmed_by_triggers(everything(direct)) == {"thyroid_cells"}


def harmed_by_triggers(model: Model) -> set[str]:
    """Species that a reaction with a trigger in its rate takes cells from, without moving them to another state."""
    harmed = set()
    for reaction in model.reactions:
        if not names(reaction.rate) & {*TRIGGERS, "pathogen_presence"}:
            continue
        taken = {name for name, amount in reaction.change if amount < 0}
        if not any(amount > 0 for _, amount in reaction.change):
            harmed |= taken - set(TRIGGERS)
    return harmed


def test_nothing_remembers_and_nothing_watches_a_clock(whole: Model) -> None:
    """Time enters through age alone, and no rate is a condition on a state."""
    for part in whole.expressions:
        assert part.id == "age" or TIME not in names(part.formula), part.id
    for reaction in whole.reactions:
        assert TIME not in names(reaction.rate), reaction.id
        assert " if " not in reaction.rate, reaction.id
