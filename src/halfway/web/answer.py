"""The answer on one plan, tab by tab: each tab is a question, and only what is looked at is worked out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from halfway.brief.build import DRAWS, build
from halfway.brief.contents import Block, Page, Paragraph, Section
from halfway.brief.material import Material
from halfway.brief.sections.assumptions import LIMITS, assumptions, limits, reproduce
from halfway.brief.sections.comparable import comparable
from halfway.brief.sections.findings import findings
from halfway.brief.sections.front import conducted, front, remedies
from halfway.brief.sections.futures import futures
from halfway.brief.sections.holding import holding
from halfway.brief.sections.landing import landing
from halfway.brief.sections.leaving import leaving
from halfway.brief.sections.mending import mending
from halfway.brief.sections.packages import packages
from halfway.brief.sections.phases import phases, plan_diagram
from halfway.brief.sections.plans import plans
from halfway.brief.sections.room import room
from halfway.brief.sections.sides import sides
from halfway.brief.sections.sure import sure
from halfway.case.case import Case
from halfway.errors import HalfwayError
from halfway.progress import Progress
from halfway.seeds import DEFAULT_SEED
from halfway.space.compiled import CompiledCase, compile_case


@dataclass(frozen=True)
class Tab:
    """A question, and the sections that answer it.

    Attributes
    ----------
    key, title : str
    holds : tuple of str
        Keys of the sections that stand there, so that a figure finds its why.
    """

    key: str
    title: str
    holds: tuple[str, ...] = ()


TABS = (
    Tab("answer", "The answer"),
    Tab("plan", "The plan", ("timeline", "about", "diagram")),
    Tab("room", "In the room", ("room", "sides")),
    Tab("mend", "What to change", ("findings", "mending", "repair", "lacking")),
    Tab("hold", "Would it hold", ("holding", "comparable", "futures")),
    Tab("agree", "What could be agreed", ("packages", "leaving", "forecast")),
    Tab("hangs", "What it hangs on", ("sure", "plans")),
    Tab("sources", "Sources", ("assumptions", "limits", "reproduce")),
)
GAME = (Tab("answer", "The answer"), Tab("why", "Why"))
"""Of a case without a plan, or whose actors only rank states."""


class Answer(Protocol):
    """What is asked of a case, tab by tab."""

    @property
    def tabs(self) -> tuple[Tab, ...]:
        """The tabs in their order."""

    def sections(self, tab: str, progress: Progress) -> tuple[Section, ...]:
        """Work out what stands on a tab; the first section of the first tab is the front page."""


def answer_on(case: Case, plan: str | None) -> Answer:
    """Return the answer on a plan of a case; of a case without plans, on the conflict itself."""
    compiled = compile_case(case)
    if plan is not None and not compiled.space().ordinal:
        return PlanAnswer(compiled, plan)
    return GameAnswer(compiled, plan)


@dataclass(frozen=True)
class PlanAnswer:
    """The answer on a plan."""

    compiled: CompiledCase
    plan: str
    tabs: tuple[Tab, ...] = TABS

    @cached_property
    def material(self) -> Material:
        """Results, each computed once."""
        return Material(self.compiled, self.plan, self.compiled.case.plans[self.plan], DEFAULT_SEED, DRAWS, "analyst")

    def sections(self, tab: str, progress: Progress) -> tuple[Section, ...]:
        """Work out what stands on a tab."""
        found: list[Section] = []
        parts = _PARTS[tab]
        for done, (stage, part) in enumerate(parts):
            progress(stage, done, len(parts))
            try:
                found += part(self.material)
            except HalfwayError as refusal:
                why = "; ".join(f"{p.what}: {p.why}" for p in refusal.problems)
                found.append(Section(f"refused-{done}", stage, (Paragraph(f"Not answered: {why}."),)))
        return tuple(found)


@dataclass(frozen=True)
class GameAnswer:
    """The answer on a conflict without a plan."""

    compiled: CompiledCase
    plan: str | None
    tabs: tuple[Tab, ...] = GAME

    @cached_property
    def page(self) -> Page:
        """The brief."""
        return build(self.compiled, plan=self.plan)

    def sections(self, tab: str, progress: Progress) -> tuple[Section, ...]:
        """Work out what stands on a tab."""
        progress("What is stable", 0, 1)
        return (Section("front", "", self.page.answer),) if tab == "answer" else self.page.sections


def _front(material: Material) -> Iterable[Section]:
    return (Section("front", "", front(material, conducted(material), remedies(material))),)


def _about(material: Material) -> Iterable[Section]:
    yield phases(material)
    text = " ".join((material.plan.abstract or material.case.abstract or "").split())
    if text:
        yield Section("about", "The plan as its case describes it", (Paragraph(text),))
    picture: Block | None = plan_diagram(material)
    if picture is not None:
        yield Section("diagram", "The plan as a diagram", (picture,))


def _one(section: Callable[[Material], Section]) -> Callable[[Material], Iterable[Section]]:
    return lambda material: (section(material),)


_PARTS: dict[str, tuple[tuple[str, Callable[[Material], Iterable[Section]]], ...]] = {
    "answer": (("The front page", _front),),
    "plan": (("The plan", _about),),
    "room": (("Who is in the room", _one(room)), ("How far each side goes", _one(sides))),
    "mend": (("Findings", _one(findings)), ("What would make it hold", mending)),
    "hold": (
        ("Whether it holds", _one(holding)),
        ("What became of plans like it", _one(comparable)),
        ("How long it would last", _one(futures)),
    ),
    "agree": (
        ("What could be agreed", _one(packages)),
        ("Who would walk away", _one(leaving)),
        ("Where talks would land", landing),
    ),
    "hangs": (
        ("How sure it is", lambda m: (sure(m, conducted(m)),)),
        ("The plans compared", _one(plans)),
    ),
    "sources": (
        ("What it rests on", _one(assumptions)),
        ("What was not modelled", lambda m: (limits(m.case, LIMITS),)),
        ("How to reproduce it", lambda m: (reproduce(m.case, m.seed, m.name, m.draws, m.audience),)),
    ),
}
