"""What docs/body.md says in words; numbers are put in from the runs."""

HEAD = """
# The body

Written by `python -m experiments.body.document`; it is not edited by hand.

One immune system in one body: {mechanisms} mechanisms with {species} states, {reactions} reactions and {parameters}
numbers, with all target tissues ({tissues}). A study takes only the tissues it names. Nothing in it is an outcome: what
befalls somebody is read from the course by criteria that were fixed, with their sources, before the first calibration.

How a self-specific cell is held down and how survivors of depletion divide are the laws of the core (`docs/core.md`):
regulators compete for contacts, by a mixture of a ratio to all T cells and a density; division follows avidity for self
only where IL-7 is high. That is the assumption that decides most.
"""

MISSES = """
- *One row predicts the other in order of magnitude at best*: see the table of rows left out. The law holds both at
  once; it does not say the one from the other. Points to: the spread of thresholds between people (two assumed spreads
  of 0.15 and what other traits add), against which every shift is measured.
- *Blood cells after deep depletion*: of 1,200 depleted people none had hemolysis or platelets below 75e9/L, where 7 of
  100 have an autoimmune disease other than of the thyroid (22.2 less 15.7 %, Cossburn 2011). With regulators that
  count for blood cells as much as for the thyroid it was a third of them. Points to: how far regulators count where
  antigen is everywhere, a fifth by a guess.
- *Carriers of half the CTLA-4*: 48 % ill by 60 (67 % published), a quarter of the ill with a cytopenia (62 %), thyroid
  in 45 %; skin and bowel in next to none, where many are seen. Points to: the same number, one margin for all tissues,
  and nothing of the bowel's own microbes.
- *Age.* Loss of red cells comes at a mean age of 59 where 69 is published: those who present most tip early.
- *Triggers.* Infections bring next to nobody over the edge; new clonotypes do. Points to: a small gain of presentation
  by the innate signal, for a week.
- *Time from antibody to disease*: a year and a half in the thyroid at the stated values, five months in the ensemble's
  people, five weeks in red cells; years are seen.
- *CD8 after one course of depletion* pass the trial's limit of 0.2e9/L after 22 months in the median (20 wanted, 10 to
  24), but one in ten not within six years: people whose own count lies near the limit. Infections do not hold it down.
- *TSH*: 95 of 100 who keep their thyroid lie in its interval; who loses it to self-specific cells does not.
- *Red cell precursors* are lost all or none; that the line comes back by itself, as in some patients, is not seen.
- *B cells after deep depletion* are back in blood sooner than seen (4 against 7 months): one whole-body pool cannot
  show blood apart from lymphoid tissue, and the removal that was tested lasts days, not weeks.
- *Neutrophils rise early under docetaxel* (to 7e9/L on day 2), because G-CSF rises before the count falls.
- *Sex*: autoimmune disease is about twice as frequent in women; no mechanism in a cell was found whose size is
  known, so it is left out, and women and men differ in thymic output and infections alone.
- *Family history and smoking* raise the odds after depletion 7- and 3-fold; here heredity is the spread of
  presentation, regulators and deletion between people, and smoke brings infections and fewer plasmablasts alone.
- *Mild destruction of red cells* costs about 9 g/L of hemoglobin where patients often compensate fully.
"""

PEOPLE = """
Percentiles (2.5 and 97.5) of tolerant, unexposed people of 18 to 80 on a day on which they are not ill, beside
laboratories' reference intervals (`python -m experiments.body.healthy`). The spreads of set-points come from these
intervals, so that this says that nothing else moves people, not that spread was predicted.

{healthy}

How steady a person's readouts are (`python -m experiments.body.stability`): people in the model are far steadier than
real ones, whose days differ.

{stability}
"""

CAVEATS = """
## What to keep in mind

- Second writings are by another hand, from the words alone.
- Most sources were read as abstracts.
- Whole-body pools stand for blood, lymph nodes and marrow, which exchange within a day.
"""
