"""Calendars as plain data, each entry with its sentence."""

from __future__ import annotations

from typing import Any

from halfway.conduct.game.compiled_plan import Study
from halfway.conduct.verdicts.calendar import Stretch
from halfway.words.calendars import narrated


def calendar_entries(whole: Study, actor: str, stretches: list[Stretch]) -> tuple[dict[str, Any], ...]:
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
    entry: dict[str, Any] = {
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
    }
    return {**entry, "words": narrated(whole.case, whole.name, actor, [entry])[0]}
