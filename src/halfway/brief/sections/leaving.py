"""Who would walk away from the plan's packages: to what, and who would answer how."""

from __future__ import annotations

from halfway.brief.contents import Block, Figure, Grid, Listing, Paragraph, Section
from halfway.brief.material import Material
from halfway.charts.stability import around_chart, changes
from halfway.errors import Refusal
from halfway.result import Table
from halfway.stability.graph.walk import Step
from halfway.stability.parts import Departure, Look
from halfway.stability.result import StabilityResult

_SHOWN = 3


def leaving(material: Material) -> Section:
    """Return, for each package of the plan, who could leave it and what keeps whom from it."""
    key, title = "leaving", "Who would walk away"
    try:
        result = material.stability()
    except Refusal as refusal:
        reason = "; ".join(f"{p.what}: {p.why}" for p in refusal.problems)
        return Section(key, title, (Paragraph(f"Not answered: {reason}."),))
    plan = f"{material.case.title_of('plans', material.name)}: "
    looks = [(look, [w.removeprefix(plan) for w in look.why if w.startswith(plan)]) for look in result.looks]
    blocks: list[Block] = [
        Paragraph(
            "Each package is taken as it stands, and each actor asked whether it would rather change what it sets itself. Only "
            "the order of preferences counts here, not how much; time and detection are the matter of the section on conduct."
        )
    ]
    for look, phases in looks:
        if phases:
            blocks += _package(result, look, " and ".join(f"“{p}”" for p in phases))
    missing = [f"{part.removeprefix(plan)}: {why}." for part, why in result.left_out.items() if part.startswith(plan)]
    if missing:
        blocks.append(Listing(tuple(missing)))
    return Section(key, title, tuple(blocks))


def _package(result: StabilityResult, look: Look, phase: str) -> list[Block]:
    names = result.names.actors
    movers = {d.by for d in look.departures}
    content = [names[i] for i in range(len(names)) if i not in movers]
    if not movers:
        return [Paragraph(f"**In {phase}** nobody has a move that it prefers.")]
    blocks: list[Block] = []
    unanswered = [i for i in movers if any(not d.possible for d in look.departures if d.by == i)]
    lead = f"**In {phase}** {_several([names[i] for i in sorted(movers)])} would rather have something else that they can reach"
    if len(movers) == 1:
        lead = f"**In {phase}** {names[min(movers)]} would rather have something else that it can reach"
    settled = f"; {_several(content)} would not move" if content else ""
    kept = "" if unanswered else "; each such move can be answered so that the mover regrets it"
    blocks.append(Paragraph(f"{lead}{settled}{kept}."))
    blocks.append(Listing(tuple(_told(result, look, d) for i in sorted(movers) for d in _best(look, i))))
    chart = around_chart(result, look)
    if chart is not None:
        blocks.append(Figure(chart))
    blocks.append(Grid(_verdicts(result, look), "Verdicts by concept"))
    return blocks


def _best(look: Look, actor: int) -> list[Departure]:
    own = [d for d in look.departures if d.by == actor]
    # What nothing deters comes first, then what only an answer against the answerer's own interest deters.
    return sorted(own, key=lambda d: (bool(d.possible), bool(d.credible)))[:_SHOWN]


def _told(result: StabilityResult, look: Look, departure: Departure) -> str:
    name = result.names.actors[departure.by]
    change = changes(result, look.state + 1, departure.to + 1)
    if departure.credible:
        answer = f"{_answer(result, departure.credible)} would answer, and gain by it, so that {name} is no better off than now"
    elif departure.possible:
        answer = (
            f"{_answer(result, departure.possible)} could answer so that {name} is no better off, but not everyone who would "
            "have to gains by it"
        )
    else:
        answer = "no answer was found that makes it regret that"
    return f"{name}: {change}. {answer[:1].upper()}{answer[1:]}."


def _answer(result: StabilityResult, steps: tuple[Step, ...]) -> str:
    parts = []
    for m, before, after in steps:
        who = result.names.mover(result.space.model.movers[m])
        parts.append(f"{who} ({changes(result, before + 1, after + 1)})")
    return _several(parts)


def _several(names: list[str]) -> str:
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]


def _verdicts(result: StabilityResult, look: Look) -> Table:
    concepts = list(dict.fromkeys(e.concept for e in look.explanations))
    words = {True: "stable", False: "would leave", None: "open"}
    rows = []
    for i, name in enumerate(result.names.actors):
        own = {e.concept: words[e.stable] for e in look.explanations if e.actors == (i,)}
        rows.append((name, *(own.get(c, "—") for c in concepts)))
    return Table(f"verdicts-{look.state + 1}", ("Actor", *(c.upper() for c in concepts)), tuple(rows))
