"""Kim, Lee and Levy 2008: T cells that come back from division kill leukemic cells under imatinib."""

from __future__ import annotations

from nonself.catalog.entry import Must, PublishedModel, Variant
from nonself.catalog.rounding import printed
from nonself.catalog.tables import read_table
from nonself.model.parts import Expression, Mechanism, Observable, Parameter, Reaction, Species
from nonself.provenance import Citation

KIM_LEE_LEVY = Citation(
    key="KimLeeLevy2008",
    title="Dynamics and potential impact of the immune response to chronic myelogenous leukemia",
    authors="Kim PS, Lee PP, Levy D",
    year=2008,
    venue="PLoS Computational Biology 4:e1000095",
    doi="10.1371/journal.pcbi.1000095",
    read_in="github.com/radivot/myelo, R/kim08.R and demo/kim08Demo.R; github.com/paul-bbt/cs-impact-immune-response, "
    "data/patientsData.R",
)
_EQUATIONS = KIM_LEE_LEVY.at("model equations")
_TABLE = KIM_LEE_LEVY.at("Tables 2, 3 and 6")
_START = KIM_LEE_LEVY.at("initial state: the balance before imatinib")
_RUN = KIM_LEE_LEVY.at("equations with imatinib from day 0, run independently")
_LOADS = KIM_LEE_LEVY.at("Table 6, load measured")

_STAGES = ("stem cells", "progenitors", "differentiated cells", "terminally differentiated cells")
_UNTREATED = "y0_initial*ay_before/d1"
_RESISTANT = "z0_initial*az/d1"
_BEGINS: dict[str, float | str] = {
    "y0": 7.6e-6, "y1": _UNTREATED, "y2": f"{_UNTREATED}*by_before/d2",
    "y3": f"{_UNTREATED}*by_before/d2*cy_before/d3",
    "z0": 0.0, "z1": _RESISTANT, "z2": f"{_RESISTANT}*bz/d2", "z3": f"{_RESISTANT}*bz/d2*cz/d3",
}  # fmt: skip


def _cells(clone: str, kind: str) -> tuple[Species, ...]:
    return tuple(
        Species(
            f"{clone}{stage}", _BEGINS[f"{clone}{stage}"], "kcell/uL", _START, f"{kind} {words}", scale=1e-9
        )
        for stage, words in enumerate(_STAGES)
    )


def _fates(clone: str, kind: str) -> tuple[Reaction, ...]:
    """Maturation, death and killing of a clone."""
    found = []
    for stage, words in enumerate(_STAGES):
        own = f"{clone}{stage}"
        if stage:
            rate = f"{'abc'[stage - 1]}{clone}*{clone}{stage - 1}"
            found.append(Reaction(f"{own}_birth", rate, {own: +1}, f"{kind} {words} are made", _EQUATIONS))
        found.append(
            Reaction(f"{own}_death", f"d{stage}*{own}", {own: -1}, f"{kind} {words} die", _EQUATIONS)
        )
        killing = f"qC*contact*{own}"
        found.append(
            Reaction(f"{own}_killing", killing, {own: -1}, f"T cells kill {kind} {words}", _EQUATIONS)
        )
    return tuple(found)


_T_CELLS_THAT_DIVIDE = Mechanism(
    id="cml_dividing_t_cells",
    title="T cells that meet leukemic cells kill them and come back from division after a while",
    references=(KIM_LEE_LEVY,),
    species=(
        *_cells("y", "leukemic"),
        *_cells("z", "resistant leukemic"),
        Species("T", "sT/dT", "kcell/uL", _START, "specific T cells", scale=1e-9),
    ),
    parameters=(
        Parameter("shared", 0.75, "1", _TABLE, "share of leukemic death that is not immune"),
        *(
            Parameter(f"d{stage}_all", value, "1/day", _TABLE, f"death of {words}, of all causes")
            for stage, (value, words) in enumerate(zip((0.003, 0.008, 0.05, 1.0), _STAGES, strict=True))
        ),
        *(
            Parameter(f"d{stage}", f"shared*d{stage}_all", "1/day", _TABLE, f"death of {words}, not immune")
            for stage, words in enumerate(_STAGES)
        ),
        Parameter("ry", 0.008, "1/day", _TABLE, "growth of leukemic stem cells"),
        Parameter("ay", 0.016, "1/day", _TABLE, "progenitors a leukemic stem cell makes, on imatinib"),
        Parameter("ay_before", 1.6, "1/day", _TABLE, "progenitors a leukemic stem cell makes, untreated"),
        Parameter("by", 1 / 75, "1/day", _TABLE, "differentiated cells a progenitor makes, on imatinib"),
        Parameter("by_before", 10.0, "1/day", _TABLE, "differentiated cells a progenitor makes, untreated"),
        Parameter("cy", 100.0, "1/day", _TABLE, "terminal cells a differentiated cell makes, on imatinib"),
        Parameter("cy_before", 100.0, "1/day", _TABLE, "terminal cells a differentiated cell makes, untreated"),
        Parameter("rz", 0.023, "1/day", _TABLE, "growth of resistant stem cells"),
        Parameter("az", 1.6, "1/day", _TABLE, "progenitors a resistant stem cell makes"),
        Parameter("bz", 10.0, "1/day", _TABLE, "differentiated cells a resistant progenitor makes"),
        Parameter("cz", 100.0, "1/day", _TABLE, "terminal cells a resistant differentiated cell makes"),
        Parameter("u", 0.0, "1", _TABLE, "share of divisions that mutate to resistance"),
        Parameter("k", 1.0, "uL/(kcell*day)", _TABLE, "rate at which cells meet"),
        Parameter("p0", 0.8, "1", _TABLE, "share of meetings in which a T cell engages, without leukemia"),
        Parameter("qC", 0.75, "1", _TABLE, "share of engagements that kill"),
        Parameter("qT", 0.5, "1", _TABLE, "share of engaged T cells that survive"),
        Parameter("tau", 1.0, "day", _TABLE, "time of one division"),
        Parameter("n", 1.2, "1", _TABLE, "divisions of an engaged T cell", (1.17, 2.2)),
        Parameter("dT", 0.001, "1/day", _TABLE, "death of T cells", (0.001, 0.007)),
        Parameter("sT", 1.2e-6, "kcell/(uL*day)", _TABLE, "supply of T cells", (9e-7, 3.08e-5)),
        Parameter("cn", 1.0, "uL/kcell", _TABLE, "how leukemia keeps T cells from engaging", (0.8, 7.0)),
    ),
    expressions=(
        Expression("C", "y0 + y1 + y2 + y3 + z0 + z1 + z2 + z3", "kcell/uL", "all leukemic cells"),
        Expression("contact", "p0*exp(-cn*C)*k*T", "1/day", "engagements of a leukemic cell with T cells"),
    ),
    reactions=(
        Reaction("y0_growth", "ry*(1 - u)*y0", {"y0": +1}, "leukemic stem cells divide", _EQUATIONS),
        Reaction("mutation", "ry*u*y0", {"z0": +1}, "divisions mutate to resistance", _EQUATIONS),
        *_fates("y", "leukemic"),
        Reaction("z0_growth", "rz*z0", {"z0": +1}, "resistant stem cells divide", _EQUATIONS),
        *_fates("z", "resistant"),
        Reaction("t_supply", "sT", {"T": +1}, "new T cells", _EQUATIONS),
        Reaction("t_death", "dT*T", {"T": -1}, "T cells die", _EQUATIONS),
        Reaction("t_engagement", "contact*C", {"T": -1}, "T cells engage and begin to divide", _EQUATIONS),
        Reaction(
            "t_return", "2**n*qT*delay(contact*C, n*tau)", {"T": +1},
            "surviving T cells come back from n divisions", _EQUATIONS,
        ),
    ),
    observables=(Observable("leukemia", "C", "kcell/uL", "leukemic cells of all stages", log_axis=True),),
)  # fmt: skip


def _variant(row: dict[str, str]) -> Variant:
    values = {name: float(row[name]) for name in ("n", "dT", "sT", "cn")}
    facts = {"load_measured": float(row["load"])}
    return Variant(
        row["patient"], row["words"], {**values, "y0_initial": float(row["y0"])}, _TABLE, facts=facts
    )


# what a run with imatinib from day 0 gives, as printed: load at day 0, most T cells and when, load at day 365,
# lowest load and when, load after 1500 days and without T cells that engage
_LAST = 1499.0  # the last of 1500 days counted from 0
_RUNS = {
    "P1": ("72.6", ".01549", "303", ".00288", "2.52e-4", "937", "4.9e-4", "2.45"),
    "P4": ("22.9", ".01771", "320", ".00103", "1.13e-4", "737", "1.0e-3", ".775"),
    "P12": ("114.6", ".03092", "206", ".00121", "3.09e-4", "614", "3.3e-3", "3.88"),
}
_OF_RUNS = tuple(
    must
    for patient, (load, most, when, year, least, lowest, late, alone) in _RUNS.items()
    for must in (
        Must(f"{patient}: {load} k/uL leukemic cells at day 0", "leukemia", 0.0, *printed(load), _RUN, patient),
        Must(f"{patient}: at most {most} k/uL T cells", "T", 1000.0, *printed(most), _RUN, patient, "max"),
        Must(f"{patient}: T cells are most on day {when}", "T", 1000.0, *printed(when), _RUN, patient, "argmax"),
        Must(f"{patient}: {year} k/uL leukemic cells on day 365", "leukemia", 365.0, *printed(year), _RUN, patient),
        Must(f"{patient}: least leukemia is {least} k/uL", "leukemia", 1500.0, *printed(least), _RUN, patient, "min"),
        Must(f"{patient}: it is least on day {lowest}", "leukemia", 1500.0, *printed(lowest), _RUN, patient, "argmin"),
        Must(f"{patient}: {late} k/uL after 1500 days", "leukemia", _LAST, *printed(late), _RUN, patient),
        Must(
            f"{patient}: {alone} k/uL after 1500 days without T cells", "leukemia", _LAST, *printed(alone),
            _RUN, patient, set={"p0": 0.0},
        ),
    )
)  # fmt: skip
_MEASURED = tuple(
    Must(
        f"{patient}: the load at day 0 is within 2 % of the {load:g} k/uL measured",
        "leukemia", 0.0, 0.98 * load, 1.02 * load, _LOADS, patient,
    )
    for patient, load in (("P1", 73.0), ("P4", 23.1), ("P12", 116.8))
)  # fmt: skip

MODEL = PublishedModel(
    id="kim_lee_levy2008",
    title="T cells that divide, against chronic myelogenous leukemia on imatinib (Kim, Lee and Levy 2008)",
    time_unit="day",
    mechanisms=(_T_CELLS_THAT_DIVIDE,),
    until=1500.0,
    must=(*_OF_RUNS, *_MEASURED),
    variants=tuple(_variant(row) for row in read_table("kim_lee_levy2008")),
    notes=(
        "T cells come back n divisions of tau days after they engaged: a delay of n tau.",
        "At the start there are no resistant cells by default (1e-10 and 1e-9 k/uL of stem cells in comments of the "
        "two repositories); where there are some, their later stages begin at balance too, as in demo/kim08Demo.R.",
        "The run's loads after 1500 days are those of day 1499: without T cells that engage, leukemia grows 0.58 % a "
        "day, and at day 1500 exactly the six numbers are up to 0.8 % larger than printed.",
        "The growth of resistant stem cells is 0.023 a day in myelo and in data/params.R of the other repository, but "
        "0.0023 in its model_2/parameters.R; without resistant cells (u = 0) nothing depends on it.",
    ),
    review="second writing from the source alone: tests/qc/kim_lee_levy2008.py",
)
