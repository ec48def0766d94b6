"""What was read for the target tissues."""

from __future__ import annotations

from nonself.provenance import Citation

TURNOVER = Citation(
    key="SenderMilo2021",
    title="The distribution of cellular turnover in the human body",
    authors="Sender R, Milo R",
    year=2021,
    venue="Nature Medicine 27:45-48",
    doi="10.1038/s41591-020-01182-9",
    read_in="github.com/milo-lab/cellular_turnover at 709ba9c, outputs of GIT_Epithelial_cells.ipynb, "
    "Skin_cells.ipynb and Results_summary.ipynb",
)
DUMONT = Citation(
    key="Dumont1992",
    title="Control of thyroid cell proliferation and goitrogenesis",
    authors="Dumont JE, Maenhaut C, Lamy F",
    year=1992,
    venue="Trends in Endocrinology and Metabolism 3:12-17",
    doi="10.1016/1043-2760(92)90086-g",
    read_in="abstract",
)
OZAKI = Citation(
    key="Ozaki2012",
    title="Thyroid regeneration: characterization of clear cells after partial thyroidectomy",
    authors="Ozaki T, Matsubara T, Seo D, et al.",
    year=2012,
    venue="Endocrinology 153:2514-2525",
    doi="10.1210/en.2011-1365",
    read_in="abstract, PMC3339649",
)
PUSTELNIK = Citation(
    key="Pustelnik2017",
    title="The compensatory enlargement of the remaining thyroid lobe following hemithyroidectomy is small and "
    "without impact on symptom relief",
    authors="Pustelnik FS, Gronbek C, Døssing H, et al.",
    year=2017,
    venue="European Archives of Oto-Rhino-Laryngology",
    read_in="abstract",
)
CHRISTOV = Citation(
    key="Christov1973",
    title="Thyroid follicular cell proliferation as a function of age",
    authors="Christov K, Bollmann R, Thomas C",
    year=1973,
    venue="Beiträge zur Pathologie 148:152-164",
    doi="10.1016/s0005-8165(73)80046-0",
    read_in="abstract (rat)",
)
SAKANE = Citation(
    key="Sakane1990",
    title="The prognostic application of thyroid volume determination in patients with Graves' disease",
    authors="Sakane S",
    year=1990,
    venue="Nihon Naibunpi Gakkai Zasshi 66:543-556",
    pmid="1696557",
    read_in="abstract",
)
BENHADI = Citation(
    key="Benhadi2010",
    title="Individual variation of TSH and free T4, and their log-linear relationship, in healthy volunteers",
    authors="Benhadi N, et al.",
    year=2010,
    venue="European Journal of Endocrinology 162:323-329",
    read_in="abstract, eje.bioscientifica.com/view/journals/eje/162/2/323.xml (title in our words)",
)
ROTHACKER = Citation(
    key="Rothacker2016",
    title="Reconciling the log-linear and non-log-linear nature of the TSH-free T4 relationship: intra-individual "
    "analysis of a large population",
    authors="Rothacker KM, Brown SJ, Hadlow NC, Wardrop R, Walsh JP",
    year=2016,
    venue="Journal of Clinical Endocrinology and Metabolism 101:1151-1158",
    doi="10.1210/jc.2015-4011",
    read_in="abstract: log TSH is linear in free T4 in most of those who were measured often",
)
LANG = Citation(
    key="RemnantVolume2017",
    title="Effect of thyroid remnant volume on the risk of hypothyroidism after hemithyroidectomy: a prospective "
    "study",
    authors="authors of the study",
    year=2017,
    venue="abstract of 3 May 2017",
    read_in="abstract: TSH above 4.78 mIU/L in 44 of 150 (29.3 %)",
)
JAIN = Citation(
    key="Jain2015",
    title="Thyroid profile of the reference United States population: data from NHANES 2007-2012",
    authors="Jain RB",
    year=2015,
    venue="International Archives of Endocrinology and Clinical Research 1:004",
    doi="10.23937/2572-407X.1510004",
    read_in="abstract",
)
KIM = Citation(
    key="KNHANES2017",
    title="Serum TSH and free T4 in the Korea National Health and Nutrition Examination Survey 2013 to 2015",
    authors="authors of Endocrinology and Metabolism 32:106",
    year=2017,
    venue="Endocrinology and Metabolism 32:106-114",
    doi="10.3803/EnM.2017.32.1.106",
    read_in="Table 2, PMC5368108 (title in our words)",
)
SPINA = Citation(
    key="SPINA",
    title="Thyroid's secretory capacity: calculation from TSH and free T4",
    authors="DocCheck Flexikon, after Dietrich JW et al.",
    year=2012,
    venue="flexikon.doccheck.com/en/Thyroid's_secretory_capacity",
    read_in="the page",
)
NICOLOFF = Citation(
    key="Nicoloff1972",
    title="Elimination of thyroxine in man",
    authors="Nicoloff et al., as cited in PMC4914794",
    year=1972,
    venue="PMC4914794 (2016)",
    read_in="PMC4914794, Table 1: T4 elimination in man from Nicoloff et al. (title in our words)",
)
IYER = Citation(
    key="Iyer2018",
    title="Immune-related thyroiditis with immune checkpoint inhibitors",
    authors="authors of PMC6157359",
    year=2018,
    venue="Thyroid",
    read_in="abstract, PMC6157359",
)
HAUT = Citation(
    key="HautDe",
    title="Renewal of the epidermis, normal and in psoriasis",
    authors="haut.de",
    year=2024,
    venue="www.haut.de/kategorie/haut",
    read_in="the page: about 26 days, in psoriasis seven",
)
ALLAN = Citation(
    key="Allan1985",
    title="Crypt cell production rate in ulcerative proctocolitis: differential increments in remission and "
    "relapse",
    authors="Allan A, Bristol JB, Williamson RC",
    year=1985,
    venue="Gut 26:999-1003",
    doi="10.1136/gut.26.10.999",
    read_in="abstract",
)
CHENG = Citation(
    key="Cheng1986",
    title="Crypt production in normal and diseased human colonic epithelium",
    authors="Cheng H, et al.",
    year=1986,
    venue="Anatomical Record 216:44-48",
    doi="10.1002/ar.1092160108",
    read_in="abstract",
)
DING = Citation(
    key="Ding2017",
    title="Accelerated podocyte detachment and progressive podocyte loss from glomeruli with age in Alport "
    "syndrome",
    authors="Ding F, Wickman L, Wang SQ, et al.",
    year=2017,
    venue="Kidney International 92:1515-1525",
    doi="10.1016/j.kint.2017.05.017",
    read_in="abstract, PMC5696060",
)
BERGER = Citation(
    key="Berger2014",
    title="The regenerative potential of parietal epithelial cells in adult mice",
    authors="Berger K, Schulte K, Boor P, et al.",
    year=2014,
    venue="Journal of the American Society of Nephrology 25:693-705",
    doi="10.1681/ASN.2013050481",
    read_in="abstract, PMC3968497",
)
WHARRAM = Citation(
    key="Wharram2005",
    title="Podocyte depletion causes glomerulosclerosis: diphtheria toxin-induced podocyte depletion in rats "
    "expressing human diphtheria toxin receptor transgene",
    authors="Wharram BL, Goyal M, Wiggins JE, et al.",
    year=2005,
    venue="Journal of the American Society of Nephrology 16:2941-2952",
    doi="10.1681/ASN.2005010055",
    read_in="abstract",
)
DONORS = Citation(
    key="Nefrologia2018",
    title="Factors associated with renal function compensation after donor nephrectomy",
    authors="authors of Nefrologia 38:528",
    year=2018,
    venue="Nefrologia 38:528-534",
    doi="10.1016/j.nefro.2018.02.008",
    read_in="abstract",
)
URINE = Citation(
    key="UrineProtein",
    title="Normal daily excretion of protein in urine",
    authors="consensus.app, summary of studies",
    year=2025,
    venue="consensus.app/questions/urine-protein-normal-range",
    read_in="the page: mean 77 mg/day, range 40 to 150",
)
NEPHRITIS = Citation(
    key="LupusNephritis2012",
    title="Complete remission in severe lupus nephritis: assessing the rate of loss in proteinuria",
    authors="authors of Nephrology Dialysis Transplantation 27:2813",
    year=2012,
    venue="Nephrology Dialysis Transplantation 27:2813-2819",
    doi="10.1093/ndt/gfr741",
    read_in="abstract",
)
DENIC = Citation(
    key="NephronLoss",
    title="The substantial loss of nephrons in healthy human kidneys with aging",
    authors="Mayo Clinic and Cleveland Clinic, 1638 living kidney donors",
    year=2017,
    venue="svnefrologia.com/node/4597",
    read_in="abstract",
)
EFFEROCYTOSIS = Citation(
    key="Maueroder2025",
    title="Efferocytosis in homeostasis",
    authors="Maueröder C, et al.",
    year=2025,
    venue="Advances in Experimental Medicine and Biology 1481:29-69",
    doi="10.1007/978-3-031-92785-0_2",
    read_in="abstract",
)
