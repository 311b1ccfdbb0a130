"""Grades and temptations in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from halfway.case.case import Case, spoken
from halfway.words.calendars import who_is
from halfway.words.conditions import listed
from halfway.words.shares import percent


class Named(Protocol):
    """Something that has an actor."""

    @property
    def actor(self) -> str: ...


class Summary(Protocol):
    """A grade with who is tempted; see `halfway.explore.comparison.Kept`."""

    @property
    def grade(self) -> int: ...
    @property
    def hangs_on(self) -> Named | None: ...
    @property
    def refusing(self) -> Sequence[Named]: ...
    @property
    def temptation(self) -> Mapping[str, float]: ...


SHORT = {
    1: "holds by itself",
    2: "holds as long as it is kept",
    3: "holds but for small breaches",
    4: "hangs on",
    5: "would not be kept",
}
"""The grades in a few words."""


def short(case: Case, grade: int, hangs_on: Mapping[str, Any] | None = None) -> str:
    """Return a grade in a few words, without a capital."""
    if grade == 4 and hangs_on is not None:
        return f"hangs on {case.title_of('actors', hangs_on['actor'])}"
    return SHORT[grade]


def answer(case: Case, plan: str, data: Mapping[str, Any]) -> tuple[str, ...]:
    """Say whether a plan would be signed and kept.

    Parameters
    ----------
    case : Case
    plan : str
    data : mapping
        The JSON form of a result of `conduct`: ``would_sign``, ``grade``, ``grading``, ``actors``,
        ``would_not_go_along``.

    Returns
    -------
    tuple of str
        Sentences.
    """
    said = list(signing(case, data["would_sign"]["refusing"]))
    sentence = graded(case, plan, data)
    if said:
        sentence = f"And if they signed: {sentence[:1].lower()}{sentence[1:]}"
    said.append(sentence)
    if data["grading"]["on_the_border"]:
        least = data["grading"]["material"]
        said.append(
            f"This is on the border: with a fifth more or less than {least:g} points as the least material harm, "
            "the grade differs."
        )
    said += _bluffs(case, data["grading"])
    if data["grading"]["not_decided"]:
        said.append("Whether it holds by itself was not decided: together, the actors' conduct has too many states.")
    for one in data["would_not_go_along"]:
        name, found = case.title_of("actors", one["actor"]), one["temptation"]
        said.append(
            f"{name} has promised nothing and would not go along: it gains {_points(found['points'])}"
            + (f" by {acts(case, found)}." if found["acts"] else ".")
        )
    return tuple(said)


def on_the_record(record: Mapping[str, Any]) -> str:
    """Say what became of the past plans that got the same grade, and what that makes of it.

    Parameters
    ----------
    record : mapping
        The JSON form of a `halfway.evidence.graded.GradeRecord`.
    """
    plans, graded = record["plans"], record["graded"]
    if not plans:
        return f"None of {graded} past plans got this grade, so nothing is known of how well it foretells."
    became = [(record["held"], "held"), (record["held_in_part"], "held in part"), (record["failed"], "failed")]
    counts = listed([f"{n} {what}" for n, what in became if n])
    said = f"Of {graded} past plans, {'all' if plans == graded else plans} got this grade: {counts}."
    if plans == graded:
        said += " It says where a plan could give way, not whether it will."
    return said


def _bluffs(case: Case, grading: Mapping[str, Any]) -> list[str]:
    """Say which reactions would not pay, and what the grade is without them."""
    if grading.get("bluffs_not_decided"):
        return ["Which reactions would pay those who would react was not decided: conduct has too many states."]
    who = list(dict.fromkeys(case.title_of("actors", one["actor"]) for one in grading.get("bluffs", ())))
    if not who:
        return []
    grade = SHORT[grading["without_bluffs"]]
    return [
        f"Reacting as the case says would not always pay {listed(who)}. If only the reactions that pay are counted, "
        f"the plan {grade if grading['without_bluffs'] != 4 else 'hangs on one actor'}."
    ]


def signing(case: Case, refusing: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Say who would not sign, one sentence each."""
    out = []
    for one in refusing:
        name = case.title_of("actors", one["actor"])
        if one.get("later"):
            out.append(
                f"{name}, who is to ratify later, would refuse: the kept plan is worth {one['worth']:.1f} points to it, "
                f"walking away {one['asks']:.1f}."
            )
        elif one["body"] is None:
            out.append(
                f"{name} would not sign: the kept plan is worth {one['worth']:.1f} points to it, "
                f"walking away {one['asks']:.1f}."
            )
        else:
            title = case.actors[one["actor"]].ratifies[one["body"]].title or spoken(one["body"])
            out.append(
                f"{title} would refuse what {name} signs: the plan is worth {one['worth']:.1f} points to it, "
                f"and it asks for {one['asks']:.1f}."
            )
    return tuple(out)


def graded(case: Case, plan: str, data: Mapping[str, Any]) -> str:
    """Say a plan's grade in a sentence, with who is tempted most, when, by what and by how much."""
    grade, grading = data["grade"], data["grading"]
    least = f"{grading['trifling']:g}"
    breakers = {n: a for n, a in data["actors"].items() if a.get("temptation") is not None}
    if not breakers:
        return "The plan binds nobody to anything, so that nobody can break it."
    if grade == 1:
        return "Holds by itself: whatever anyone does, nobody would gain by a breach."
    if grade == 2:
        return f"Holds as long as it is kept: while it is, nobody would gain more than {least} points by breaking it."
    if grade == 3:
        harm = f"{grading['material']:g}"
        who = _most(breakers)
        return (
            f"Holds but for small breaches: {tempted(case, plan, who, breakers[who])}; no breach that costs anyone "
            f"{harm} points or more would pay."
        )
    if grade == 4:
        return hanging(case, grading["hangs_on"])
    who = _most(breakers)
    return f"Would not be kept: {tempted(case, plan, who, breakers[who])}."


def hanging(case: Case, hinge: Mapping[str, Any]) -> str:
    """Say what a plan of the fourth grade hangs on."""
    name = case.title_of("actors", hinge["actor"])
    often = f"in {percent(hinge['share'])} of the draws of its uncertain numbers it would gain by a breach"
    if hinge["type"] is not None:
        who = who_is(case, hinge["actor"], hinge["type"])
        return f"Hangs on which {name} it is: {often}; if it is {who}, in {percent(hinge['share_with_it'])}."
    if hinge["number"]:
        what = " → ".join(step.replace("_", " ") for step in hinge["number"][2:] if step not in ("value", "weight"))
        return f"Hangs on {name}: {often}; most on its {what}: at {hinge['value']:.3g}, in {percent(hinge['share_with_it'])}."
    return f"Hangs on {name}: {often}."


def tempted(case: Case, plan: str, actor: str, data: Mapping[str, Any]) -> str:
    """Say by how much an actor is tempted, from when, in which phase and by what; a part of a sentence."""
    found = data["temptation"]
    name = case.title_of("actors", actor)
    if not found["acts"]:
        return f"{name} would gain nothing by a breach"
    share = "" if found["percent_of_stake"] is None else f" ({found['percent_of_stake']:.0f}% of what it has at stake)"
    phase = case.title_of("plans", plan, found["state"]["phase"])
    return (
        f"{name} would gain {_points(found['points'])}{share} from {case.period} {found['month']} on, "
        f"in '{phase}', by {acts(case, found)}"
    )


def acts(case: Case, moment: Mapping[str, Any]) -> str:
    """Say what would be done."""
    parts = []
    for issue, option in moment["acts"].items():
        new = case.title_of("issues", issue, option)
        old = case.title_of("issues", issue, moment["instead_of"][issue])
        parts.append(f"{case.title_of('issues', issue)}: '{new}' instead of '{old}'")
    return "; ".join(parts)


def unrestrained(case: Case, actors: Mapping[str, Mapping[str, Any]], trifling: float) -> tuple[str, ...]:
    """Say whom the plan restrains no more than today prescribed for good would, among those who are tempted."""
    out = []
    for name, a in actors.items():
        if a.get("restraint") is None or a["temptation"]["points"] <= trifling:
            continue
        if a["restraint"] <= trifling:
            out.append(f"The plan buys no restraint of {case.title_of('actors', name)}.")
    return tuple(out)


def patience_in_words(factor: float, periods: float, period: str) -> str:
    """Say a discount factor a year, and a period where a year's says too little, each with digits enough.

    Parameters
    ----------
    factor : float
        Of one period.
    periods : float
        How many periods a year has.
    period : str
        What a period is called.
    """
    year = f"{_share(factor**periods)} a year"
    return year if periods == 1 else f"{year} ({_share(factor)} a {period})"


def _share(x: float) -> str:
    """Write a number between 0 and 1 with digits enough to tell it from both."""
    if x in (0.0, 1.0):
        return f"{x:.0f}"
    digits = 2
    while digits < 9 and float(f"{x:.{digits}f}") in (0.0, 1.0):
        digits += 1
    return f"{x:.{digits}f}" if float(f"{x:.{digits}f}") not in (0.0, 1.0) else f"{x:.1e}"


def in_brief(case: Case, kept: Summary) -> str:
    """Say whether a plan would be signed and kept, in a line."""
    said = short(case, kept.grade, None if kept.hangs_on is None else {"actor": kept.hangs_on.actor})
    who = max(kept.temptation, key=lambda n: kept.temptation[n], default=None)
    if not kept.temptation:
        said = "binds nobody to anything"
    elif who is not None and kept.grade > 2:
        said += f": {case.title_of('actors', who)} is tempted most, by {_points(kept.temptation[who])}"
    if kept.refusing:
        names = listed(list(dict.fromkeys(case.title_of("actors", r.actor) for r in kept.refusing)))
        return f"{names} would not sign. If they signed: {said}."
    return f"{said[:1].upper()}{said[1:]}."


def long_run(case: Case, plan: str, phases: Mapping[str, float]) -> str:
    """Say which phases fill the long run of a plan that is kept, and whether it ends in its own penalty."""
    order = sorted(phases, key=lambda p: -phases[p])
    known = [p for p in order if phases[p] >= 0.005]
    titles = [f"'{case.title_of('plans', plan, p)}'" for p in known]
    shares = [percent(phases[p]) for p in known]
    if shares == ["100%"]:
        filled = f"{titles[0]} all of the time"
    else:
        filled = listed([f"{title} {share} of the time" for title, share in zip(titles, shares, strict=True)])
    said = f"In the long run, if all follow its letter: {filled}."
    if order and order[0] in penal(case, plan):
        said += " So the kept plan ends in a phase that only a rule leads to: false alarms lead there."
    return said


def penal(case: Case, plan: str) -> frozenset[str]:
    """Return the phases of a plan that only a rule leads to."""
    details = case.plans[plan]
    reached: set[str] = set()
    queue = [details.first]
    while queue:
        name = queue.pop()
        if name not in reached:
            reached.add(name)
            phase = details.phases[name]
            follow = (phase.resets.terms if phase.resets is not None else None) or phase.then
            queue += [follow] if follow is not None else []
    return frozenset(details.phases) - reached


def _most(breakers: Mapping[str, Mapping[str, Any]]) -> str:
    return max(breakers, key=lambda n: breakers[n]["temptation"]["points"])


def _points(size: float) -> str:
    return f"{size:.1f} points" if size >= 0.95 else f"{size:.2g} points"
