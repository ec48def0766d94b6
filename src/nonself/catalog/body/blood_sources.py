"""What was read for blood formation."""

from __future__ import annotations

from nonself.provenance import Citation

SENDER = Citation(
    key="SenderMilo2021",
    title="The distribution of cellular turnover in the human body",
    authors="Sender R, Milo R",
    year=2021,
    venue="Nature Medicine 27:45-48",
    doi="10.1038/s41591-020-01182-9",
    read_in="github.com/milo-lab/cellular_turnover, Erythrocytes.ipynb, Neutrophils.ipynb and Summary.xlsx",
)
NORDIN = Citation(
    key="Nordin2004",
    title="A multicentre study of reference intervals for haemoglobin, basic blood cell counts and erythrocyte "
    "indices in the adult population of the Nordic countries",
    authors="Nordin G, Mårtensson A, Swolin B, et al.",
    year=2004,
    venue="Scandinavian Journal of Clinical and Laboratory Investigation 64:385-398",
    read_in="abstract, www.hirsla.lsh.is/handle/2336/21872",
)
SHRESTHA = Citation(
    key="Shrestha2016",
    title="Models for the red blood cell lifespan",
    authors="Shrestha RP, Horowitz J, Hollot CV, et al.",
    year=2016,
    venue="Journal of Pharmacokinetics and Pharmacodynamics 43:259-274",
    doi="10.1007/s10928-016-9470-4",
    read_in="abstract, pmc.ncbi.nlm.nih.gov/articles/PMC4887310",
)
SYMEONIDIS = Citation(
    key="Symeonidis2016",
    title="Quantification of the erythropoietic response to anemia and determination of the Hb x log(Epo) "
    "component as an independent parameter, indicating the response to hypoxic stress",
    authors="Symeonidis A, Kouraklis-Symeonidis A, Labropoulou V, et al.",
    year=2016,
    venue="Journal of Biomedical Science and Engineering 9(10)",
    doi="10.4236/jbise.2016.910042",
    read_in="abstract",
)
HILLMAN = Citation(
    key="Hillman1969",
    title="Characteristics of marrow production and reticulocyte maturation in normal man in response to anemia",
    authors="Hillman RS",
    year=1969,
    venue="Journal of Clinical Investigation 48:443-453",
    doi="10.1172/JCI106001",
    read_in="abstract, and its table of maturation times as given in medicalalgorithms.com, "
    "reticulocyte production index",
)
SPHEROCYTOSIS = Citation(
    key="Spherocytosis2014to2020",
    title="(in Chinese) Compensation by red cell formation in the marrow in hereditary spherocytosis, 302 patients",
    authors="authors not in what was read; patients of the blood diseases hospital of the Chinese academy",
    year=2022,
    venue="PMC8980641",
    read_in="abstract, pmc.ncbi.nlm.nih.gov/articles/PMC8980641",
)
ERYTHROID_STAGES = Citation(
    key="Luca2012",
    title="Erythroid maturation (erythropoiesis)",
    authors="Luca DC",
    year=2012,
    venue="PathologyOutlines.com",
    read_in="www.pathologyoutlines.com/topic/bonemarrowerythroidmaturation.html",
)
LEE_SIX = Citation(
    key="LeeSix2018",
    title="Population dynamics of normal human blood inferred from somatic mutations",
    authors="Lee-Six H, et al.",
    year=2018,
    venue="Nature 561:473-478",
    pmid="30185910",
    read_in="abstract",
)
CATLIN = Citation(
    key="Catlin2011",
    title="The replication rate of human hematopoietic stem cells (as its address gives it)",
    authors="Catlin SN, et al.",
    year=2011,
    venue="Blood 117:4460",
    read_in="fact hsc_division, from the abstract at ashpublications.net/blood/article/117/17/4460/20856",
)
CRAIG = Citation(
    key="Craig2016",
    title="A mathematical model of granulopoiesis incorporating the negative feedback dynamics and kinetics of "
    "G-CSF/neutrophil binding and internalization",
    authors="Craig M, Humphries AR, Mackey MC",
    year=2016,
    venue="Bulletin of Mathematical Biology 78:2304-2357",
    read_in="abstract, arxiv 1512.06896; parameters in github.com/radivot/myelo, inst/doc/craigPars16.R and "
    "R/craig16.R",
)
LABELING = Citation(
    key="Blood2016Neutrophil",
    title="Human neutrophil kinetics: modeling of stable isotope labeling data supports short blood neutrophil "
    "half-lives",
    authors="authors not in what was read",
    year=2016,
    venue="Blood 127:3431",
    read_in="abstract, ashpublications.net/blood/article/127/26/3431/35369",
)
PAUKSEN = Citation(
    key="Pauksen1994",
    title="Serum levels of granulocyte-colony stimulating factor (G-CSF) in bacterial and viral infections, and "
    "in atypical pneumonia",
    authors="Pauksen K, Elfman L, Ulfgren AK, Venge P",
    year=1994,
    venue="British Journal of Haematology",
    read_in="abstract",
)
HANSON_SLICHTER = Citation(
    key="HansonSlichter1985",
    title="Platelet kinetics in patients with bone marrow hypoplasia: evidence for a fixed platelet requirement",
    authors="Hanson SR, Slichter SJ",
    year=1985,
    venue="Blood 66:1105",
    read_in="abstract, www.bloodjournal.org/content/66/5/1105.long",
)
GROWTH_FACTOR = Citation(
    key="GrowthFactor2000",
    title="Effects of megakaryocyte growth and development factor (in volunteers; as its address gives it)",
    authors="authors not in what was read",
    year=2000,
    venue="Blood 95:2514",
    read_in="abstract, ashpublications.net/blood/article/95/8/2514/175799",
)
HANS = Citation(
    key="Hans2019",
    title="Effect of plateletpheresis on postdonation serum thrombopoietin levels and its correlation with "
    "platelet counts in healthy voluntary donors",
    authors="Hans R, Sharma RR, Marwaha N",
    year=2019,
    venue="Asian Journal of Transfusion Science",
    doi="10.4103/ajts.ajts_86_18",
    read_in="abstract",
)
HOU = Citation(
    key="Hou1998",
    title="Plasma thrombopoietin levels in thrombocytopenic states: implication for a regulatory role of bone "
    "marrow megakaryocytes",
    authors="Hou M, Andersson PO, Stockelberg D, Mellqvist UH, Ridell B, Wadenvik H",
    year=1998,
    venue="British Journal of Haematology 101:420-424",
    read_in="first page",
)
MEGAKARYOCYTES = Citation(
    key="InnesVirginia",
    title="Platelets & Megakaryocytes",
    authors="University of Virginia School of Medicine",
    year=2026,
    venue="course pages, www.med-ed.virginia.edu/courses/path/innes/nh/platelets.cfm (undated; year it was read)",
)
MOLLISON = Citation(
    key="Mollison1967",
    title="Clearance of Rh-positive red cells by low concentrations of Rh antibody",
    authors="Mollison PL, Hughes-Jones NC",
    year=1967,
    venue="Immunology 12:63-73",
    pmid="4959772",
    read_in="abstract: half-time of 100 h at ten molecules a cell; the rate rises with the square root of antibody",
)
BARCELLINI = Citation(
    key="Barcellini2013",
    title="Clinical heterogeneity of autoimmune hemolytic anemia (title cut in what was read)",
    authors="authors not in what was read",
    year=2013,
    venue="meeting abstract, Blood 122(21):3428",
    read_in="abstract: of 157 at onset 33 % below 60 g/L, 34 % to 80, 18 % to 100, 15 % above",
)
LOUWES = Citation(
    key="Louwes1999",
    title="Platelet kinetic studies in patients with idiopathic thrombocytopenic purpura",
    authors="Louwes H, et al.",
    year=1999,
    venue="American Journal of Medicine 106:430-434",
    doi="10.1016/s0002-9343(99)00054-6",
    read_in="abstract: life of 1.6 +- 1.4 days in 81 patients with normal or more production",
)
BUX = Citation(
    key="Bux1998",
    title="Diagnosis and clinical course of autoimmune neutropenia (title cut in what was read; 240 infants)",
    authors="Bux J, Behrens G, Jaeger G, et al.",
    year=1998,
    venue="Blood 91:181",
    read_in="abstract: marrow normal or rich in cells, segmented granulocytes variably fewer",
)
ABKOWITZ = Citation(
    key="Abkowitz1986",
    title="Pure red cell aplasia: lymphocyte inhibition of erythropoiesis",
    authors="Abkowitz JL, Kadin ME, Powell JS, Adamson JW",
    year=1986,
    venue="British Journal of Haematology 63:59-67",
    doi="10.1111/j.1365-2141.1986.tb07495.x",
    pmid="3085703",
    read_in="abstract: no late erythroid progenitors (CFU-E) in marrow culture, normal numbers of early ones (BFU-E)",
)
