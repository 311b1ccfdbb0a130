"""Everything a brief is written from: one case, one plan, and the results that its sections ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

from halfway.audit.commitment_figures import Figure, answered
from halfway.audit.run import AuditResult, audit
from halfway.case.case import Case
from halfway.case.plans import Plan
from halfway.conduct.game.compiled_plan import Study, study
from halfway.conduct.play.beliefs import Beliefs, beliefs
from halfway.conduct.play.run import Played, play
from halfway.conduct.result import ConductResult
from halfway.conduct.run import conduct
from halfway.conduct.verdicts.temptation import Kernel, compiled_kernel
from halfway.errors import Refusal
from halfway.explore.agreements import Agreements, agreements
from halfway.explore.compare import compare
from halfway.explore.comparison import CompareResult, PlanOutcome
from halfway.explore.first_changes import Step, first_changes
from halfway.explore.ledger import Ledger, ledgers
from halfway.explore.shifted_walk_aways import shifted_walk_aways
from halfway.settle.parties import natural_parties
from halfway.settle.result import SettleResult
from halfway.settle.run import settle
from halfway.space.compiled import CompiledCase
from halfway.space.plan.kept_path import PlanPath
from halfway.space.utilities.space import Space
from halfway.stability.result import StabilityResult
from halfway.stability.run import stability
from halfway.words.front_page import inside

Audience: TypeAlias = Literal["minister", "analyst", "class"]
"""For whom a brief is written."""

RUNS = 2_000
"""Futures of the plan that a brief plays."""

PLAYED_DRAWS = 1
"""Draws of the uncertain numbers among them; 1: their centres. Each takes as long as the first."""

BELIEF_PERIODS, BELIEF_RUNS = 12, 20


@dataclass(frozen=True)
class Material:
    """Results by question, each computed once and only when a section asks.

    Attributes
    ----------
    compiled : CompiledCase
    name : str
        The plan's name.
    plan : Plan
    seed : int
    draws : int
    audience : {"minister", "analyst", "class"}
        For whom the annex is written; the facts are the same.
    """

    compiled: CompiledCase
    name: str
    plan: Plan
    seed: int
    draws: int
    audience: Audience = "minister"

    @property
    def detailed(self) -> bool:
        """Whether the annex is written for analysts."""
        return self.audience == "analyst"

    @property
    def case(self) -> Case:
        """The case."""
        return self.compiled.case

    @property
    def space(self) -> Space:
        """The case as arrays."""
        return self.compiled.space()

    @property
    def path(self) -> PlanPath:
        """The plan when everyone keeps it."""
        return self.compiled.path(self.name)

    @cached_property
    def comparison(self) -> CompareResult:
        """All plans side by side."""
        return compare(self.compiled, draws=self.draws, seed=self.seed, graded=False)

    @property
    def outcome(self) -> PlanOutcome:
        """The plan's column of the comparison."""
        return self.comparison[self.name]

    @cached_property
    def findings(self) -> AuditResult:
        """The audit of the plan, by all rules."""
        return audit(self.compiled, plan=self.name, seed=self.seed)

    @cached_property
    def conduct(self) -> ConductResult:
        """Who would break the plan when, and why it pays."""
        return conduct(
            self.compiled,
            self.name,
            runs=0,
            seed=self.seed,
            with_thresholds=False,
            with_alternatives=False,
            with_enforcement=self.detailed,
        )

    @cached_property
    def study(self) -> Study:
        """The plan compiled."""
        return study(self.compiled, self.name)

    @cached_property
    def kernel(self) -> Kernel:
        """The plan compiled for verdicts."""
        return compiled_kernel(self.compiled, self.name)

    @cached_property
    def penalties(self) -> Mapping[str, Figure]:
        """The plan's answers to a breach by what they are for, each with the one from whom it takes most."""
        found: dict[str, Figure] = {}
        for figure in answered(self.study):
            trigger = self.plan.phases[figure.phase].on[figure.trigger or 0]
            name = trigger.name or ""
            if name not in found or figure.value > found[name].value:
                found[name] = figure
        return found

    @cached_property
    def played(self) -> Played:
        """Futures of the plan, every actor doing what pays its type."""
        return play(self.study, RUNS, self.seed, draws=PLAYED_DRAWS)

    @cached_property
    def believed(self) -> tuple[Beliefs, ...]:
        """What others come to believe of actors with types."""
        periods = min(self.case.horizon, BELIEF_PERIODS)
        found = (beliefs(self.study, name, periods, BELIEF_RUNS, self.seed) for name in self.space.actors)
        return tuple(b for b in found if b is not None)

    @cached_property
    def main_actors(self) -> tuple[str, ...]:
        """The two sides, those whom the plan says it serves, and owners outside the room; all, where there are none such."""
        seats = self.case.seats(self.plan)
        owners = {owner for issue in self.case.issues.values() for owner in issue.owner}
        named = {*(self.case.pair(self.plan) or ()), *(a for aim in self.plan.aims for a in aim.for_)}
        named |= {a for a in owners if a in seats and seats[a].seat != "party"}
        return tuple(a for a in self.case.actors if a in named) or tuple(self.case.actors)

    @cached_property
    def settled(self) -> SettleResult:
        """What the signatories of this plan could agree on."""
        return settle(self.compiled, plan=self.name, seed=self.seed)

    @cached_property
    def concerned(self) -> SettleResult | None:
        """What those who set or own what is at stake could agree on; None where that cannot be worked out."""
        parties = natural_parties(self.case)
        if len(parties) < 2:
            return None
        try:
            return settle(self.compiled, self.name, parties=parties, seed=self.seed)
        except Refusal:
            return None

    @cached_property
    def ledgers(self) -> dict[str, Ledger] | None:
        """What each of the two sides gives and gets."""
        return ledgers(self.compiled, self.name)

    @cached_property
    def first_changes(self) -> tuple[Step, ...]:
        """Issues left as they are today, one after another, and what that buys the signatories."""
        return tuple(first_changes(self.compiled, self.name))

    @cached_property
    def shifted(self) -> tuple[tuple[str, float, float], ...]:
        """Whose walk-away the phases of the plan move: actor, before, after."""
        space, found = self.space, {}
        for phase in self.plan.phases:
            for actor, after in shifted_walk_aways(self.compiled, self.name, phase).items():
                found[actor] = (float(space.walk_away[space.actor(actor)]), after)
        return tuple((actor, before, after) for actor, (before, after) in found.items())

    @cached_property
    def agreements(self) -> Agreements | None:
        """What the signatories could accept and could then make hold; None where that cannot be worked out."""
        try:
            own = self.path.long_run_packages()[0][0]
            return agreements(self.compiled, self.name, seed=self.seed, package=own)
        except Refusal:
            return None

    def stability(self) -> StabilityResult:
        """Judge who would walk away from this plan's packages; asked once, and as large as the space: it is not kept."""
        return stability(
            self.compiled,
            plan=self.name,
            concepts=("nash", "gmr", "seq") if self.detailed else ("seq",),
            seed=self.seed,
        )

    def inside(self, key: str) -> str:
        """Return what an actor is called inside a sentence."""
        return inside(self.actor(key))

    def actor(self, key: str) -> str:
        """Return what an actor is called."""
        for group in self.case.actors.values():
            if key in group.members:
                return group.members[key].name or key
        return self.case.title_of("actors", key)

    def issue(self, key: str, option: str | None = None) -> str:
        """Return what an issue, or one of its options, is called."""
        return self.case.title_of("issues", key) if option is None else self.case.title_of("issues", key, option)
