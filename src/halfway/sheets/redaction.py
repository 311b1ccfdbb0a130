"""Case → the view of one role, by a list of what it may see; whatever is not listed here stays behind.

A new field of a noun is therefore in no sheet until somebody lists it, and a test compares the lists with the nouns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from pydantic import BaseModel

from halfway.case.actors import Actor
from halfway.case.case import Case
from halfway.case.conditions import Is, atoms
from halfway.case.drafts import Draft
from halfway.case.estimates import Estimate, exact
from halfway.case.issues import Issue
from halfway.case.nouns import MEDIATOR, PUBLIC
from halfway.case.plans import Phase, Plan
from halfway.case.reader import build
from halfway.errors import Problem, Refusal, unknown
from halfway.sheets.view import View

Data = dict[str, Any]
T = TypeVar("T")

ISSUE = (
    "title", "question", "options", "set_by", "owner", "transitions", "reversible", "undo", "scale", "shares", "signals",
    "observed", "any_can", "coalesce_when", "humanitarian", "reference_point", "voting_rule", "agenda_setter",
)  # fmt: skip
PHASE = ("title", "package", "lasts", "then", "on", "resets")
OBLIGATION = (
    "by", "answers_for", "act", "to", "does", "kind", "phase", "due", "if_", "verified_by", "guaranteed_by", "precision",
    "provision",
)  # fmt: skip
PLAN = ("title", "abstract", "proposer", "aims", "between", "roles", "start", "policies", "support")
PROMISE = ("by", "to", "kind", "made", "what", "outcome", "until", "source")
POLICY = ("policy", "date", "what", "outcome", "source")
TREATY = ("title", "date", "parties", "protects", "conflicts_with", "source")
SOURCE = ("title", "author", "publisher", "date", "url")
REACTION = ("by", "to", "does", "after", "lasts", "announced", "name")
SEAT = ("seat", "represented_by", "inclusion")
WHOLE_ACTOR = ("normalise", "lexicographic", "ranking", "statements", "capability")
"""What an actor's own sheet has, and the sheets of those to whom all of it is open (`seen_by` of the actor)."""
MEMBER = ("name", "description", *WHOLE_ACTOR, "interests", "linkages", "red_lines", "walk_away", "patience", "types",
          "ratifies", "breach_costs")  # fmt: skip
"""What the sheet of a group has of its members."""


def redact(case: Case, role: str) -> View:
    """Return what a role may see of a case, as a case of its own.

    Parameters
    ----------
    case : Case
    role : str
        An actor, ``mediator`` or ``public``.

    Raises
    ------
    UnknownName
        Where there is no such role.
    Refusal
        Where the role's name is both an actor's and a word.
    """
    if role not in (*case.actors, MEDIATOR, PUBLIC):
        raise unknown("role", role, (*case.actors, MEDIATOR, PUBLIC), where="in this case")
    if role in (MEDIATOR, PUBLIC) and role in case.actors:
        raise Refusal(
            [
                Problem(
                    "R700",
                    f"'{role}' is an actor of this case, and the word for a role",
                    "whose sheet is meant cannot be known",
                    "rename the actor",
                    case.place("actors", role),
                )
            ]
        )
    return View(role, build(_Redaction(case, role).data()))


class _Redaction:
    """Goes through a case with one role's eyes."""

    def __init__(self, case: Case, role: str) -> None:
        self.case = case
        self.role = role
        self.experts = {
            key: expert
            for key, expert in case.experts.items()
            if self.may(expert.seen_by, () if expert.party is None else (expert.party,), by_default=False)
        }

    def may(self, stated: Iterable[str] | None, owners: Iterable[str | None], *, by_default: bool) -> bool:
        """Tell whether the role may see what is `owners`' own."""
        if self.role in owners:
            return True
        if stated is None:
            return by_default
        return self.role in stated or PUBLIC in stated

    def dump(self, noun: BaseModel, fields: Iterable[str] | None = None, *, reasons: bool = False) -> Data:
        """Write a noun as plain data: the fields listed, reasons (notes and sources) only where they may be seen."""
        include = None if fields is None else set(fields)
        return self._bare(noun, reasons, include).model_dump(
            mode="json", by_alias=True, exclude_unset=True, include=include
        )

    def _bare(self, value: T, reasons: bool, named: set[str] | None = None) -> T:
        """Take out of a value who may see it, panels that may not be seen, and reasons where they may not."""
        found: Any = value
        if isinstance(value, Estimate):
            found = value
            if value.kind == "experts" and not all(name in self.experts for name, _ in value.experts):
                found = replace(exact(value.mean), low=value.low, high=value.high, note=value.note, source=value.source)
            if not reasons:
                found = replace(found, note=None, source=())
        elif isinstance(value, BaseModel):
            update: Data = {}
            for name in value.model_fields_set:
                if name == "seen_by" or (not reasons and name in ("note", "source") and name not in (named or ())):
                    update[name] = type(value).model_fields[name].get_default()
                elif name in type(value).model_fields:
                    update[name] = self._bare(getattr(value, name), reasons)
            found = value.model_copy(update=update)
            # What says nothing any more is left out.
            object.__setattr__(
                found,
                "__pydantic_fields_set__",
                {n for n in value.model_fields_set if n not in update or update[n] is not None} - {"seen_by"},
            )
            if value.__pydantic_extra__:
                extra = {k: self._bare(v, reasons) for k, v in value.__pydantic_extra__.items()}
                object.__setattr__(found, "__pydantic_extra__", extra)
        elif isinstance(value, dict):
            found = {k: self._bare(v, reasons) for k, v in value.items()}
        elif isinstance(value, tuple):
            found = tuple(self._bare(v, reasons) for v in value)
        return found  # type: ignore[no-any-return]

    def data(self) -> Data:
        """Write the view as a case file has it."""
        case = self.case
        plans = {name: self._plan(plan) for name, plan in case.plans.items() if self.sees_plan(plan)}
        reactions = [
            self.dump(r, (*REACTION, *(("probability",) if r.by == self.role else ())))
            for r in case.reactions
            if self.may(r.seen_by, (r.by,), by_default=r.announced)
        ]
        data: Data = {
            "halfway": case.halfway,
            "name": case.name,
            "title": case.title,
            "date": case.date,
            "period": case.period,
            "experts": {k: self.dump(e, ("name", "affiliation", "party")) for k, e in self.experts.items()},
            "actors": {key: self._actor(key, actor) for key, actor in case.actors.items()},
            "issues": {key: self._issue(issue) for key, issue in case.issues.items()},
            "constraints": [self.dump(c, ("forbid", "require", "when", "name")) for c in case.constraints],
            "obligations_in_force": {k: self.dump(t, TREATY) for k, t in case.obligations_in_force.items()},
            "status_quo": None if case.status_quo is None else dict(case.status_quo),
            "reactions": reactions,
            "record": {
                "rule": case.record.rule,
                "promises": [
                    self.dump(p, PROMISE)
                    for p in case.record.promises
                    if self.may(p.seen_by, (p.by, *p.to), by_default=True)
                ],
                "policies": [self.dump(p, POLICY) for p in case.record.policies],
            },
            "plans": plans,
        }
        data["events"] = self._events([p for p in case.plans.values() if self.sees_plan(p)])
        data = {key: value for key, value in data.items() if value not in (None, [], {})}
        cited = set(_sources_in(data))
        if known := {k: self.dump(s, SOURCE) for k, s in case.sources.items() if k in cited}:
            data["sources"] = known
        return data

    def _actor(self, key: str, actor: Actor) -> Data:
        data = self.dump(actor, ("name", "description"))
        mine = self.may(actor.seen_by, (key,), by_default=False)

        def seen(part: Any) -> bool:
            return self.may(actor.seen_by if part.seen_by is None else part.seen_by, (key,), by_default=False)

        def several(parts: Mapping[str, Any]) -> Data:
            return {name: self.dump(part, reasons=True) for name, part in parts.items() if seen(part)}

        if mine:
            data |= self.dump(actor, WHOLE_ACTOR, reasons=True)
        data["interests"] = several(actor.interests)
        if data["interests"] and not actor.normalise:
            data["normalise"] = False
        data["ratifies"] = several(actor.ratifies)
        for name in ("linkages", "red_lines", "breach_costs"):
            data[name] = [self.dump(part, reasons=True) for part in getattr(actor, name) if seen(part)]
        for name in ("walk_away", "patience"):
            part = getattr(actor, name)
            if part is not None and seen(part):
                data[name] = self.dump(part, reasons=True)
        # Probabilities of types sum to one, so that one left out would be known from the others.
        if all(map(seen, actor.types.values())):
            data["types"] = several(actor.types)
        # Who belongs to a group is known: promises are made by members, too.
        whole = MEMBER if self.role == key else ("name", "description")
        data["members"] = {m: self.dump(member, whole, reasons=self.role == key) for m, member in actor.members.items()}
        if self.role != key and self.role in actor.as_seen_by:
            data["as_seen_by"] = {self.role: self.dump(actor.as_seen_by[self.role], reasons=True)}
        return {name: value for name, value in data.items() if value not in (None, [], {})}

    def _issue(self, issue: Issue) -> Data:
        return self.dump(issue, ISSUE)

    def sees_plan(self, plan: Plan) -> bool:
        """Tell whether the role may see a plan: drafts are for those at the table and the mediator, others for all."""
        at_the_table = self.role == MEDIATOR or (
            self.role in self.case.actors and self.case.seats(plan)[self.role].seat == "party"
        )
        return self.may(plan.seen_by, (plan.proposer,), by_default=plan.draft is None or at_the_table)

    def _plan(self, plan: Plan) -> Data:
        data = self.dump(plan, PLAN)
        proposer = plan.proposer
        data["authors"] = [self.dump(a, ("name", "affiliations")) for a in plan.authors]
        data["seats"] = {a: self.dump(s, SEAT) for a, s in plan.seats.items()}
        data["phases"] = {name: self._phase(phase) for name, phase in plan.phases.items()}
        data["obligations"] = [
            self.dump(o, OBLIGATION)
            for o in plan.obligations
            if self.may(o.seen_by, (*o.by, *o.to, *o.answers_for), by_default=True)
        ]
        data["transfers"] = [
            self.dump(t, ("from_", "to", "amount", "phases", "secret", *(("cost",) if t.from_ == self.role else ())))
            for t in plan.transfers
            if self.may(t.seen_by, (t.from_, t.to), by_default=not t.secret)
        ]
        least = plan.bottom_line
        if least is not None and self.may(least.seen_by, (least.by or proposer,), by_default=False):
            data["bottom_line"] = self.dump(least, reasons=True)
        data["repairs"] = [
            self.dump(r, reasons=True) for r in plan.repairs if self.may(r.seen_by, (proposer,), by_default=False)
        ]
        if plan.draft is not None:
            data["draft"] = self._draft(plan.draft)
        return {key: value for key, value in data.items() if value not in (None, [], {})}

    def _phase(self, phase: Phase) -> Data:
        data = self.dump(phase, PHASE)
        if phase.seats is not None:
            data["seats"] = {a: self.dump(s, SEAT) for a, s in phase.seats.items()}
        if phase.shifts is not None:
            shifts: Data = {"status_quo": dict(phase.shifts.status_quo)}
            own = phase.shifts.walk_away.get(self.role)
            if own is not None:
                shifts["walk_away"] = {self.role: self.dump(own, reasons=True)}
            data["shifts"] = shifts
        return data

    def _draft(self, draft: Draft) -> Data:
        data = self.dump(draft, ("number", "date"))
        after = None if draft.after is None else self.case.plans[draft.after]
        if after is not None and self.sees_plan(after):
            data["after"] = draft.after
        data["open"] = [
            {
                "phase": b.phase,
                "issue": b.issue,
                # Who wants what is for the mediator; a party sees its own name.
                "options": {o: [a for a in who if self.role in (a, MEDIATOR)] for o, who in b.options.items()},
            }
            for b in draft.open
            if self.may(b.seen_by, (), by_default=True)
        ]
        data["remarks"] = [
            self.dump(r, ("by", "text", "phase", "issue"))
            for r in draft.remarks
            if self.may(r.seen_by, (r.by,), by_default=self.role == MEDIATOR)
        ]
        return data

    def _events(self, plans: Iterable[Plan]) -> Data:
        """Name the events that rules ask for; how probable they are and what they change stays behind."""
        asked = {
            atom.issue
            for plan in plans
            for phase in plan.phases.values()
            for trigger in phase.on
            for atom in atoms(trigger.when)
            if isinstance(atom, Is) and atom.issue in self.case.events
        } | {
            atom.issue
            for reaction in self.case.reactions
            if self.may(reaction.seen_by, (reaction.by,), by_default=reaction.announced)
            for atom in atoms(reaction.to)
            if isinstance(atom, Is) and atom.issue in self.case.events
        }
        issue, declared = next(iter(self.case.issues.items()))
        option = next(iter(declared.options))
        rows = [self.dump(row) for row in declared.rows_of(option)]
        # An event has to change something: this leaves as it is what is seen of one option.
        nothing = {"observed": {issue: {option: rows if len(rows) > 1 else rows[0]}}}
        return {
            key: {**self.dump(event, ("title",)), "chance": 0, "lasts": "for_good", "changes": nothing}
            for key, event in self.case.events.items()
            if key in asked
        }


def _sources_in(data: Any) -> Iterable[str]:
    if isinstance(data, dict):
        for key, value in data.items():
            if key == "source" and isinstance(value, str | list):
                yield from [value] if isinstance(value, str) else (s for s in value if isinstance(s, str))
            else:
                yield from _sources_in(value)
    elif isinstance(data, list):
        for value in data:
            yield from _sources_in(value)


Redact = Callable[[Case, str], View]
"""How a view is made; tests put one with a leak in its place."""
