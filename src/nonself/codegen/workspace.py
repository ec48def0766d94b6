"""The workspace of one call: which vector row holds what, and what the entry point is called with."""

from __future__ import annotations

from dataclasses import dataclass

SAME_TIME = 1e-12  # times closer than this, relative to the larger of 1 and the time, are one
SAMPLES = 4  # places in a step where watched comparisons are looked at, its end the last
TRIAL, LOW, HIGH = SAMPLES + 1, SAMPLES + 2, SAMPLES + 3  # further places, in the search for a turn
QUEUE = 64  # executions of events that can wait in a lane, besides two of each event
PAUSE, ADD, SET, TURN, RULE, MULTIPLY, RENEW = range(7)  # kinds of stops
ENDED_BY = 64  # a course that hazard k ended has this status plus k

WAITING, RUNNING, ARRIVED = 1, 2, 3  # flags of a lane; 0 is a lane without work

# per-lane numbers kept between steps, one vector row each
SCALARS = (
    "time",
    "step",
    "proposed",
    "stop_time",
    "output_time",
    "horizon",
    "error",
    "stable",
    "settled",
    "now",
    "fraction",
    "low",
    "high",
    "radius",
    "nearest",
    "closest",
    "trial",
    "trial_from",
    "counted_from",
)
INTEGERS = (
    "patient",
    "stop",
    "output",
    "steps",
    "rejected",
    "flag",
    "active",
    "restart",
    "fresh",
    "refused",
    "due",
    "settling",
    "event",
    "turns",
    "other",
    "free",
    "open",
    "queued",
    "drawn",
    "cascade",
)

# what `advance` is called with, in order: P a pointer, I a 64-bit integer, D a double
ARGUMENTS: tuple[tuple[str, str], ...] = (
    ("work", "P"),
    ("patients", "I"),
    ("parameters", "P"),  # (n_parameters, patients)
    ("horizon", "P"),  # (patients,)
    ("stops", "I"),
    ("stop_time", "P"),  # (stops, columns)
    ("stop_kind", "P"),  # PAUSE, ADD, SET, TURN, RULE, MULTIPLY or RENEW
    ("stop_target", "P"),
    ("stop_value", "P"),
    ("stop_scale", "P"),  # the parameter an amount is multiplied with, or -1
    ("stop_rows", "I"),  # columns: 1 for all patients alike, or patients
    ("stop_step", "I"),  # 0 for all patients alike, or 1
    ("outputs", "I"),
    ("output_time", "P"),  # (outputs, columns)
    ("output_rows", "I"),
    ("output_step", "I"),
    ("rule_target", "P"),  # the parameter each rule sets
    ("levels", "I"),
    ("hazard_levels", "P"),  # (hazards, levels, patients): the sums at which each hazard happens
    ("begun", "I"),  # 1 when courses go on from states given
    ("begin_time", "P"),  # (patients,)
    ("begin_state", "P"),  # (n_species, patients), read where `begun`
    (
        "fired",
        "P",
    ),  # (patients, counts): how often each hazard has happened, at the begin and then at the end, and
    # of each clone its origin and how many draws it made
    ("lots", "I"),  # the key of the order of events of one priority
    ("words", "I"),
    ("pending", "P"),  # (patients, words): what events left open where courses begin, and then where they end
    ("log_size", "I"),
    ("log", "P"),  # (log_size, 4): time, event, row and new value of each assignment
    ("logged", "P"),  # how many there were
    ("before", "I"),
    ("kept", "I"),
    ("kept_rows", "P"),  # (kept,) rows of state and observables
    ("values", "P"),  # (patients, outputs, kept)
    ("final", "P"),  # (patients, n_species)
    ("status", "P"),
    ("reached", "P"),
    ("steps", "P"),
    ("rejected", "P"),
    ("rtol", "D"),
    ("atol", "P"),  # (n_species,)
    ("max_steps", "I"),
    ("by_chance", "D"),  # 1, or 0 where clones follow their equations however small they are
    ("replicate", "I"),
    ("segments", "I"),  # steps of the past that a lane can keep, a power of two
    ("digests", "P"),  # (patients,): what draws are keyed by
    ("clone_keys", "P"),  # (clones,)
    ("founding_keys", "P"),  # (hazards, levels)
    ("founding_draws", "P"),  # (draws, levels, patients)
)

NODES = 3  # at which a step's rates of birth and death are taken
# rows that clones need, and how many: of each clone, of each row that misses something, of each draw or trait, or one
CLONE_ROWS = (
    ("key", "clones"),
    ("origin", "clones"),
    ("drawn", "clones"),
    ("limit", "clones"),
    ("due", "clones"),
    ("count", "clones"),
    ("births", "clones"),
    ("deaths", "clones"),
    ("rates", "two"),
    ("node", "nodes"),
    ("pace", "paces"),
    ("draws", "draws"),
    ("traits", "traits"),
    ("paced", "one"),
    ("digest", "one"),
    ("invalid", "one"),
)


POINTS = 64  # breaking points ahead of a lane that are kept, the least smooth ones
NODES_KEPT = 5  # places in a step at which what is looked back at is taken
# rows that delays need, and how many: of each delay, of what is remembered, or one
DELAY_ROWS = (
    ("lag", "delays"),
    ("then", "delays"),
    ("then_slope", "delays"),
    ("before", "delays"),
    ("before_slope", "delays"),
    ("cursor", "delays"),
    ("reach", "paths"),
    ("when", "points"),
    ("level", "points"),
    ("taken", "tracks"),
    ("between", "bends"),
    ("smallest", "bends"),
    ("look", "one"),
    ("begun_at", "one"),
    ("shortest", "one"),
    ("longest", "one"),
    ("segment", "one"),
    ("marks", "one"),
    ("lost", "one"),
)


@dataclass(frozen=True, slots=True)
class Happening:
    """A hazard as rows of the state: `row` sums its rate; `change` (row, amount) is what happens; `ends` true where
    that ends the course.

    **Arguments:** `slots` (row, number of the clone, amount of one cell) in which it founds a clone; `traits` (first
    row, row of `traits`) of what is drawn then; `draws` the first row of `draws` it fills and how many.
    """

    row: int
    change: tuple[tuple[int, float], ...]
    ends: bool = False
    slots: tuple[tuple[int, int, float], ...] = ()
    traits: tuple[tuple[tuple[int, ...], int], ...] = ()
    draws: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True)
class CloneRow:
    """A clone as a row of the state, and how many cells are in one unit of it."""

    row: int
    cells: float


@dataclass(frozen=True, slots=True)
class Occurrence:
    """An event as rows of the state: `targets` are assigned; `priority` whether it has one."""

    targets: tuple[int, ...]
    priority: bool
    persistent: bool
    initial_value: bool
    values_when_triggered: bool


@dataclass(frozen=True, slots=True)
class Workspace:
    """Row offsets for a model of this size: the state, the stages, the factors, the observables after the state."""

    species: int
    parameters: int
    hoisted: int
    factors: int
    observables: int
    stages: int
    driven: int  # 1 when some rate changes smoothly with time itself
    timed: int  # 1 when some rate depends on time at all
    rules: int
    hazards: int
    watched: int  # comparisons whose turns are found on the way
    events: int
    assigned: int  # assignments of all events together
    widest: int  # the most assignments of one event
    opposed: int = 0  # of the watched, the first: those that are watched the other way round as well
    scaled: int = 0  # factors of assignments: one each where any has one
    clones: int = 0
    paces: int = 0
    draws: int = 0
    traits: int = 0
    looped: int = 0  # 1 when the LU is a loop over tables
    carried: int = 0  # what one piece of a long computation leaves for another
    delays: int = 0
    tracks: int = 0  # expressions that delays look back at
    depth: int = 0  # delays in each other
    paths: int = 0  # different ways a jump takes through delays until a rate sees it
    bent: int = 0  # 1 when some of them are not linear in the state
    solved: int = 0  # species that constraints determine

    @property
    def state(self) -> int:
        """The state at the start of a step."""
        return 0

    @property
    def new_state(self) -> int:
        """The state at the end of a step."""
        return self.species

    @property
    def argument(self) -> int:
        """What the right-hand side and the observables are evaluated at; the observables follow it."""
        return 2 * self.species

    @property
    def observed(self) -> int:
        """The model's own observables."""
        return self.argument + self.species

    @property
    def stage(self) -> int:
        """The stages, one block of species each; until it is solved, one holds what earlier stages add to it."""
        return self.observed + self.observables

    @property
    def factor(self) -> int:
        """The stored LU factors."""
        return self.stage + self.stages * self.species

    @property
    def drift(self) -> int:
        """Derivatives of the rates with respect to time."""
        return self.factor + self.factors

    @property
    def decided(self) -> int:
        """What each rule decides."""
        return self.drift + self.driven * self.species

    @property
    def parameter(self) -> int:
        """Parameters."""
        return self.decided + self.rules

    @property
    def hoist(self) -> int:
        """What depends on parameters alone."""
        return self.parameter + self.parameters

    def scalar(self, name: str) -> int:
        """A per-lane double."""
        return self.hoist + self.hoisted + SCALARS.index(name)

    def integer(self, name: str) -> int:
        """A per-lane integer."""
        return self.hoist + self.hoisted + len(SCALARS) + INTEGERS.index(name)

    @property
    def threshold(self) -> int:
        """What each hazard has to reach next."""
        return self.hoist + self.hoisted + len(SCALARS) + len(INTEGERS)

    @property
    def fired(self) -> int:
        """How often each hazard has happened, as integers."""
        return self.threshold + self.hazards

    @property
    def counts(self) -> int:
        """Whole numbers that a course goes on by."""
        return self.hazards + 2 * self.clones

    def clone(self, name: str) -> int:
        """The first of the rows that clones need for something."""
        counts = {
            "clones": self.clones, "two": 2 * self.clones, "nodes": 2 * NODES * self.clones, "paces": self.paces,
            "draws": self.draws, "traits": self.traits, "one": min(1, self.clones), "end": 0,
        }  # fmt: skip
        row = self.fired + self.hazards
        for known, size in (*CLONE_ROWS, ("end", "end")):
            if known == name:
                return row
            row += counts[size]
        raise KeyError(name)

    @property
    def gaps(self) -> int:
        """How far each watched comparison is from its turn: at the step's start, in samples and further places."""
        return self.clone("end")

    @property
    def triggered(self) -> int:
        """Whether each event's trigger is true now; delays, priorities, new values and factors follow."""
        return self.gaps + (HIGH + 1) * self.watched

    @property
    def delayed(self) -> int:
        """The delay of each event, were it to fire now."""
        return self.triggered + self.events

    @property
    def urgent(self) -> int:
        """The priority of each event."""
        return self.delayed + self.events

    @property
    def assignment(self) -> int:
        """The new values that events assign."""
        return self.urgent + self.events

    @property
    def scale(self) -> int:
        """What the new values are multiplied by when they are given."""
        return self.assignment + self.assigned

    @property
    def was(self) -> int:
        """Whether each event's trigger was true when it was last looked at, as integers."""
        return self.scale + self.scaled

    @property
    def waiting(self) -> int:
        """Executions that wait, `slot` rows each: event as an integer, time, rank among equals, new values."""
        return self.was + self.events

    @property
    def slot(self) -> int:
        """Rows of an execution that waits."""
        return 3 + self.widest

    @property
    def queue(self) -> int:
        """How many executions can wait."""
        return QUEUE + 2 * self.events if self.events else 0

    @property
    def block(self) -> int:
        """What is left of the matrix for species that constraints determine, row by row."""
        return self.delay("end")

    @property
    def swap(self) -> int:
        """The row of the block that was exchanged with each, as a number."""
        return self.block + self.solved * self.solved

    @property
    def weight(self) -> int:
        """What the entries of each row of the block are weighed by when a pivot is chosen."""
        return self.swap + self.solved

    @property
    def side(self) -> int:
        """The right-hand side of the block, then its solution."""
        return self.weight + self.solved

    @property
    def kept(self) -> int:
        """The values nearest to a solution of the constraints so far; their correction follows."""
        return self.side + self.solved

    @property
    def correction(self) -> int:
        """How far those values are from the solution, by Newton's method."""
        return self.kept + self.solved

    @property
    def largest(self) -> int:
        """The largest entry that could be a pivot; then, while constraints are solved: size, share, which are open."""
        return self.correction + self.solved

    @property
    def scratch(self) -> int:
        """What pieces of a computation carry; then one row of a matrix while a looped LU eliminates it, by column."""
        return self.largest + 4 * min(1, self.solved)

    def delay(self, name: str) -> int:
        """The first of the rows that delays need for something."""
        counts = {
            "delays": self.delays, "tracks": NODES_KEPT * self.tracks, "bends": self.tracks if self.bent else 0,
            "paths": self.paths, "points": POINTS if self.paths else 0, "one": min(1, self.delays), "end": 0,
        }  # fmt: skip
        row = self.waiting + self.queue * self.slot
        for known, size in (*DELAY_ROWS, ("end", "end")):
            if known == name:
                return row
            row += counts[size]
        raise KeyError(name)

    @property
    def record(self) -> int:
        """Rows of a step that is kept: its start, its end, one over its length, and a polynomial of each track."""
        return 3 + NODES_KEPT * self.tracks

    def past(self, segments: int) -> int:
        """Rows behind all others: the steps kept, in a ring."""
        return segments * self.record if self.delays else 0

    @property
    def rows(self) -> int:
        """All rows."""
        return self.scratch + max(self.carried, self.looped * self.species)
