"""What a fit of a study may change: parameters with bounds and priors, by patient where they differ, and noise."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from nonself.cohort.draw import Distribution
from nonself.errors import InputError, UnknownName
from nonself.formats.petab.tables import Value
from nonself.formats.petab.write import Unknown, Watched
from nonself.formats.sbml.sid import Ids
from nonself.model.parts import Parameter
from nonself.study import spec
from nonself.study.cohorts import law_of
from nonself.study.deciding import regimen_parameters
from nonself.study.laws import parse_law
from nonself.study.measuring import precisions
from nonself.study.prepare import Prepared
from nonself.study.shown import observables
from nonself.study.subjects import Subject

REACH = 5.0  # standard deviations from its middle at which a law without an end is cut
FACTOR = 1000.0  # bounds about a value of which no range is known
LEAST_NOISE, MOST_NOISE = 1e-3, 10.0  # bounds of a noise, relative to the spread of the values
Bounds = tuple[float, float]


@dataclass(slots=True)
class Unknowns:
    """The rows of the parameter table, what each subject's condition gives, and what is assumed, in sentences."""

    parts: list[Unknown] = field(default_factory=list)
    given: list[dict[str, Value]] = field(default_factory=list)
    assumed: list[str] = field(default_factory=list)


def patient_id(subject: Subject, subjects: Sequence[Subject]) -> str:
    """Return what a patient is called in ids; with the cohort where several are measured.

    **Example:** `patient_id(subject, subjects)` gives `"patient_7"` for the patient "7".
    """
    cohort = f"{subject.cohort}_" if len({one.cohort for one in subjects}) > 1 else ""
    word = "patient_" if not cohort and not subject.patient[:1].isalpha() else ""
    return f"{cohort}{word}{subject.patient}"


def unknowns(prepared: Prepared, subjects: Sequence[Subject], estimate: Sequence[str], ids: Ids) -> Unknowns:
    """Return which parameters a fit may change, and the values of those that are fixed.

    **Arguments:** `estimate` names, each with a law where the study gives none ("k=lognormal(1,0.5)"); by default what
    the draws of the measured cohorts let vary; `ids` where new ids are taken from.

    **Raises:** `InputError` for a name that is no parameter, or a value that its bounds leave out.
    """
    parts = {part.id: part for part in prepared.model.parameters}
    asked = _asked(prepared, subjects, estimate)
    columns = dict.fromkeys(name for subject in subjects for name in subject.values)
    found = Unknowns(given=[{} for _ in subjects])
    bounds = _Bounds(prepared)
    for name in dict.fromkeys((*columns, *asked)):
        default = float(parts[name].value)
        values = [subject.values.get(name, default) for subject in subjects]
        if name not in asked:
            if any(value != default for value in values):
                for given, value in zip(found.given, values, strict=True):
                    given[name] = value
        elif len(set(values)) == 1:
            found.parts.append(bounds.unknown(name, subjects[0], parts[name], values[0], asked[name], ""))
        else:
            own: dict[str, str] = {}
            for subject, given, value in zip(subjects, found.given, values, strict=True):
                patient = patient_id(subject, subjects)
                if patient not in own:
                    own[patient] = ids.new(f"{name}_{patient}")
                    about = f", patient {subject.patient}"
                    part = bounds.unknown(own[patient], subject, parts[name], value, asked[name], about)
                    found.parts.append(part)
                given[name] = own[patient]
    found.assumed += bounds.sentences()
    return found


def _asked(
    prepared: Prepared, subjects: Sequence[Subject], estimate: Sequence[str]
) -> dict[str, Distribution | None]:
    """The names a fit may change, with a law where the caller gives one."""
    known = [
        part.id for part in prepared.model.parameters if part.id not in regimen_parameters(prepared.model)
    ]
    if not estimate:
        measured = {subject.cohort for subject in subjects}
        drawn = [
            name for cohort in measured for name in (*_laws(prepared, cohort), *_varied(prepared, cohort))
        ]
        return {name: None for name in known if name in drawn}
    asked: dict[str, Distribution | None] = {}
    for text in estimate:
        name, sign, law = (part.strip() for part in text.partition("="))
        if name not in known:
            raise UnknownName("parameter to estimate", name, known)
        if name in asked:
            raise InputError(f"{name!r} is to be estimated twice", mend="name it once")
        asked[name] = parse_law(name, law) if sign else None
    return asked


def _draw(prepared: Prepared, cohort: str) -> spec.Draw | None:
    who = next(part.patients for part in prepared.study.spec.cohorts if part.name == cohort)
    return who.draw if isinstance(who, spec.Patients) else None


def _laws(prepared: Prepared, cohort: str) -> dict[str, Distribution]:
    """The laws that a cohort is drawn from, of what varies at all."""
    drawn = _draw(prepared, cohort)
    laws = {name: law_of(given) for name, given in ((drawn and drawn.parameters) or {}).items()}
    return {
        name: law
        for name, law in laws.items()
        if law.law != "fixed"
        and law.low < law.high
        and (law.second > 0 if law.law in ("normal", "lognormal") else True)
    }


def _varied(prepared: Prepared, cohort: str) -> tuple[str, ...]:
    """What varies in a cohort that is drawn around others."""
    drawn = _draw(prepared, cohort)
    return () if drawn is None else drawn.vary


class _Bounds:
    """Bounds and priors, and where they come from."""

    def __init__(self, prepared: Prepared) -> None:
        self.prepared = prepared
        self.ranged: dict[str, None] = {}
        self.guessed: dict[str, None] = {}
        self.is_cut = False

    def unknown(
        self, id: str, subject: Subject, part: Parameter, value: float, law: Distribution | None, about: str
    ) -> Unknown:
        """Return a parameter to be estimated, named `id`, `about` whom."""
        label = f"{part.label or part.id}{about} [{part.unit}]"
        own = _laws(self.prepared, subject.cohort).get(part.id) if law is None else law
        if own is None:
            low, high = self._plain(subject, part, value)
            scale = "log10" if low > 0 else "lin"
            return Unknown(id, label, value, scale, low, high, True)
        scale, (low, high), prior = _of_law(own)
        self.is_cut |= own.law in ("normal", "lognormal") and not (
            own.low > -math.inf and own.high < math.inf
        )
        if law is None:  # drawn from it, and so inside but for the cut
            low, high = min(low, value), max(high, value)
        elif not low <= value <= high:
            raise InputError(
                f"{part.id!r} of patient {subject.patient!r} is {value:g}, outside {law.text}",
                mend="widen the law, or estimate it without one",
            )
        return Unknown(id, label, value, scale, low, high, True, prior)

    def _plain(self, subject: Subject, part: Parameter, value: float) -> Bounds:
        """Bounds where there is no law: the study's own, the model's range, or a factor about the value."""
        drawn = _draw(self.prepared, subject.cohort)
        low, high = (drawn.bounds if drawn is not None else {}).get(part.id, (None, None))
        if low is not None and high is not None:
            return low, high
        if part.range is not None:
            self.ranged[part.id] = None
            return min(part.range[0], value), max(part.range[1], value)
        if value <= 0:
            raise InputError(
                f"{part.id!r} of patient {subject.patient!r} is {value:g}, and no range is known to bound it by",
                mend=f"give a law, as in '{part.id}=uniform(0,1)'",
            )
        self.guessed[part.id] = None
        return value / FACTOR, value * FACTOR

    def sentences(self) -> list[str]:
        """Return what a person must know of the bounds."""
        said = []
        if self.guessed:
            said.append(
                f"Bounds of {', '.join(self.guessed)} are assumed: from 1/{FACTOR:g} to {FACTOR:g} times the nominal "
                "value; no law or range is known."
            )
        if self.ranged:
            said.append(
                f"Bounds of {', '.join(self.ranged)} are the ranges stated with the model, widened to the nominal "
                "value."
            )
        if self.is_cut:
            said.append(f"Laws without an end are bounded {REACH:g} standard deviations from their middle.")
        return said


def _of_law(law: Distribution) -> tuple[str, Bounds, tuple[str, float, float]]:
    """The scale, bounds and prior of a law."""
    if law.law == "lognormal":
        low, high = (law.first * math.exp(sign * REACH * law.second) for sign in (-1, 1))
        bounds = max(low, law.low), min(high, law.high)
        return "log10", bounds, ("logNormal", math.log(law.first), law.second)
    if law.law == "normal":
        low, high = (law.first + sign * REACH * law.second for sign in (-1, 1))
        return "lin", (max(low, law.low), min(high, law.high)), ("normal", law.first, law.second)
    low, high = max(law.first, law.low), min(law.second, law.high)
    if law.law == "loguniform":
        return "log10", (low, high), ("parameterScaleUniform", math.log10(low), math.log10(high))
    return "lin", (low, high), ("uniform", low, high)


def watched(
    prepared: Prepared, subjects: Sequence[Subject], ids: Ids
) -> tuple[tuple[Watched, ...], tuple[Unknown, ...], tuple[str, ...]]:
    """Return what was measured, its noise, and what is assumed of that, in sentences.

    The noise is the clinic's where the study says `measurement: clinic`; else it is to be estimated: on the decadic
    logarithm for what is shown so and is positive, in the observable's unit for all else.

    **Raises:** `InputError` for a value that has no logarithm where the clinic's error is relative.
    """
    values: dict[str, list[float]] = {}
    for subject in subjects:
        for one in subject.readings:
            values.setdefault(one.of, []).append(one.value)
    known = observables(prepared.model)
    exactness = precisions(prepared.study, dict.fromkeys((*prepared.kept, *values)), known)
    observed, noise, said = [], [], []
    for of, measured in values.items():
        shown = known[of]
        sd = ids.new(f"sd_{of}")
        if of in exactness:
            transformation = "log"
            _require_positive(prepared, of, measured)
            size = math.sqrt(math.log1p(exactness[of].variation ** 2))
            noise.append(Unknown(sd, f"noise of {shown.label}, natural logarithm", size))
            said.append(
                f"The noise of {of} is the laboratory's analytical variation ({exactness[of].variation:.3g}), fixed."
            )
        else:
            is_log = shown.log_axis and min(measured) > 0
            transformation = "log10" if is_log else "lin"
            numbers = np.log10(measured) if is_log else np.array(measured)
            noise.append(_free_noise(sd, shown.label, "log10" if is_log else shown.unit, numbers))
            said += _of_noise(of, sd, is_log, shown.log_axis, shown.unit)
        label = f"{shown.label} [{shown.unit}]"
        observed.append(Watched(ids.new(f"observed_{of}"), label, of, transformation, sd))
    return tuple(observed), tuple(noise), tuple(said)


def _free_noise(
    id: str, label: str, unit: str, values: np.ndarray[tuple[int], np.dtype[np.float64]]
) -> Unknown:
    spread = float(np.std(values)) or 1.0
    return Unknown(
        id, f"noise of {label} [{unit}]", spread, "log10", LEAST_NOISE * spread, MOST_NOISE * spread, True
    )


def _of_noise(of: str, sd: str, is_log: bool, log_axis: bool, unit: str) -> list[str]:
    where = "of the decadic logarithm" if is_log else f"in {unit}" if unit != "1" else "of the value"
    said = [
        f"The noise of {of} is assumed: normal, one standard deviation {where} for all ({sd}), to be estimated; no "
        "measurement error is stated. It begins at the spread of the measured values."
    ]
    if log_axis and not is_log:
        said.append(f"{of} is taken as it is, not as a logarithm: some values are not above 0.")
    return said


def _require_positive(prepared: Prepared, of: str, values: Sequence[float]) -> None:
    if min(values) <= 0:
        with prepared.study.at("measured"):
            raise InputError(
                f"a measured {of} of {min(values):g} has no likelihood: a laboratory's error is relative",
                mend="mark it as a limit, or leave 'measurement: clinic' out",
            )
