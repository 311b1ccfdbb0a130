"""A draft → numbered lines, each with its kind; and how a line names issues, options and actors so that it is read back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from halfway.case.case import Case, spoken
from halfway.case.drafts import Bracket, Draft
from halfway.case.plans import Plan
from halfway.errors import bare
from halfway.words.conditions import listed, say

Kind = Literal["title", "about", "heading", "clause", "fixed", "remark"]
UNDERTAKINGS, PAYMENTS, REMARKS = "What is undertaken", "Payments", "Remarks of "
LASTS, GOOD = "Lasts: ", "for good"


@dataclass(frozen=True)
class Line:
    """One paragraph of a text.

    Attributes
    ----------
    kind : str
        ``title``, ``about`` (which draft it is), ``heading``, ``clause`` (may be edited), ``fixed`` (rules, undertakings,
        payments: changed in the case file) or ``remark``.
    text : str
    """

    kind: Kind
    text: str


def labels(names: Mapping[str, str | None]) -> dict[str, str]:
    """Return what each key is called in a text: its title, or the key where the title would not be understood alone.

    Parameters
    ----------
    names : mapping from key to title
    """
    said = {key: " ".join(bare(title or spoken(key)).split()) for key, title in names.items()}
    unclear = {
        key
        for key, title in said.items()
        if not title or any(mark in title for mark in ("[", "]", " | ", " – ", ": ", ", "))
        or sum(other.casefold() == title.casefold() for other in said.values()) > 1
    }  # fmt: skip
    return {key: key if key in unclear else title for key, title in said.items()}


def issue_labels(case: Case) -> dict[str, str]:
    """Return what each issue is called."""
    return labels({key: issue.title for key, issue in case.issues.items()})


def option_labels(case: Case, issue: str) -> dict[str, str]:
    """Return what each option of an issue is called; commas do no harm there."""
    titles = {key: option.title or key for key, option in case.issues[issue].options.items()}
    named = labels({key: title.replace(", ", "‚ ") for key, title in titles.items()})
    return {key: label.replace("‚ ", ", ") for key, label in named.items()}


def actor_labels(case: Case) -> dict[str, str]:
    """Return what each actor, and each member of one, is called."""
    members = {m: member.name for actor in case.actors.values() for m, member in actor.members.items()}
    return labels({**{key: actor.name for key, actor in case.actors.items()}, **members})


def lines_of(case: Case, name: str) -> tuple[Line, ...]:
    """Return the text of a draft, or of any plan, in numbered clauses.

    Parameters
    ----------
    case : Case
    name : str
        Of the plan.
    """
    plan = case.plans[name]
    draft = plan.draft or Draft(number=1)
    which = f"Draft {draft.number} ({name})" if plan.draft else f"Plan ({name})"
    out = [
        Line("title", " ".join(bare(plan.title or spoken(name)).split())),
        Line("about", f"{which} of {case.name}{f', handed over on {draft.date}' if draft.date else ''}"),
    ]
    phases = list(plan.phases)
    for n, (key, phase) in enumerate(plan.phases.items(), start=1):
        out.append(Line("heading", f"{n}. {phase_title(plan, key)}"))
        then = f"; then {phases.index(phase.then) + 1}" if phase.then is not None else ""
        out.append(Line("clause", f"{LASTS}{phase.lasts or GOOD}{then}"))
        open_here = {b.issue: b for b in draft.open if b.phase == key}
        issues = [i for i in case.issues if i in phase.package or i in open_here]
        for m, issue in enumerate(issues, start=1):
            label = issue_labels(case)[issue]
            out.append(
                Line(
                    "clause", f"{n}.{m} {label}: {_answer(case, issue, phase.package.get(issue), open_here.get(issue))}"
                )
            )
        for trigger in phase.on:
            where = phases.index(trigger.go) + 1
            out.append(Line("fixed", f"If {_plain(say(case, trigger.when))}, go to {where}."))
    if plan.obligations:
        out.append(Line("heading", UNDERTAKINGS))
        out += [Line("fixed", f"({n}) {_promise(case, plan, n - 1)}") for n in range(1, len(plan.obligations) + 1)]
    if plan.transfers:
        out.append(Line("heading", PAYMENTS))
        out += [
            Line(
                "fixed",
                f"{_names(case, (t.from_,))} to {_names(case, (t.to,))}: {t.amount.notation()} points a period.",
            )
            for t in plan.transfers
        ]
    for actor in dict.fromkeys(r.by for r in draft.remarks):
        out.append(Line("heading", f"{REMARKS}{actor_labels(case)[actor]}"))
        for remark in (r for r in draft.remarks if r.by == actor):
            place = [str(phases.index(remark.phase) + 1)] if remark.phase else []
            place += [issue_labels(case)[remark.issue]] if remark.issue else []
            out.append(Line("remark", f"On {', '.join(place) or 'the draft'}: {' '.join(remark.text.split())}"))
    return tuple(out)


def phase_title(plan: Plan, key: str) -> str:
    """Return what a phase is called in a text."""
    return " ".join(bare(plan.phases[key].title or spoken(key)).split())


def _answer(case: Case, issue: str, working: str | None, bracket: Bracket | None) -> str:
    options = option_labels(case, issue)
    if bracket is None:
        return options[str(working)]
    actors = actor_labels(case)
    # The working text stands first.
    order = sorted(bracket.options, key=lambda o: o != working)
    said = [
        options[o] + (f" – {', '.join(actors[a] for a in bracket.options[o])}" if bracket.options[o] else "")
        for o in order
    ]
    return f"[{' | '.join(said)}]" + ("" if working is not None else " (no working text)")


def _promise(case: Case, plan: Plan, n: int) -> str:
    o = plan.obligations[n]
    to = f", to {_names(case, o.to)}" if o.to else ""
    due = f", by {o.due}" if o.due is not None else ""
    return _plain(f"{_names(case, o.by)}{to}: {o.act}{due}.")


def _names(case: Case, names: Sequence[str]) -> str:
    known = actor_labels(case)
    return listed([known.get(a, a) for a in names])


def _plain(text: str) -> str:
    return " ".join(bare(text).split())
