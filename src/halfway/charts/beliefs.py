"""What others come to believe of an actor as signals come in, and what its record says of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from halfway.case.case import Case, spoken
from halfway.charts.chart import INK, QUIET, Chart, colours, values, wrapped
from halfway.charts.conduct import DASHES
from halfway.conduct.play.beliefs import Beliefs as Believed
from halfway.conduct.verdicts.credibility import Credibility
from halfway.result import Table
from halfway.words.calendars import who_is
from halfway.words.shares import percent

MOST_DRAWN = 12


def beliefs(case: Case, found: Sequence[Believed]) -> Chart | None:
    """Draw how strongly each actor's true type is believed over time, one panel an actor and true type.

    Parameters
    ----------
    case : Case
    found : sequence of Beliefs

    Returns
    -------
    Chart or None
        None where no actor has types.
    """
    if not found:
        return None
    palette = colours(case)
    rows, table, panels = [], [], []
    for one in found:
        actor = case.title_of("actors", one.actor)
        for i, true in enumerate(one.kinds):
            panel = "|".join(
                [
                    "In truth " + line if k == 0 else line
                    for k, line in enumerate(wrapped(who_is(case, one.actor, true), 30))
                ]
            )
            panels.append(panel)
            last = len(one.mean[i]) - 1
            for j, kind in enumerate(one.kinds):
                rows += [
                    {
                        "p": panel,
                        "t": t,
                        "y": 100 * float(one.mean[i, t, j]),
                        "k": f"{one.actor} {kind}",
                        "true": i == j,
                        "a": one.actor,
                    }
                    for t in range(last + 1)
                    if t in (0, last)
                    or max(abs(float(one.mean[i, t, j] - one.mean[i, s, j])) for s in (t - 1, t + 1)) > 2e-4
                ]
            table.append(
                (actor, who_is(case, one.actor, true), f"{percent(one.priors[i])}",
                 *(f"{percent(one.mean[i, min(t, last), i])}" for t in (1, 6, 12)), f"{percent(one.mean[i, last, i])}")
            )  # fmt: skip
    x = {"field": "t", "type": "quantitative", "title": f"{case.period}s seen", "axis": {"grid": False, "tickCount": 4},
         "scale": {"domain": [0, len(found[0].mean[0]) - 1], "nice": False}}  # fmt: skip
    y = {
        "field": "y",
        "type": "quantitative",
        "title": "believed, percent",
        "scale": {"domain": [0, 100]},
        "axis": {"tickCount": 3},
    }
    actors = list(dict.fromkeys(b.actor for b in found))
    spec: dict[str, Any] = {
        "data": values(rows),
        "facet": {"field": "p", "type": "nominal", "title": None, "sort": panels,
                  "header": {"labelExpr": "split(datum.label, '|')", "labelFontSize": 11}},
        "columns": 2,
        "spacing": 16,
        "spec": {
            "width": 145,
            "height": 80,
            "layer": [
                {"transform": [{"filter": "!datum.true"}], "mark": {"type": "line", "color": QUIET, "strokeDash": DASHES[1]},
                 "encoding": {"x": x, "y": y, "detail": {"field": "k"}}},
                {"transform": [{"filter": "datum.true"}], "mark": {"type": "line", "strokeWidth": 3},
                 "encoding": {"x": x, "y": y, "color": {"field": "a", "type": "nominal", "legend": None,
                              "scale": {"domain": actors, "range": [palette[a] for a in actors]}}}},
            ],
        },
    }  # fmt: skip
    told = "; ".join(f"{row[1]}: {row[2]} at first, {row[-1]} in the end" for row in table)
    after = (*(f"After {t}" for t in (1, 6, 12)), f"After {len(found[0].mean[0]) - 1}")
    return Chart(
        "beliefs",
        "What the others come to believe",
        "Thick: how likely the others hold the type that the actor really is; dashed: the others of its types. By Bayes' "
        f"rule from the public signals of the plan, the others keeping it; the mean of {found[0].runs} courses of events. A line "
        "that stays where it starts says that nothing tells the types apart.",
        spec,
        Table("beliefs", ("Actor", "In truth", "Believed at first", *after), tuple(table)),
        f"How strongly the true type is believed. {told}.",
    )  # fmt: skip


def credibility(case: Case, found: Sequence[Credibility], most: int = MOST_DRAWN) -> Chart | None:
    """Draw the record: how likely each actor keeps a promise of each kind, with the central 90 percent.

    Parameters
    ----------
    case : Case
    found : sequence of Credibility
    most : int
        How many are drawn: the kinds with most promises on record. The table has every level.

    Returns
    -------
    Chart or None
        None where no promise is on record.
    """
    if not found:
        return None
    palette = colours(case)
    order = sorted(found, key=lambda c: (_place(case, c.actor), -c.promises))
    by_kind = [c for c in order if c.kind is not None and c.addressee is None]
    drawn = sorted(by_kind, key=lambda c: -c.promises)[:most]
    rows, table = [], []
    for c in order:
        tone = palette.get(_owner(case, c.actor), QUIET)
        who, kind = _name(case, c.actor), spoken(c.kind) if c.kind else "promises of every kind"
        label = f"{who}: {kind[:1].lower()}{kind[1:]}"
        if c in drawn:
            rows.append({"label": label, "mean": 100 * c.mean, "low": 100 * c.low, "high": 100 * c.high,
                         "said": f"{c.kept:g} of {c.promises:g}", "colour": tone})  # fmt: skip
        table.append(
            (who, kind, "anyone" if c.addressee is None else _name(case, c.addressee),
             f"{c.kept:g} of {c.promises:g}" + (f", {c.disputed} disputed" if c.disputed else ""),
             f"{percent(c.base_rate)}" + ("" if c.comparable else " (no comparable set)"), f"{percent(c.mean)}",
             f"{percent(c.low)} to {percent(c.high)}")
        )  # fmt: skip
    labels = list(dict.fromkeys(r["label"] for r in rows))
    tones = list(dict.fromkeys(r["colour"] for r in rows))
    x = {
        "type": "quantitative",
        "scale": {"domain": [0, 100]},
        "axis": {"title": "chance that it keeps such a promise, percent", "tickCount": 5},
    }
    y = {
        "field": "label",
        "type": "nominal",
        "sort": labels,
        "axis": {"title": None, "domain": False, "ticks": False, "labelFontSize": 11, "labelLimit": 230},
    }
    colour = {"field": "colour", "type": "nominal", "legend": None, "scale": {"domain": tones, "range": tones}}
    spec: dict[str, Any] = {
        "data": values(rows),
        "width": 150,
        "height": {"step": 17},
        "layer": [
            {"mark": {"type": "rule", "strokeWidth": 4, "opacity": 0.35},
             "encoding": {"x": {**x, "field": "low"}, "x2": {"field": "high"}, "y": y, "color": colour}},
            {"mark": {"type": "point", "filled": True, "size": 55, "opacity": 1},
             "encoding": {"x": {**x, "field": "mean"}, "y": y, "color": colour}},
            {"mark": {"type": "text", "align": "left", "dx": 5, "fontSize": 10.5, "color": INK},
             "encoding": {"x": {"value": 150}, "y": y, "text": {"field": "said"}}},
        ],
    }  # fmt: skip
    least = min(by_kind, key=lambda c: c.mean)
    columns = ("Actor", "Kind of promise", "To", "Kept", "Base rate", "Chance that it is kept", "90 percent interval")
    return Chart(
        "credibility",
        "Who has kept which promises",
        "Dots: the chance that a promise of the kind is kept, from the record (on the right: kept of those counted; half for one "
        "kept partly), shrunk to all promises of the actor and those to the base rate; bands: 90 percent. A band over nearly "
        "everything says that the record tells little.",
        spec,
        Table("credibility", columns, tuple(table)),
        f"Chance of keeping promises by actor and kind; least: {_name(case, least.actor)}, {spoken(least.kind or '')}, "
        f"{percent(least.mean)}.",
    )  # fmt: skip


def _owner(case: Case, key: str) -> str:
    """Return the actor of the case that someone on record is, or belongs to."""
    return next((a for a, actor in case.actors.items() if key == a or key in actor.members), key)


def _place(case: Case, key: str) -> tuple[int, str]:
    owner = _owner(case, key)
    return (list(case.actors).index(owner) if owner in case.actors else len(case.actors), key)


def _name(case: Case, key: str) -> str:
    if key in case.actors:
        return case.title_of("actors", key)
    owner = _owner(case, key)
    return (case.actors[owner].members[key].name if owner in case.actors else None) or spoken(key)
