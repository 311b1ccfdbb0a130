"""Opening up a group: its members take its place, one by one, in everything that a case says of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from typing import Any

from halfway.case.case import Case
from halfway.case.conditions import Path
from halfway.case.estimates import Estimate
from halfway.case.places import Places
from halfway.errors import Problem, Refusal, suggestion

_LISTS = frozenset(
    ("set_by", "owner", "shares", "parties", "protects", "to", "for", "answers_for", "verified_by", "guaranteed_by",
     "opponents", "hidden_from",
     "chair", "mediator", "guarantor", "verifier", "funder")
)  # fmt: skip
"""Keys whose value is a list of actors: there a group gives way to all of its members."""


_CONTENT = frozenset(
    ("when", "must", "forbid", "require", "conflicts_with", "prefer", "if", "iff", "package", "does", "change",
     "status_quo", "prize", "loss", "values", "ranks", "ranking", "observed", "transitions", "options")
)  # fmt: skip
"""Keys below which issues and options are named, whatever these are called."""


def opened(case: Case, group: str) -> Case:
    """Return a case in which a group's members act for themselves.

    - What the group sets, its members set together: any one of them can undo it. What it owns, they all own; where it
      sits, observes or speaks, they all do.
    - What it undertook, each undertakes; promises and disclosures in the record become those of each. Where only one
      actor can stand (a side of the headline, a proposer, an agenda setter, someone who represents another), the
      member with the largest capability stands, the first in the file among equals.
    - A payment by the group is shared equally by its members, who each feel its full cost; a payment to it reaches
      each in full, so that the average of the members gains or loses what the group did.
    - A member that states no interests has the group's, with its linkages, red lines and walk-away; one that does
      keeps its own, and takes over from the group its red lines, patience and ratifying bodies only where it states
      none. Types and pictures that others have of the group go with it, the latter unless the member has its own.
    - Costs of breaking go to each member that states none; what they cost is not divided.
    - Published answers are left out: they are about the case as it was.

    Parameters
    ----------
    case : Case
    group : str
        An actor with members.

    Raises
    ------
    Refusal
        Where there is no such group, or what it holds cannot be divided among its members without inventing numbers.
    """
    if group not in case.actors or not case.actors[group].members:
        groups = [a for a, actor in case.actors.items() if actor.members]
        what = "no such actor" if group not in case.actors else "it has no members"
        raise Refusal(
            [
                Problem(
                    "R004",
                    f"'{group}' cannot be opened up",
                    f"{what}; {suggestion(group, groups)}" if groups else f"{what}; no actor of this case is a group",
                    "name a group of the case",
                    case.place("actors", group),
                )
            ]
        )
    return _Opening(case, group).result()


class _Opening:
    def __init__(self, case: Case, group: str) -> None:
        self.case, self.group = case, group
        self.members = list(case.actors[group].members)
        strengths = {m: actor.strength.mean for m, actor in case.actors[group].members.items()}
        self.lead = max(self.members, key=lambda m: strengths[m])

    def result(self) -> Case:
        from halfway.case.reader import build

        self._refuse_undivided()
        data = self.case.model_dump(mode="json", by_alias=True, exclude_unset=True)
        data.pop("expected", None)
        data["actors"] = self._actors(data["actors"])
        data["issues"] = {k: self._issue(issue) for k, issue in data["issues"].items()}
        for key in ("obligations_in_force", "constraints"):
            if key in data:
                data[key] = self._lists(data[key])
        if "record" in data and "promises" in data["record"]:
            promises = (self._each(p, "by") for p in data["record"]["promises"])
            data["record"]["promises"] = [self._lists(p) for several in promises for p in several]
        self._disclosures(data)
        for reaction in data.get("reactions", []):
            reaction["to"] = self._triggers(reaction["to"])
        for event in data.get("events", {}).values():
            if "hidden_from" in event:
                event["hidden_from"] = self._names(event["hidden_from"])
        for name, plan in data.get("plans", {}).items():
            data["plans"][name] = self._plan(name, plan)
        return build(data, self._places())

    def _refuse_undivided(self) -> None:
        for key, issue in self.case.issues.items():
            for option, details in issue.options.items():
                if details.shares and self.group in details.shares:
                    raise Refusal(
                        [
                            Problem(
                                "R005",
                                f"the share of '{self.group}' in issue '{key}' cannot be divided",
                                "the case does not say how it falls to its members",
                                "give shares to the members in a case of its own",
                                self.case.place("issues", key, "options", option, "shares"),
                            )
                        ]
                    )

        for i, reaction in enumerate(self.case.reactions):
            if reaction.by == self.group:
                self._refuse(
                    f"the reaction of '{self.group}' cannot be divided",
                    "the case does not say which member would react",
                    ("reactions", i, "by"),
                )
        for name, event in self.case.events.items():
            for key in ("type", "walk_away", "patience"):
                if self.group in getattr(event.changes, key):
                    self._refuse(
                        f"event '{name}' changes '{self.group}', which cannot be divided",
                        "the case does not say which member it changes",
                        ("events", name, "changes", key, self.group),
                    )

    def _refuse(self, what: str, why: str, path: Path) -> None:
        raise Refusal([Problem("R006", what, why, "give it to a member in a case of its own", self.case.place(*path))])

    def _actors(self, actors: dict[str, Any]) -> dict[str, Any]:
        out: dict[str, Any] = {}
        for name, actor in actors.items():
            if name != self.group:
                out[name] = self._lists(self._seers(actor))
                continue
            whole = {k: v for k, v in actor.items() if k not in ("members", "types", "name", "description")}
            for member, own in actor["members"].items():
                out[member] = self._lists(self._seers(self._member(whole, own)))
        return out

    def _member(self, whole: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
        speaks = any(own.get(k) for k in ("interests", "ranking", "statements"))
        taken = ("patience", "mandate", "speaks_for", "as_seen_by", "red_lines", "ratifies", "breach_costs", "spoiler")
        inherited = {k: v for k, v in whole.items() if k in taken or (not speaks and k != "capability")}
        if speaks and "ratifies" in inherited:
            # A body's picture of what its member signs is drawn in the group's interests where it has none of its own.
            inherited["ratifies"] = {
                name: body
                if body.get("interests")
                else {k: v for k, v in whole.items() if k in ("interests", "linkages", "normalise")} | body
                for name, body in inherited["ratifies"].items()
            }
        return {**inherited, **own}

    def _seers(self, actor: dict[str, Any]) -> dict[str, Any]:
        pictures = actor.get("as_seen_by", {})
        if self.group not in pictures:
            return actor
        seen = dict.fromkeys(self.members, pictures[self.group]) | {
            k: v for k, v in pictures.items() if k != self.group
        }
        return {**actor, "as_seen_by": seen}

    def _issue(self, issue: dict[str, Any]) -> dict[str, Any]:
        out: dict[str, Any] = self._lists(issue)
        if out.get("agenda_setter") == self.group:
            out["agenda_setter"] = self.lead
        return out

    def _lists(self, data: Any) -> Any:
        """Put the members in the place of the group in every list of actors."""
        if isinstance(data, list):
            return [self._lists(item) for item in data]
        if not isinstance(data, dict):
            return data
        out: dict[str, Any] = {}
        for key, value in data.items():
            if key in _CONTENT:
                out[key] = value
            elif key in _LISTS and isinstance(value, list) and all(isinstance(v, str) for v in value):
                out[key] = self._names(value)
            else:
                out[key] = self._lists(value)
        return out

    def _names(self, names: Iterable[str]) -> list[str]:
        replaced = (m for name in names for m in (self.members if name == self.group else [name]))
        return list(dict.fromkeys(replaced))

    def _one(self, name: str) -> str:
        return self.lead if name == self.group else name

    def _each(self, item: dict[str, Any], key: str) -> list[dict[str, Any]]:
        """Return a copy for each member of something that one actor did; what several did stays one thing."""
        if isinstance(item.get(key), list):
            return [{**item, key: self._names(item[key])}]
        if item.get(key) != self.group:
            return [item]
        return [{**item, key: member} for member in self.members]

    def _disclosures(self, owner: dict[str, Any]) -> None:
        for author in owner.get("authors", []):
            if "disclosures" in author:
                author["disclosures"] = [d for one in author["disclosures"] for d in self._each(one, "actor")]

    def _keys(self, mapping: dict[str, Any]) -> dict[str, Any]:
        """Put the members in the place of the group among the keys of a mapping."""
        return {
            name: value
            for key, value in mapping.items()
            for name in (self.members if key == self.group else [key])
        }  # fmt: skip

    def _seats(self, seats: dict[str, Any]) -> dict[str, Any]:
        out = self._keys(seats)
        for actor, seat in out.items():
            if isinstance(seat, dict) and seat.get("represented_by") == self.group:
                out[actor] = {**seat, "represented_by": self.lead}
        return out

    def _plan(self, name: str, plan: dict[str, Any]) -> dict[str, Any]:
        transfers = plan.pop("transfers", [])
        plan = self._lists(plan)
        self._disclosures(plan)
        if "between" in plan:
            plan["between"] = [self._one(side) for side in plan["between"]]
        bottom = plan.get("bottom_line")
        if bottom and self.group in (bottom.get("by"), None if "by" in bottom else plan.get("proposer")):
            # Points on the group's scale say nothing on a member's; what must be part of the outcome stays.
            bottom = {k: v for k, v in bottom.items() if k != "utility"} | {"by": self.lead}
            plan["bottom_line"] = bottom
            if not bottom.get("must"):
                del plan["bottom_line"]
        if "proposer" in plan and plan["proposer"] is not None:
            plan["proposer"] = self._one(plan["proposer"])
        if "seats" in plan:
            plan["seats"] = self._seats(plan["seats"])
        for phase in plan["phases"].values():
            if phase.get("seats"):
                phase["seats"] = self._seats(phase["seats"])
            if phase.get("shifts") and "walk_away" in phase["shifts"]:
                phase["shifts"]["walk_away"] = self._keys(phase["shifts"]["walk_away"])
            if "on" in phase:
                phase["on"] = [{**trigger, "when": self._triggers(trigger["when"])} for trigger in phase["on"]]
        moved: dict[str, list[int]] = {}
        if "obligations" in plan:
            plan["obligations"] = self._listed("obligations", [self._each(o, "by") for o in plan["obligations"]], moved)
        if transfers:
            paid = [
                self._transfer(data, transfer.amount, transfer.cost)
                for data, transfer in zip(transfers, self.case.plans[name].transfers, strict=True)
            ]
            plan["transfers"] = self._listed("transfers", paid, moved)
        for repair in plan.get("repairs", []):
            repair["change"] = self._change(repair["change"], moved)
        return plan

    @staticmethod
    def _listed(key: str, several: list[list[dict[str, Any]]], moved: dict[str, list[int]]) -> list[dict[str, Any]]:
        """Lay copies out in one list, noting where each entry went."""
        out: list[dict[str, Any]] = []
        for number, copies in enumerate(several):
            moved[f"{key}.{number}"] = list(range(len(out), len(out) + len(copies)))
            out += copies
        return out

    def _change(self, change: dict[str, Any], moved: dict[str, list[int]]) -> dict[str, Any]:
        out: dict[str, Any] = {}
        for place, value in change.items():
            steps = place.split(".")
            changed = value
            if steps[0] == "roles" or steps[-1] in _LISTS:
                changed = self._names([value] if isinstance(value, str) else value)
            elif value == self.group:
                changed = self.lead
            key = ".".join(steps[:2])
            if key in moved:
                for number in moved[key]:
                    out[".".join([steps[0], str(number), *steps[2:]])] = changed
            elif self.group in steps and "seats" in steps:
                for member in self.members:
                    out[".".join(member if s == self.group else s for s in steps)] = changed
            else:
                out[place] = changed
        return out

    def _triggers(self, condition: Any) -> Any:
        """Let a breach laid at the group's door be one laid at the door of any member."""
        if isinstance(condition, list):
            return [self._triggers(part) for part in condition]
        if not isinstance(condition, dict):
            return condition
        read = condition.get("at_least")
        if isinstance(read, dict) and read.get("by") == self.group:
            return {"any": [{"at_least": {**read, "by": member}} for member in self.members]}
        return {key: self._triggers(value) for key, value in condition.items()}

    def _transfer(self, data: dict[str, Any], amount: Estimate, cost: Estimate | None) -> list[dict[str, Any]]:
        share = Fraction(1, len(self.members))
        paid = amount if cost is None else cost
        if data["from"] == self.group:
            return [{**data, "from": m, "amount": _scaled(amount, share), "cost": paid} for m in self.members]
        if data["to"] == self.group:
            return [{**data, "to": m, "amount": amount, "cost": _scaled(paid, share)} for m in self.members]
        return [data]

    def _places(self) -> Places:
        """Keep the places of all that stays; what is said of the group now stands for its members."""
        old = self.case.places
        new = Places(old.file, dict(old.keys), dict(old.values), dict(old.ignored))
        inside = ("actors", self.group, "members")
        for store in (new.keys, new.values):
            for path, place in list(store.items()):
                if path[:3] == inside and len(path) > 3:
                    store[("actors", *path[3:])] = place
        for store in (new.keys, new.values):
            for path, place in list(store.items()):
                if path[:2] == ("actors", self.group) and len(path) > 2 and path[2] != "members":
                    for member in self.members:
                        store.setdefault(("actors", member, *path[2:]), place)
        return new


def _scaled(estimate: Estimate, factor: Fraction) -> Estimate:
    """Return an estimate of a fraction of a quantity."""
    return replace(
        estimate,
        parameters=tuple(p * factor for p in estimate.parameters),
        experts=tuple((name, _scaled(e, factor)) for name, e in estimate.experts),
    )
