"""Results → the contents of a brief, in the order in which it is read."""

from __future__ import annotations

from halfway._version import __version__
from halfway.brief.contents import Page, Section
from halfway.brief.material import Material
from halfway.brief.sections.answer import answer
from halfway.brief.sections.assumptions import assumptions, limits, reproduce
from halfway.brief.sections.findings import findings
from halfway.brief.sections.landing import landing
from halfway.brief.sections.leaving import leaving
from halfway.brief.sections.packages import packages
from halfway.brief.sections.phases import phases
from halfway.brief.sections.plans import plans
from halfway.brief.sections.room import room
from halfway.case.case import Case
from halfway.explore.compare import DRAWS
from halfway.seeds import DEFAULT_SEED


def build(case: Case, *, plan: str | None = None, seed: int = DEFAULT_SEED, draws: int = DRAWS) -> Page:
    """Write the contents of the brief on one plan of a case.

    Raises
    ------
    Refusal
        Where the case has no plan, or an actor that only ranks states.
    """
    name, chosen = case.plan(plan)
    material = Material(case, name, chosen, seed, draws)
    material.space.require_cardinal("a brief")
    sections: list[Section] = [
        phases(material),
        room(material),
        findings(material),
        packages(material),
        *landing(material),
        leaving(material),
        plans(material),
        assumptions(material),
        limits(material),
        reproduce(material),
    ]
    about = " ".join((chosen.abstract or case.abstract or "").split())
    return Page(
        title=f"{case.title or case.name}: {case.title_of('plans', name)}",
        subtitle=about,
        answer=answer(material),
        sections=tuple(sections),
        generator=f"Halfway {__version__}",
    )
