"""Results → the contents of a brief, in the order in which it is read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

from halfway._version import __version__
from halfway.brief.contents import Block, Figure, Page, Paragraph, Section
from halfway.brief.material import Material
from halfway.brief.sections.assumptions import assumptions, limits, reproduce
from halfway.brief.sections.comparable import comparable
from halfway.brief.sections.findings import findings
from halfway.brief.sections.front import Conducted, conducted, front, remedies
from halfway.brief.sections.futures import futures
from halfway.brief.sections.holding import holding
from halfway.brief.sections.landing import landing
from halfway.brief.sections.leaving import leaving
from halfway.brief.sections.mending import mending
from halfway.brief.sections.packages import packages
from halfway.brief.sections.phases import phases, plan_diagram
from halfway.brief.sections.plans import plans
from halfway.brief.sections.room import room
from halfway.brief.sections.sides import found, sides
from halfway.case.case import Case
from halfway.conduct.game.compiled_plan import study
from halfway.conduct.play.run import Played
from halfway.conduct.play.survival import Survival, survival
from halfway.errors import Refusal
from halfway.explore.compare import DRAWS
from halfway.progress import Progress, silent
from halfway.seeds import DEFAULT_SEED
from halfway.space.compiled import CompiledCase, compile_case

T = TypeVar("T")


def build(
    case: Case | CompiledCase,
    *,
    plan: str | None = None,
    seed: int = DEFAULT_SEED,
    draws: int = DRAWS,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Page:
    """Write the contents of the brief on one plan of a case.

    Parameters
    ----------
    case : Case or CompiledCase
    plan : str, optional
        Default: the first plan of the case.
    seed, draws : int
    executor : Executor, optional
        Where faults and conduct are worked out while the other sections are written; the page is the same without it.
    progress : callable, optional
        Told the section that is being written.

    Raises
    ------
    Refusal
        Where the case has no plan, or an actor that only ranks states.
    """
    compiled = compile_case(case)
    case = compiled.case
    name, chosen = case.plan(plan)
    material = Material(compiled, name, chosen, seed, draws)
    material.space.require_cardinal("a brief")
    aside = _Aside(material, executor)
    holds = aside.ask(conduct_parts)
    audited = aside.ask(fault_parts)
    played = aside.ask(played_parts)
    mended = aside.ask(mending)
    lasting = {p: aside.ask(survival_of, p) for p in case.plans}
    stages = _Stages(progress or silent)
    stages.begin("phases and seats")
    before = [phases(material), room(material)]
    stages.begin("what could be agreed")
    after = [packages(material)]
    stages.begin("where talks would land")
    after += landing(material)
    stages.begin("who would walk away")
    after += [leaving(material)]
    stages.begin("the plans side by side")
    after += [plans(material), assumptions(material), limits(material), reproduce(material)]
    if executor is not None:
        # Drawn now, the pictures cost nothing while the other process is still at work.
        draw(block for section in (*before, *after) for block in section.blocks)
    stages.begin("whether it holds")
    headline, held, picture, data = holds()
    if picture is not None:
        before[0] = replace(before[0], blocks=(*before[0].blocks, picture))
    draw((*held.blocks, *before[0].blocks))
    stages.begin("how long it would last")
    lives = {p: ask() for p, ask in reversed(lasting.items())}
    stages.begin("its faults")
    said, wrong, mends = audited()
    stages.begin("what would make it hold")
    repaired = mended()
    stages.begin("futures")
    ahead = futures(material, [s for p in case.plans if (s := lives[p]) is not None], played())
    sentences = tuple(s for s in (headline, said) if s)
    about = " ".join((chosen.abstract or case.abstract or "").split())
    if about:
        before[0] = replace(before[0], blocks=(Paragraph(about), *before[0].blocks))
    return Page(
        title=f"{case.title or case.name}: {case.title_of('plans', name)}",
        answer=front(material, data, mends),
        sections=(sides(material, sentences), *before, wrong, held, comparable(material), *repaired, ahead, *after),
        generator=f"Halfway {__version__}",
    )


def draw(blocks: Iterable[Block]) -> None:
    """Draw the pictures among some blocks; they keep what was drawn."""
    for block in blocks:
        if isinstance(block, Figure):
            block.chart.svg()
            if block.narrow is not None:
                block.narrow.svg()


class _Stages:
    """Counts the stages of the work, and tells of each as it begins."""

    COUNT = 9

    def __init__(self, say: Progress) -> None:
        self.say, self.done = say, 0

    def begin(self, stage: str) -> None:
        """Tell of a stage."""
        self.say(stage, self.done, self.COUNT)
        self.done += 1


class _Aside:
    """Work that another process may do meanwhile: what it has not begun when the answer is wanted is done here."""

    def __init__(self, material: Material, executor: Executor | None) -> None:
        self.material, self.executor = material, executor

    def ask(self, function: Callable[..., T], *arguments: Any) -> Callable[[], T]:
        """Ask for something about the plan; calling what is returned gives the answer."""
        here = partial(function, self.material, *arguments)
        if self.executor is None:
            return here
        known = self.material
        fresh = Material(CompiledCase(known.case), known.name, known.plan, known.seed, known.draws)
        future = self.executor.submit(_there, function, fresh, *arguments)
        return lambda: here() if future.cancel() else future.result()


_there_known: dict[tuple[Any, ...], Material] = {}


def _there(function: Callable[..., T], material: Material, *arguments: Any) -> T:
    """Answer in the other process; what one answer rests on is kept for the next."""
    key = (material.case.content_hash, material.name, material.seed, material.draws)
    return function(_there_known.setdefault(key, material), *arguments)


def conduct_parts(material: Material) -> tuple[str, Section, Figure | None, Conducted]:
    """Return a sentence on conduct, the section on it, the plan as a diagram, and what `conduct` answers."""
    return *holding(material), plan_diagram(material), conducted(material)


def fault_parts(material: Material) -> tuple[str, Section, tuple[str, ...]]:
    """Return a sentence on the plan's faults, the section on them, and what would mend the gravest."""
    return found(material), findings(material), remedies(material)


def played_parts(material: Material) -> Played | str:
    """Return the plan played out, or why it cannot be."""
    try:
        return material.played
    except Refusal as refusal:
        return "; ".join(f"{p.what}: {p.why}" for p in refusal.problems)


def survival_of(material: Material, plan: str) -> Survival | None:
    """Return how long one plan of the case goes unbroken; None where its conduct is too large to compile."""
    try:
        return survival(study(material.compiled, plan))
    except Refusal:
        return None
