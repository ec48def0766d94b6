"""Numbers and formulas of the benchmark model, one per line: amounts relative, rates per day."""

from __future__ import annotations

SPECIES: dict[str, tuple[float, float]] = {  # name: (initial, typical)
    "depot": (0.0, 1.0),
    "central": (0.0, 1.0),
    "periph": (0.0, 1.0),
    "metab": (0.0, 1.0),
    "hsc": (1.0, 1.0),
    "prog": (1.0, 1.0),
    "tr1": (1.0, 1.0),
    "tr2": (1.0, 1.0),
    "tr3": (1.0, 1.0),
    "neu": (1.0, 1.0),
    "ery": (1.0, 1.0),
    "rbc": (1.0, 1.0),
    "plt": (1.0, 1.0),
    "lsc": (0.08, 0.1),
    "lpc": (0.12, 0.1),
    "blast": (0.5, 1.0),
    "res": (1e-4, 0.1),
    "naive": (0.9, 1.0),
    "eff": (0.05, 0.1),
    "mem": (0.3, 1.0),
    "exh": (0.1, 0.1),
    "cd4": (0.6, 1.0),
    "treg": (0.1, 1.0),
    "nk": (0.9, 1.0),
    "apc": (0.95, 1.0),
    "ag": (0.05, 0.1),
    "il2": (0.08, 0.1),
    "il7": (1.04, 1.0),
    "cyt": (0.12, 0.1),
    "ab": (0.1, 1.0),
}

RATES: dict[str, float] = {  # 1/day
    "k_abs": 24.0,  # drug: absorption
    "k_cp": 200.0,  # central to peripheral
    "k_pc": 80.0,  # peripheral to central
    "k_el": 9.0,  # elimination
    "v_met": 20.0,  # to the active metabolite
    "k_met": 0.9,  # loss of the metabolite
    "p_hsc": 0.12,  # stem cells: division
    "d_hsc": 0.03,  # differentiation
    "x_hsc": 0.06,  # killed by the drug
    "s_prog": 0.35,  # progenitors: from stem cells
    "p_prog": 0.75,  # division
    "k_tr": 0.85,  # into transit
    "x_prog": 1.2,  # killed by the drug
    "k_mat": 0.8,  # one maturation step
    "k_neu": 0.85,  # neutrophils: loss
    "s_ery": 0.2,  # red precursors: from stem cells
    "k_ery": 0.2,  # maturation
    "x_ery": 0.5,  # killed by the drug
    "k_rbc": 0.01,  # red cells: loss
    "s_plt": 0.14,  # platelets: production
    "k_plt": 0.12,  # loss
    "k_abp": 0.04,  # cleared with antibody
    "p_lsc": 0.06,  # leukemia stem cells: division
    "d_lsc": 0.025,  # differentiation
    "x_lsc": 0.25,  # killed by the drug
    "s_lpc": 0.3,  # leukemia progenitors: from stem cells
    "p_lpc": 0.15,  # division
    "d_lpc": 0.25,  # maturation to blasts
    "x_lpc": 0.6,  # killed by the drug
    "d_blast": 0.12,  # blasts: death
    "x_blast": 0.9,  # killed by the drug
    "m_res": 1e-5,  # resistant clone: mutation
    "p_res": 0.06,  # division
    "d_res": 0.025,  # death
    "x_res": 0.3,  # killed by the drug
    "k_elsc": 0.01,  # killing by effectors: stem cells
    "k_elpc": 0.06,  # progenitors
    "k_eb": 0.12,  # blasts
    "k_eres": 0.03,  # resistant clone
    "k_nkb": 0.03,  # killing by NK cells: blasts
    "q_ag0": 0.7,  # antigen: background
    "q_agb": 1.0,  # from dying leukemia cells, per unit rate
    "k_ag": 12.0,  # clearance
    "k_up": 8.0,  # uptake by presenting cells
    "s_apc": 0.3,  # presenting cells: supply
    "d_apc": 0.4,  # loss
    "s_nv": 0.009,  # naive CD8: thymus
    "p_nv": 0.006,  # division on IL-7
    "d_nv": 0.012,  # loss
    "x_nv": 0.03,  # killed by the drug
    "k_pr": 0.01,  # priming
    "k_re": 0.02,  # recall of memory
    "p_eff": 0.9,  # effectors: division on IL-2 and antigen
    "d_eff": 0.35,  # death
    "k_mem": 0.04,  # to memory
    "k_ex": 0.15,  # to exhaustion
    "x_eff": 0.3,  # killed by the drug
    "p_mem": 0.003,  # memory: division on IL-7
    "d_mem": 0.004,  # loss
    "d_exh": 0.03,  # exhausted: loss
    "s_cd4": 0.02,  # CD4: supply
    "p_cd4": 0.1,  # division on antigen
    "d_cd4": 0.05,  # loss
    "x_cd4": 0.06,  # killed by the drug
    "k_ind": 0.06,  # regulators: induced
    "d_treg": 0.08,  # loss
    "x_treg": 0.08,  # killed by the drug
    "s_nk": 0.09,  # NK cells: supply
    "d_nk": 0.12,  # loss
    "q_20": 1.0,  # IL-2: background
    "q_2c": 20.0,  # from CD4 cells
    "q_2e": 10.0,  # from effectors
    "c_2": 40.0,  # clearance
    "u_2t": 60.0,  # uptake by regulators
    "u_2e": 20.0,  # uptake by effectors
    "q_7": 10.0,  # IL-7: production
    "c_7": 5.0,  # clearance
    "u_7": 4.0,  # uptake by T cells
    "q_c0": 1.0,  # cytokine: background
    "q_ca": 12.0,  # from presenting cells
    "q_ck": 10.0,  # from killing
    "c_c": 25.0,  # clearance
    "q_ab": 0.04,  # antibody: production
    "d_ab": 0.035,  # loss
}

CONSTANTS: dict[str, float] = {  # 1
    "km_met": 2.0,  # metabolism: half saturation
    "ec_n": 2.0,  # drug effect: half, healthy cells
    "ec_l": 0.8,  # leukemia
    "ec_r": 10.0,  # resistant clone
    "n_hsc": 0.34,  # stem cell niche
    "c_nl": 0.8,  # niche taken by leukemia
    "c_prog": 2.0,  # room for progenitors
    "n_set": 1.0,  # neutrophil set point
    "g_n": 0.35,  # neutrophil feedback
    "r_set": 1.0,  # red cell set point
    "g_e": 1.2,  # red cell feedback
    "t_set": 1.0,  # platelet set point
    "g_p": 0.6,  # platelet feedback
    "a_mob": 0.6,  # cytokine mobilizes neutrophils
    "h_cyt": 0.3,  # cytokine: half effect
    "n_cyt": 1.6,  # cytokine: steepness
    "b_half": 2.0,  # burden that halves blood formation
    "b_cap": 1.2,  # room for leukemia
    "i_treg": 2.0,  # regulators on killing
    "h_kill": 0.4,  # killing: half saturation
    "h_nk": 0.5,  # NK killing: half saturation
    "h_ag": 0.15,  # antigen: half effect
    "a_apc": 1.5,  # antigen on presenting cells
    "a_nk": 1.0,  # cytokine on NK cells
    "h_7": 1.0,  # IL-7: half effect
    "h_2": 0.3,  # IL-2: half effect
    "h_ex": 0.5,  # exhaustion: half effect
    "c_eff": 0.6,  # room for effectors
    "c_cd4": 1.5,  # room for CD4
}

EXPRESSIONS: dict[str, str] = {
    "burden": "lsc + lpc + blast + res",
    "effect_n": "metab/(ec_n + metab)",
    "effect_l": "metab/(ec_l + metab)",
    "effect_r": "metab/(ec_r + metab)",
    "crowd": "1/(1 + (burden/b_half)**2)",
    "room": "1/(1 + burden/b_cap)",
    "alarm": "1/(1 + (h_cyt/cyt)**n_cyt)",
    "seen": "ag/(h_ag + ag)",
    "lysis": "eff/((1 + i_treg*treg)*(h_kill + burden))",
    "innate": "nk/(h_nk + burden)",
    "trophic": "il7/(h_7 + il7)",
}

REACTIONS: dict[str, tuple[str, dict[str, float]]] = {
    "absorption": ("k_abs*depot", {"depot": -1, "central": 1}),
    "distribution": ("k_cp*central", {"central": -1, "periph": 1}),
    "return": ("k_pc*periph", {"periph": -1, "central": 1}),
    "elimination": ("k_el*central", {"central": -1}),
    "activation": ("v_met*central/(1 + central/km_met)", {"central": -1, "metab": 1}),
    "inactivation": ("k_met*metab", {"metab": -1}),
    "hsc_division": ("p_hsc*hsc/(1 + (hsc + c_nl*lsc)/n_hsc)", {"hsc": 1}),
    "hsc_loss": ("d_hsc*hsc", {"hsc": -1}),
    "hsc_kill": ("x_hsc*effect_n*hsc", {"hsc": -1}),
    "prog_supply": ("s_prog*hsc*crowd", {"prog": 1}),
    "prog_division": ("p_prog*(n_set/neu)**g_n*prog*crowd/(1 + prog/c_prog)", {"prog": 1}),
    "prog_transit": ("k_tr*prog", {"prog": -1, "tr1": 1}),
    "prog_kill": ("x_prog*effect_n*prog", {"prog": -1}),
    "maturation1": ("k_mat*(1 + a_mob*alarm)*tr1", {"tr1": -1, "tr2": 1}),
    "maturation2": ("k_mat*(1 + a_mob*alarm)*tr2", {"tr2": -1, "tr3": 1}),
    "maturation3": ("k_mat*(1 + a_mob*alarm)*tr3", {"tr3": -1, "neu": 1}),
    "neu_loss": ("k_neu*neu", {"neu": -1}),
    "ery_supply": ("s_ery*hsc*crowd*(r_set/rbc)**g_e", {"ery": 1}),
    "ery_maturation": ("k_ery*ery", {"ery": -1, "rbc": 0.05}),
    "ery_kill": ("x_ery*effect_n*ery", {"ery": -1}),
    "rbc_loss": ("k_rbc*rbc", {"rbc": -1}),
    "plt_supply": ("s_plt*hsc*crowd*(t_set/plt)**g_p/(1 + effect_n)", {"plt": 1}),
    "plt_loss": ("k_plt*plt", {"plt": -1}),
    "plt_antibody": ("k_abp*ab*plt", {"plt": -1}),
    "lsc_division": ("p_lsc*lsc*room", {"lsc": 1}),
    "lsc_loss": ("d_lsc*lsc", {"lsc": -1}),
    "lsc_kill": ("x_lsc*effect_l*lsc", {"lsc": -1}),
    "lsc_lysis": ("k_elsc*lysis*lsc", {"lsc": -1, "ag": 1}),
    "lpc_supply": ("s_lpc*lsc", {"lpc": 1}),
    "lpc_division": ("p_lpc*lpc*room", {"lpc": 1}),
    "lpc_maturation": ("d_lpc*lpc", {"lpc": -1, "blast": 2}),
    "lpc_kill": ("x_lpc*effect_l*lpc", {"lpc": -1, "ag": 0.5}),
    "lpc_lysis": ("k_elpc*lysis*lpc", {"lpc": -1, "ag": 1}),
    "blast_loss": ("d_blast*blast", {"blast": -1}),
    "blast_kill": ("x_blast*effect_l*blast", {"blast": -1, "ag": 1}),
    "blast_lysis": ("k_eb*lysis*blast", {"blast": -1, "ag": 1}),
    "blast_nk": ("k_nkb*innate*blast", {"blast": -1, "ag": 1}),
    "res_mutation": ("m_res*lsc", {"res": 1}),
    "res_division": ("p_res*res*room", {"res": 1}),
    "res_loss": ("d_res*res", {"res": -1}),
    "res_kill": ("x_res*effect_r*res", {"res": -1}),
    "res_lysis": ("k_eres*lysis*res", {"res": -1, "ag": 1}),
    "ag_supply": ("q_ag0 + q_agb*burden", {"ag": 1}),
    "ag_clearance": ("k_ag*ag", {"ag": -1}),
    "ag_uptake": ("k_up*apc*ag", {"ag": -1}),
    "apc_supply": ("s_apc*(1 + a_apc*seen)", {"apc": 1}),
    "apc_loss": ("d_apc*apc", {"apc": -1}),
    "naive_thymus": ("s_nv", {"naive": 1}),
    "naive_division": ("p_nv*naive*trophic", {"naive": 1}),
    "naive_loss": ("d_nv*naive", {"naive": -1}),
    "naive_kill": ("x_nv*effect_n*naive", {"naive": -1}),
    "priming": ("k_pr*naive*apc*seen", {"naive": -1, "eff": 8}),
    "recall": ("k_re*mem*apc*seen", {"mem": -1, "eff": 8}),
    "eff_division": ("p_eff*eff*il2/(h_2 + il2)*seen/(1 + eff/c_eff)", {"eff": 1}),
    "eff_loss": ("d_eff*eff", {"eff": -1}),
    "eff_memory": ("k_mem*eff", {"eff": -1, "mem": 1}),
    "eff_exhaustion": ("k_ex*eff*burden/(h_ex + burden)", {"eff": -1, "exh": 1}),
    "eff_kill": ("x_eff*effect_n*eff", {"eff": -1}),
    "mem_division": ("p_mem*mem*trophic", {"mem": 1}),
    "mem_loss": ("d_mem*mem", {"mem": -1}),
    "exh_loss": ("d_exh*exh", {"exh": -1}),
    "cd4_supply": ("s_cd4", {"cd4": 1}),
    "cd4_division": ("p_cd4*cd4*apc*seen/(1 + (cd4/c_cd4)**2)", {"cd4": 1}),
    "cd4_loss": ("d_cd4*cd4", {"cd4": -1}),
    "cd4_kill": ("x_cd4*effect_n*cd4", {"cd4": -1}),
    "treg_induction": ("k_ind*cd4*il2/(h_2 + il2)", {"treg": 1}),
    "treg_loss": ("d_treg*treg", {"treg": -1}),
    "treg_kill": ("x_treg*effect_n*treg", {"treg": -1}),
    "nk_supply": ("s_nk*(1 + a_nk*alarm)", {"nk": 1}),
    "nk_loss": ("d_nk*nk", {"nk": -1}),
    "il2_supply": ("q_20 + q_2c*cd4*apc*seen + q_2e*eff", {"il2": 1}),
    "il2_clearance": ("c_2*il2", {"il2": -1}),
    "il2_uptake": ("(u_2t*treg + u_2e*eff)*il2", {"il2": -1}),
    "il7_supply": ("q_7", {"il7": 1}),
    "il7_clearance": ("c_7*il7", {"il7": -1}),
    "il7_uptake": ("u_7*(naive + mem)*il7", {"il7": -1}),
    "cyt_supply": ("q_c0 + q_ca*apc*seen + q_ck*lysis*burden", {"cyt": 1}),
    "cyt_clearance": ("c_c*cyt", {"cyt": -1}),
    "ab_supply": ("q_ab*cd4*apc*seen/(1 + i_treg*treg)", {"ab": 1}),
    "ab_loss": ("d_ab*ab", {"ab": -1}),
}
