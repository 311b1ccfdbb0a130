"""`propose`: what the parties could sign, and a plan that gets there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from halfway._version import __version__
from halfway.case.case import Case
from halfway.case.notes import without_value
from halfway.case.plans import Plan
from halfway.case.support import ask
from halfway.conduct.game.compiled_plan import study
from halfway.conduct.play.participation import consent
from halfway.conduct.play.ratification import answers_at_centre
from halfway.conduct.verdicts.grades import NAMES as GRADES
from halfway.conduct.verdicts.grades import Verdict, judge_quickly
from halfway.conduct.verdicts.temptation import compiled_kernel
from halfway.errors import Problem, Refusal, unknown
from halfway.explore.propose.designs import MOST_STEPS, Design, plan_data
from halfway.explore.propose.opening import opening_phases
from halfway.explore.propose.penalties import Ground, ground
from halfway.explore.propose.result import Aim, FoundPlan, ProposeResult, Rival, Searched, Step
from halfway.explore.propose.search import Found, Search, Tally
from halfway.explore.propose.sequences import Order, orders
from halfway.explore.propose.targets import SOLUTIONS, Target, targets
from halfway.explore.propose.text import with_plan_in_text
from halfway.progress import Progress, silent
from halfway.result import Provenance
from halfway.seeds import DEFAULT_SEED
from halfway.settle.bodies import bodies_of
from halfway.settle.parties import NATURAL, named_parties
from halfway.settle.result import Number
from halfway.settle.too_large import refusing_what_is_too_large
from halfway.space.compiled import CompiledCase, compile_case
from halfway.tolerances import GAIN

MOST = 120
"""Designs looked at for each package."""

AIMS = 2
"""Packages that plans are built for."""

TOGETHER = 3
"""Issues that change at one step, at most."""


def propose(
    case: Case | CompiledCase,
    *,
    parties: Sequence[str] = (NATURAL,),
    solution: str = "nash",
    plan: str | None = None,
    keep: Sequence[str] = (),
    name: str = "found",
    aims: int = AIMS,
    most: int = MOST,
    together: int = TOGETHER,
    text: bool = True,
    seed: int = DEFAULT_SEED,
    progress: Progress | None = None,
) -> ProposeResult:
    """Say what the parties could sign, and build a plan that gets there.

    Parameters
    ----------
    case : Case or CompiledCase
    parties : sequence of str
        Who signs. Default: those who set or own what is at stake.
    solution : str
        By which packages are ranked: ``nash``, ``kalai_smorodinsky``, ``egalitarian`` or ``utilitarian``.
    plan : str, optional
        The plan whose headline, roles and kept phases are taken over; the first of the case by default.
    keep : sequence of str
        Phases of that plan to open with, as they stand.
    name : str
        What the plan is called.
    aims : int
        How many packages plans are built for: half of them first by the solution, the others by the chance that all
        accept them.
    most : int
        The most designs looked at for each.
    together : int
        The most issues that change at one step.
    text : bool
        Whether to write the case with the plan out.
    seed : int
        For draws.
    progress : callable, optional

    Raises
    ------
    Refusal
        Where the case states no status quo, names are unknown, an actor only ranks states, or the case is too large.
    """
    compiled = compile_case(case)
    with refusing_what_is_too_large(compiled.space()):
        return _Proposal(
            compiled, parties, solution, plan, keep, name, aims, most, together, seed, progress or silent
        ).result(text)


class _Proposal:
    """One call of `propose`."""

    def __init__(
        self, compiled: CompiledCase, parties: Sequence[str], solution: str, plan: str | None, keep: Sequence[str],
        name: str, aims: int, most: int, together: int, seed: int, watch: Progress,
    ) -> None:  # fmt: skip
        self.compiled, self.case, self.space = compiled, compiled.case, compiled.space()
        self.space.require_cardinal("what to propose")
        ask(self.case, "explore")
        if self.space.status_quo is None:
            raise Refusal([Problem("R062", "there is nothing to start from", "the case states no status quo",
                                   "add 'status_quo'", self.case.place("name"))])  # fmt: skip
        if solution not in SOLUTIONS:
            raise unknown("solution", solution, SOLUTIONS)
        if name in self.case.plans:
            raise Refusal([Problem("R062", f"the plan cannot be called '{name}'", "the case has a plan of that name",
                                   "give another name", self.case.place("plans", name))])  # fmt: skip
        self.parties = named_parties(self.case, parties)
        if len(self.parties) < 2:
            why = "a plan takes at least two parties, and " + (
                f"{self.parties[0]} is alone" if self.parties else "there is none"
            )
            raise Refusal(
                [Problem("R062", "there is nobody to agree", why, "name the parties", self.case.place("actors"))]
            )
        self.template: Plan | None = None
        template_name: str | None = None
        if plan is not None or self.case.plans:
            template_name, self.template = self.case.plan(plan)
        self.opening = opening_phases(self.case, self.template, template_name, keep)
        self.solution, self.name, self.aims, self.most, self.together = solution, name, aims, most, together
        self.seed, self.watch = seed, watch
        owners = {a for issue in self.case.issues.values() for a in issue.owner if a in self.case.actors}
        self.served = tuple(self.space.actor(a) for a in self.space.actors if a in owners or a in self.parties)
        self.rows = tuple(self.space.actor(a) for a in self.parties)

    def result(self, text: bool) -> ProposeResult:
        """Do it all."""
        self.watch("packages", 0, None)
        listed = targets(self.compiled, self.parties, self.solution, self.seed)
        best: tuple[Target, Found, Verdict] | None = None
        known: dict[int, tuple[float, int]] = {}
        tally = Tally()
        chosen = self._chosen(listed.ranked)
        for number, target in enumerate(chosen):
            search = self._search(target, number, len(chosen))
            for part in ("designs", "judged", "cut", "refused", "left", "beside"):
                setattr(tally, part, getattr(tally, part) + getattr(search.tally, part))
            for found in search.runners_up:
                self.watch("grades", 0, None)
                verdict = judge_quickly(found.kernel, self.seed)
                if target.place not in known or verdict.grade < known[target.place][1]:
                    known[target.place] = (found.worst, verdict.grade)
                if best is None or (verdict.grade, *found.rank) < (best[2].grade, *best[1].rank):
                    best = target, found, verdict
        found_plan = None if best is None else self._found(*best)
        # Nothing is better than no temptation at all.
        least = found_plan.worst if found_plan is not None and tally.left else 0.0
        return ProposeResult(
            parties=self.parties,
            solution=self.solution,
            acceptable=Number(listed.acceptable.low, listed.acceptable.high),
            ratified=Number(listed.ratified.low, listed.ratified.high),
            own=Number(listed.own.low, listed.own.high),
            aims=tuple(self._aim(t, known) for t in listed.ranked),
            found=found_plan,
            rivals=tuple(self._rival(n) for n in self.case.plans),
            searched=Searched(
                len(chosen), tally.designs, tally.judged, tally.cut, tally.refused, tally.left, tally.beside,
                tally.left == 0, least,
            ),
            provenance=Provenance(
                case=self.case.name,
                case_hash=self.case.content_hash,
                method="packages from the Pareto frontier; orders of steps by subsets; a grid of designs, cut by temptation",
                parameters={"parties": list(self.parties), "solution": self.solution, "keep": list(self.opening),
                            "aims": self.aims, "most": self.most, "together": self.together},
                seed=self.seed,
                taken_as_indifferent=without_value(self.case, *self.case.plans),
            ),
            text=with_plan_in_text(self.case, self.name, found_plan.plan) if text and found_plan is not None else None,
        )  # fmt: skip

    def _chosen(self, ranked: Sequence[Target]) -> list[Target]:
        """Return the packages to build plans for: the first by the solution, then the surest by chance."""
        first: list[Target] = []
        by_chance = sorted(ranked, key=lambda t: (-t.chance, t.place))
        for wanted, queue in (((self.aims + 1) // 2, ranked), (self.aims, by_chance)):
            for target in queue:
                if len(first) >= wanted:
                    break
                if all(target is not t for t in first) and self._orders(target):
                    first.append(target)
        return first

    def _orders(self, target: Target) -> dict[int, Order]:
        start = self.space.status_quo
        assert start is not None
        return self.compiled.once(
            ("orders", target.package.tobytes(), self.rows, self.together),
            lambda: orders(self.space, start, target.package, self.rows, MOST_STEPS, self.together),
        )

    def _search(self, target: Target, number: int, count: int) -> Search:
        on = ground(self.space, self.rows, self.served, target.package, float(self.case.material))
        header = self._header(on, target)

        def write(order: Order, design: Design) -> Mapping[str, Any]:
            return plan_data(self.case, on, order, design, header, self.opening)

        search = Search(self.compiled, self.name, on, self._orders(target), write, self.most)
        stage = f"designs for package {number + 1} of {count}"
        search.run(lambda done: self.watch(stage, done, self.most))
        return search

    def _header(self, on: Ground, target: Target) -> dict[str, Any]:
        case = self.case
        outside = [self.space.actors[a] for a in on.served if self.space.actors[a] not in self.parties]
        pair = case.pair(self.template)
        sides = list(pair) if pair is not None and set(pair) <= set(self.parties) else list(self.parties[:2])
        by = self.template.proposer if self.template is not None else None
        proposer = by if by in self.parties else sides[0]
        away = float(self.space.walk_away[self.space.actor(proposer)])
        must = {self.space.issues[i]: self.space.options[i][int(target.package[i])] for i in on.bound
                if target.package[i] != on.start[i]}  # fmt: skip
        bottom: dict[str, Any] = {"by": proposer}
        bottom |= {"utility": round(away, 4)} if 0 <= away <= 100 else {"must": must}
        roles: dict[str, Any] = {}
        if self.template is not None and self.template.roles.verifier:
            roles = {"verifier": [a for a in self.template.roles.verifier if a not in self.parties]}
        return {
            "title": "A plan that these parties could sign",
            "abstract": f"Found by `halfway propose` {__version__}, not by a person: it leads to package {target.place} of the "
            f"frontier by the {self.solution.replace('_', '–').title() if self.solution != 'nash' else 'Nash'} solution "
            f"among {', '.join(self.parties)}.",
            "authors": [{"name": f"halfway propose {__version__}"}],
            "proposer": proposer,
            "aims": [{"for": outside or list(self.parties)}],
            "between": sides,
            "bottom_line": bottom,
            "seats": dict.fromkeys(self.parties, "party"),
            **({"roles": roles} if roles.get("verifier") else {}),
        }

    def _found(self, target: Target, found: Found, verdict: Verdict) -> FoundPlan:
        whole = found.kernel.whole
        space, before, steps = self.space, self.space.status_quo, []
        assert before is not None
        names = [n for n in found.data["phases"] if n not in self.opening][: len(found.order.steps)]
        for name, package in zip(names, found.order.packages, strict=True):
            labels, old = space.labels(package), space.labels(before)
            worth = dict(zip(space.actors, space.values(package)[:, 0].tolist(), strict=True))
            steps.append(Step(name, {i: o for i, o in labels.items() if old[i] != o}, worth))
            before = package
        kept = consent(whole)
        return FoundPlan(
            name=self.name,
            aim=target.place,
            grade=verdict.grade,
            grade_name=GRADES[verdict.grade],
            hangs_on=verdict.hangs_on,
            temptation=dict(found.temptation),
            steps=tuple(steps),
            exposure=found.order.exposure,
            keeping={a: kept[a]["keep"] for a in self.parties},
            plan=found.data,
        )

    def _aim(self, target: Target, known: Mapping[int, tuple[float, int]]) -> Aim:
        space = self.space
        assert space.status_quo is not None
        worst, grade = known.get(target.place, (None, None))
        changed = [space.issues[i] for i in range(len(space.issues)) if target.package[i] != space.status_quo[i]]
        worth = dict(zip(space.actors, space.values(target.package)[:, 0].tolist(), strict=True))
        return Aim(
            target.place, space.labels(target.package), tuple(changed), worth, target.chance, target.error, worst, grade
        )

    def _rival(self, name: str) -> Rival:
        """Ask of a plan of the case whether these parties would sign it, and its grade."""
        self.watch("the plans of the case", 0, None)
        try:
            whole = study(self.compiled, name)
            refused = [
                a for a in self.parties
                if whole.kept_value(whole.kept, a)[0] < self.space.walk_away[self.space.actor(a)] - GAIN
            ]  # fmt: skip
            for actor, body in bodies_of(self.case, self.parties):
                worth, least = answers_at_centre(whole, actor, body)
                if worth < least - GAIN:
                    refused.append(f"{actor}/{body}")
            verdict = judge_quickly(compiled_kernel(self.compiled, name), self.seed)
        except Refusal:
            return Rival(name, (), None, None)
        return Rival(name, tuple(refused), verdict.grade, max((a.points for a in verdict.actors.values()), default=0.0))
