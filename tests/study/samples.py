"""A small study for tests, and ways to write and break it."""

from pathlib import Path

STUDY = """\
study: demo
title: Demo
model: hahnel2020
time: {unit: month, zero: CessT, zero_label: TKI stop, from: -48, until: 120, every: 1}
cohorts:
  - name: real
    patients: variants
arms:
  - name: stop TKI
    who: who stopped
    regimen:
      - {therapy: tki, stop: CessT}
  - name: continue TKI
    who: who went on
    regimen:
      - {therapy: tki}
observables: [bcr_abl_percent]
endpoints:
  - kind: crossing
    name: mmr_loss
    of: bcr_abl_percent
    above: 0.1
    from: 0
    happened: lost MMR
    not_happened: kept MMR
  - {kind: value, name: at_stop, of: bcr_abl_percent, at: 0, below: 0.01}
  - {kind: maximum, name: highest, of: bcr_abl_percent, from: 0}
  - {kind: area, name: burden, of: bcr_abl_percent, from: 0, until: 12}
panels: real
"""

DOSES = """\
study: doses
title: Doses
model: friberg2002
time: {unit: day, from: 0, until: 42, every: 1}
cohorts:
  - name: virtual
    patients:
      draw:
        patients: 20
        parameters:
          Circ0: {lognormal: [5.05, 0.3], assumed: for the test}
arms:
  - name: docetaxel
    regimen:
      - {therapy: docetaxel, dose: 180 mg, every: 21, count: 2}
observables: [neutrophils]
endpoints:
  - {kind: minimum, name: nadir, of: neutrophils}
"""

TABLE = """\
patient,grp,pxy,pyx,TKI,pz,Kz,X0,Y0,Z0,CessT
one,C,0.0483,0.0126,13.9,2210,362,194000,742834,100,85.9
two,A,0.0452,0.00033,1.95,1940,508,796,109001,101,85.7
"""


def write(folder: Path, text: str = STUDY, **replaced: str) -> Path:
    """Write a study file, and a table `patients.csv` beside it; return the study's path."""
    for old, new in replaced.items():
        text = text.replace(old, new)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "study.yaml").write_text(text)
    (folder / "patients.csv").write_text(TABLE)
    return folder / "study.yaml"


def with_table(text: str = STUDY) -> str:
    """Return the study with its cohort read from `patients.csv`."""
    return text.replace("patients: variants", "patients: {table: {file: patients.csv, group: grp}}")


def line_of(text: str, part: str) -> int:
    """Return the line on which a part of a text first stands."""
    return next(number for number, line in enumerate(text.splitlines(), start=1) if part in line)
