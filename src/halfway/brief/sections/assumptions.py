"""What the answer rests on: every number with its note and source, what is left out, and how to compute it again."""

from __future__ import annotations

from collections.abc import Sequence

from halfway._version import __version__
from halfway.brief.contents import Block, Grid, Listing, Paragraph, Section
from halfway.brief.material import Material
from halfway.case.actors import Actor
from halfway.case.case import Case
from halfway.case.estimates import Estimate
from halfway.case.interests import Interest
from halfway.case.notes import without_value
from halfway.result import Table
from halfway.words.indifference import taken_as_indifferent
from halfway.words.shares import percent

WEIGHTIEST = 3


def assumptions(material: Material) -> Section:
    """Return the numbers by actor, the sources, and what was not modelled."""
    case = material.case
    cited = list(case.sources)
    number = {key: i + 1 for i, key in enumerate(cited)}
    blocks: list[Block] = [
        Paragraph(
            "The numbers of a case are judgements of its authors"
            + (f" ({', '.join(a.name for a in case.authors)})" if case.authors else "")
            + (
                ". Each stands here with its uncertainty, the reason given for it and, in brackets, its sources."
                if material.detailed
                else ". What weighs most with each, in percent of all its weights; the case file gives every number with its "
                "reason, and a brief for analysts (--to analyst) prints them."
            )
        )
    ]
    silent = taken_as_indifferent(case, without_value(case, material.name), most=None)
    if silent:
        blocks.append(Paragraph(silent))
    if material.detailed:
        for key, actor in case.actors.items():
            rows = _interest_rows(material, actor, number)
            if rows:
                table = Table(f"interests-{key}", ("Issue", "Weight", "What the options are worth", "Why"), tuple(rows))
                blocks.append(Grid(table, folded=f"{material.actor(key)}: interests, walk-away and red lines"))
    else:
        said = [_weightiest(material, key, actor) for key, actor in case.actors.items()]
        blocks.append(Listing(tuple(x for x in said if x)))
    if case.sources:
        rows = [(str(number[k]), _source(s)) for k, s in case.sources.items()]
        blocks.append(Grid(Table("sources", ("No.", "Source"), tuple(rows)), folded=f"Sources ({len(rows)})"))
    return Section("assumptions", "What this rests on", tuple(blocks))


def _weightiest(material: Material, key: str, actor: Actor) -> str:
    sizes = {i: float(x.size) if x.size else 1.0 for i, x in actor.interests.items()}
    total = sum(sizes.values())
    if total <= 0:
        return ""
    most = sorted(sizes, key=lambda i: -sizes[i])[:WEIGHTIEST]
    named = ", ".join(f"{material.issue(i)} {100 * sizes[i] / total:.0f}" for i in most)
    space = material.space
    walk = f"; without a deal it has {space.walk_away[space.actor(key)]:.0f} points" if key in space.actors else ""
    return f"{material.actor(key)}: {named}{walk}."


def _interest_rows(material: Material, actor: Actor, number: dict[str, int]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    total = sum(float(i.size) if i.size else 1.0 for i in actor.interests.values()) or 1.0
    for issue, interest in actor.interests.items():
        size = float(interest.size) if interest.size else 1.0
        share = f"{percent(size / total)}" if actor.normalise else f"{size:g}"
        rows.append(
            (
                material.issue(issue),
                share + (f" (from {interest.size.notation()})" if interest.size and not interest.size.certain else ""),
                _worth(material, issue, interest),
                _why(interest.note, interest.source, number),
            )
        )
    for linkage in actor.linkages:
        chance = f", with probability {linkage.probability.notation()}" if linkage.probability else ""
        rows.append((linkage.name or "Linkage", "—", f"{linkage.points.notation()} points{chance}",
                     _why(linkage.note, linkage.source, number)))  # fmt: skip
    rows.extend(
        (line.name or "Red line", "—", "never accepted", _why(line.note, line.source, number))
        for line in actor.red_lines
    )
    if actor.walk_away is not None:
        w = actor.walk_away
        if w.utility is not None:
            said = f"{w.utility.notation()} points"
            why = _why(w.note or w.utility.note, w.source or w.utility.source, number)
        elif w.contest is not None:
            against = ", ".join(material.actor(o) for o in w.contest.opponents)
            said = f"a contest with {against}, at a cost of {w.contest.cost.notation()} points"
            why = _why(w.note or w.contest.note, w.source or w.contest.source, number)
        else:
            said, why = "the status quo", _why(w.note, w.source, number)
        rows.append(("Walk-away", "—", said, why))
    return rows


def _worth(material: Material, issue: str, interest: Interest) -> str:
    if interest.values is not None:
        return "; ".join(f"{material.issue(issue, o)} {_typed(v)}" for o, v in interest.values.items())
    if interest.ranks is not None:
        return " > ".join(" = ".join(material.issue(issue, o) for o in group) for group in interest.ranks)
    if interest.position is None:
        return "does not matter"
    unit = material.case.issues[issue].scale
    return f"best at {_typed(interest.position)}{' ' + unit.unit if unit and unit.unit else ''}"


def _typed(estimate: Estimate) -> str:
    return estimate.notation()


def _why(note: str | None, source: tuple[str, ...], number: dict[str, int]) -> str:
    marks = "".join(f" [{number[k]}]" for k in source if k in number)
    return ((note or "").strip() + marks).strip() or "no reason given"


def _source(source: object) -> str:
    parts = [getattr(source, name) for name in ("author", "title", "publisher", "date", "url")]
    return ". ".join(str(p).rstrip(".") for p in parts if p) + "."


LIMITS = (
    "Points and levels say what the plan brings when everyone keeps it; the section on conduct says who would not.",
    "Who breaks the plan when is worked out with every uncertain number at its centre.",
    "No data set of plans with snapback clauses exists against which such answers could be scored: the figures follow from "
    "the judgements listed and are not forecasts.",
)
"""What the analyses of a plan leave out."""


def limits(case: Case, own: Sequence[str] = ()) -> Section:
    """Return what was not modelled, in the case and by the tool."""
    said = (*(" ".join(text.split()) for text in case.not_modelled), *own)
    blocks = (Listing(said),) if said else (Paragraph("The case names nothing that it leaves out."),)
    return Section("limits", "What was not modelled", blocks)


def reproduce(case: Case, seed: int, plan: str = "", draws: int = 0, audience: str = "minister") -> Section:
    """Return how to compute the brief again."""
    default = next(iter(case.plans), "") == plan
    command = f"halfway brief {case.name}" + ("" if default else f" --plan {plan}") + f" --seed {seed}"
    command += "" if audience == "minister" else f" --to {audience}"
    rows = (
        ("Command", command),
        ("Version", f"Halfway {__version__}"),
        ("Case", f"{case.name}, SHA-256 {case.content_hash}"),
        ("Seed", f"{seed}" + (f", {draws:,} draws" if draws else "")),
    )
    return Section(
        "reproduce",
        "How to compute this again",
        (
            Paragraph("The same case, version and seed give this file again, byte for byte."),
            Grid(Table("reproduce", ("What", "Value"), rows)),
        ),
    )
