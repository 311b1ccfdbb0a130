"""Who would walk away from the plan's phases: to what, and who would answer how, in sentences."""

from __future__ import annotations

from halfway.brief.contents import Block, Listing, Paragraph, Section
from halfway.brief.material import Material
from halfway.errors import Refusal
from halfway.stability.graph.walk import Step
from halfway.stability.parts import Departure, Look
from halfway.stability.result import StabilityResult
from halfway.words.front_page import counted, inside, joined

_SHOWN = 3
"""Moves that an analyst is shown for each actor; a minister sees the one that is least deterred."""


def leaving(material: Material) -> Section:
    """Return, for each phase of the plan, who could leave its package and what keeps whom from it."""
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
            "Each phase taken as it stands: would an actor rather change what it sets itself, once it reckons with the others' "
            "answers? Only the order of preferences counts here; time and detection are the matter of the section on conduct."
        )
    ]
    lines = [line for look, phases in looks if phases for line in _phase(material, result, look, phases)]
    missing = [f"{part.removeprefix(plan)}: {why}." for part, why in result.left_out.items() if part.startswith(plan)]
    blocks.append(Listing((*lines, *missing)))
    return Section(key, title, tuple(blocks))


def _phase(material: Material, result: StabilityResult, look: Look, phases: list[str]) -> list[str]:
    phase = " and ".join(f"“{p}”" for p in phases)
    names = [inside(n) for n in result.names.actors]
    movers = sorted({d.by for d in look.departures})
    if not movers:
        return [f"**In {phase}** nobody has a move that it prefers."]
    free = [i for i in movers if any(not d.possible for d in look.departures if d.by == i)]
    weak = [i for i in movers if i not in free and any(not d.credible for d in look.departures if d.by == i)]
    deterred = [i for i in movers if i not in free and i not in weak]
    parts = []
    if free:
        parts.append(f"nothing deters {joined([names[i] for i in free])}")
    if weak:
        parts.append(
            f"{joined([names[i] for i in weak])} could be answered, but only by moves that do not pay those who would make them"
        )
    if deterred:
        parts.append(f"{joined([names[i] for i in deterred])} would be answered by others who gain by it")
    lead = f"**In {phase}** {counted(len(movers), 'actor')} would rather change something: {'; '.join(parts)}."
    shown = [d for i in movers for d in _best(look, i, _SHOWN if material.detailed else 1)]
    if not material.detailed:
        # A minister needs the moves that nothing, or no credible answer, deters.
        shown = [d for d in shown if not d.credible][:2]
    return [" ".join([lead, *(_said(result, look, d) for d in shown)])]


def _best(look: Look, actor: int, most: int) -> list[Departure]:
    own = [d for d in look.departures if d.by == actor]
    # What nothing deters comes first, then what only an answer against the answerer's own interest deters.
    return sorted(own, key=lambda d: (bool(d.possible), bool(d.credible)))[:most]


def _said(result: StabilityResult, look: Look, departure: Departure) -> str:
    name = result.names.actors[departure.by]
    text = f"{name}: {changes(result, look.state + 1, departure.to + 1)}"
    if departure.credible:
        return f"{text}, which {_answer(result, departure.credible)} would answer."
    if departure.possible:
        return f"{text}, which {_answer(result, departure.possible)} could answer only at a cost."
    return f"{text}; no answer was found that would make it regret that."


def _answer(result: StabilityResult, steps: tuple[Step, ...]) -> str:
    return joined(
        [inside(n) for n in dict.fromkeys(result.names.mover(result.space.model.movers[m]) for m, *_ in steps)]
    )


def changes(result: StabilityResult, before: int, after: int) -> str:
    """Say what differs between two states, numbered from 1, by the titles of issues and options."""
    case = result.space.case
    old, new = result.state(before), result.state(after)
    parts = []
    for issue, option in new.items():
        if option is not None and option != old[issue]:
            parts.append(f"{case.title_of('issues', issue)}: {case.title_of('issues', issue, option)}")
    return "; ".join(parts)
