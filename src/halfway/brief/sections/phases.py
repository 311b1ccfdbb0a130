"""The plan as a timeline of phases."""

from __future__ import annotations

import numpy as np

from halfway.brief.contents import Block, Figure, Paragraph, PhaseCard, Section, Timeline
from halfway.brief.material import Material
from halfway.charts.diagram import diagram
from halfway.errors import Refusal
from halfway.space.plan.outcomes import no_way_back
from halfway.words.conditions import say
from halfway.words.shares import percent


def phases(material: Material) -> Section:
    """Return one card a phase: what changes, what is watched, what follows."""
    case, path = material.case, material.path
    over_time = path.phases_over_time(case.horizon)
    lasting = {(n.issue, n.option) for n in no_way_back(material.space, material.plan, path)}
    long_run = path.long_run_phases()
    names = list(material.plan.phases)
    begins, arrives = path.arrivals(case.horizon)
    cards = []
    for k, (name, phase) in enumerate(material.plan.phases.items()):
        before = _package_before(material, k) if over_time[:, k].any() else material.space.status_quo
        changes = []
        for i, issue in enumerate(material.space.issues):
            here = int(path.packages[k, i])
            if before is not None and here != int(before[i]):
                option = material.space.options[i][here]
                changes.append(
                    (
                        material.issue(issue),
                        material.issue(issue, material.space.options[i][int(before[i])]),
                        material.issue(issue, option) + _late(case.period, begins[k], arrives[k, i]),
                        (issue, option) in lasting,
                    )
                )
        notes = []
        if phase.resets is not None:
            most = "without limit" if phase.resets.max is None else f"at most {phase.resets.max} times"
            terms = (
                "on the same terms" if phase.resets.terms is None else f"as '{_title(material, phase.resets.terms)}'"
            )
            notes.append(f"Starts again {most}, {terms}.")
        if phase.shifts is not None:
            notes.append("While it lasts, what sides have without a deal changes.")
        if phase.note:
            notes.append(phase.note)
        seen = over_time[:, k]
        cards.append(
            PhaseCard(
                title=_title(material, name),
                when=_when(material, seen, phase.lasts is None),
                share=f"{percent(long_run[name])} of the long run"
                if 1e-9 < long_run.get(name, 0) < 1 - 1e-9
                else "the long run"
                if long_run.get(name, 0) > 1e-9
                else "",
                changes=tuple(changes),
                rules=tuple(
                    (trigger.name or say(case, trigger.when), _title(material, trigger.go)) for trigger in phase.on
                ),
                then=""
                if phase.then is None or phase.lasts is None
                else f"after {phase.lasts}: {_title(material, phase.then)}",
                notes=tuple(notes),
                same="Nothing changes." if seen.any() else "As today.",
                kept=bool(seen.any()),
            )
        )
    kept = [c for c in cards if c.kept]
    blocks: list[Block] = [
        Paragraph(
            f"{len(names)} phase{'s' if len(names) != 1 else ''}, of which a kept plan passes through {len(kept)}."
            + (" The others are what it threatens, or falls back to." if len(kept) < len(names) else "")
        ),
        Timeline(tuple(cards)),
    ]
    return Section("timeline", "The plan, phase by phase", tuple(blocks))


def plan_diagram(material: Material) -> Figure | None:
    """Return the plan drawn as a diagram; None where its conduct is too large to compile."""
    try:
        automaton = material.conduct.automaton
    except Refusal:
        return None
    drawn = [diagram(material.case, material.name, automaton, narrow=narrow) for narrow in (False, True)]
    return Figure(drawn[0], drawn[1])


def _package_before(material: Material, phase: int) -> np.ndarray | None:
    """Return the package against which a phase's changes are shown.

    That is what is in force when the kept plan comes to it; of a phase that it never comes to, what a phase that leads to it
    prescribes; else today's.
    """
    names = list(material.plan.phases)
    if names[phase] == material.plan.first:
        return material.space.status_quo
    entered = material.path.before(phase)
    if entered is not None:
        return entered
    from halfway.case.coherence_plans import successors

    for k, name in enumerate(names):
        if k != phase and names[phase] in successors(material.plan.phases[name]):
            return np.asarray(material.path.packages[k])
    return material.space.status_quo


def _late(period: str, begins: int, arrives: int) -> str:
    """Say when an option is in force, where that is not as soon as its phase begins."""
    if begins < 0 or arrives == begins:
        return ""
    return " (not in force while the phase lasts)" if arrives < 0 else f" (in force from {period} {arrives + 1})"


def _title(material: Material, phase: str) -> str:
    return material.case.title_of("plans", material.name, phase)


def _when(material: Material, seen: np.ndarray, open_ended: bool) -> str:
    period = material.case.period
    at = np.flatnonzero(seen > 1e-9)
    if not len(at):
        return "only after a breach"
    if seen[at].max() < 0.999:
        return f"{percent(seen.max())} likely within {len(seen)} {period}s, although everyone keeps the plan"
    last = int(at[-1])
    if open_ended or last == len(seen) - 1:
        return f"from {period} {at[0] + 1}"
    return f"{period} {at[0] + 1}" if last == at[0] else f"{period}s {at[0] + 1} to {last + 1}"
