"""What a role may not see, stated a second time and independently of the code: a case is changed in all of it."""

from __future__ import annotations

import copy
from typing import Any

ROLES = ("mediator", "public")


def changed_for(data: dict[str, Any], role: str) -> dict[str, Any]:
    """Change everything that is private to others than a role, by the defaults of the issue's list."""
    data = copy.deepcopy(data)
    options = {i: list(issue["options"]) for i, issue in data["issues"].items()}
    first = next(iter(options))
    flipped = {
        i: {"weight": 3, "values": {o: (37 * k + 11) % 101 for k, o in enumerate(of)}} for i, of in options.items()
    }
    for name, actor in data["actors"].items():
        # What others believe of an actor is theirs, and no part of its own sheet.
        pictures = {seer: p for seer, p in actor.get("as_seen_by", {}).items() if seer == role and seer != name}
        others = {} if name == role else {role: pictures[role]} if role in pictures else {}
        actor["as_seen_by"] = {**others, **{a: {"interests": flipped} for a in data["actors"] if a not in (role, name)}}
        if not actor["as_seen_by"]:
            del actor["as_seen_by"]
        actor["spoiler"] = "greedy"
        actor["mandate"] = "contested"
        actor["note"] = "canary note"
        if name == role:
            continue
        kept = {k: actor[k] for k in ("name", "description", "members", "as_seen_by") if k in actor}
        actor.clear()
        actor.update(kept)
        actor |= {
            "interests": flipped,
            "normalise": False,
            "walk_away": 1.5,
            "red_lines": [{"when": {first: options[first][0]}, "name": "canary line"}],
            "linkages": [{"when": {first: options[first][1]}, "points": 3, "note": "canary"}],
            "patience": 0.123,
            "capability": 17,
            "breach_costs": [{"points": 9}],
            "types": {"canary": {"prior": 1}},
            "ratifies": {"canary body": {"threshold": 12}},
            "note": "canary",
        }
    data["abstract"], data["tags"], data["not_modelled"] = "canary", ["canary"], ["canary"]
    data["material"], data["trifling"], data["horizon"] = 13, 4, 77
    data["authors"] = [{"name": "canary"}]
    data["claims"] = {}
    whose = next((a for a in data["actors"] if a != role), role)
    data["events"] = {
        key: {k: v for k, v in event.items() if k == "title"}
        | {"chance": 0.07, "lasts": "3 periods", "changes": {"walk_away": {whose: 5}}, "note": "canary"}
        for key, event in {**data.get("events", {}), "canary": {}}.items()
    }
    data.pop("expected", None)
    for issue in data["issues"].values():
        issue["note"], issue["tags"] = "canary", ["canary"]
    for plan in data.get("plans", {}).values():
        plan["note"] = "canary"
        plan.pop("claims", None)
        proposer = plan.get("proposer")
        if proposer != role:
            plan["repairs"] = [{"name": "canary", "cost": 1, "change": {"title": "canary"}}]
        if (plan.get("bottom_line") or {}).get("by", proposer) != role:
            plan["bottom_line"] = {"by": next((a for a in data["actors"] if a != role), None), "utility": 42}
        secret = [a for a in data["actors"] if a != role]
        if len(secret) > 1:
            plan["transfers"] = [
                *plan.get("transfers", []),
                {"from": secret[0], "to": secret[1], "amount": 7, "secret": True, "note": "canary"},
            ]
        for phase in plan["phases"].values():
            phase["note"] = "canary"
        for owed in plan.get("obligations", []):
            owed["note"], owed["can"] = "canary", 0.25
    if role in data["actors"] or role in ROLES:
        other = next((a for a in data["actors"] if a != role), None)
        quiet = [
            r for r in data.get("reactions", []) if r.get("announced", True) not in (False, "no") or r["by"] == role
        ]
        for reaction in quiet:
            if reaction["by"] != role:
                reaction["probability"], reaction["note"] = 0.31, "canary"
        alone = [i for i, issue in data["issues"].items() if issue["set_by"] in (other, [other])]
        if other and alone and len(quiet) < 4:
            does = {alone[0]: options[alone[0]][0]}
            seen = {first: _signal(data["issues"][first], options[first][0])}
            quiet.append({"by": other, "to": seen, "does": does, "announced": False, "name": "canary"})
        data["reactions"] = quiet
    return data


def _signal(issue: dict[str, Any], option: str) -> str:
    rows = (issue.get("observed") or {}).get(option)
    if rows is None:
        return option
    row = rows[-1] if isinstance(rows, list) else rows
    return next(k for k in row if k != "when")
