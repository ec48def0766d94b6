"""Self-specific cells, antibody and what both do, in plain Python: second writing.

Written by another hand than the entries', from the equations in words (docstrings), the laws of the core and the
sources, before the entries' formulas were read. What the words did not determine was settled afterwards and now stands
in the docstrings: how causes raise the innate signal, PD-1 relative to health, that damage, its alarm and residents
saturate, that the recruited leave the naive pool, catabolism of antibody at rest, IL-7 beside its excess. Time in days,
1e9 cells. What other mechanisms own (growth factors, counts at rest, tissue mass) is given by name. No import of
nonself.
"""

import math
from collections.abc import Mapping

BLOOD = ("red_cell", "platelet", "granulocyte")
ENTERED = ("thyroid", "skin", "gut", "red_cell_precursor")  # tissues that effectors live in
SEEN_BY_B = ("thyroid", "nuclear", *BLOOD)
TARGETS = (*ENTERED, "nuclear", *BLOOD)
OWNS_MASS = ("thyroid", "skin", "gut")  # tissues whose mechanism gives mass and release
CELLS = {
    "red_cell": ("reticulocyte", *(f"red_cell_{stage}" for stage in range(1, 13))),
    "platelet": tuple(f"platelet_{stage}" for stage in range(1, 6)),
    "granulocyte": ("neutrophil_blood",),
}
Values = Mapping[str, float]
Flows = dict[str, float]


def _answer(signal: float, n: float) -> float:
    """The share of log-logistic avidities above a threshold."""
    return 1 / (1 + signal**-n)


def numbers(g: Values) -> dict[str, float]:
    """Constants that follow from others."""
    n = g["steepness"]
    lost = g["naive_cd4_loss"] * g["naive_cd4_normal"] + g["naive_cd8_loss"] * g["naive_cd8_normal"]
    made = {
        "neutrophil_blood_healthy": g["neutrophil_released"] * g["neutrophil_time"],
        "regulator_healthy": g["regulator_fraction"] * g["cd4_normal"],
        "avidity_spread": math.pi / (math.sqrt(3) * n),
        "usual_avidity": -math.log(g["deletion_trait"]) / n,
        "export_share": g["thymic_export_at_30"] * g["size"] / lost,
    }
    for x in TARGETS:
        in_health = math.exp(made["usual_avidity"]) * g["presentation_trait"] * g[f"{x}_trait"] / g["margin"]
        share, pool = _answer(in_health, n), g["self_pool"] * g["size"]
        leaving = g["effector_death"] + (g["homing"] if x in ENTERED else 0.0)
        net = max(0.1 * g["effector_death"], leaving - g["effector_division"] * share)
        effectors = g["self_burst"] * g["activation"] * share * pool / net
        made |= {
            f"{x}_precursors_normal": pool,
            f"{x}_rest_answering": share,
            f"{x}_effectors_start": effectors,
        }
        if x in ENTERED:
            made[f"{x}_residents_start"] = g["homing"] * effectors / g["resident_death"]
            made[f"{x}_room"] = g["room_share"] * g[f"{x}_lymphocytes"]
    return made


def start(g: Values) -> dict[str, float]:
    """The state in health."""
    made = numbers(g)
    state = {"pathogen": 0.0, "pathogen_effectors": 0.0, "injury": 0.0, "innate": 0.0}
    for x in TARGETS:
        state |= {f"{x}_precursors": made[f"{x}_precursors_normal"], f"{x}_avidity": made["usual_avidity"],
                  f"{x}_effectors": made[f"{x}_effectors_start"], f"{x}_clonotype_hazard": 0.0}  # fmt: skip
        if x in ENTERED:
            state[f"{x}_residents"] = made[f"{x}_residents_start"]
            state[f"{x}_inhibition"] = 0.0
        if x in SEEN_BY_B:
            state |= {f"{x}_b": 0.0, f"{x}_plasma": 0.0, f"{x}_antibody": 0.0}
    return state


def _innate(y: Values, g: Values) -> Flows:
    P, E = y["pathogen"], y["pathogen_effectors"]
    phagocytes = y["neutrophil_blood"] / (g["neutrophil_released"] * g["neutrophil_time"])
    # part of the uptake needs no neutrophil, part of each needs antibody, of which more helps ever less
    opsonized = y["igg"] * (g["igg_normal"] + g["opsonin_half"])
    opsonized /= g["igg_normal"] * (y["igg"] + g["opsonin_half"])
    tissue, bare = g["resident_uptake"], 1 - g["opsonized_share"]
    uptake = g["phagocytosis_rate"] * (tissue + phagocytes * (1 - tissue))
    uptake *= bare + (1 - bare) * opsonized
    most = g["called_most"] * g["size"]
    divided = g["called_division"] * E * most / (most + E) * P / (1 + P)
    met = g["recruitment"] * g["specific_share"] * P / (1 + P)
    # both causes saturate, and the signal is 1 where either is 1, the height of a febrile infection
    raised = 2 * P / (1 + P) + 2 * y["injury"] / (1 + y["injury"])
    return {
        "pathogen": g["pathogen_growth"] * P * (1 - P / g["pathogen_capacity"])
        - uptake * P / (1 + P / g["phagocytosis_half"])
        - g["effector_clearance"] * E / g["size"] * P,
        "pathogen_effectors": g["burst"] * met * (y["naive_cd8"] + y["memory_cd8"])
        + divided
        - g["contraction"] * E,
        "effector_cd8": divided,
        "injury": -g["injury_clearance"] * y["injury"],
        "innate": g["signal_rise"] * (raised - y["innate"]),
    }


def signals(y: Values, g: Values) -> dict[str, float]:
    """What decides whether a cell answers, the same for all tissues."""
    cells = ("naive_cd4", "naive_cd8", "memory_cd4", "memory_cd8", "effector_cd4", "effector_cd8", "exhausted_cd8",
             "regulator")  # fmt: skip
    full = sum(y[c] for c in cells) / (g["cd4_normal"] + g["cd8_normal"])
    c0, r, b = g["free_contacts"], g["suppression_strength"], g["ctla4_brake"]
    w = g["everywhere_suppression"]
    crowding = c0 + (1 - c0) * full + g["leukemic_contacts"]
    per_cell = g["ctla4_trait"] * g["regulator_trait"] / (crowding * g["il7"] ** g["il7_release"])
    s = per_cell * y["regulator"] / (g["regulator_fraction"] * g["cd4_normal"])
    n, half = g["selection_steepness"], g["selection_half"]
    return {
        "threshold": (1 + r * s) / (1 + r) * (1 + b * g["ctla4_trait"]) / (1 + b),
        "everywhere": (1 + w * r * s) / (1 + w * r) * (1 + b * g["ctla4_trait"]) / (1 + b),
        "alertness": 1 + g["innate_gain"] * y["innate"],
        "excess": 1 / (1 + (half / g["il7"]) ** n),
    }


def _regulators(y: Values, g: Values) -> Flows:
    R, E = y["regulator"], sum(y[f"{x}_effectors"] for x in TARGETS)
    relative = R / (g["regulator_fraction"] * g["cd4_normal"])
    half = g["regulator_il2_half"] * g["size"] * (1 + relative)
    return {"regulator": g["regulator_il2_growth"] * E / (half + E) * R}


def _pool(x: str, g: Values) -> float:
    if x == "red_cell_precursor":
        late = g["red_production"] / g["erythroid_amplification"] * g["erythroid_time"]
        return late * g["progenitors_met"]
    return g[f"{x}_pool"] * g["size"]


def killing(x: str, y: Values, g: Values) -> float:
    """Rate at which one cell of a target is lost to immunity."""
    if x in ENTERED:
        return g["kills"] * g["killer_share"] * y[f"{x}_residents"] / _pool(x, g)
    if x in BLOOD:
        share = marked_share(x, y)
        return g[f"{x}_clearance"] * share * macrophages(y, g)
    return 0.0


def mass_and_excess(x: str, y: Values, g: Values) -> tuple[float, float]:
    """Living target, and antigen of cells that die beyond healthy turnover, in healthy turnovers."""
    if x in OWNS_MASS:
        return g[f"{x}_mass"], g[f"{x}_release"] - g[f"{x}_mass"]
    if x == "nuclear":
        living = min(1.0, g["nuclear_release"])  # all of it is of dead cells: none is more than there is
        return living, g["nuclear_release"] - living
    if x == "red_cell_precursor":  # early progenitors, and those of them that do not come through
        entering = y["progenitor"] / g["progenitor_healthy"]
        return entering, entering * (1 - _passing(y, g))
    healthy, life, cells = {
        "red_cell": (g["red_production"] * g["red_cell_lifespan"], g["red_cell_lifespan"], CELLS["red_cell"]),
        "platelet": (g["platelet_healthy"], g["platelet_span"], CELLS["platelet"]),
        "granulocyte": (g["neutrophil_released"] * g["neutrophil_time"], g["neutrophil_time"], CELLS["granulocyte"]),
    }[x]  # fmt: skip
    mass = sum(y[c] for c in cells) / healthy
    return mass, mass * killing(x, y, g) * life


def damage(x: str, y: Values, g: Values) -> float:
    """The same as presented: it saturates, and where less dies than in health there is none."""
    D = max(0.0, mass_and_excess(x, y, g)[1])
    return D / (1 + D / g["damage_capacity"])


def antigen(x: str, y: Values, g: Values) -> float:
    """Presented antigen, 1 in health."""
    mass = mass_and_excess(x, y, g)[0]
    seen = mass + g["antigen_of_damage"] * damage(x, y, g) + g["leukemic_presentation"]
    if x in SEEN_BY_B:
        B = y[f"{x}_b"]
        seen += g["b_presentation"] * B / (B + g["b_presenting_half"] * g["size"])
    return seen


def _self_specific(x: str, y: Values, g: Values) -> Flows:
    s, c = signals(y, g), numbers(g)
    P, u, E = y[f"{x}_precursors"], y[f"{x}_avidity"], y[f"{x}_effectors"]
    n, o, normal = g["steepness"], c["export_share"], c[f"{x}_precursors_normal"]
    lost = (g["naive_cd4_loss"] * g["naive_cd4_normal"] + g["naive_cd8_loss"] * g["naive_cd8_normal"]) / (
        g["naive_cd4_normal"] + g["naive_cd8_normal"]
    )
    export = (g["thymic_export_cd4"] + g["thymic_export_cd8"]) / (g["thymic_export_at_30"] * g["size"])
    presented = g["presentation_trait"] * g[f"{x}_trait"] * antigen(x, y, g) * s["alertness"]
    needed = s["threshold" if x in ("thyroid", "skin", "gut") else "everywhere"]
    signal = presented * math.exp(u) / (g["margin"] * needed)
    f = _answer(signal, n)
    spread = math.pi / (math.sqrt(3) * n)
    most = g["effector_capacity"] * g["size"]
    dividing = g["effector_division"] * f * E / (1 + E / most)
    came = lost * o * normal * export
    flows = {
        f"{x}_precursors": came + lost * ((1 - o) * g["il7"] * P - P) - g["activation"] * f * P,
        f"{x}_avidity": g["selection_strength"] * spread**2 * (1 - o) * lost * g["il7"] * s["excess"]
        - (g["clonotype_loss"] + came / (P + g["one_cell"])) * (u + math.log(g["deletion_trait"]) / n),
        f"{x}_effectors": g["self_burst"] * g["activation"] * f * P + dividing - g["effector_death"] * E,
        "innate": g["alarm_of_damage"] * damage(x, y, g),
        f"{x}_clonotype_hazard": g["clonotype_rate"] * g[f"{x}_births"],
    }
    if x in ENTERED:
        T, z = y[f"{x}_residents"], y[f"{x}_inhibition"]
        ft = _answer(signal / (1 + g["pd1_brake"] * g["pd1_trait"] * z), n)
        free = 1 / (1 + T / (g["room_share"] * g[f"{x}_lymphocytes"] * g["size"]))
        homing = g["homing"] * E * free
        flows[f"{x}_effectors"] -= homing
        flows[f"{x}_residents"] = homing + g["resident_division"] * ft * T * free - g["resident_death"] * T
        flows[f"{x}_inhibition"] = g["pd1_turnover"] * (ft - z)
    return flows


def _antibody(x: str, y: Values, g: Values) -> Flows:
    E, B, L, A = (y[f"{x}_{what}"] for what in ("effectors", "b", "plasma", "antibody"))
    h = E / (E + g["help_half"] * g["size"])
    bound = antigen(x, y, g)
    binding = g["b_specific"] * y["self_reactive_naive"] * y["naive_b"]
    recruited = g["b_recruitment"] * h * binding * bound / (1 + bound)
    return {
        "naive_b": -recruited,
        f"{x}_b": recruited
        + g["b_division"] * h * B / (1 + B / (g["b_capacity"] * g["size"]))
        - g["b_death"] * B,
        f"{x}_plasma": g["b_to_plasma"] * B - math.log(2) / g["plasma_cell_halflife"] * L,
        f"{x}_antibody": g["antibody_trait"] * g["antibody_rate"] * (B + g["plasma_weight"] * L) / g["size"]
        - g["igg_catabolism"] * A,
    }


def marked_share(x: str, y: Values) -> float:
    """Share of a kind of blood cell that antibody marks."""
    return y[f"{x}_antibody"] / (1 + y[f"{x}_antibody"])


def macrophages(y: Values, g: Values) -> float:
    """Clearance of a marked cell over that with few marked cells."""
    marked = sum(marked_share(x, y) * sum(y[c] for c in CELLS[x]) for x in BLOOD)
    return 1 / (1 + marked / g["macrophage_capacity"])


def _passing(y: Values, g: Values) -> float:
    """Share of red progenitors that live through their stage, which lasts as long for each."""
    return math.exp(-killing("red_cell_precursor", y, g) * g["erythroid_time"])


def _precursors_lost(y: Values, g: Values) -> Flows:
    entering = g["red_production"] / g["erythroid_amplification"] * y["progenitor"] / g["progenitor_healthy"]
    there = y["erythroid_progenitor"] / (
        y["erythroid_progenitor"] + g["one_cell"]
    )  # from none nobody is taken
    return {
        "erythroid_progenitor": -entering * (1 - _passing(y, g)) * there,
        "erythroblast": -killing("red_cell_precursor", y, g) * y["erythroblast"],
    }


def _cleared(x: str, y: Values, g: Values) -> Flows:
    """What macrophages take of a kind of blood cell; of neutrophils they take some from the marrow's reserve, too."""
    rate = killing(x, y, g)
    lost = {c: -rate * y[c] for c in CELLS[x]}
    if x == "granulocyte":
        lost["neutrophil_reserve"] = -g["reserve_clearance_share"] * rate * y["neutrophil_reserve"]
    return lost


def flows(y: Values, g: Values) -> dict[str, Flows]:
    """Return d(species)/dt by mechanism: what each adds and takes."""
    return {
        "innate": _innate(y, g),
        "recognition": _regulators(y, g),
        **{f"self_specific_{x}": _self_specific(x, y, g) for x in TARGETS},
        **{f"antibody_{x}": _antibody(x, y, g) for x in SEEN_BY_B},
        **{f"marking_{x}": _cleared(x, y, g) for x in BLOOD},
        "precursor_killing": _precursors_lost(y, g),
    }


def effects(y: Values, g: Values) -> dict[str, float]:
    """What these mechanisms give to others as rates and levels."""
    A = y["thyroid_antibody"]
    return {
        "thyroid_stimulation": g["receptor_effect"] * g["stimulating_share"] * A,
        "thyroid_blocking": g["receptor_effect"] * (1 - g["stimulating_share"]) * A,
        "immune_complexes": g["complex_formation"] * y["nuclear_antibody"] * g["nuclear_release"],
        **{f"{x}_killing": killing(x, y, g) for x in ("thyroid", "skin", "gut")},
        "marked_red_cells": marked_share("red_cell", y) * sum(y[c] for c in CELLS["red_cell"]),
        "marked_platelets": marked_share("platelet", y) * sum(y[c] for c in CELLS["platelet"]),
        "marked_neutrophils": marked_share("granulocyte", y) * sum(y[c] for c in CELLS["granulocyte"]),
    }
