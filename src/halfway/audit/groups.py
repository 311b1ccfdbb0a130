"""Findings put together by what would have to change: a step, a seat, whose consent, a rule, a promise, a text, a number."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from halfway.audit.finding import SEVERITIES, Finding, Severity
from halfway.audit.mending import Effect, effect_of_leaving_out
from halfway.audit.question import Question
from halfway.case.case import Case
from halfway.case.conditions import Path
from halfway.errors import Place
from halfway.record import HIDDEN, shown

Kind: TypeAlias = Literal["consent", "issue", "seat", "rule", "promise", "text", "number", "inputs"]
KINDS: tuple[Kind, ...] = ("consent", "issue", "seat", "rule", "promise", "text", "number", "inputs")
"""What can be changed. `consent` (would they sign?) is said first, `inputs` last and once for all plans."""

ON_INPUTS = frozenset({"I501", "I502", "I503", "I506", "I507"})
"""Rules that speak of what the case rests on, whatever the plan."""

FIRST = 5
"""At most so many headings come first."""

WEIGHT: dict[Severity, int] = {"error": 100, "warning": 10, "note": 1}


@dataclass(frozen=True)
class Group:
    """What is found about one thing that could be changed.

    Attributes
    ----------
    plan : str or None
        None for what concerns the case's inputs.
    kind : str
        One of `KINDS`.
    title : str
        What it is, in words.
    severity : str
        The gravest of its findings'.
    place : Place
        Where the gravest stands.
    remedy : str
        Of the gravest finding.
    findings : tuple of int
        Their places in the result's ``findings``, from 0; gravest first.
    names : tuple of str
        What each of them is about within the heading: a seat, a rule, a body; empty where the title says it.
    first : bool
        Whether it is among those to be shown first.
    effect : Effect or None
        What leaving the step out would do; None where that is not computed.
    """

    plan: str | None
    kind: Kind
    title: str
    severity: Severity
    place: Place = field(metadata=HIDDEN)
    remedy: str
    findings: tuple[int, ...]
    names: tuple[str, ...]
    first: bool = False
    effect: Effect | None = None

    @property
    @shown(after="severity")
    def line(self) -> int:
        """The line where the gravest finding stands, from 1."""
        return self.place.line


@dataclass(frozen=True)
class Told:
    """A finding with its place in the result and what would have to change."""

    number: int
    finding: Finding
    about: Path


def subject_of(code: str, path: Path) -> tuple[Kind, Path]:
    """Return what a finding at a place hangs on: its kind, and the part of the case that is one heading.

    All seats of a plan are one heading, so are its rules and clocks, and what it says of itself.
    """
    if code in ON_INPUTS:
        return "inputs", ()
    if code in ("T106", "E206", "C314"):
        return "consent", ()
    if path[:1] != ("plans",):
        return "number", path[:2]
    part = path[2] if len(path) > 2 else None
    if part == "phases" and len(path) > 5 and path[4] == "package":
        return "issue", path[:6]
    if part == "phases":
        return "rule", path[:2]
    if part in ("seats", "roles"):
        return "seat", path[:2]
    if part == "obligations":
        return "promise", path[:4]
    return "text", path[:2]


def groups(case: Case, told: Sequence[Told], questions: Iterable[Question], *, most: int = FIRST) -> tuple[Group, ...]:
    """Put findings together, plan by plan; those first that mending does most for; inputs last, once for the case."""
    found: list[Group] = []
    for question in questions:
        own = [t for t in told if t.finding.plan == question.name and t.finding.code not in ON_INPUTS]
        found += _first(_of_plan(question, own), most)
    inputs = _once([t for t in told if t.finding.code in ON_INPUTS])
    if inputs:
        found.append(_group(None, "inputs", "what the case's numbers rest on", inputs, [""] * len(inputs)))
    return tuple(found)


def _of_plan(question: Question, told: Sequence[Told]) -> list[Group]:
    parts: dict[tuple[Kind, Path], list[Told]] = {}
    for one in told:
        parts.setdefault(subject_of(one.finding.code, one.about), []).append(one)
    out = []
    for (kind, path), own in parts.items():
        own.sort(key=lambda t: (-SEVERITIES.index(t.finding.severity), t.finding.place.line))
        effect = effect_of_leaving_out(question, str(path[3]), str(path[5])) if kind == "issue" else None
        out.append(
            _group(
                question.name, kind, _title(question, kind, path), own, [_name(question, kind, t) for t in own], effect
            )
        )
    return sorted(out, key=_order)


def _order(group: Group) -> tuple[float, ...]:
    """Order by what mending does to the grade, to the aims and to acceptance, then by what else is found there."""
    gained = (0.0,) * 3 if group.effect is None else group.effect.gains
    return (float(group.kind != "consent"), *(-g for g in gained), -float(_weight(group)), KINDS.index(group.kind))


def _weight(group: Group) -> int:
    return WEIGHT[group.severity] * len(group.findings)


def _first(ordered: list[Group], most: int) -> list[Group]:
    """Mark those to be shown first: the best of each kind, so that they do not all say the same, then by order."""
    rest = [g for g in ordered if g.kind != "consent" and g.severity != "note"]
    best = [next((g for g in rest if g.kind == kind), None) for kind in KINDS[1:]]
    chosen = [g for g in best if g is not None][:most]
    chosen += [g for g in rest if g not in chosen][: most - len(chosen)]
    marked = [Group(**{**vars(g), "first": g in chosen or g.kind == "consent"}) for g in ordered]
    return sorted(marked, key=lambda g: not g.first)


def _once(told: Sequence[Told]) -> list[Told]:
    """Return findings with those that several plans share kept once."""
    seen: dict[tuple[str, Place, str], Told] = {}
    for one in told:
        seen.setdefault((one.finding.code, one.finding.place, one.finding.message), one)
    return sorted(seen.values(), key=lambda t: (-SEVERITIES.index(t.finding.severity), t.finding.place.line))


def _group(
    plan: str | None,
    kind: Kind,
    title: str,
    told: Sequence[Told],
    names: Iterable[str],
    effect: Effect | None = None,
) -> Group:
    gravest = told[0].finding
    return Group(
        plan,
        kind,
        title,
        gravest.severity,
        gravest.place,
        gravest.remedy,
        tuple(t.number for t in told),
        tuple(names),
        effect=effect,
    )


def _title(question: Question, kind: Kind, path: Path) -> str:
    if kind == "issue":
        phase, issue = str(path[3]), str(path[5])
        option = question.plan.phases[phase].package[issue]
        number = question.space.issues.index(issue)
        said = question.says(number, question.space.options[number].index(option))
        return f"{said}, from '{question.phase_title(phase)}'"
    if kind == "promise":
        obligation = question.plan.obligations[int(path[3])]
        by = " and ".join(question.title(a) for a in obligation.by)
        return f"the promise of {by}: {obligation.act}"
    if kind == "number":
        part, name = str(path[0]), str(path[1]) if len(path) > 1 else ""
        return f"the numbers of {question.title(name) if part == 'actors' else part.replace('_', ' ')}"
    heads = {
        "consent": "would they sign",
        "seat": "seats and offices",
        "rule": "rules and clocks",
        "text": "what the plan says of itself",
    }
    return heads[kind]


def _name(question: Question, kind: Kind, told: Told) -> str:
    """Name what one finding is about, within its heading."""
    path = told.about
    if kind in ("seat", "consent") and path[0] == "plans":
        return str(path[3]) if path[2] == "roles" else question.title(str(path[3])) if len(path) > 3 else "a signatory"
    if kind == "consent":
        body = question.case.actors[str(path[1])].ratifies[str(path[3])]
        return body.title or str(path[3])
    if kind == "rule" and len(path) > 3:
        phase = question.phase_title(str(path[3]))
        if len(path) > 5 and path[4] == "on":
            trigger = question.plan.phases[str(path[3])].on[int(path[5])]
            return f"'{trigger.name}' of '{phase}'" if trigger.name else f"rule {int(path[5]) + 1} of '{phase}'"
        return f"'{phase}'"
    return ""
