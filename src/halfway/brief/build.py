"""Results → the contents of a brief, in the order in which it is read."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Executor
from dataclasses import replace

from halfway._version import __version__
from halfway.brief.contents import Block, Figure, Page, Section
from halfway.brief.material import Material
from halfway.brief.sections.answer import answer, found
from halfway.brief.sections.assumptions import assumptions, limits, reproduce
from halfway.brief.sections.findings import findings
from halfway.brief.sections.futures import futures
from halfway.brief.sections.holding import holding
from halfway.brief.sections.landing import landing
from halfway.brief.sections.leaving import leaving
from halfway.brief.sections.packages import packages
from halfway.brief.sections.phases import phases, plan_diagram
from halfway.brief.sections.plans import plans
from halfway.brief.sections.room import room
from halfway.case.case import Case
from halfway.explore.compare import DRAWS
from halfway.seeds import DEFAULT_SEED


def build(
    case: Case,
    *,
    plan: str | None = None,
    seed: int = DEFAULT_SEED,
    draws: int = DRAWS,
    executor: Executor | None = None,
) -> Page:
    """Write the contents of the brief on one plan of a case.

    Parameters
    ----------
    case : Case
    plan : str, optional
        Default: the first plan of the case.
    seed, draws : int
    executor : Executor, optional
        Where the sections on faults and conduct are written while the others are; the page is the same without it.

    Raises
    ------
    Refusal
        Where the case has no plan, or an actor that only ranks states.
    """
    name, chosen = case.plan(plan)
    material = Material(case, name, chosen, seed, draws)
    material.space.require_cardinal("a brief")
    aside = None if executor is None else executor.submit(faults, Material(case, name, chosen, seed, draws))
    before = [phases(material), room(material)]
    after = [
        packages(material),
        *landing(material),
        leaving(material),
        plans(material),
        assumptions(material),
        limits(material),
        reproduce(material),
    ]
    if aside is None:
        sentences, wrong, drawn = faults(material)
    else:
        # Drawn now, the pictures cost nothing while the other sections are still being written.
        draw(block for section in (*before, *after) for block in section.blocks)
        sentences, wrong, drawn = aside.result()
    if drawn is not None:
        before[0] = replace(before[0], blocks=(*before[0].blocks, drawn))
    about = " ".join((chosen.abstract or case.abstract or "").split())
    subject = "The plan." if chosen.abstract else "The case."
    return Page(
        title=f"{case.title or case.name}: {case.title_of('plans', name)}",
        subtitle=(subject, about) if about else None,
        answer=answer(material, sentences),
        sections=(*before, *wrong, *after),
        generator=f"Halfway {__version__}",
    )


def draw(blocks: Iterable[Block]) -> None:
    """Draw the pictures among some blocks; they keep what was drawn."""
    for block in blocks:
        if isinstance(block, Figure):
            block.chart.svg()
            if block.narrow is not None:
                block.narrow.svg()


def faults(material: Material) -> tuple[tuple[str, ...], tuple[Section, ...], Figure | None]:
    """Return what the first screen says of the plan's faults, the sections on them, and the plan as a diagram."""
    headline, section = holding(material)
    wrong = (findings(material), section, futures(material))
    picture = plan_diagram(material)
    draw(block for one in wrong for block in one.blocks)
    draw([picture] if picture is not None else [])
    return tuple(s for s in (headline, found(material)) if s), wrong, picture
