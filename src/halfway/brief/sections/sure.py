"""How sure the answers are, and which inputs would turn them."""

from __future__ import annotations

from halfway.brief.contents import Listing, Paragraph, Section
from halfway.brief.material import Material
from halfway.brief.sections.front import Conducted
from halfway.case.estimates import Estimate
from halfway.explore.break_evens import BreakEven, break_evens
from halfway.words.exploration import input_named
from halfway.words.front_page import capital
from halfway.words.shares import percent

SHOWN = 3
"""Inputs that are named."""


def sure(material: Material, data: Conducted) -> Section:
    """Return in how many draws the front page's verdicts stand, and the single numbers that would turn them."""
    said = [*_consent(material), *_served(material), *_kept(material, data), *_inputs(material)]
    lead = (
        f"Every uncertain number was drawn {material.draws:,} times from its stated range. The shares below say how often "
        "a verdict stands; they are not forecasts."
    )
    return Section("sure", "How sure, and what the answer hangs on", (Paragraph(lead), Listing(tuple(said))))


def _consent(material: Material) -> list[str]:
    out = []
    for name in material.case.signatories(material.plan):
        found = material.outcome.actors[name]
        share = found.no_worse_than_walk_away
        centre = found.over_walk_away.centre >= -1e-9
        verdict = "at least as well off as" if centre else "worse off than"
        out.append(
            f"{capital(material.inside(name))} {verdict} without a deal: {percent(share if centre else 1 - share)} of draws."
        )
    return out


def _served(material: Material) -> list[str]:
    out = []
    for name in dict.fromkeys(a for aim in material.plan.aims for a in aim.for_):
        found = material.outcome.actors.get(name)
        if found is None or found.over_status_quo is None or found.better_than_status_quo is None:
            continue
        better = found.over_status_quo.centre > 1e-9
        share = found.better_than_status_quo if better else 1 - found.better_than_status_quo
        verdict = "better off than today" if better else "no better off than today"
        out.append(f"{capital(material.inside(name))} {verdict}: {percent(share)} of draws.")
    return out


def _kept(material: Material, data: Conducted) -> list[str]:
    if isinstance(data, str):
        return []
    judged = material.conduct.verdict
    out = []
    for name, found in judged.actors.items():
        if found.points > judged.trifling and found.share is not None:
            share = found.share.materially
            out.append(
                f"{capital(material.inside(name))} tempted to a breach that harms others: {percent(share)} of draws."
            )
    if judged.border:
        out.append("Whether the plan would be kept is on the border: it changes with what counts as material harm.")
    return out


def _inputs(material: Material) -> list[str]:
    """Name the numbers of the signatory nearest to the line that would turn whether it signs."""
    margins = {a: material.outcome.actors[a].over_walk_away.centre for a in material.case.signatories(material.plan)}
    if not margins:
        return []
    short = {a: m for a, m in margins.items() if m < 0}
    name = min(short, key=lambda a: short[a]) if short else min(margins, key=lambda a: margins[a])
    own = f"actors/{name}/"

    def asked(path: str, estimate: Estimate) -> bool:
        return path.startswith(own) and not estimate.certain

    turning = [b for b in break_evens(material.compiled, material.name, name, only=asked) if b.within]
    verb = "make" if short else "keep"
    what = f"{verb} {material.inside(name)} {'sign' if short else 'from signing'}"
    if not turning:
        return [f"No single number of its own, anywhere in its 90 percent range, would {what}."]
    named = "; ".join(_turn(material, b) for b in turning[:SHOWN])
    return [f"Any of these alone would {what}: {named}."]


def _turn(material: Material, one: BreakEven) -> str:
    return f"{input_named(material.case, one.input)} at {one.at:.3g} instead of {one.centre:.3g}"
