"""What was read for recognition and self-specific cells."""

from __future__ import annotations

from nonself.provenance import Citation

ONISHI = Citation(
    key="Onishi2008",
    title="Foxp3+ natural regulatory T cells preferentially form aggregates on dendritic cells in vitro and actively "
    "inhibit their maturation",
    authors="Onishi Y, et al.",
    year=2008,
    venue="PNAS 105:10113-10118",
    doi="10.1073/pnas.0711106105",
    read_in="the abstract at scilit.net",
)
WONG = Citation(
    key="Wong2021",
    title="A local regulatory T cell feedback circuit maintains immune homeostasis by pruning self-activated T cells",
    authors="Wong HS, et al.",
    year=2021,
    venue="Cell",
    read_in="the abstract at pmc.ncbi.nlm.nih.gov/articles/PMC8390950",
)
HENINGER = Citation(
    key="Heninger2012",
    title="IL-7 abrogates suppressive activity of human CD4+CD25+FOXP3+ regulatory T cells and allows expansion of "
    "alloreactive and autoreactive T cells",
    authors="Heninger AK, et al.",
    year=2012,
    venue="Journal of Immunology 189:5649-5658",
    doi="10.4049/jimmunol.1201286",
    read_in="the abstract at pubmed.ncbi.nlm.nih.gov/23129754",
)
FEINERMAN = Citation(
    key="Feinerman2010",
    title="Single-cell quantification of IL-2 response by effector and regulatory T cells reveals critical "
    "plasticity in immune response",
    authors="Feinerman O, et al.",
    year=2010,
    venue="Molecular Systems Biology 6:437",
    read_in="pmc.ncbi.nlm.nih.gov/articles/PMC3010113",
)
FRY = Citation(
    key="Fry2001",
    title="A potential role for interleukin-7 in T-cell homeostasis",
    authors="Fry TJ, et al.",
    year=2001,
    venue="Blood 97:2983",
    read_in="the article's page at ashpublications.net",
)
STEIN = Citation(
    key="Stein2019",
    title="Tisagenlecleucel model-based cellular kinetic analysis of chimeric antigen receptor-T cells",
    authors="Stein AM, et al.",
    year=2019,
    venue="CPT: Pharmacometrics & Systems Pharmacology 8:285-295",
    read_in="the abstract, and github.com/nlmixr2/nlmixr2lib, Stein_2019_Tisagenlecleucel.R",
)
SURH = Citation(
    key="Surh2000",
    title="Homeostatic T cell proliferation: how far can T cells be activated to self-ligands?",
    authors="Surh CD, Sprent J",
    year=2000,
    venue="Journal of Experimental Medicine 192:F9-F14",
    read_in="the first page at pmc.ncbi.nlm.nih.gov/articles/PMC2193242",
)
HALLE = Citation(
    key="Halle2016",
    title="In vivo killing capacity of cytotoxic T cells is limited and involves dynamic interactions and T cell "
    "cooperativity",
    authors="Halle S, et al.",
    year=2016,
    venue="Immunity 44:233-245",
    read_in="the abstract at push-zb.helmholtz-muenchen.de",
)
GANUSOV = Citation(
    key="Ganusov2011",
    title="Mass-action killing by cytotoxic T lymphocytes in vivo",
    authors="Ganusov VV, et al.",
    year=2011,
    venue="PLoS One 6:e15959",
    read_in="the abstract at pubmedcentralcanada.ca",
)
MALHOTRA = Citation(
    key="Malhotra2016",
    title="Tolerance is established in polyclonal CD4+ T cells by distinct mechanisms, according to self-peptide "
    "expression patterns",
    authors="Malhotra D, Linehan JL, Dileepan T, et al.",
    year=2016,
    venue="Nature Immunology 17:187-195",
    doi="10.1038/ni.3327",
    read_in="abstract: what all presenting cells of the thymus show is tolerated by deletion, what few show by partial "
    "deletion and regulatory T cells",
)
YU = Citation(
    key="Yu2015",
    title="Clonal deletion prunes but does not eliminate self-specific alpha-beta CD8+ T lymphocytes",
    authors="Yu W, et al.",
    year=2015,
    venue="Immunity 42:929-941",
    read_in="shared/evidence/facts.csv (self_t_freq), read there in an abstract",
)
