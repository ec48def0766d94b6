"""What was read for the core."""

from __future__ import annotations

from nonself.provenance import Citation

SENDER = Citation(
    key="SenderMilo2021",
    title="The distribution of cellular turnover in the human body",
    authors="Sender R, Milo R",
    year=2021,
    venue="Nature Medicine 27:45-48",
    read_in="github.com/milo-lab/cellular_turnover, notebook outputs and Summary.xlsx",
)
LUTSIAK = Citation(
    key="Lutsiak2005",
    title="Inhibition of CD4+25+ T regulatory cell function implicated in enhanced immune response by "
    "low-dose cyclophosphamide",
    authors="Lutsiak ME, et al.",
    year=2005,
    venue="Blood 105:2862",
    read_in="the article's page at ashpublications.net",
)
VUKMANOVIC = Citation(
    key="VukmanovicStejic2006",
    title="Human CD4+CD25hiFoxp3+ regulatory T cells are derived by rapid turnover of memory populations in vivo",
    authors="Vukmanovic-Stejic M, et al.",
    year=2006,
    venue="Journal of Clinical Investigation",
    read_in="pmc.ncbi.nlm.nih.gov/articles/PMC1555646",
)
VRISEKOOP = Citation(
    key="Vrisekoop2008",
    title="Sparse production but preferential incorporation of recently produced naive T cells in the human "
    "peripheral pool",
    authors="Vrisekoop N, et al.",
    year=2008,
    venue="PNAS 105:6115-6120",
    read_in="pubmed.ncbi.nlm.nih.gov/18420820",
)
FRY = Citation(
    key="Fry2001",
    title="A potential role for interleukin-7 in T-cell homeostasis",
    authors="Fry TJ, et al.",
    year=2001,
    venue="Blood 97:2983",
    read_in="the article's page at ashpublications.net",
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
STEIN = Citation(
    key="Stein2019",
    title="Tisagenlecleucel model-based cellular kinetic analysis of chimeric antigen receptor-T cells",
    authors="Stein AM, et al.",
    year=2019,
    venue="CPT: Pharmacometrics & Systems Pharmacology 8:285-295",
    read_in="the abstract, and github.com/nlmixr2/nlmixr2lib, Stein_2019_Tisagenlecleucel.R",
)
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
MAYER = Citation(
    key="Mayer2014",
    title="Few Foxp3+ regulatory T cells are sufficient to protect adult mice from lethal autoimmunity",
    authors="Mayer CT, et al.",
    year=2014,
    venue="European Journal of Immunology 44:2990-3002",
    read_in="the abstract at ucdavis.pure.elsevier.com",
)
JONES = Citation(
    key="Jones2013",
    title="Human autoimmunity after lymphocyte depletion is caused by homeostatic T-cell proliferation",
    authors="Jones JL, et al.",
    year=2013,
    venue="PNAS 110:20200-20205",
    doi="10.1073/pnas.1313654110",
    pmid="24282306",
    read_in="the abstract",
)
HALL = Citation(
    key="Hall2005",
    title="Rh autoantigen presentation to helper T cells in chronic lymphocytic leukemia by malignant B cells",
    authors="Hall AM, et al.",
    year=2005,
    venue="Blood 105:2007",
    read_in="abstract and introduction at ashpublications.net",
)
SURH = Citation(
    key="Surh2000",
    title="Homeostatic T cell proliferation: how far can T cells be activated to self-ligands?",
    authors="Surh CD, Sprent J",
    year=2000,
    venue="Journal of Experimental Medicine 192:F9-F14",
    read_in="the first page at pmc.ncbi.nlm.nih.gov/articles/PMC2193242",
)
CLL_CLONE = Citation(
    key="Messmer2005",
    title="In vivo measurements document the dynamic cellular kinetics of chronic lymphocytic leukemia B cells",
    authors="Messmer BT, et al.",
    year=2005,
    venue="Journal of Clinical Investigation 115:755-764",
    read_in="1library.net copy, and a review's summary of burden",
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
WONG = Citation(
    key="Wong2021",
    title="A local regulatory T cell feedback circuit maintains immune homeostasis by pruning self-activated T cells",
    authors="Wong HS, et al.",
    year=2021,
    venue="Cell",
    read_in="the abstract at pmc.ncbi.nlm.nih.gov/articles/PMC8390950",
)
WATTS = Citation(
    key="Watts2021",
    title="Transient depletion of Foxp3+ regulatory T cells selectively promotes aggressive beta cell autoimmunity in "
    "genetically susceptible DEREG mice",
    authors="Watts D, et al.",
    year=2021,
    venue="Frontiers in Immunology 12:720133",
    doi="10.3389/fimmu.2021.720133",
    read_in="the abstract",
)
