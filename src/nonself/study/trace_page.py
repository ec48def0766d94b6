"""The trace of one course as a table in lines: when steps shrink, what changes fastest, what is done when."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence

from nonself.engine.result import Failure, Status
from nonself.engine.trace import Trace
from nonself.engine.unfold import Balance, Happening
from nonself.study.shown import unit

MOST_SPECIES = 6  # columns of the table
MOST_AT_ONCE = 6  # things done that are listed between two lines
LAST_SPECIES, LAST_REACTIONS = 8, 3  # how much of the last state is written out
WIDTH, WIDE = 12, 9
FEWEST_DIGITS, MOST_DIGITS = 6, 17  # of a time


def trace_lines(trace: Trace, title: str, notes: Sequence[str], failure: Failure | None) -> list[str]:
    """Return a trace as lines.

    **Arguments:** `title` says whose course it is; `notes` what to know first; `failure` why the course is not used,
    None where it is.
    """
    clock = trace.model.time_unit
    lines = [title, *_ending(trace, failure), *notes, ""]
    shown = _columns(trace, failure)
    digits = _digits([moment.time for moment in trace.moments])
    lines += _head(trace, shown, digits + 4)
    done = iter(trace.happenings)
    waiting: list[Happening] = []
    following = next(done, None)
    for moment in trace.moments:
        while following is not None and following.time < moment.time:
            waiting.append(following)
            following = next(done, None)
        lines += _done(trace, waiting, digits)
        waiting = []
        cells = "".join(
            f"{value:>{_wide(part.id)}.5g}"
            for part, value in zip(trace.model.species, moment.values, strict=True)
            if part.id in shown
        )
        size = "–" if math.isnan(moment.size) else f"{moment.size:.2g}"
        lines.append(
            f"{moment.time:>{digits + 4}.{digits}g}{moment.steps:>{WIDE}}{moment.rejected:>{WIDE}}{size:>{WIDE}}{cells}"
            f"   {_moved(moment.fastest)}"
        )
    lines += _done(trace, [*waiting, *([following] if following else []), *done], digits)
    return [*lines, *_last(trace, clock)]


def _ending(trace: Trace, failure: Failure | None) -> Iterator[str]:
    yield failure.sentence if failure is not None else trace.status.sentence
    yield (
        f"{trace.steps:,} steps tried, {trace.rejected:,} of them rejected, until {trace.reached:.6g} "
        f"{trace.model.time_unit}, at a relative tolerance of {trace.rtol:g}."
    )
    if trace.status is Status.FINISHED_ON_RETRY:
        yield "This is the second try, at the tighter tolerance; the first one did not finish."


def _columns(trace: Trace, failure: Failure | None) -> set[str]:
    """Which species have a column: who failed, then who most often changed fastest, then in the model's order."""
    order = [part.id for part in trace.model.species]
    often = Counter(moment.fastest.species for moment in trace.moments if moment.fastest.change)
    first = [] if failure is None or failure.species not in order else [failure.species]
    ranked = dict.fromkeys([*first, *(name for name, _ in often.most_common()), *order])
    return set(list(ranked)[:MOST_SPECIES])


def _digits(times: Sequence[float]) -> int:
    """How many digits tell the times apart."""
    for digits in range(FEWEST_DIGITS, MOST_DIGITS):
        if len({f"{time:.{digits}g}" for time in times}) == len(times):
            return digits
    return MOST_DIGITS


def _head(trace: Trace, shown: set[str], width: int) -> list[str]:
    clock = trace.model.time_unit
    species = [part for part in trace.model.species if part.id in shown]
    names = "".join(f"{part.id:>{_wide(part.id)}}" for part in species)
    units = "".join(f"{unit(part.unit):>{_wide(part.id)}}" for part in species)
    left = len(trace.model.species) - len(species)
    rest = (
        [f"{len(species)} of {left + len(species)} species are shown, those that change fastest."]
        if left
        else []
    )
    return [
        *rest,
        *(
            ["What happens by chance is in the values, without a line of its own."]
            * bool(trace.model.hazards or trace.model.clones)
        ),
        "Steps: tried since the line above, how many of them rejected, mean size of the others. Values: before what is "
        "done then.",
        "",
        f"{'time':>{width}}{'tried':>{WIDE}}{'rejected':>{WIDE}}{'size':>{WIDE}}{names}   fastest for its size, by",
        f"{clock:>{width}}{'':>{WIDE}}{'':>{WIDE}}{clock:>{WIDE}}{units}   a {clock}",
    ]


def _wide(name: str) -> int:
    """How wide the column of a species is."""
    return max(WIDTH, len(name) + 2)


def _moved(balance: Balance) -> str:
    """What changes, how fast, and the reaction that moves it most."""
    if not balance.change:
        return "nothing changes"
    return f"{balance.species} {balance.change:+.3g}, mostly {_part(*balance.parts[0])}"


def _part(reaction: str, part: float) -> str:
    return f"{reaction} {part:+.3g}"


def _done(trace: Trace, happenings: Sequence[Happening], digits: int) -> Iterator[str]:
    units = {part.id: unit(part.unit) for part in trace.model.species}
    units |= {part.id: unit(part.unit) for part in trace.model.parameters}
    for one in happenings[:MOST_AT_ONCE]:
        what = f"{one.target} {one.before:.5g} → {one.after:.5g} {units.get(one.target, '')}".rstrip()
        text = "a condition on time changes" if one.kind == "turn" else f"{one.kind}: {what}"
        yield f"{one.time:>{digits + 4}.{digits}g}  {text}"
    if len(happenings) > MOST_AT_ONCE:
        yield f"{'':>{digits + 4}}  … and {len(happenings) - MOST_AT_ONCE} more until the next line"


def _last(trace: Trace, clock: str) -> Iterator[str]:
    yield ""
    yield f"Where it ended, the fastest first (change a {clock}, and the reactions that make it):"
    units = {part.id: unit(part.unit) for part in trace.model.species}
    for one in trace.last[:LAST_SPECIES]:
        parts = ", ".join(_part(*part) for part in one.parts[:LAST_REACTIONS])
        value = f"{one.species} = {one.value:.6g} {units[one.species]}"
        yield f"  {value}, {one.change:+.3g}: {parts or 'no reaction'}"
    if len(trace.last) > LAST_SPECIES:
        yield f"  … and {len(trace.last) - LAST_SPECIES} slower ones"
