"""View → what a sheet says: sections of paragraphs, lists and tables. It is given a view, never a case."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeAlias

from halfway.case.actors import Actor
from halfway.case.case import Case, spoken
from halfway.case.estimates import Estimate
from halfway.case.interests import Preferences
from halfway.case.notes import unstated
from halfway.case.nouns import MEDIATOR, PUBLIC
from halfway.case.plans import Plan
from halfway.errors import isolated
from halfway.sheets.scores import Joint, OwnScore
from halfway.sheets.view import View
from halfway.words.conditions import listed, say
from halfway.words.front_page import inside

Cell: TypeAlias = str | tuple[str, ...]
"""A text, or several that stand one below the other."""


@dataclass(frozen=True)
class Grid:
    """A table; `numeric` columns stand to the right. With `grouped` the first column heads the rows that share it."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    numeric: frozenset[int] = frozenset()
    grouped: bool = False

    def groups(self) -> list[tuple[Cell, list[tuple[Cell, ...]]]]:
        """Return the rows without their first cell, under each first cell."""
        return [(head, [row[1:] for row in rows]) for head, rows in groupby(self.rows, key=lambda row: row[0])]


@dataclass(frozen=True)
class Section:
    """A part of a sheet under a heading."""

    title: str
    paragraphs: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    grids: tuple[Grid, ...] = ()


def sections(view: View, plan: str | None, own: OwnScore | str, joint: Joint | str) -> tuple[Section, ...]:
    """Return what a sheet says, in order; sections with nothing in them are left out."""
    case = view.case
    found = [_about(view, own)]
    if isinstance(own, OwnScore):
        found += [_points(view, own), _limits(view, own)]
    found.append(_issues(case))
    if plan is not None:
        found += _plan(view, plan, own)
    found += [
        _drafts(view, own),
        _others(view),
        *_open_interests(view),
        _pictures(view),
        _joint(view, joint),
        _record(case),
    ]
    return tuple(s for s in found if s.paragraphs or s.items or any(g.rows for g in s.grids))


def _about(view: View, own: OwnScore | str) -> Section:
    texts = {
        MEDIATOR: "For the mediator alone: what is public, and what the parties have opened to the mediator.",
        PUBLIC: "What is public of this dispute; it holds nobody's interests.",
    }
    said = texts.get(view.role, f"Confidential, for {view.title} alone. It holds your own interests, and of the others only "
                     "what is public, what they opened to you, and what you believe of them.")  # fmt: skip
    description = view.case.actors[view.role].description if view.is_actor else None
    return Section(
        "What this sheet is",
        (said, *((description,) if description else ()), *((own,) if isinstance(own, str) and view.is_actor else ())),
    )


def _points(view: View, own: OwnScore) -> Section:
    case = view.case
    order = sorted(own.points, key=lambda i: -(max(own.points[i].values()) - min(own.points[i].values())))
    today = case.status_quo or {}
    rows = []
    for issue in order:
        for option, points in sorted(own.points[issue].items(), key=lambda pair: -pair[1]):
            rows.append(
                (
                    case.title_of("issues", issue),
                    case.title_of("issues", issue, option) + (" (today)" if today.get(issue) == option else ""),
                    f"{points:.1f}",
                )
            )
    linked = tuple(
        f"{linkage.name or 'Together'}: {_estimate(linkage.points)} points where {say(case, linkage.when)}."
        for linkage in case.actors[view.role].linkages
    )
    said = (
        "To score any package, take one option of each issue and add up its points"
        + (", and what the list below adds." if linked else ".")
        + f" The best package that can occur is worth {own.best:.1f}; "
        + (f"today is worth {own.today:.1f}; " if own.today is not None else "")
        + f"without an agreement you have {own.walk_away:.1f}."
    )
    grid = Grid(("Issue", "Option", "Points"), tuple(rows), frozenset({2}), grouped=True)
    return Section("Your points", (said,), linked, (grid,))


def _limits(view: View, own: OwnScore) -> Section:
    case, me = view.case, view.case.actors[view.role]
    items = [f"Without an agreement: {own.walk_away:.1f} points. Accept nothing that is worth less."]
    items += [f"Never: {(line.name + ': ') if line.name else ''}{say(case, line.when)}." for line in me.red_lines]
    if me.patience is not None:
        items.append(f"Your patience: a point a {me.patience.per} later is worth {_estimate(me.patience.value)} today.")
    for key, body in me.ratifies.items():
        least = f", from {_estimate(body.threshold)} points on" if body.threshold is not None else ""
        when = f", within {body.by}" if body.by is not None else ""
        items.append(f"Must approve at home: {body.title or spoken(key)}{least}{when}.")
    for cost in me.breach_costs:
        of = f" on {listed([spoken(x) for x in cost.of])}" if cost.of else ""
        items.append(
            f"Breaking{of} costs you {_estimate(cost.points)} points {'once' if cost.per == 'once' else 'a period'}."
        )
    for key, kind in me.types.items():
        items.append(f"Who you may be or become: {kind.title or spoken(key)} (probability {_estimate(kind.prior)}).")
    if own.acceptable is not None:
        items.append(f"Of {own.packages:,} packages that can occur, {own.acceptable} would be acceptable to you.")
    return Section("Your limits", (), tuple(items))


def _issues(case: Case) -> Section:
    rows: list[tuple[Cell, ...]] = []
    for key, issue in case.issues.items():
        today = (case.status_quo or {}).get(key)
        rows.append(
            (
                case.title_of("issues", key),
                tuple(case.title_of("issues", key, o) + (" (today)" if o == today else "") for o in issue.options),
                _names(case, issue.set_by)
                + (
                    f"; any one of them can: {'; '.join(case.title_of('issues', key, o) for o in issue.any_can)}"
                    if issue.any_can
                    else ""
                ),
                _names(case, issue.owner),
            )
        )
    return Section("What is at stake", (), (), (Grid(("Issue", "Options", "Set by", "Whose it is"), tuple(rows)),))


def _plan(view: View, name: str, own: OwnScore | str) -> list[Section]:
    case, plan = view.case, view.case.plans[name]
    intro = [t for t in (plan.abstract,) if t]
    if isinstance(own, OwnScore) and plan.transfers:
        intro.append("Your points are those of each phase's package; payments come on top.")
    seats: dict[str, list[str]] = {}
    for actor, seat in case.seats(plan).items():
        where = (
            f"represented by {case.title_of('actors', seat.represented_by)}" if seat.represented_by else str(seat.seat)
        )
        kind = f"{where} ({seat.inclusion.replace('_', ' ')})" if seat.inclusion else where
        seats.setdefault(kind, []).append(case.title_of("actors", actor))
    roles = [f"{spoken(role)}: {_names(case, who)}" for role, who in plan.roles.held().items()]
    rows: list[tuple[Cell, ...]] = []
    for key, phase in plan.phases.items():
        length = (
            f"for {phase.lasts}, then {case.title_of('plans', name, phase.then)}"
            if phase.lasts and phase.then
            else "for good"
        )
        worth = f"; {own.plans[name][key]:.1f} of your points" if isinstance(own, OwnScore) else ""
        head = f"{case.title_of('plans', name, key)} ({length}{worth})"
        rows += [
            (head, case.title_of("issues", i), case.title_of("issues", i, o)) for i, o in phase.package.items()
        ] or [(head, "All issues", "as before")]
        rows += [
            (head, "Rule", f"If {say(case, t.when)}, then {case.title_of('plans', name, t.go)}.") for t in phase.on
        ]
    grid = Grid(("Phase", "Issue", "What holds"), tuple(rows), grouped=True)
    found = [
        Section(f"The plan: {case.title_of('plans', name)}", tuple(intro), (), (grid,)),
        Section("Who sits where", (), (*(f"{spoken(kind)}: {listed(who)}" for kind, who in seats.items()), *roles)),
    ]
    promises = [_promise(case, plan, n) for n in range(len(plan.obligations))]
    mine = [p for p, o in zip(promises, plan.obligations, strict=True) if view.role in (*o.by, *o.answers_for)]
    to_me = [p for p, o in zip(promises, plan.obligations, strict=True) if view.role in o.to and p not in mine]
    rest = [p for p in promises if p not in mine and p not in to_me]
    for title, items in (("What you would undertake", mine), ("What would be owed to you", to_me),
                         ("What else is undertaken" if mine or to_me else "What is undertaken", rest)):  # fmt: skip
        found.append(Section(title, (), tuple(items)))
    found.append(
        Section(
            "Payments",
            (),
            tuple(
                f"{case.title_of('actors', t.from_)} to {case.title_of('actors', t.to)}: {_estimate(t.amount)} points a "
                f"period{' in ' + listed([case.title_of('plans', name, p) for p in t.phases]) if t.phases else ''}"
                f"{' (secret)' if t.secret else ''}."
                for t in plan.transfers
            ),
        )
    )
    if plan.bottom_line is not None:
        least = plan.bottom_line
        parts = [say(case, least.must)] if least.must is not None else []
        parts += [f"{_estimate(least.utility)} points"] if least.utility is not None else []
        found.append(Section("The bottom line", (f"Nothing less than: {'; '.join(parts)}.",)))
    if plan.repairs:
        items = [f"{r.name} (how costly: {_estimate(r.cost)})" for r in plan.repairs]
        found.append(Section("Changes to consider", (), tuple(items)))
    return found


def _promise(case: Case, plan: Plan, n: int) -> str:
    o = plan.obligations[n]
    who = _names(case, o.by) + (f", on behalf of {_names(case, o.answers_for)}" if o.answers_for else "")
    to = f", to {_names(case, o.to)}" if o.to else ""
    when = f", by {o.due}" if o.due is not None else ""
    checked = f"; verified by {_names(case, o.verified_by)}" if o.verified_by else ""
    backed = f"; guaranteed by {_names(case, o.guaranteed_by)}" if o.guaranteed_by else ""
    condition = f"; if {say(case, o.if_)}" if o.if_ is not None else ""
    return f"{who}{to}: {o.act}{when}{condition}{checked}{backed}."


def _drafts(view: View, own: OwnScore | str) -> Section:
    case = view.case
    rows, items = [], []
    for name, plan in case.plans.items():
        if plan.draft is None:
            continue
        score = f"{own.plans[name][plan.course[-1]]:.1f}" if isinstance(own, OwnScore) else "–"
        rows.append((f"Draft {plan.draft.number}", plan.draft.date or "", str(len(plan.draft.open)), score))
        for remark in plan.draft.remarks:
            who = "You" if remark.by == view.role else case.title_of("actors", remark.by)
            items.append(f"Draft {plan.draft.number}, {who}: {remark.text}")
    columns = ("Draft", "Date", "Places still open", "Your points at its end")
    return Section("Drafts and remarks", (), tuple(items), (Grid(columns, tuple(rows), frozenset({2, 3})),))


def _others(view: View) -> Section:
    case = view.case
    rows = [(case.title_of("actors", a), actor.description or "") for a, actor in case.actors.items() if a != view.role]
    reactions = tuple(
        f"{case.title_of('actors', r.by)} {'has announced' if r.announced else 'would react, unannounced'}"
        f"{f' ({r.name})' if r.name else ''}: if {say(case, r.to)}, then "
        + "; ".join(f"{case.title_of('issues', i)}: {case.title_of('issues', i, o)}" for i, o in r.does.items())
        + "."
        for r in case.reactions
    )
    treaties = tuple(
        f"In force: {t.title}{f' ({t.date})' if t.date else ''}; it rules out {say(case, t.conflicts_with)}."
        for t in case.obligations_in_force.values()
    )
    return Section("What is public of the others" if view.is_actor else "Who is involved", (), reactions + treaties,
                   (Grid(("Actor", "Who this is"), tuple(rows)),))  # fmt: skip


def _open_interests(view: View) -> list[Section]:
    """Say what the others have opened to this role."""
    return [
        Section(
            f"What {view.case.title_of('actors', a)} has opened to {'you' if view.role != PUBLIC else 'everyone'}",
            (),
            _limits_of(view.case, actor),
            _interests(view.case, actor),
        )
        for a, actor in view.case.actors.items()
        if a != view.role and not (unstated(actor) and not _limits_of(view.case, actor))
    ]


def _pictures(view: View) -> Section:
    case = view.case
    grids: list[Grid] = []
    items: list[str] = []
    for a, actor in case.actors.items():
        if view.role in actor.as_seen_by:
            seen = actor.as_seen_by[view.role]
            grids += _interests(case, seen, case.title_of("actors", a))
            items += [f"{case.title_of('actors', a)}: {text}" for text in _limits_of(case, seen)]
    said = "Your picture of these interests, which may be wrong; what it leaves out is not in this sheet."
    return Section("What you believe of the others", (said,) if grids or items else (), tuple(items), tuple(grids))


def _interests(case: Case, wants: Preferences, whose: str = "") -> tuple[Grid, ...]:
    rows: list[tuple[Cell, ...]] = []
    for key, interest in wants.interests.items():
        if interest.values is not None:
            ordered = sorted(interest.values, key=lambda o: -float((interest.values or {})[o]))
            worth: Cell = tuple(f"{case.title_of('issues', key, o)}: {_estimate(interest.values[o])}" for o in ordered)
        elif interest.ranks is not None:
            worth = " > ".join(" = ".join(case.title_of("issues", key, o) for o in group) for group in interest.ranks)
        elif interest.position is not None:
            worth = f"position {_estimate(interest.position)}"
        else:
            worth = "does not matter"
        weight = _estimate(interest.size) if interest.size is not None else "1"
        rows.append((*((whose,) if whose else ()), case.title_of("issues", key), weight, worth))
    columns = (*(("Whose",) if whose else ()), "Issue", "Weight", "What each option is worth, 0–100")
    return (Grid(columns, tuple(rows), frozenset({2 if whose else 1})),) if rows else ()


def _limits_of(case: Case, wants: Preferences) -> tuple[str, ...]:
    items = [f"never {say(case, line.when)}" for line in wants.red_lines]
    away = wants.walk_away
    if away is not None:
        how = (f"{_estimate(away.utility)} points" if away.utility is not None
               else "today" if away.status_quo else "a contest")  # fmt: skip
        items.append(f"without an agreement: {how}")
    items += [f"{_estimate(link.points)} points where {say(case, link.when)}" for link in wants.linkages]
    if isinstance(wants, Actor):
        items += [
            f"may be {kind.title or spoken(k)} (probability {_estimate(kind.prior)})" for k, kind in wants.types.items()
        ]
    return tuple(items)


def _joint(view: View, joint: Joint | str) -> Section:
    case = view.case
    if isinstance(joint, str):
        return Section("What could be agreed", (joint,))
    source = "your picture of the others" if joint.pictured else "the interests that this role may see"
    said = [
        f"By {source}, {joint.acceptable} packages are acceptable to all who sign ({_names(case, joint.signatories)}). "
        "It holds as far as that picture is right; red lines and walk-aways that it leaves out are not in it."
    ]
    if joint.nash is None:
        return Section("What could be agreed", tuple(said))
    rows = tuple((case.title_of("issues", i), case.title_of("issues", i, o)) for i, o in joint.nash.items())
    worth = ", ".join(f"{case.title_of('actors', a)} {u:.1f}" for a, u in joint.utilities.items())
    said.append(f"The Nash solution among them is below. Points as seen from here: {worth}.")
    return Section("What could be agreed", tuple(said), (), (Grid(("Issue", "Option"), rows),))


def _record(case: Case) -> Section:
    rows = [
        (case.title_of("actors", p.by) if p.by in case.actors else spoken(p.by), p.made, p.what,
         p.outcome + (f" ({p.until})" if p.until else ""))
        for p in case.record.promises
    ]  # fmt: skip
    counts: dict[str, list[int]] = {}
    for p in case.record.promises:
        kept, all_of = counts.setdefault(p.by, [0, 0])
        counts[p.by] = [kept + (p.outcome == "kept"), all_of + 1]
    said = "; ".join(
        f"{case.title_of('actors', a) if a in case.actors else spoken(a)} kept {kept} of {n}"
        for a, (kept, n) in counts.items()
    )
    return Section(
        "Promises on record",
        (f"{said}.",) if said else (),
        (),
        (Grid(("Who", "When", "What", "Outcome"), tuple(rows)),),
    )


def _names(case: Case, names: Sequence[str]) -> str:
    found = [case.title_of("actors", a) if a in case.actors else isolated(spoken(a)) for a in names]
    return listed([*found[:1], *map(inside, found[1:])])


def _estimate(estimate: Estimate) -> str:
    return estimate.notation().replace("-", "−")
