"""What the document says; numbers in braces are put in by the run."""

WHAT = """\
Two assumptions decide most about autoimmunity after treatment, and sources do not settle them: how regulatory T cells suppress
(competition per contact, which makes suppression a *ratio* of regulators to all T cells, or consumption, which makes it a *density*), and
how survivors of depletion divide (*neutrally*, or *by avidity for self*). This document compares them in the smallest model that shows
everything at once: ten states (conventional and regulatory T cells, self-specific precursors and effectors of low and high avidity, one
growth-factor budget, an innate signal, a tissue, a leukemic burden), composed of five mechanisms of `nonself.catalog.core`. Both laws are
parameters of one smooth system, so that mixtures are as easy as the pure ends: `density_share` m from 0, ratio, to 1, density;
`avidity_division` v from 0, neutral, to 1, by avidity. Nothing in it is an outcome: loss is read from the course of the tissue.

Everything here is made by the project's own engine and drawn by the run itself. Nothing is fitted: values are sourced or assumed, and
what is assumed is varied over its range."""

ANSWER = """\
- **The pure ratio fails.** A depletion that takes all lymphocytes alike leaves every ratio as it was: {ratio_dep} % are lost at the
  catalog's point, against {base_dep} % under the mixture, and all four statements hold together in {all_ratio} % of the box. Division by
  avidity hardly repairs it ({all_ratio_avidity} %): it multiplies numbers, while the tipping point is a gain per cell that numbers enter by
  their logarithm; where numbers do tip, they tip everybody, on the edge where the high class outgrows the pool in health.
- **The pure density overshoots.** {density_dep} % are lost at the catalog's point; 5 to 50 % needs suppression that is weak (strength of about 2
  or less), and all four hold in {all_density} % of the box ({all_density_avidity} % by avidity).
- **A mixture holds for any strength of suppression**: strength and density trade off along a band of the maps, the stronger suppression is, the
  smaller the density share must be. In the box m = 0.25 gives {all_mixture} % neutral and {all_chosen} % by avidity. Of the same sets, neutral, {over_ratio} hold
  all four under the mixture and not under the ratio, {under_ratio} the other way; against the density {over_density} and {under_density}, against the ratio with
  release (next) {over_release} and {under_release}. So the four statements rule out the pure ratio; between a mixture, a weak density and a ratio with release they
  do not decide, and sources must.
- **The minimal repair of the ratio** is one sourced term: growth factor weakens regulators (IL-7 abrogates suppression in culture),
  suppression divided by g^h. With h = 1 and no density at all the four hold in {all_release} % of the box ({all_release_avidity} % by avidity).
- **What it is.** Around the catalog's point, health and disease are two attractors of one smooth system for gains between {low_gain} and
  {high_gain} (z from {low_z} to {high_z} of the population's spread): below, every attack ends by itself, an excursion; above, health is not
  stable. Which it is depends on feedback: without what damage releases there is one attractor only; with regulators that grow on IL-2 five times faster the
  window shrinks and losses after depletion heal.
- **How sharp.** Rare loss is a tail: spontaneous loss goes with the margin to the power {slope_margin}, so that ten percent more is a factor of
  {factor} less. Loss after depletion is less sharp (power {slope_dep}).
- **Leukemia** raises loss {rise}-fold from a tenth of a heavy burden to all of it (to {base_burden} a year), by what it presents and by the
  contacts it takes (at the catalog's point it needs both); regulators it recruits work against it. The law of suppression matters little for this statement."""

STATEMENTS = """\
Loss is tissue below one half for half a year in all. A patient's gain of self recognition is exp(σ z), z standard normal. Infections
come {rate} times a year; the logarithm of their size has standard deviation {spread}, the usual size is 1.

1. **Stable health**: under usual infections less than 1 % of a population is lost in 20 years, and the median patient keeps more than 90 % of the
   tissue.
2. **Rare spontaneous loss**: between 1e-5 and 1e-3 of a population a year, over 20 years.
3. **Loss in some after deep depletion**: of those whose lymphocytes of every kind are cut to 5 %, between 5 and 50 % are lost within five
   years, and at least ten times as many as without.
4. **Loss grows with leukemic burden**: at {burdens} of a heavy burden (1e12 cells) the loss a year, over five years and of those who were
   whole after forty, does not fall from burden to burden, at least doubles from the first to the last and against none, and stays below
   20 % a year.

These are orders of magnitude and directions (alemtuzumab: 16 to 42 % thyroid disease; AIHA in CLL: 2.9 % in stage A, 10.5 % in B and C; spontaneous
AIHA 2e-5 a year), not targets of a fit."""

MISSING = """\
- **Timing.** In the core, those who lose tissue after depletion do so within months (half of them by month {months}); thyroid disease after
  alemtuzumab comes over years. The brake returns before slow processes matter. What would delay it and is not here: B cells and antibody
  (they return first, with a less strict checkpoint), memory, clones born one by one.
- **Regulators spared.** If a treatment spares half of the log kill of regulators, loss after it falls to {spared} %. Any law in which regulators matter says
  so. The core must be told how far alemtuzumab, fludarabine or cyclophosphamide take regulators (cyclophosphamide more than others:
  `treg_cy_sensitive`), and the body inherits this sensitivity.
- **Regulators alone.** Depletion of regulators alone to 5 % costs {only} % their tissue here. In adult mice 95 % can go without disease, because
  the rest repopulates fast (Mayer 2014), and susceptible strains fall ill (Watts 2021): direction right, share too high; a regulator's
  regrowth is faster in mice than the human turnover used here.
- **Patients' lymphopenia.** Under any density, who is more lymphopenic loses more; Jones 2013 found patients with autoimmunity no more lymphopenic than
  those without, but with less thymic output and fewer clones. In the core, depth acts between treatments; between patients of one treatment
  the gain decides. That is compatible, not a confirmation.
- **New clones.** Import of self-specific cells is constant and, at 1.5 % of production, too slow to matter within decades: taking it away breaks
  nothing here. If new clonotypes matter, they do so as rare single births of high avidity (hazards), which a mean cannot show.
- **Leukemic loss is too small.** The rise with burden holds, but the level at a heavy burden is {base_burden} a year, against 1.7e-2 in CLL
  stages B and C, and the spontaneous loss is {base_year}, against 2e-5 for AIHA. With `leukemic_antigen` at 1 it is {antigen_one} a year here: the body must raise what leukemia presents (or
  its infections), not the law.
- **One tissue, one arm.** No antibody, no B cells, no memory; all effectors kill alike."""

RECOMMENDATION = """\
**Suppression: the mixture on contacts, `density_share` = 0.25 (range 0.1 to 0.5), strength 2.5 (1.5 to 5, the larger the smaller m).** Contact: regulators
out-compete conventional cells around dendritic cells and strip CD80/86 (Onishi 2008), a matter of shares. Density: modest reductions of regulator
density around self-activated cells break control in a non-linear way (Wong 2021), IL-2 is consumed (Feinerman 2010). The formula is one:
`crowding = m + (1 - m)*T/T_healthy + leukemic contacts`, `suppression = R/(R_healthy*crowding*g^h)`.

**Division: by avidity for self only when the growth factor is high** (`avidity_division` = 1, `excess_half` = 1.9, `excess_power` = 8), **neutral in
health.** Neutral in health is not a choice: where the thymus supplies the share θ of production, a class that divides more than 1/(1 - θ) times as fast as
the pool outgrows it: 1.015 for all T cells, at most 1.37 for naive cells alone. By avidity in lymphopenia has human support (oligoclonal, proliferation-driven
recovery: Jones 2013) and costs nothing here (neutral: {neutral_dep} % lost after depletion, by avidity {base_dep} %). It is the weaker of the two recommendations:
the four statements do not depend on it.

**Alternative, kept as a setting**: m = 0.1 with release h = 0.5 (IL-7 weakens regulators, Heninger 2012). The data that would decide: regulators' suppression
*per cell* in lymphopenic patients.

**Rate laws to take over**: the expressions `crowding`, `suppression`, `signal`, `high_response`, `low_response`, `excess`, `high_weight`, `il2`, `antigen`, `flux` and the state equations below,
with the values and sources of the table. Killing, death and turnover are sourced; `margin`, `suppression_strength`, `steepness`, the releases and the spread σ
are assumed and must be fitted per tissue. Fit `margin` last and alone: spontaneous loss goes with its power {slope_margin}. Keep `antigen_release` above 1: killing must present
more than the turnover it replaces, or there is no disease that lasts.

**The assumption, named**: *suppression is a mixture of contact and density, and a patient's risk is one gain per cell against one threshold.*"""

SCREENED = """\
{sets} sets, log-uniform by Latin hypercube (seed 1), the same sets under every pair of laws. Percent of the box in which each statement
holds:"""

NOISE = """\
Shares come from a quadrature over the spread of the gain and over the size of infections, without drawing. The z that tips is known to one
ninth (elasticities: 1/729), which is about 20 % of a loss as rare as the spontaneous one, either way. Beside it, patients drawn one by one, with keyed infections
of random size and time (importance weights for the rare), one standard error:"""

LASTING = """\
*What makes loss last.* Of those lost after deep depletion, the percentage still below half the tissue five years later. Empty: nobody is
lost."""

BRANCHES = """\
*Two attractors of one smooth system.* Tissue after twelve years over a patient's gain: blue, begun in health; dashed, begun with an
attack under way; dotted, the same where damage releases nothing."""

MAPS = {
    "laws-neutral": "Suppression law against its strength, survivors dividing neutrally.",
    "laws-avidity": "The same, survivors dividing by avidity for self.",
    "population-ratio": "Where a population must sit, under the ratio with division by avidity.",
    "population-mixture": "The same under the mixture with division by avidity.",
    "population-density": "The same under the density with division by avidity.",
    "release": "The repair of the ratio: growth factor that weakens regulators.",
    "avidity-mixture": "How far and when division follows avidity, under the mixture. Below the edge the high class outgrows the pool in health.",
    "avidity-ratio": "The same under the ratio: the third statement holds only near the edge of the first, if at all.",
    "burden": "What leukemia presents and what contacts it takes.",
    "feedback": "Positive feedback (antigen of the killed) against negative (regulators grown on IL-2).",
}

BREAKING = """\
One parameter a fifth lower or higher, all others as they are: of {changes} such changes {broken} break a statement (its number in parentheses):
{breaking}."""
