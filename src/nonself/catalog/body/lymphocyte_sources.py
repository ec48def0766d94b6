"""The sources of the lymphocyte mechanisms: what was read, and where."""

from __future__ import annotations

from nonself.provenance import Citation

_ABSTRACT = "abstract"
_FACTS = "shared/evidence/facts.csv"
_UNNAMED = "(authors not named in what was read)"

SENDER = Citation(
    "Sender2021", "The distribution of cellular turnover in the human body", "Sender R, Milo R", 2021,
    "Nature Medicine 27:45-48", doi="10.1038/s41591-020-01182-9",
    read_in="github.com/milo-lab/cellular_turnover, Lymphocytes.ipynb, Lymphocytes_data.xlsx, Summary.xlsx",
)  # fmt: skip
BRABER = Citation(
    "denBraber2012",
    "Maintenance of peripheral naive T cells is sustained by thymus output in mice but not humans",
    "den Braber I, et al.", 2012, "Immunity 36:288-297", doi="10.1016/j.immuni.2012.02.006",
    read_in="BioNumbers 113830, and github.com/milo-lab/cellular_turnover, Lymphocytes.ipynb",
)  # fmt: skip
VRISEKOOP = Citation(
    "Vrisekoop2008",
    "Sparse production but preferential incorporation of recently produced naive T cells in the human "
    "peripheral pool",
    "Vrisekoop N, et al.", 2008, "PNAS 105:6115-6120", doi="10.1073/pnas.0709713105", read_in=_ABSTRACT,
)  # fmt: skip
VUKMANOVIC = Citation(
    "VukmanovicStejic2006",
    "Human CD4+ CD25hi Foxp3+ regulatory T cells are derived by rapid turnover of memory populations in vivo",
    "Vukmanovic-Stejic M, et al.", 2006, "Journal of Clinical Investigation", doi="10.1172/JCI28941",
    read_in=_ABSTRACT,
)  # fmt: skip
THYMUS_MODEL = Citation(
    "Lewkiewicz2019", "A mathematical model of the effects of aging on naive T-cell population and diversity",
    "Lewkiewicz SM, Chuang YL, Chou T", 2019, "BIOMD0000000824", pmid="31201663",
    read_in="shared/models.md, section 5: export 1.8e10 exp(-0.044 age) a year",
)  # fmt: skip
LUTSIAK = Citation(
    "Lutsiak2005", "Inhibition of CD4+25+ T regulatory cell function", "Lutsiak ME, et al.", 2005,
    "Blood 105:2862", read_in=_FACTS + " (treg_fraction)",
)  # fmt: skip
COUNTS = Citation(
    "LymphocyteCounts2004", "Lymphocyte subsets of 104 healthy multiracial adults", _UNNAMED, 2004,
    "Clinical and Diagnostic Laboratory Immunology 11:168-173", read_in=_FACTS + " (lymph_cd4 to lymph_nk)",
)  # fmt: skip
HODGE = Citation(
    "Hodge2011", "Decreases in IL-7 levels during antiretroviral treatment of HIV infection suggest a primary "
    "mechanism of receptor-mediated clearance",
    _UNNAMED, 2011, "Blood 118:3244", read_in=_ABSTRACT,
)  # fmt: skip
FRY = Citation(
    "Fry2001", "A potential role for interleukin-7 in T-cell homeostasis", "Fry TJ, et al.", 2001,
    "Blood 97:2983", read_in=_ABSTRACT,
)  # fmt: skip
IL15_TRANSPLANT = Citation(
    "IL15Transplant2005", "IL-15 plays a critical role in CD8+ T-cell recovery after allogeneic transplantation",
    _UNNAMED, 2005, "meeting abstract", read_in="acemap.info/paper/442776976",
)  # fmt: skip
FEINERMAN = Citation(
    "Feinerman2010", "Single-cell quantification of IL-2 response by effector and regulatory T cells",
    "Feinerman O, et al.", 2010, "Molecular Systems Biology 6:437", read_in=_ABSTRACT,
)  # fmt: skip
MILLER = Citation(
    "Miller2008", "Human effector and memory CD8+ T cell responses to smallpox and yellow fever vaccines",
    "Miller JD, et al.", 2008, "Immunity 28:710-722", read_in=_ABSTRACT,
)  # fmt: skip
TABLE_OF_AGING = Citation(
    "CD4CD8Aging2018", "Subset-specific differences of human CD4 and CD8 T cells with age", _UNNAMED, 2018,
    "Journal of Leukocyte Biology 104:691-699", doi="10.1002/JLB.1RI0418-160R", read_in="Table 1",
)  # fmt: skip
ZHANG = Citation(
    "Zhang2007",
    "In vivo kinetics of human natural killer cells: the effects of ageing and acute and chronic viral infection",
    "Zhang Y, et al.", 2007, "Immunology 121:258-265", doi="10.1111/j.1365-2567.2007.02573.x",
    read_in=_ABSTRACT,
)  # fmt: skip
WARDEMANN = Citation(
    "Wardemann2003", "Predominant autoantibody production by early human B cell precursors",
    "Wardemann H, et al.", 2003, "Science 301:1374-1377", read_in=_ABSTRACT,
)  # fmt: skip
SECOND_CHECKPOINT = Citation(
    "SecondCheckpoint2019", "The second B cell tolerance checkpoint and cross-reactivity of foreign and self",
    _UNNAMED, 2019, "JCI Insight 4:e122551", doi="10.1172/jci.insight.122551", read_in=_ABSTRACT,
)  # fmt: skip
MACALLAN = Citation(
    "Macallan2005", "B-cell kinetics in humans: rapid turnover of peripheral blood memory cells",
    "Macallan DC, et al.", 2005, "Blood 105:3633-3640", doi="10.1182/blood-2004-09-3740", read_in=_ABSTRACT,
)  # fmt: skip
CARAUX = Citation(
    "Caraux2010", "Circulating human B and plasma cells. Age-associated changes in counts and detailed "
    "characterization of circulating normal CD138- and CD138+ plasma cells",
    _UNNAMED, 2010, "Haematologica", read_in=_ABSTRACT,
)  # fmt: skip
ROLL = Citation(
    "Roll2006", "Regeneration of B cell subsets after transient B cell depletion using anti-CD20 antibodies in "
    "rheumatoid arthritis",
    _UNNAMED, 2006, "Arthritis & Rheumatism", doi="10.1002/art.22019", read_in=_ABSTRACT,
)  # fmt: skip
LAVIE = Citation(
    "Lavie2006", "Increase of B-cell activating factor of the TNF family (BAFF) after rituximab", "Lavie F, et al.",
    2006, "Annals of the Rheumatic Diseases", doi="10.1136/ard.2006.060772", read_in=_ABSTRACT,
)  # fmt: skip
BRINK = Citation(
    "Brink2006", "Regulation of B cell self-tolerance by BAFF", "Brink R", 2006,
    "Seminars in Immunology 18:276-283", read_in=_ABSTRACT,
)  # fmt: skip
MOISINI = Citation(
    "Moisini2009", "BAFF: a local and systemic target in autoimmune diseases", "Moisini I, Davidson A", 2009,
    "Clinical and Experimental Immunology 158:155-163", doi="10.1111/j.1365-2249.2009.04007.x", read_in=_ABSTRACT,
)  # fmt: skip
AMANNA = Citation(
    "Amanna2007", "Duration of humoral immunity to common viral and vaccine antigens",
    "Amanna IJ, Carlson NE, Slifka MK", 2007, "New England Journal of Medicine 357:1903-1915", read_in=_ABSTRACT,
)  # fmt: skip
KIM = Citation(
    "Kim2007", "Kinetics of FcRn-mediated recycling of IgG and albumin in human", _UNNAMED, 2007,
    "Clinical Immunology 122:146-155", doi="10.1016/j.clim.2006.09.001", read_in=_ABSTRACT,
)  # fmt: skip
IGG_HALFLIFE = Citation(
    "IgGHalflife", "IgG half-life, 21 to 26 days over the sources read", _UNNAMED, 2024, "several",
    read_in=_FACTS + " (igg_halflife)",
)  # fmt: skip
THOMPSON = Citation(
    "Thompson2010", "B-cell reconstitution and BAFF after alemtuzumab (Campath-1H) treatment of multiple sclerosis",
    "Thompson SAJ, Jones JL, Cox AL, Compston DAS, Coles AJ", 2010, "Journal of Clinical Immunology 30:99-105",
    doi="10.1007/s10875-009-9327-3", read_in=_ABSTRACT,
)  # fmt: skip
NICHES = Citation(
    "Knop2020", "IL-7 derived from lymph node fibroblastic reticular cells is dispensable for naive T cell "
    "homeostasis but crucial for central memory T cell survival",
    "Knop L, et al.", 2020, "European Journal of Immunology", doi="10.1002/eji.201948368", read_in=_ABSTRACT,
)  # fmt: skip
MARROW_NICHE = Citation(
    "SercanAlp2015", "Memory CD8+ T cells colocalize with IL-7+ stromal cells in bone marrow and rest in terms of "
    "proliferation and transcription",
    "Sercan Alp O, et al.", 2015, "European Journal of Immunology 45:975-987", doi="10.1002/eji.201445295",
    read_in=_ABSTRACT,
)  # fmt: skip
HILL_CAWTHORNE = Citation(
    "HillCawthorne2012", "Long term lymphocyte reconstitution after alemtuzumab treatment of multiple sclerosis",
    "Hill-Cawthorne GA, et al.", 2012, "Journal of Neurology, Neurosurgery & Psychiatry 83:298", read_in=_ABSTRACT,
)  # fmt: skip
