"""The figures of a front page for programs, and what has changed since an earlier brief."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from halfway.brief.contents import Listing, Paragraph, Section
from halfway.brief.material import Material
from halfway.brief.sections.front import Conducted
from halfway.errors import InputError, Place, Problem
from halfway.words.front_page import capital, whole
from halfway.words.grades import short

CHANGED = 0.5
"""Points by which a figure must differ to be reported."""


def facts(material: Material, data: Conducted) -> dict[str, Any]:
    """Return the figures that the front page rests on, by actor and by plan."""
    outcome = material.outcome
    found: dict[str, Any] = {
        "case": material.case.name,
        "case_hash": material.case.content_hash,
        "plan": material.name,
        "margin": {a: outcome.actors[a].over_walk_away.centre for a in material.case.signatories(material.plan)},
        "gain": {a: o.over_status_quo.centre for a, o in outcome.actors.items() if o.over_status_quo is not None},
        "level": {s.mover: s.level.centre for s in outcome.sides if s.level is not None},
        "plans": {
            p.title: {a: o.over_status_quo.centre for a, o in p.actors.items() if o.over_status_quo is not None}
            for p in material.comparison.plans
        },
    }
    if not isinstance(data, str):
        found["grade"] = data["grade"]
        found["temptation"] = {n: a["temptation"]["points"] for n, a in data["actors"].items() if a.get("temptation")}
    return found


def read_earlier(path: str | Path) -> Mapping[str, Any]:
    """Read the facts of an earlier brief from what `halfway brief --json` printed.

    Raises
    ------
    InputError
        Where the file cannot be read or holds no facts.
    """
    try:
        data = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is not JSON"
        raise InputError(
            [
                Problem(
                    "F020",
                    f"{path} is not an earlier brief",
                    why.lower(),
                    "give what `halfway brief --json` printed",
                    Place(str(path)),
                )
            ]
        ) from error
    found = data.get("facts") if isinstance(data, dict) else None
    if not isinstance(found, dict) or "gain" not in found:
        raise InputError(
            [
                Problem(
                    "F020",
                    f"{path} is not an earlier brief",
                    "it holds no facts of one",
                    "give what `halfway brief --json` printed",
                    Place(str(path)),
                )
            ]
        )
    return found


KINDS = (
    ("margin", "against no deal"),
    ("gain", "gain over today"),
    ("level", "percent of the way to the other side"),
    ("temptation", "temptation"),
)


def since(material: Material, now: Mapping[str, Any], earlier: Mapping[str, Any]) -> Section:
    """Return what has changed since an earlier brief, in whole points."""
    case = material.case
    said = []
    if earlier.get("plan") != now["plan"]:
        said.append(f"The earlier brief was on the plan '{earlier.get('plan')}'.")
    if now.get("grade") != earlier.get("grade") and earlier.get("grade") in range(1, 6) and "grade" in now:
        said.append(f"The plan was graded '{short(case, earlier['grade'])}'; it is now '{short(case, now['grade'])}'.")
    for kind, name in KINDS:
        then, here = earlier.get(kind), now.get(kind, {})
        if not isinstance(then, dict):
            continue
        for actor, value in here.items():
            before = then.get(actor)
            if not isinstance(before, int | float):
                said.append(f"{capital(material.inside(actor))}, {name}: {whole(value)}; new.")
            elif abs(before - value) >= CHANGED:
                said.append(f"{capital(material.inside(actor))}, {name}: {whole(before)} → {whole(value)}.")
        said += [f"{actor}, {name}: no longer there." for actor in then if actor not in here]
    then = earlier.get("plans")
    if isinstance(then, dict):
        said += [f"New plan: {title}." for title in now["plans"] if title not in then]
        said += [f"Plan no longer there: {title}." for title in then if title not in now["plans"]]
    same = earlier.get("case_hash") == now["case_hash"]
    lead = "The case has not changed." if same else "The case has changed."
    if not said:
        return Section("since", "Since the earlier brief", (Paragraph(f"{lead} No figure of the front page differs."),))
    return Section("since", "Since the earlier brief", (Paragraph(lead), Listing(tuple(said))))
