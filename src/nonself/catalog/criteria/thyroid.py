"""Too little and too much thyroid hormone, overt and subclinical."""

from __future__ import annotations

from nonself.model.criterion import Criterion, Limit
from nonself.provenance import Citation

GUIDE = Citation(
    key="ThyroidGuide2025",
    title="How do I diagnose hypothyroidism; thresholds of subclinical thyroid disease",
    authors="droracle.ai, summaries of guidelines",
    year=2025,
    venue="droracle.ai/articles/888837 and /357108",
    read_in="the pages: TSH above 4.5 or below 0.4 mU/L with free T4 low, normal or high; repeat after 3-6 weeks",
)
KNHANES = Citation(
    key="KNHANES2017",
    title="Serum TSH and free T4 in the Korea National Health and Nutrition Examination Survey 2013 to 2015",
    authors="authors of Endocrinology and Metabolism 32:106",
    year=2017,
    venue="Endocrinology and Metabolism 32:106-114",
    doi="10.3803/EnM.2017.32.1.106",
    read_in="Table 2, PMC5368108 (title in our words)",
)
_PMOL_PER_NG = 12.87  # pmol/L of T4 in 1 ng/dL
_REPEAT = 21.0  # days: again after 3 to 6 weeks

TSH_HIGH = Limit("tsh_high", 4.5, "mU/L", GUIDE, "raised TSH")
TSH_LOW = Limit("tsh_low", 0.4, "mU/L", GUIDE, "lowered TSH")
T4_LOW = Limit(
    "free_t4_low", f"{0.99 * _PMOL_PER_NG} if male == 1 else {0.94 * _PMOL_PER_NG}", "pmol/L",
    KNHANES.at("reference population, 2.5th percentile 0.99 and 0.94 ng/dL"), "low free T4",
)  # fmt: skip
T4_HIGH = Limit(
    "free_t4_high", f"{1.61 * _PMOL_PER_NG} if male == 1 else {1.53 * _PMOL_PER_NG}", "pmol/L",
    KNHANES.at("reference population, 97.5th percentile 1.61 and 1.53 ng/dL"), "high free T4",
)  # fmt: skip
_BOTH = (T4_LOW, T4_HIGH)

CRITERIA = (
    Criterion(
        "hypothyroidism_subclinical",
        "TSH raised, free T4 normal, again after 3 weeks",
        "tsh > tsh_high and free_t4 >= free_t4_low and free_t4 <= free_t4_high",
        GUIDE, (TSH_HIGH, *_BOTH), _REPEAT, family="hypothyroidism", grade=1,
    ),
    Criterion(
        "hypothyroidism_overt",
        "TSH raised, free T4 low, again after 3 weeks",
        "tsh > tsh_high and free_t4 < free_t4_low",
        GUIDE, (TSH_HIGH, T4_LOW), _REPEAT, family="hypothyroidism", grade=2,
    ),
    Criterion(
        "hyperthyroidism_subclinical",
        "TSH lowered, free T4 normal, again after 3 weeks",
        "tsh < tsh_low and free_t4 >= free_t4_low and free_t4 <= free_t4_high",
        GUIDE, (TSH_LOW, *_BOTH), _REPEAT, family="hyperthyroidism", grade=1,
        note="T3 is not in the model",
    ),
    Criterion(
        "hyperthyroidism_overt",
        "TSH lowered, free T4 high",
        "tsh < tsh_low and free_t4 > free_t4_high",
        GUIDE, (TSH_LOW, T4_HIGH), family="hyperthyroidism", grade=2,
        note="excess by stimulation and by cells that die are not told apart here",
    ),
)  # fmt: skip
