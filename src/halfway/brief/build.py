"""Results → the contents of a brief: a front page, a second page, an annex."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from halfway._version import __version__
from halfway.brief.contents import Page, Paragraph, Section
from halfway.brief.facts import facts, since
from halfway.brief.material import Audience, Material
from halfway.brief.sections.assumptions import LIMITS, assumptions, limits, reproduce
from halfway.brief.sections.comparable import comparable
from halfway.brief.sections.findings import findings
from halfway.brief.sections.front import Conducted, byline, conducted, front, remedies
from halfway.brief.sections.futures import futures
from halfway.brief.sections.holding import holding
from halfway.brief.sections.landing import landing
from halfway.brief.sections.leaving import leaving
from halfway.brief.sections.lesson import definitions, game_questions, questions
from halfway.brief.sections.mending import mending
from halfway.brief.sections.packages import packages
from halfway.brief.sections.phases import phases, plan_diagram
from halfway.brief.sections.plans import plans
from halfway.brief.sections.room import room
from halfway.brief.sections.sides import sides
from halfway.brief.sections.sure import sure
from halfway.brief.textbook import asked, game_front, game_sections
from halfway.case.case import Case
from halfway.errors import Refusal
from halfway.progress import Progress, silent
from halfway.seeds import DEFAULT_SEED
from halfway.space.compiled import CompiledCase, compile_case

DRAWS = 64
"""Draws of the uncertain numbers that a brief's intervals rest on."""
STAGES = 8


def build(
    case: Case | CompiledCase,
    *,
    plan: str | None = None,
    seed: int = DEFAULT_SEED,
    draws: int = DRAWS,
    audience: Audience = "minister",
    full: bool = False,
    earlier: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> Page:
    """Write the contents of the brief on one plan of a case; of a case without plans, on the conflict itself.

    Parameters
    ----------
    case : Case or CompiledCase
    plan : str, optional
        Default: the first plan of the case.
    seed, draws : int
    audience : {"minister", "analyst", "class"}
        For whom the annex is written; the facts are the same.
    full : bool
        Whether the annex is open, and printed.
    earlier : mapping, optional
        The facts of an earlier brief, with which these are compared.
    progress : callable, optional
        Told the section that is being written.

    Raises
    ------
    Refusal
        Where there is no such plan.
    """
    compiled = compile_case(case)
    say = progress or silent
    begun = _begun(compiled, plan, seed, draws, audience, say)
    if isinstance(begun, str):
        return _game(compiled.case, seed, audience, full, say, begun)
    material, data, page = begun
    say("the second page", 1, STAGES)
    second = [phases(material), room(material), findings(material), sure(material, data)]
    if earlier is not None:
        second.insert(0, since(material, page.facts, earlier))
    return replace(page, second=tuple(second), annex=tuple(_annex(material, say)), full=full)


def build_front(
    case: Case | CompiledCase,
    *,
    plan: str | None = None,
    seed: int = DEFAULT_SEED,
    draws: int = DRAWS,
    progress: Progress | None = None,
) -> Page:
    """Write the front page alone, as `build` does: the rest is left empty where there is a plan.

    Raises
    ------
    Refusal
        Where there is no such plan.
    """
    compiled = compile_case(case)
    say = progress or silent
    begun = _begun(compiled, plan, seed, draws, "minister", say)
    return _game(compiled.case, seed, "minister", False, say, begun) if isinstance(begun, str) else begun[2]


def _begun(
    compiled: CompiledCase, plan: str | None, seed: int, draws: int, audience: Audience, say: Progress
) -> tuple[Material, Conducted, Page] | str:
    """Return the material and the front page; a text where there is no plan, or says why none can be judged."""
    case = compiled.case
    if not case.plans:
        if plan is not None:
            case.plan(plan)
        return ""
    name, chosen = case.plan(plan)
    material = Material(compiled, name, chosen, seed, draws, audience)
    try:
        material.space.require_cardinal("a brief on a plan")
    except Refusal as refusal:
        return "; ".join(f"{p.what}: {p.why}" for p in refusal.problems)
    say("the front page", 0, STAGES)
    data = conducted(material)
    page = Page(
        title=f"{case.title or case.name}: {case.title_of('plans', name)}",
        answer=front(material, data, remedies(material)),
        second=(),
        annex=(),
        full=False,
        generator=f"Halfway {__version__}",
        facts=facts(material, data),
    )
    return material, data, page


def _annex(material: Material, say: Progress) -> Iterator[Section]:
    about = " ".join((material.plan.abstract or material.case.abstract or "").split())
    if material.audience == "class":
        yield from (questions(material), definitions())
    if about:
        yield Section("about", "The plan as its case describes it", (Paragraph(about),))
    yield sides(material)
    say("whether it holds", 2, STAGES)
    yield holding(material)
    yield comparable(material)
    if material.detailed and (picture := plan_diagram(material)) is not None:
        yield Section("diagram", "The plan as a diagram", (picture,))
    say("what would make it hold", 3, STAGES)
    yield from mending(material)
    say("how long it would last", 4, STAGES)
    yield futures(material)
    say("what could be agreed", 5, STAGES)
    yield packages(material)
    say("who would walk away", 6, STAGES)
    yield leaving(material)
    yield from landing(material)
    say("the plans compared", 7, STAGES)
    case, seed = material.case, material.seed
    yield from (
        plans(material),
        assumptions(material),
        limits(case, LIMITS),
        reproduce(case, seed, material.name, material.draws, material.audience),
    )


def _game(case: Case, seed: int, audience: Audience, full: bool, say: Progress, why: str = "") -> Page:
    """Write the brief on a case without a plan, or whose actors only rank states."""
    say("what is stable", 0, 1)
    result = asked(case, seed)
    second, annex = game_sections(case, result)
    answer = game_front(case, result)
    if why:
        answer = (*answer, Paragraph(f"**Its plans** are not judged here: {why}.", "lead"))
    lesson = (game_questions(case),) if audience == "class" else ()
    return Page(
        title=case.title or case.name,
        answer=(*((Paragraph(line, "byline"),) if (line := byline(case, points=False)) else ()), *answer),
        second=second,
        annex=(*lesson, *annex, limits(case), reproduce(case, seed, audience=audience)),
        full=full,
        generator=f"Halfway {__version__}",
        facts={} if isinstance(result, str) else {"equilibria": {c: result.equilibria(c) for c in result.stable}},
    )
