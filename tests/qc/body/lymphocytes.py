"""The lymphocytes of the body: second writing of the equations, in plain Python.

Written from the equations as stated in words: pools and half-lives are measured, division and death follow from the
reference adult being at rest; growth factors are production over (decay + uptake), 1 at rest. Time in days, 1e9 cells.
No import of nonself. One hand wrote both: this guards against slips of writing, not against wrong equations.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

LN2 = math.log(2.0)
SPECIES: tuple[str, ...] = (
    "pathogen", "naive_cd4", "naive_cd8", "memory_cd4", "memory_cd8", "regulator", "effector_cd4", "effector_cd8",
    "exhausted_cd8", "diversity", "nk", "transitional_b", "naive_b", "memory_b", "self_reactive_naive",
    "plasmablast", "plasma_cell", "igg",
)  # fmt: skip
P = Mapping[str, float]


def budget(decay: float, uptake: float) -> float:
    """A growth factor relative to rest, where uptake is 1 at rest."""
    return 1.0 / (decay + (1.0 - decay) * uptake)


def rest(p: P) -> dict[str, float]:
    """Numbers at rest."""
    cd4 = p["t_total"] * p["cd4_fraction"] * p["size"]
    cd8 = p["t_total"] * (1 - p["cd4_fraction"]) * p["size"]
    effector, regulator = p["effector_fraction"], p["regulator_fraction"]
    mature_b = (p["b_total"] - p["b_transitional"] - p["plasmablast_total"]) * p["size"]
    return {
        "naive_cd4": p["naive_cd4_fraction"] * cd4,
        "naive_cd8": p["naive_cd8_fraction"] * cd8,
        "memory_cd4": cd4 * (1 - p["naive_cd4_fraction"] - effector - regulator),
        "memory_cd8": cd8 * (1 - p["naive_cd8_fraction"] - effector),
        "effector_cd4": effector * cd4,
        "effector_cd8": effector * cd8,
        "regulator": regulator * cd4,
        "nk": p["nk_count"] * 5.0 * p["liter"] * p["size"] / p["nk_blood_share"],
        "transitional_b": p["b_transitional"] * p["size"],
        "naive_b": (1 - p["b_memory_fraction"]) * mature_b,
        "memory_b": p["b_memory_fraction"] * mature_b,
        "plasmablast": p["plasmablast_total"] * p["size"],
        "plasma_cell": p["plasma_cell_total"] * p["size"],
    }


def signals(y: P, p: P, n: P) -> dict[str, float]:
    """Growth factors and help."""
    cells = ("naive_cd4", "naive_cd8", "memory_cd4")
    weight = p["il7_memory_cd8"]
    all_t = sum(y[c] for c in cells) + weight * y["memory_cd8"]
    memory = y["memory_cd4"] + weight * y["memory_cd8"]
    niche = budget(p["niche_decay"], memory / (n["memory_cd4"] + weight * n["memory_cd8"]))
    il15 = budget(
        p["il15_decay"],
        p["il15_nk"] * y["nk"] / n["nk"] + (1 - p["il15_nk"]) * y["memory_cd8"] / n["memory_cd8"],
    )
    drive4 = niche ** p["memory_cd4_gain"]
    share = p["il2_effector"]
    made = (1 - share) * drive4 * y["memory_cd4"] / n["memory_cd4"] + share * y["effector_cd4"] / n[
        "effector_cd4"
    ]
    b = ("transitional_b", "naive_b", "memory_b")
    helpers = y["memory_cd4"] + y["effector_cd4"]
    return {
        "il7": budget(p["il7_decay"], all_t / (sum(n[c] for c in cells) + weight * n["memory_cd8"])),
        "il15": il15,
        "drive4": drive4,
        "drive8": (niche * il15) ** p["memory_cd8_gain"],
        "il2": made * budget(p["il2_decay"], y["regulator"] / n["regulator"]),
        "baff": budget(p["baff_decay"], sum(y[c] for c in b) / sum(n[c] for c in b)),
        "help": 2 * helpers / (helpers + n["memory_cd4"] + n["effector_cd4"]),
    }


def t_line(line: str, y: P, p: P, n: P, s: P, age: float) -> tuple[dict[str, float], float]:
    """Naive, memory and effector cells of one line; also the naive cells lost a day without infection."""
    naive, memory, effector = (f"{kind}_{line}" for kind in ("naive", "memory", "effector"))
    four = p["thymic_export_cd4_at_30"]
    export = (four if line == "cd4" else p["thymic_export_at_30"] - four) * p["size"]
    now = export * p["thymic_trait"] * math.exp(-p["thymic_decline"] * (age - p["lymphoid_reference_age"]))
    loss, memory_loss = LN2 / p[f"{naive}_halflife"], LN2 / p[f"{memory}_halflife"]
    priming = p["naive_priming_share"] * loss
    drive = s["drive4"] if line == "cd4" else s["drive8"]
    returned = p["memory_yield"] * p["contraction"]
    activated = p["contraction"] * n[effector] / n[memory]
    division = memory_loss - (priming * n[naive] + returned * n[effector]) / n[memory]
    met = p["recruitment"] * p["specific_share"] * y["pathogen"] / (1 + y["pathogen"])
    dying = (loss - priming) * y[naive] + priming * s["il7"] * y[naive]
    return {
        naive: now + (loss - export / n[naive]) * s["il7"] * y[naive] - dying - met * y[naive],
        memory: division * drive * y[memory] - memory_loss * y[memory] + priming * s["il7"] * y[naive]
        + returned * y[effector] - met * y[memory],
        effector: activated * y[memory] + met * p["burst"] * (y[naive] + y[memory]) - p["contraction"] * y[effector],
    }, dying  # fmt: skip


def b_line(y: P, p: P, n: P, s: P, age: float) -> dict[str, float]:
    """B cells, plasma cells and IgG."""
    early = p["self_reactive_early"] / (1 - p["self_reactive_early"])  # odds
    middle, middle_now = (
        odds / (1 + odds)
        for odds in (p["central_pass"] * early, p["central_pass"] / p["deletion_trait"] * early)
    )
    alive = 1 - p["transitional_death"]
    late = middle / 2
    passing = {"self": alive * late / middle, "other": alive * (1 - late) / (1 - middle)}
    pass_now = {kind: x * s["baff"] / (1 - x + x * s["baff"]) for kind, x in passing.items()}
    self_out = middle_now * pass_now["self"]
    out = self_out + (1 - middle_now) * pass_now["other"]
    leave = p["b_maturation"] / alive / p["b_transitional"] * y["transitional_b"]
    output = p["b_maturation"] / alive * p["size"] * p["room"]
    refill = LN2 / p["memory_b_refill"]
    to_memory = refill * n["memory_b"] / n["naive_b"]
    made = p["plasmablast_exit"] * n["plasmablast"]
    from_naive = (1 - p["plasmablast_from_memory"]) * made / n["naive_b"]
    from_memory = p["plasmablast_from_memory"] * made / n["memory_b"]
    boost = s["help"] * (1 + p["plasmablast_gain"] * y["pathogen"] / (1 + y["pathogen"]))
    naive_loss = p["naive_b_division"] + p["b_maturation"] * p["size"] / n["naive_b"] - to_memory - from_naive
    settle = LN2 / p["plasma_cell_halflife"]
    fcr = LN2 / p["igg_halflife"]
    half, ratio = p["igg_half_saturation"], p["igg_recycling"]
    recycled = fcr * ratio * (half + p["igg_normal"]) / (half + y["igg"])
    cells = p["igg_from_plasma_cells"]
    return {
        "transitional_b": output * math.exp(-p["b_decline"] * (age - p["lymphoid_reference_age"])) - leave,
        "naive_b": leave * out + (p["naive_b_division"] - naive_loss / s["baff"] - to_memory * s["help"]
                                  - from_naive * boost) * y["naive_b"],
        "memory_b": to_memory * s["help"] * y["naive_b"] + p["memory_b_division"] * y["memory_b"]
        - (p["memory_b_division"] + refill) * y["memory_b"],
        "self_reactive_naive": leave * out * (self_out / out - y["self_reactive_naive"]) / y["naive_b"],
        "plasmablast": boost * (from_naive * y["naive_b"] + from_memory * y["memory_b"])
        - p["plasmablast_exit"] * y["plasmablast"],
        "plasma_cell": settle * (n["plasma_cell"] / n["plasmablast"] * y["plasmablast"] - y["plasma_cell"]),
        "igg": fcr * p["igg_normal"] * (cells * y["plasma_cell"] / n["plasma_cell"]
                                        + (1 - cells) * y["plasmablast"] / n["plasmablast"])
        - (fcr * (1 + ratio) - recycled) * y["igg"],
    }  # fmt: skip


def rhs(y: P, p: P, age: float) -> dict[str, float]:
    """d(species)/dt without any removal."""
    n = rest(p)
    s = signals(y, p, n)
    four, lost4 = t_line("cd4", y, p, n, s, age)
    eight, lost8 = t_line("cd8", y, p, n, s, age)
    found = {"pathogen": -p["clearance"] * y["pathogen"], **four, **eight, **b_line(y, p, n, s, age)}
    turning = p["regulator_turnover_ratio"] * LN2 / p["memory_cd4_halflife"]
    supply = p["regulator_refill"] * turning * n["regulator"] / n["memory_cd4"] * y["memory_cd4"]
    found["regulator"] = supply + ((1 - p["regulator_refill"]) * s["il2"] - 1) * turning * y["regulator"]
    tired = p["exhaustion"] * y["pathogen"] / (1 + y["pathogen"]) * y["effector_cd8"]
    found["effector_cd8"] -= tired
    found["exhausted_cd8"] = tired - p["exhausted_loss"] * y["exhausted_cd8"]
    found["nk"] = (p["nk_loss"] - p["nk_division"]) * n["nk"] * p["room"] + (
        p["nk_division"] * s["il15"] - p["nk_loss"]
    ) * y["nk"]
    naive, naive_rest = y["naive_cd4"] + y["naive_cd8"], n["naive_cd4"] + n["naive_cd8"]
    rest_loss = (
        LN2
        * (n["naive_cd4"] / p["naive_cd4_halflife"] + n["naive_cd8"] / p["naive_cd8_halflife"])
        / naive_rest
    )
    export = p["thymic_export_at_30"] * p["size"]
    mean = math.sqrt(p["cells_per_new_clone"] * rest_loss * naive_rest / export)
    young = p["thymic_trait"] * math.exp(-p["thymic_decline"] * (age - p["lymphoid_reference_age"]))
    single = y["diversity"] / mean * naive_rest / naive
    found["diversity"] = rest_loss / mean * young - (lost4 + lost8) / naive * single * y["diversity"]
    return found


def blood(y: P, p: P) -> dict[str, float]:
    """Counts in blood, 1e9/L, and two shares."""
    n = rest(p)
    cd4 = y["naive_cd4"] + y["memory_cd4"] + y["effector_cd4"] + y["regulator"]
    cd8 = y["naive_cd8"] + y["memory_cd8"] + y["effector_cd8"] + y["exhausted_cd8"]
    young, blast = p["b_transitional_blood"], p["b_plasmablast_blood"]
    parts = (
        young * y["transitional_b"] / n["transitional_b"],
        blast * y["plasmablast"] / n["plasmablast"],
        (1 - young - blast) * (y["naive_b"] + y["memory_b"]) / (n["naive_b"] + n["memory_b"]),
    )
    return {
        "blood_cd4": p["cd4_count"] * cd4 / (p["t_total"] * p["cd4_fraction"] * p["size"]),
        "blood_cd8": p["cd8_count"] * cd8 / (p["t_total"] * (1 - p["cd4_fraction"]) * p["size"]),
        "blood_b": p["b_count"] * sum(parts),
        "blood_nk": p["nk_count"] * y["nk"] / n["nk"],
        "regulator_share": y["regulator"] / cd4,
        "transitional_share": parts[0] / sum(parts),
    }
