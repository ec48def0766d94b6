"""What docs/sbml.md says of the SBML Test Suite, from the verdicts on all cases at hand."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.formats.sbml_suite import PASSED, REFUSED, WRONG, Verdict, manifest
from tests.formats.sbml_suite_peers import PEERS, known

PAGE = Path(__file__).parents[2] / "docs" / "sbml.md"
MARK = "<!-- below: written by python -m tests.formats.sbml_suite --all -->"
HARD = {"AlgebraicRule", "FastReaction", "CSymbolDelay"}
GROUPS: dict[str, Callable[[set[str]], bool]] = {
    "all": lambda tags: True,
    "without algebraic rules, delays and fast reactions": lambda tags: not tags & HARD,
    "with algebraic rules": lambda tags: "AlgebraicRule" in tags,
    "with delays": lambda tags: "CSymbolDelay" in tags,
    "with fast reactions": lambda tags: "FastReaction" in tags,
    "with events": lambda tags: any(tag.startswith("Event") for tag in tags),
    "models within models (comp)": lambda tags: any(tag.startswith("comp:") for tag in tags),
}


def write_page(verdicts: Sequence[Verdict], page: Path = PAGE) -> None:
    """Write docs/sbml.md: the text above the numbers stays as it is, the numbers are of this run."""
    head = page.read_text().split(MARK)[0] if page.exists() else ""
    counts = Counter(verdict.outcome for verdict in verdicts)
    lines = [
        MARK, "",
        f"{len(verdicts):,} semantic cases (two thirds of the suite): "
        f"**{counts[PASSED]:,} pass** within their own tolerances, **{counts[REFUSED]:,} are refused by name**, "
        f"**{counts[WRONG]:,} are wrong**.", "",
        "| refused for | cases |", "|---|---|",
    ]  # fmt: skip
    reasons = Counter(reason_in_words(one) for one in verdicts if one.outcome == REFUSED)
    lines += [f"| {why} | {number} |" for why, number in reasons.most_common()]
    lines += ["", *beside_others(verdicts)]
    lines += ["", *by_tag(verdicts)]
    if counts[WRONG]:
        lines += ["", "| wrong | why |", "|---|---|"]
        lines += [f"| {one.case} | {one.why} |" for one in verdicts if one.outcome == WRONG]
    page.write_text(head + "\n".join(lines) + "\n")


def by_tag(verdicts: Sequence[Verdict]) -> list[str]:
    """Return a table of what each tag's cases came to, and how many time courses among them others pass."""
    peers = known()[1]
    lines = [
        f"| tag | cases | pass | refused | wrong | {' | '.join(PEERS)} |",
        f"|---{'|---' * (4 + len(PEERS))}|",
    ]
    tags: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        for tag in tags_of(verdict.case):
            tags.setdefault(tag, []).append(verdict)
    for tag, found in sorted(tags.items(), key=lambda item: item[0].lower()):
        own = Counter(one.outcome for one in found)
        shared = [peers[one.case] for one in found if one.case in peers]
        theirs = [sum(row[name] == PASSED for row in shared) for name in PEERS]
        cells = (len(found), own[PASSED], own[REFUSED], own[WRONG], *theirs)
        lines.append(f"| {tag} | {' | '.join(map(str, cells))} |")
    return lines


def reason_in_words(verdict: Verdict) -> str:
    """Return the reason of a refusal without the names of the case."""
    return re.sub(r"^.*?uses ", "", verdict.why).split(": ")[0].split("(")[0].strip()


def tags_of(case: str) -> list[str]:
    """Return the tags of a case, of components and of tests."""
    row = manifest()[case]
    return [tag.strip() for tag in f"{row['componentTags']};{row['testTags']}".split(";") if tag.strip()]


def beside_others(verdicts: Sequence[Verdict]) -> list[str]:
    """Return a table of what each program reaches on the time courses, as they are grouped in `GROUPS`."""
    versions, peers = known()
    names = tuple(PEERS)
    lines = [
        f"Beside {versions.replace(', ', ' and ')}, run on the same files at three tolerances, the best of which "
        "counts (`python -m tests.formats.sbml_suite_peers`): time courses that pass, and in brackets those with "
        "wrong numbers; the others end with an error. COPASI warns on import of most that it leaves out.", "",
        f"| time courses | cases | Nonself | {' | '.join(names)} |", f"|---{'|---' * (2 + len(names))}|",
    ]  # fmt: skip
    own = {one.case: one.outcome for one in verdicts if one.case in peers}
    for words, belongs in GROUPS.items():
        cases = [case for case in own if belongs(set(tags_of(case)))]
        reached = [Counter(own[case] for case in cases)]
        reached += [Counter(peers[case][name] for case in cases) for name in names]
        cells = [f"{one[PASSED]:,} ({one[WRONG]})" for one in reached]
        lines.append(f"| {words} | {len(cases):,} | {' | '.join(cells)} |")
    return lines
