"""Calendars in words."""

from __future__ import annotations

from typing import Any

from halfway.conduct.calendar import Stretch
from halfway.conduct.study import Study


def told(whole: Study, actor: str, stretches: list[Stretch]) -> tuple[dict[str, Any], ...]:
    """Return a calendar as plain data, each entry with a sentence.

    Parameters
    ----------
    whole : Study
    actor : str
    stretches : list of Stretch
    """
    return tuple(_entry(whole, actor, s) for s in stretches)


def _entry(whole: Study, actor: str, s: Stretch) -> dict[str, Any]:
    space, package = whole.space, whole.rules.phases[s.phase].package
    picks = {space.issues[i]: space.options[i][o] for i, o in s.picks.items()}
    instead = {space.issues[i]: space.options[i][package[i]] for i in s.picks}
    return {
        "first": s.first,
        "last": s.last,
        "phase": whole.rules.phase_names[s.phase],
        "conduct": "breaks" if picks else "keeps",
        "picks": picks,
        "instead_of": instead,
        "gain": s.gain,
        "noticed": s.noticed,
        "kept_noticed": s.kept_noticed,
        "again_from": s.again_from,
        "words": sentence(whole, actor, s),
    }


def sentence(whole: Study, actor: str, s: Stretch) -> str:
    """Say what an actor does in a stretch of periods, and what it gains."""
    case, unit = whole.case, whole.case.period.capitalize()
    when = f"{unit} {s.first}" if s.last == s.first else f"{unit}s {s.first}–{s.last}"
    if s.last is None:
        when = f"From {unit.lower()} {s.first} on"
    phase = case.title_of("plans", whole.name, whole.rules.phase_names[s.phase])
    who = case.title_of("actors", actor)
    if not s.picks:
        said = f"{when} ({phase}): {who} keeps the plan"
    else:
        parts = []
        for i, o in s.picks.items():
            issue = whole.space.issues[i]
            new = case.title_of("issues", issue, whole.space.options[i][o])
            old = case.title_of("issues", issue, whole.space.options[i][whole.rules.phases[s.phase].package[i]])
            parts.append(f"{case.title_of('issues', issue)}: {_small(new)} instead of {_small(old)}")
        said = f"{when} ({phase}): {who} breaks the plan: {'; '.join(parts)}"
        said += f"; {s.gain:+.1f} points a {whole.case.period} against keeping"
        if s.noticed > s.kept_noticed + 5e-4:
            said += f"; a trigger matches with probability {s.noticed:.0%} (when kept {s.kept_noticed:.0%})"
        else:
            said += "; no trigger is more likely to match than when it keeps"
    if s.again_from is not None:
        said += f"; then again as from {unit.lower()} {s.again_from}"
    return said + "."


def _small(text: str) -> str:
    # A title in capitals, such as an acronym, keeps them.
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
