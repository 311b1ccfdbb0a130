"""Calendars in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from halfway.case.case import Case, spoken
from halfway.words.conditions import listed

HARDLY = 5e-4
"""A rule that becomes likelier by no more than this does not notice."""

ALIKE = 0.05
"""Gains that differ by less are told as one: they are shown with one decimal."""


def narrated(case: Case, plan: str, actor: str, calendar: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Tell a calendar in as few sentences as it has turns.

    Stretches in which an actor does the same are told once, however many phases they pass through; of a later stretch
    only what changes is told.

    Parameters
    ----------
    case : Case
    plan, actor : str
    calendar : sequence of mapping
        Entries as `halfway.conduct.verdicts.calendar_entries` makes them.

    Returns
    -------
    tuple of str
    """
    groups: list[list[Mapping[str, Any]]] = []
    for entry in calendar:
        if groups and _follows(groups[-1][-1], entry) and _alike(groups[-1][-1], entry):
            groups[-1].append(entry)
        else:
            groups.append([entry])
    sentences = []
    for k, group in enumerate(groups):
        before = groups[k - 1][-1] if k and _follows(groups[k - 1][-1], group[0]) else None
        sentences.append(_sentence(case, plan, actor, group, before))
    return tuple(sentences)


def _follows(before: Mapping[str, Any], entry: Mapping[str, Any]) -> bool:
    return before["last"] is not None and bool(entry["first"] == before["last"] + 1)


def _alike(a: Mapping[str, Any], b: Mapping[str, Any]) -> bool:
    return bool(a["picks"] == b["picks"] and abs(a["gain"] - b["gain"]) < ALIKE and _notice(a) == _notice(b))


def _notice(entry: Mapping[str, Any]) -> tuple[int, int] | None:
    """Return the chances, in percent, that a rule matches when the actor breaks and when it keeps; None for alike."""
    if entry["noticed"] <= entry["kept_noticed"] + HARDLY:
        return None
    return round(100 * entry["noticed"]), round(100 * entry["kept_noticed"])


def _sentence(
    case: Case, plan: str, actor: str, group: Sequence[Mapping[str, Any]], before: Mapping[str, Any] | None
) -> str:
    entry, last = group[0], group[-1]
    unit = case.period
    who = case.title_of("actors", actor)
    when = _when(case, plan, group)
    if not entry["picks"]:
        said = f"{when}: {who} keeps the plan"
    else:
        if before is not None and before["picks"]:
            what = _changes(case, before, entry)
        else:
            what = f"{who} breaks the plan: {_picks(case, entry, entry['picks'])}"
        said = f"{when}: {what}; {entry['gain']:+.1f} points a {unit} against keeping"
        notice = _notice(entry)
        if before is None or not before["picks"] or notice != _notice(before):
            said += (
                "; no rule of the plan would notice"
                if notice is None
                else f"; a rule of the plan answers with probability {notice[0]}% a {unit} ({notice[1]}% when it keeps)"
            )
    if last["again_from"] is not None:
        said += f"; then again as from {unit} {last['again_from']}"
    return said + "."


def _when(case: Case, plan: str, group: Sequence[Mapping[str, Any]]) -> str:
    unit = case.period.capitalize()
    first, last = group[0]["first"], group[-1]["last"]
    phases = [f"'{case.title_of('plans', plan, p)}'" for p in dict.fromkeys(e["phase"] for e in group)]
    if last is None:
        when = f"From {unit.lower()} {first} on"
        if len(phases) > 1:
            return f"{when}, through {listed(phases[:-1])} and for good in {phases[-1]}"
        return f"{when} ({phases[0]})"
    when = f"{unit} {first}" if last == first else f"{unit}s {first}–{last}"
    return f"{when}, through {listed(phases)}" if len(phases) > 1 else f"{when} ({phases[0]})"


def _changes(case: Case, before: Mapping[str, Any], entry: Mapping[str, Any]) -> str:
    """Say what an actor that was breaking the plan already does otherwise from here on."""
    new = [i for i, o in entry["picks"].items() if before["picks"].get(i) != o]
    dropped = [case.title_of("issues", i) for i in before["picks"] if i not in entry["picks"]]
    if not new and not dropped:
        return "the same"
    kept = [i for i in entry["picks"] if i not in new]
    parts = []
    if new:
        parts.append(("the same, and also " if kept else "now ") + _picks(case, entry, new))
    if dropped:
        parts.append(f"no longer on {listed(dropped)}")
    return "; ".join(parts)


def _picks(case: Case, entry: Mapping[str, Any], issues: Sequence[str] | Mapping[str, str]) -> str:
    parts = []
    for issue in issues:
        new = case.title_of("issues", issue, entry["picks"][issue])
        old = case.title_of("issues", issue, entry["instead_of"][issue])
        parts.append(f"{case.title_of('issues', issue)}: '{new}' instead of '{old}'")
    return "; ".join(parts)


def unnoticed(calendar: Sequence[Mapping[str, Any]]) -> bool:
    """Tell whether no rule becomes likelier to match by anything that an actor does."""
    return all(_notice(entry) is None for entry in calendar if entry["picks"])


def type_title(case: Case, actor: str, kind: str) -> str:
    """Return what a type is called, without its actor's name, by which many types are called too."""
    title = case.actors[actor].types[kind].title or spoken(kind)
    name = case.title_of("actors", actor)
    for lead in (f"{name}, ", f"{name} "):
        title = title.removeprefix(lead)
    return title


def who_is(case: Case, actor: str, kind: str | None) -> str:
    """Name an actor, and its type where it has one."""
    name = case.title_of("actors", actor)
    return f"{name} ({type_title(case, actor, kind)})" if kind else name
