"""What a study file may say: the format, as records. `docs/study.schema.json` is made from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag, WithJsonSchema, model_validator

from nonself.study.strict import Strict, exactly_one, wrong

Identifier = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]*$", max_length=60)]
Name = Annotated[str, Field(min_length=1, max_length=80)]
Quantity = float | str
Range = tuple[float, float] | Literal["reference"]
Criteria = Name | tuple[Name, ...]


def _written(given: Any) -> Any:
    return str(given) if isinstance(given, int) and not isinstance(given, bool) else given


PatientId = Annotated[
    str, BeforeValidator(_written), WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "integer"}]})
]
Count = Annotated[int, Field(ge=1, le=10_000_000)]
FORMAT: Literal[1] = 1
BODY = "body"


class Time(Strict):
    """When patients are read out, relative to a time zero of their own.

    `zero` is a patient column or a number, `from` and `until` the first and last readout, `every` the step;
    or `at` lists the readouts. Numbers are in `unit`; columns in the model's unit of time.
    """

    unit: Name
    zero: str | float = 0.0
    zero_label: Name = "start"
    from_: float = Field(default=0.0, alias="from")
    until: float | None = None
    every: float | None = Field(default=None, gt=0)
    at: tuple[float, ...] | None = Field(default=None, min_length=1)

    @model_validator(mode="after")
    def _grid(self) -> Time:
        exactly_one(self, ("every", "at"))
        if self.at is not None:
            for earlier, later in zip(self.at, self.at[1:], strict=False):
                if later < earlier:
                    raise wrong(
                        f"the times decrease from {earlier:g} to {later:g}", field="at", mend="sort the times"
                    )
            if self.until is not None and self.at[-1] > self.until:
                raise wrong("a readout lies after until", field="until", mend="raise until, or leave it out")
        elif self.until is None:
            raise wrong("every needs until, the last readout", field="every", mend="add 'until: …'")
        elif self.until < self.from_:
            raise wrong("until lies before from", field="until", mend="give a later time")
        return self


class Distribution(Strict):
    """How one parameter varies: exactly one law, and why it was chosen.

    lognormal: [median, standard deviation of the log]; normal: [mean, standard deviation]; uniform and
    loguniform: [low, high]; fixed: a value. Numbers in the parameter's unit.
    """

    lognormal: tuple[float, float] | None = None
    normal: tuple[float, float] | None = None
    uniform: tuple[float, float] | None = None
    loguniform: tuple[float, float] | None = None
    fixed: float | None = None
    bounds: tuple[float | None, float | None] = (None, None)
    assumed: str | None = None
    source: str | None = None

    @model_validator(mode="after")
    def _one_law(self) -> Distribution:
        exactly_one(self, ("lognormal", "normal", "uniform", "loguniform", "fixed"))
        exactly_one(self, ("assumed", "source"))
        return self


class Draw(Strict):
    """Virtual patients: `parameters` drawn independently, or `resample` around published ones (or a table).

    A resampled patient is a published one picked at random, each name in `vary` multiplied by
    exp(spread * s * z): s the standard deviation of its log over the published patients, z standard normal.
    """

    patients: Count
    parameters: Mapping[str, Distribution] | None = Field(default=None, min_length=1)
    resample: Literal["variants"] | Table | None = None
    vary: tuple[str, ...] = ()
    spread: float | None = Field(default=None, ge=0)
    bounds: Mapping[str, tuple[float | None, float | None]] = Field(default_factory=dict)
    assumed: str | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Draw:
        exactly_one(self, ("parameters", "resample"))
        if self.resample is None:
            for field in ("vary", "spread", "bounds", "assumed"):
                if getattr(self, field):
                    raise wrong(
                        f"{field} goes with resample, not with parameters", field=field, mend="leave it out"
                    )
        elif self.spread is None or not self.vary or self.assumed is None:
            raise wrong(
                "resample needs vary, spread and assumed",
                field="resample",
                mend="say what varies, how far and why",
            )
        return self


class Table(Strict):
    """A CSV table of patients: path relative to the study file, its columns of ids and groups."""

    file: Name
    patient: Name = "patient"
    group: Name | None = None
    rename: Mapping[str, str] = Field(default_factory=dict)


class People(Strict):
    """People of the catalog's population, for `model: body`: they live from 18 to their age when the study starts.

    `age` is the range of ages at the start of the study; `ages` how they are spread in it: as in the population
    ("pyramid") or evenly ("uniform"); `men` the share of men, by default the population's; `ensemble` parameter sets
    of the body by name, of which each person carries one, by default the reference (null: the stated values); `traits`
    the range [low, high] from which a trait is drawn (those of the population who lie in it); `set` parameters that are
    the same for everybody. Who dies before is replaced by another person of the same age and sex.
    """

    people: Count
    age: tuple[float, float] = (18.0, 90.0)
    ages: Literal["pyramid", "uniform"] = "pyramid"
    men: float | None = Field(default=None, ge=0, le=1)
    ensemble: Name | None = "reference"
    traits: Mapping[str, tuple[float, float]] = Field(default_factory=dict)
    set: Mapping[str, Quantity] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _range(self) -> People:
        if self.age[1] < self.age[0]:
            raise wrong("the ages decrease", field="age", mend="give the lower age first")
        for trait, (low, high) in self.traits.items():
            if not low < high:
                raise wrong(
                    f"the range of {trait!r} is empty", field="traits", mend="give the lower value first"
                )
            if trait in self.set:
                raise wrong(
                    f"{trait!r} is drawn and set", field="traits", mend="leave it out of traits, or of set"
                )
        return self


class Patients(Strict):
    """Who is in a cohort: published `variants` by id, a `table`, a `draw`, or people of a `population`."""

    variants: tuple[PatientId, ...] | None = Field(default=None, min_length=1)
    table: Table | None = None
    draw: Draw | None = None
    population: People | None = None

    @model_validator(mode="after")
    def _one_source(self) -> Patients:
        exactly_one(self, ("variants", "table", "draw", "population"))
        return self


def _shape(given: Any) -> str:
    return "word" if isinstance(given, str) else "record"


class CohortSpec(Strict):
    """A named group of patients. `patients: variants` takes all published patients of the model."""

    name: Name
    patients: Annotated[
        Annotated[Literal["variants"], Tag("word")] | Annotated[Patients, Tag("record")],
        Discriminator(_shape),
    ]


class Reduction(Strict):
    """From each dose time at which `when` holds on, this and later doses are multiplied by `to`."""

    when: Name
    to: float = Field(gt=0, lt=1)


class Step(Strict):
    """One line of a regimen: a `therapy` of the catalog, a parameter `set`, an amount `add`ed, or a table of `doses`.

    A therapy given as parameters has `start` and `stop`; one given in doses has `dose` and either `times`, or
    `start`, `every` and `count`. Times count from the model's start: a number in the study's unit, a quantity
    ("60 month"), or a patient column. `set` and `add` happen `at` one or several times. Doses may depend on what is
    seen just before each: `hold` a condition under which one is left out, `reduce`, and `end_when`. `doses` is a
    NONMEM-style CSV table beside the study, by patient.
    """

    therapy: Name | None = None
    start: Quantity | None = None
    stop: Quantity | None = None
    dose: Quantity | None = None
    every: Quantity | None = None
    count: Count | None = None
    times: tuple[float, ...] | None = Field(default=None, min_length=1)
    hold: Name | None = None
    reduce: Reduction | None = None
    end_when: Name | None = None
    set: Mapping[str, Quantity] | None = Field(default=None, min_length=1)
    add: Mapping[str, Quantity] | None = Field(default=None, min_length=1)
    at: Quantity | tuple[float, ...] | None = None
    doses: Name | None = None

    @model_validator(mode="after")
    def _goes_together(self) -> Step:
        exactly_one(self, ("therapy", "set", "add", "doses"))
        foreign = (
            ("at",)
            if self.therapy is not None
            else ("start", "stop", "dose", "every", "count", "times", "hold", "reduce", "end_when")
        )
        if self.doses is not None:
            foreign = (*foreign, "at")
        kind = next(word for word in ("therapy", "set", "add", "doses") if getattr(self, word) is not None)
        for field in foreign:
            if getattr(self, field) is not None:
                raise wrong(f"{field} does not go with {kind}", field=field, mend="leave it out")
        if kind in ("set", "add") and self.at is None:
            raise wrong(f"{kind} needs at, when it happens", field=kind, mend="add 'at: 0'")
        return self


class ArmSpec(Strict):
    """A named plan; `who` names its patients in sentences ("who stopped")."""

    name: Name
    who: str = ""
    regimen: tuple[Step, ...] = ()


class _Named(Strict):
    name: Identifier
    label: str = ""
    among: Name | None = None

    @property
    def title(self) -> str:
        """The label, or else the name."""
        return self.label or self.name


class _Endpoint(_Named):
    of: Name


class CrossingSpec(_Endpoint):
    """Time until an observable first lies `above` or `below` a value, or `within` a range, for `visits` readouts in a
    row. `within: reference` is the reference interval of the catalog for each patient's sex.

    `from` is when watching begins: a number relative to time zero, or a patient column from the model's
    start. Patients already beyond the value then have the event at 0; with `already: leave out` they are not
    at risk of it, are left out and counted. `happened` and `not_happened` say it in words ("lost MMR", "kept
    MMR").
    """

    kind: Literal["crossing"]
    above: Quantity | None = None
    below: Quantity | None = None
    within: Range | None = None
    from_: str | float = Field(default=0.0, alias="from")
    visits: Count = 1
    already: Literal["count", "leave out"] = "count"
    happened: str = ""
    not_happened: str = ""

    @model_validator(mode="after")
    def _one_side(self) -> CrossingSpec:
        exactly_one(self, ("above", "below", "within"))
        _ascending(self)
        return self


def _ascending(part: CrossingSpec | ReferenceSpec | IncidenceSpec) -> None:
    if isinstance(part.within, tuple) and part.within[1] < part.within[0]:
        raise wrong("the range decreases", field="within", mend="give the lower limit first")


class DiagnosisSpec(_Named):
    """Time until a course first meets a `criterion` of the catalog, or the first of several, at every visit for as
    long as it asks for.

    `from` is when watching begins, relative to time zero; `already`, `happened` and `not_happened` as in a crossing.
    """

    kind: Literal["diagnosis"]
    criterion: Criteria
    from_: float = Field(default=0.0, alias="from")
    already: Literal["count", "leave out"] = "count"
    happened: str = ""
    not_happened: str = ""


class IncidenceSpec(_Named):
    """First events `per` so many person-years at risk: a `criterion` of the catalog, or the first of several, is met,
    or an observable (`of`) lies `above` or `below` a value, or `within` a range, for `visits` readouts in a row.

    Watching begins at `from`; who has it then is not at risk, is left out and counted; person-time ends with the event,
    death or the last readout.
    """

    kind: Literal["incidence"]
    criterion: Criteria | None = None
    of: Name | None = None
    above: Quantity | None = None
    below: Quantity | None = None
    within: Range | None = None
    from_: float = Field(default=0.0, alias="from")
    visits: Count = 1
    per: float = Field(default=100_000.0, gt=0)

    @model_validator(mode="after")
    def _one_event(self) -> IncidenceSpec:
        exactly_one(self, ("criterion", "of"))
        if self.of is not None:
            exactly_one(self, ("above", "below", "within"))
        else:
            for field in ("above", "below", "within"):
                if getattr(self, field) is not None:
                    raise wrong(
                        f"{field} goes with of, not with a criterion", field=field, mend="leave it out"
                    )
        _ascending(self)
        return self


class ReferenceSpec(_Endpoint):
    """Percentiles 2.5, 50 and 97.5 of an observable `at` a time, and the share of patients `within` a range;
    `within: reference` is the reference interval of the catalog for each patient's sex.
    """

    kind: Literal["reference"]
    at: float
    within: Range | None = None

    @model_validator(mode="after")
    def _range(self) -> ReferenceSpec:
        _ascending(self)
        return self


class LagSpec(_Named):
    """Time from one event to another, in those who had both: `first` and `then` name a crossing or diagnosis of the
    study, watched from the same time.
    """

    kind: Literal["lag"]
    first: Name
    then: Name


class VariationSpec(_Endpoint):
    """The variation of an observable within each patient: its coefficient of variation, readouts `from` .. `until`."""

    kind: Literal["variation"]
    from_: float | None = Field(default=None, alias="from")
    until: float | None = None


class _Share(_Endpoint):
    above: Quantity | None = None
    below: Quantity | None = None

    @model_validator(mode="after")
    def _at_most_one_side(self) -> _Share:
        if self.above is not None and self.below is not None:
            raise wrong("above and below are both given", field="below", mend="give one")
        return self


class ValueSpec(_Share):
    """The value of an observable `at` a time; with `above` or `below`, also the share of patients there."""

    kind: Literal["value"]
    at: float


class ExtremumSpec(_Share):
    """The least or greatest value of an observable among the readouts `from` .. `until`, and its time."""

    kind: Literal["minimum", "maximum"]
    from_: float | None = Field(default=None, alias="from")
    until: float | None = None


class AreaSpec(_Endpoint):
    """The area under an observable, `from` .. `until`."""

    kind: Literal["area"]
    from_: float | None = Field(default=None, alias="from")
    until: float | None = None


AnyEndpoint = (
    CrossingSpec
    | DiagnosisSpec
    | IncidenceSpec
    | ValueSpec
    | ReferenceSpec
    | ExtremumSpec
    | AreaSpec
    | VariationSpec
    | LagSpec
)
EndpointSpec = Annotated[AnyEndpoint, Field(discriminator="kind")]
TIMED = (CrossingSpec, DiagnosisSpec, IncidenceSpec)  # endpoints that are events in time


class Measured(Strict):
    """Measured points of patients, drawn beside their courses: long CSV tables, relative to the study file.

    Times in the files count from the model's start, in the study's unit of time unless the header gives
    another. `arm` is the one whose plan the patients had when they were measured, for those who fit the model to the
    points.
    """

    cohort: Name
    arm: Name | None = None
    of: Name
    files: tuple[str, ...] = Field(min_length=1)
    patient: Name = "patient"
    time: Name = "time"
    value: Name = "value"
    limit: Name | None = None


class StudySpec(Strict):
    """A study: who, under which plans, read out when, and what is measured.

    `model: body` is the body of the catalog, with the target `tissues` and the `leukemia` named here. `split` names a
    crossing or diagnosis: courses are shown, in the first arm, apart for those who had it and those who did not.
    `measurement: clinic` gives what a laboratory would report in place of the exact value, in endpoints, criteria and
    figures: with analytical variation, and as below the detection limit where it lies below.
    """

    format: Literal[1] = FORMAT
    study: Identifier
    title: Name
    question: str = ""
    model: Name
    tissues: tuple[Name, ...] = ()
    leukemia: Name | None = None
    time: Time
    cohorts: tuple[CohortSpec, ...] = Field(min_length=1)
    arms: tuple[ArmSpec, ...] = Field(min_length=1)
    observables: tuple[str, ...] = Field(min_length=1)
    endpoints: tuple[EndpointSpec, ...] = ()
    measured: tuple[Measured, ...] = ()
    measurement: Literal["clinic"] | None = None
    split: Name | None = None
    panels: Name | None = None
    seed: int = Field(default=1, ge=0, lt=2**63)
    rtol: float = Field(default=1e-6, ge=1e-12, le=1e-2)

    @model_validator(mode="after")
    def _body(self) -> StudySpec:
        for field in ("tissues", "leukemia"):
            if self.model != BODY and getattr(self, field):
                raise wrong(f"{field} goes with 'model: {BODY}'", field=field, mend="leave it out")
        return self
