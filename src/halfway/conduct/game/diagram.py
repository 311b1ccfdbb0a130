"""The compiled plan described: its phases, what cannot be reached, which triggers can fire, and the edges between."""

from __future__ import annotations

from typing import Any

from halfway.conduct.game.compiled_plan import Study
from halfway.conduct.game.payoffs import Priced


def described(whole: Study) -> dict[str, Any]:
    """Return the automaton as plain data.

    Returns
    -------
    dict
        ``states`` (of the kept plan), ``states_by_actor`` (that its conduct can reach), ``start``, ``phases``, ``unreachable``,
        ``triggers`` (each with the chance that it decides a period when the plan is kept, and the highest that any one
        actor's departure brings about) and ``edges`` (each with whether a kept plan passes along it).
    """
    names = whole.rules.phase_names
    own = {whole.space.actors[a]: whole.games(whole.space.actors[a]) for a in whole.everyone}
    possible = [whole.rules.can_match(p) for p in range(len(names))]
    reached = _reached(whole, possible)
    kept_phases = {state.phase for state in whole.kept.automaton.states}
    chances = trigger_chances(whole)
    passed = _passed(whole)
    triggers, edges = [], []
    for p, key in enumerate(names):
        rules = whole.rules.phases[p]
        for k, trigger in enumerate(whole.plan.phases[key].on):
            kept, most, by = chances.get((p, k), (0.0, 0.0, None))
            triggers.append(
                {
                    "phase": key,
                    "number": k,
                    "name": trigger.name,
                    "go": trigger.go,
                    "can_fire": k in possible[p],
                    "kept_chance": kept,
                    "most_chance": max(most, kept),
                    "by": by,
                }
            )
            label = trigger.name or f"rule {k + 1}"
            edges.append({"from": key, "to": trigger.go, "kind": "trigger", "label": label, "kept": (p, k) in passed})
        if rules.then >= 0 and rules.lasts:
            kind, label = "reset" if rules.is_reset else "then", f"after {rules.lasts}"
            edge = {"from": key, "to": names[rules.then], "kind": kind, "label": label, "kept": (p, -1) in passed}
            edges.append(edge)
    return {
        "states": whole.kept.game.states,
        "states_by_actor": {name: sum(p.game.states for p in games) for name, games in own.items()},
        "start": names[whole.rules.start],
        "phases": [
            {
                "phase": key,
                "title": whole.case.title_of("plans", whole.name, key),
                "package": whole.space.labels(whole.rules.phases[p].package),
                "lasts": whole.rules.phases[p].lasts or None,
                "reached_when_kept": p in kept_phases,
            }
            for p, key in enumerate(names)
        ],
        "unreachable": [key for p, key in enumerate(names) if p not in reached],
        "triggers": triggers,
        "edges": edges,
    }


def _passed(whole: Study) -> set[tuple[int, int]]:
    """Return the (phase, trigger) that a kept plan passes along, false alarms included; -1 where time runs out."""
    found = set()
    automaton = whole.kept.automaton
    for s in automaton.situations:
        triggers = len(automaton.rules.phases[s.phase].go)
        ends = any(automaton.states[k].left == 1 for k in s.states)
        for (event, *_), chance in zip(s.outcomes, s.chances, strict=True):
            if chance > 0 and (event < triggers or ends):
                found.add((s.phase, event if event < triggers else -1))
    return found


def trigger_chances(whole: Study) -> dict[tuple[int, int], tuple[float, float, str | None]]:
    """Return for each (phase, trigger) its chance to decide a period.

    Returns
    -------
    dict
        The highest chance when the plan is kept, the highest under any one actor's departure, and whose.
    """
    found: dict[tuple[int, int], tuple[float, float, str | None]] = {}
    for a in whole.everyone:
        name = whole.space.actors[a]
        for priced in whole.games(name):
            _chances(priced, a, name, found)
    return found


def _reached(whole: Study, possible: list[frozenset[int]]) -> set[int]:
    """Return the phases that some conduct leads to."""
    found, queue = set[int](), [whole.rules.start]
    while queue:
        phase = queue.pop()
        if phase < 0 or phase in found:
            continue
        found.add(phase)
        rules = whole.rules.phases[phase]
        queue += [target for k, target in enumerate(rules.go) if k in possible[phase]]
        if rules.lasts:
            queue.append(rules.then)
    return found


def _chances(
    priced: Priced, actor: int, name: str, found: dict[tuple[int, int], tuple[float, float, str | None]]
) -> None:
    for s in priced.automaton.situations:
        options = s.moves.get(actor)
        if options is None:
            continue
        for k in range(len(priced.automaton.rules.phases[s.phase].go)):
            deciding = [event == k for event, *_ in s.outcomes]
            if not any(deciding):
                continue
            most = float(options.chances[:, deciding].sum(axis=1).max())
            kept, known, by = found.get((s.phase, k), (0.0, 0.0, None))
            kept = max(kept, float(s.chances[deciding].sum()))
            if most > known:
                known, by = most, name
            found[(s.phase, k)] = (kept, known, by)


def mermaid(described: dict[str, Any]) -> str:
    """Return the automaton as a Mermaid state diagram."""
    number = {p["phase"]: f"p{k}" for k, p in enumerate(described["phases"])}
    lines = ["stateDiagram-v2", f"    [*] --> {number[described['start']]}"]
    for p in described["phases"]:
        title = str(p["title"]).replace('"', "'")
        lines.append(f'    state "{title}" as {number[p["phase"]]}')
    lines.extend(
        f"    {number[e['from']]} --> {number[e['to']]}: {str(e['label']).replace(':', ' ')}"
        for e in described["edges"]
    )
    return "\n".join(lines) + "\n"
