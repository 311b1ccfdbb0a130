"""The front page: would they sign, whom does it serve, how far does each side go, would it hold, what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from halfway.audit.levels import BITE
from halfway.brief.contents import Block, Grid, Listing, Paragraph
from halfway.brief.material import Material
from halfway.brief.sections.findings import effect, remedy_of
from halfway.case.case import Case
from halfway.case.conditions import All
from halfway.case.notes import without_value
from halfway.case.plans import Author, Plan
from halfway.case.truth import holds
from halfway.case.unreviewed import unreviewed
from halfway.errors import Refusal
from halfway.explore.ledger import LINKED, PAID, Ledger
from halfway.record import plain
from halfway.result import Table
from halfway.words import front_page as words
from halfway.words.calendars import type_title
from halfway.words.evidence import in_a_line
from halfway.words.grades import graded
from halfway.words.indifference import counted_as_indifferent
from halfway.words.language import say
from halfway.words.review import proposed
from halfway.words.shares import percent

MOST = 350
"""Words of a front page, without its small table."""
COLUMNS = 5
WORTH_A_WORD = 0.5


Conducted: TypeAlias = dict[str, Any] | str
"""The JSON form of a result of `conduct`, or why there is none."""


@dataclass(frozen=True)
class Room:
    """How much is said on a front page.

    Attributes
    ----------
    words : int
        The most words that the plan itself is described in; its first sentence stands in any case.
    items, nash, changes, moved, served, tempted : int
        How many are named: of what a side gives, of what the Nash package changes, of changes to the plan, of walk-aways
        that move, of those served, of those tempted.
    unbound : bool
        Whether those are named who promised nothing and would not go along.
    left : int
        How many of the steps to be left out of the plan are named that the Nash package leaves out.
    penalty : bool
        Whether it is said how little the plan's penalties take.
    """

    words: int
    items: int
    nash: int
    changes: int
    moved: int
    served: int
    tempted: int
    unbound: bool = True
    left: int = 1
    penalty: bool = True


ROOMS = (
    Room(38, 3, 5, 3, 2, 4, 2),
    Room(38, 2, 3, 3, 1, 3, 2),
    Room(24, 1, 3, 3, 1, 3, 2),
    Room(24, 1, 2, 2, 1, 2, 2),
    Room(24, 1, 2, 2, 1, 2, 2, unbound=False),
    Room(24, 0, 2, 2, 1, 2, 2, unbound=False),
    Room(24, 0, 2, 2, 1, 2, 2, unbound=False, penalty=False),
    Room(24, 0, 1, 2, 1, 2, 2, unbound=False, penalty=False),
    Room(24, 0, 1, 2, 0, 2, 2, unbound=False, penalty=False, left=0),
    Room(24, 0, 1, 1, 0, 2, 1, unbound=False, penalty=False, left=0),
    Room(24, 0, 0, 1, 0, 2, 1, unbound=False, penalty=False, left=0),
)
"""Tried in turn until the page holds at most `MOST` words."""


def front(material: Material, data: Conducted, remedies: Sequence[str]) -> tuple[Block, ...]:
    """Return the front page, as much of it as fits."""
    for room in ROOMS:
        page = _front(material, data, remedies, room)
        if length(page) <= MOST:
            break
    return page


def length(page: Sequence[Block]) -> int:
    """Count the words of a front page, without its small table."""
    said = [b.text for b in page if isinstance(b, Paragraph)]
    said += [item for b in page if isinstance(b, Listing) for item in b.items]
    return sum(len(text.split()) for text in said)


def _front(material: Material, data: Conducted, remedies: Sequence[str], room: Room) -> tuple[Block, ...]:
    """Return the front page, a headed paragraph a question.

    Parameters
    ----------
    material : Material
    data : mapping or str
        What `conduct` answers, or why it does not.
    remedies : sequence of str
        Those of the audit, what mends most first.
    room : Room
    """
    blocks: list[Block] = [Paragraph(byline(material.case, material.plan), "byline")]
    blocks.append(_headed(say("The plan."), _plan(material, room), "timeline"))
    if isinstance(data, str):
        blocks.append(_headed(say("Would they sign, and would it hold?"), say("Not answered: {why}.").format(why=data)))
    else:
        blocks.append(_headed(say("Would they sign?"), _signing(material, data), "holding"))
    blocks.append(_headed(say("Whom does it serve?"), _serving(material, room), "room"))
    blocks.append(_headed(say("How far does each side go?"), _going(material, room), "sides"))
    if not isinstance(data, str):
        refusing = bool(data["would_sign"]["refusing"])
        blocks.append(
            _headed(
                say("And if they signed?") if refusing else say("Would it hold?"),
                _holding(material, data, room),
                "holding",
            )
        )
    talks = words.talking(_shifts(material)[: room.moved])
    if talks:
        blocks.append(_headed(say("While they talk,"), talks, "timeline"))
    steps = _changes(material, remedies, room)
    if steps:
        blocks += [Paragraph(f"**{say('Change, in this order')}**", "lead", "findings"), Listing(steps, ordered=True)]
    blocks += _instead(material, room)
    return tuple(b for b in blocks if not isinstance(b, Paragraph) or b.text)


def _headed(head: str, text: str, proof: str = "") -> Paragraph:
    return Paragraph(f"**{head}** {text}" if text else "", "lead", proof)


def byline(case: Case, plan: Plan | None = None, *, points: bool = True) -> str:
    """Return when, by whom and in what points."""
    parts = []
    if case.date is not None:
        parts.append(f"Seen from {case.date}")
    authors = words.joined([_author(a) for a in case.authors])
    if authors and not points:
        parts.append(f"case by {authors}")
    if plan is not None and plan.authors:
        parts.append("plan by " + words.joined([_author(a) for a in plan.authors]))
    if points:
        by = f"estimated by {authors}" if authors else "the authors' estimates"
        parts.append(f"points: 0–100 on each actor's own scale, {by}")
        name = next((n for n, p in case.plans.items() if p is plan), None)
        parts += [said] if (said := counted_as_indifferent(without_value(case, name))) else []
    parts += [said] if (said := proposed(*unreviewed(case))) else []
    return words.capital("; ".join(parts)) + "." if parts else ""


def _author(author: Author) -> str:
    """Name an author with what the reader should know of it."""
    known = [d.interest[:1].lower() + d.interest[1:].rstrip(".") for d in author.disclosures]
    return words.inside(author.name) + (f" ({'; '.join(known)})" if known else "")


def _plan(material: Material, room: Room) -> str:
    text = material.plan.abstract or material.case.abstract or ""
    return words.first_sentences(text, room.words) if text else material.case.title_of("plans", material.name) + "."


def conducted(material: Material) -> Conducted:
    """Return what `conduct` answers, or why it does not."""
    try:
        return material.conduct.to_dict()
    except Refusal as refusal:
        return "; ".join(f"{p.what} ({p.why})" for p in refusal.problems)


def remedies(material: Material) -> tuple[str, ...]:
    """Return what the audit would have changed in the plan, what mends most first; consent and inputs stand elsewhere."""
    out = []
    for group in material.findings.groups:
        if (
            group.plan == material.name
            and group.severity != "note"
            and group.kind not in ("consent", "inputs", "number")
        ):
            bought = effect(group)
            out.append(f"{words.capital(group.title)}: {remedy_of(group)}{f' ({bought})' if bought else ''}.")
    return tuple(out)


def _signing(material: Material, data: Mapping[str, Any]) -> str:
    refusing = data["would_sign"]["refusing"]
    short = {r["actor"]: r["asks"] - r["worth"] for r in refusing if r["body"] is None}
    bodies = [material.case.title_of("actors", r["actor"], r["body"]) for r in refusing if r["body"] is not None]
    willing = [a for a in material.case.signatories(material.plan) if a not in short]
    return words.signing(
        [material.actor(a) for a in willing],
        [(material.actor(a), x) for a, x in sorted(short.items(), key=lambda i: -i[1])],
        bodies,
    )


def _serving(material: Material, room: Room) -> str:
    case, outcome = material.case, material.outcome
    seats = case.seats(material.plan)
    named, missing = [], 0
    aimed = dict.fromkeys(a for aim in material.plan.aims for a in aim.for_)
    for name in list(aimed)[: room.served]:
        if name in outcome.actors and (gain := outcome.actors[name].over_status_quo) is not None:
            spoken = seats[name].represented_by
            seat = f"spoken for by {material.actor(spoken)}" if spoken else ""
            named.append((material.actor(name), seat, gain.centre, gain.low, gain.high))
    for aim in material.plan.aims:
        if aim.must is not None:
            parts = aim.must.parts if isinstance(aim.must, All) else (aim.must,)
            missing += sum(not all(holds(part, package) for package, _ in outcome.packages) for part in parts)
    outside = [
        (material.actor(a), gain.centre)
        for a, o in outcome.actors.items()
        if seats[a].seat != "party"
        and a not in aimed
        and (gain := o.over_status_quo) is not None
        and gain.centre < -0.5
    ]
    return words.serving(named, sorted(outside, key=lambda x: x[1])[:1], missing)


def _going(material: Material, room: Room) -> str:
    ledger = material.ledgers
    said: list[str] = []
    for side in material.outcome.sides:
        own = ledger[side.mover] if ledger is not None else Ledger(())
        losses = [(_entry(material, n), -x) for n, x in own.entries if x < -0.5][: room.items]
        said.append(
            words.going(
                material.actor(side.mover),
                material.actor(side.towards),
                None if side.level is None else side.level.centre,
                side.status_quo_level,
                losses,
                own.gets,
                own.gives,
                first=not said,
            )
        )
    if not said:
        return "The plan names no two sides."
    outside = [
        s for s in material.outcome.sides if s.status_quo_level is not None and not 0 <= s.status_quo_level <= 100
    ]
    ends = [material.outcome.actors[s.mover].over_status_quo for s in outside]
    better = {gain.centre > 0 for gain in ends if gain is not None and abs(gain.centre) > WORTH_A_WORD}
    return " ".join([words.both(better.pop()), *said] if len(outside) == len(said) > 1 and len(better) == 1 else said)


def _entry(material: Material, name: str) -> str:
    if name in (LINKED, PAID):
        return "what hangs together" if name == LINKED else "payments"
    return material.issue(name)


def _holding(material: Material, data: Mapping[str, Any], room: Room) -> str:
    case, trifling = material.case, data["grading"]["trifling"]
    said = []
    breakers = {n: a for n, a in data["actors"].items() if a.get("temptation") is not None}
    if data["grade"] == 5:
        said.append("It would not be kept.")
        able = [n for n in breakers if breakers[n]["temptation"]["points"] > trifling]
        for name in sorted(able, key=lambda n: -breakers[n]["temptation"]["points"])[: room.tempted]:
            kind, found = _worst_type(material, name, breakers[name])
            acts = [(material.issue(i), f"'{material.issue(i, o)}'") for i, o in found["acts"].items()]
            month = f"{case.period} {found['month']}"
            said.append(words.tempted(material.actor(name), kind, found["points"], month, acts))
        free = [n for n in able if (breakers[n].get("restraint") or 0.0) <= trifling and "restraint" in breakers[n]]
        said.append(words.no_restraint([material.actor(n) for n in free], everyone=len(free) == len(able)))
        said.append(_penalty(material) if room.penalty else "")
    else:
        said.append(graded(case, material.name, data))
    said.append(_outside(material, data["grade_record"]))
    if room.unbound:
        said.append(words.not_bound([material.actor(o["actor"]) for o in data["would_not_go_along"]]))
    return " ".join(s for s in said if s)


def _penalty(material: Material) -> str:
    """Say what the harshest of the plan's penalties takes, where that is next to nothing."""
    named = [(name, figure) for name, figure in material.penalties.items() if name]
    if not named or len(named) < len(material.penalties):
        return ""
    name, figure = max(named, key=lambda pair: pair[1].value)
    if figure.value >= BITE:
        return ""
    return words.penalty(name, material.actor(figure.actor), figure.value, only=len(named) == 1)


def _outside(material: Material, record: Mapping[str, Any]) -> str:
    """Say what became of agreements of the plan's shape, or of past plans with its grade: either way no odds of its own."""
    return in_a_line(plain(material.outcome.comparable)) or words.no_odds(record)


def _worst_type(material: Material, name: str, data: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """Return the type that is tempted, with how likely it is, where others are not; else no type and the average."""
    types, average = data["types"], data["temptation"]
    tempted = {k: t for k, t in types.items() if (t.get("temptation") or average)["points"] > 0.5}
    if len(types) < 2 or len(tempted) != 1:
        return "", average
    ((kind, found),) = tempted.items()
    return f"{type_title(material.case, name, kind)} ({percent(found['prior'])} likely)", found["temptation"]


def _shifts(material: Material) -> list[tuple[str, float, float]]:
    """Return whose position without a deal the plan's phases move, most first."""
    moved = [(material.actor(a), before, after) for a, before, after in material.shifted if abs(after - before) >= 0.5]
    return sorted(moved, key=lambda x: -abs(x[2] - x[1]))


def _changes(material: Material, remedies: Sequence[str], room: Room) -> tuple[str, ...]:
    steps = material.first_changes
    said = words.changes([(material.issue(s.issue), material.actor(s.worst), s.before, s.after) for s in steps])
    return (*said, *remedies)[: room.changes]


def _instead(material: Material, room: Room) -> list[Block]:
    """Return the rivals in a small table of gains over today, and what those concerned could sign."""
    comparison = material.comparison
    if comparison.status_quo is None:
        return []
    actors = material.main_actors[:COLUMNS]
    rows: list[tuple[str, ...]] = []
    for plan in comparison.plans:
        gains = [plan.actors[a].over_status_quo for a in actors]
        rows.append((plan.title, *("—" if g is None else words.signed(g.centre) for g in gains)))
    found = material.concerned
    blocks: list[Block] = []
    text = ""
    if found is not None:
        today = comparison.status_quo
        nash = found.solutions.get("nash")
        changed: dict[str, str] = {}
        left: list[str] = []
        if nash is not None:
            rows.append(
                ("What those concerned could sign", *(words.signed(nash.utilities[a] - today[a]) for a in actors))
            )
            changed = _changed(material, nash.package, found.signatories)
            left = [material.issue(s.issue) for s in material.first_changes if s.issue not in changed][: room.left]
        satisfied = [
            p for p in comparison.plans if all(p.actors[a].over_walk_away.centre >= -1e-9 for a in found.signatories)
        ]
        text = words.could_sign(
            str(found.acceptable),
            [material.actor(a) for a in found.signatories],
            [f"{material.issue(i)}: {material.issue(i, o)}" for i, o in changed.items()][: room.nash],
            max(0, len(changed) - room.nash),
            left,
            none_of_them=not satisfied,
        )
    table = Table("instead", ("Plan", *(material.actor(a) for a in actors)), tuple(rows))
    blocks.append(Paragraph(f"**{say('Instead.')}**" + (f" {text}" if text else ""), "lead", "plans"))
    caption = "Gains over today, in points, if everyone keeps it"
    blocks.append(Grid(table, numeric=frozenset(range(1, len(actors) + 1)), caption=caption))
    return blocks


def _changed(material: Material, package: Mapping[str, str], parties: Sequence[str]) -> dict[str, str]:
    """Return what a package changes against today, first what by itself matters most to the parties together."""
    space, today = material.space, material.space.status_quo
    assert today is not None  # asked only where there is one
    who, worth = [space.actor(a) for a in parties], space.values(today)[:, 0]
    weight = {}
    for i, issue in enumerate(space.issues):
        option = space.options[i].index(package[issue])
        if option != int(today[i]):
            alone = today.copy()
            alone[i] = option
            weight[issue] = float(abs(space.values(alone)[who, 0] - worth[who]).sum())
    return {issue: package[issue] for issue in sorted(weight, key=lambda i: -weight[i])}
