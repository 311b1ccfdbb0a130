"""What leaving a step out of a plan would do to those it serves, to those who would have to sign, and to temptation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from halfway.audit.compiled_plan import studied
from halfway.audit.question import Question
from halfway.case.plans import Plan
from halfway.errors import Refusal
from halfway.space.arrays import FloatArray
from halfway.space.plan.outcomes import discount_factors
from halfway.space.plan.rules import Rules
from halfway.space.plan.signals import issues_read
from halfway.space.utilities.space import Space

CHEAP = 1_500
"""Temptation is computed again where the automata of single actors have no more states than this together."""


@dataclass(frozen=True)
class Effect:
    """What one step less would do, everything else as the plan has it.

    Attributes
    ----------
    below : tuple of (int, int)
        How many signatories the kept plan leaves below their walk-away, as it is and without the step.
    short : tuple of (float, float)
        By how many points together, likewise.
    aims : float or None
        What those named as served would gain in the long run, in points together; None where none has utilities.
    tempted : tuple of (float, float) or None
        The largest temptation over the actors, in points, likewise; None where computing it again is not cheap.
    """

    below: tuple[int, int]
    short: tuple[float, float]
    aims: float | None
    tempted: tuple[float, float] | None

    @property
    def gains(self) -> tuple[float, float, float]:
        """By how much grade, aims and acceptance come out better, in points."""
        tempted = 0.0 if self.tempted is None else self.tempted[0] - self.tempted[1]
        return tempted, self.aims or 0.0, self.short[0] - self.short[1]


def effect_of_leaving_out(question: Question, phase: str, issue: str) -> Effect | None:
    """Return what it would do to leave an issue as it is today in place of the option that a phase prescribes.

    The option is left out of every phase. Not computed where some rule of the plan reads the issue, or an event could change
    what is in force: then the plan's course would change with it.
    """
    space, plan = question.space, question.plan
    number = space.issues.index(issue)
    if space.status_quo is None or number in {i for p in plan.phases.values() for i in issues_read(space, p)}:
        return None
    option = space.options[number].index(plan.phases[phase].package[issue])
    path = question.values.path
    without = path.in_force.copy()
    without[without[:, number] == option, number] = space.status_quo[number]
    change = space.values(without) - space.values(path.in_force)
    long_run = change @ path.long_run
    served = {question.group_of(a) for aim in plan.aims for a in aim.for_}
    numbers = [space.actor(a) for a in served if question.cardinal(a)]
    before, after = _shortfall(question, None), _shortfall(question, change)
    return Effect(
        (int((before > 0).sum()), int((after > 0).sum())),
        (float(before.sum()), float(after.sum())),
        float(long_run[numbers].sum()) if numbers else None,
        _tempted(question, issue, plan.phases[phase].package[issue]),
    )


def _shortfall(question: Question, change: FloatArray | None) -> FloatArray:
    """Return by how much the kept plan's discounted average leaves each signatory below its walk-away."""
    space, path = question.space, question.values.path
    values = question.values.discounted
    signing = [space.actor(a) for a in question.signatories if question.cardinal(a)]
    if change is not None:
        factors = discount_factors(question.case).tolist()
        shares = {d: path.occupancy(d) for d in {factors[a] for a in signing}}
        values = values + np.array(
            [float(change[a] @ shares[d]) if a in signing else 0.0 for a, d in enumerate(factors)]
        )
    short = np.array([space.walk_away[a] - values[a] for a in signing])
    return np.where(np.nan_to_num(short) > 1e-6, np.nan_to_num(short), 0.0)


def _tempted(question: Question, issue: str, option: str) -> tuple[float, float] | None:
    """Return the largest temptation with and without an option, where computing it again is cheap."""
    from halfway.conduct.game.compiled_plan import Study
    from halfway.conduct.verdicts.temptation import Kernel, compiled_kernel
    from halfway.space.plan.compile_rules import compile_rules

    whole = studied(question)
    if whole is None or sum(p.game.states for a in whole.everyone for p in whole.games(whole.space.actors[a])) > CHEAP:
        return None

    def tempted(kernel: Kernel, actor: str) -> float:
        return max(kernel.moments(actor, k)[0].points for k in kernel.kinds(actor))

    try:
        kernel = compiled_kernel(question.ground.compiled, question.name)
        plan = _without(question.plan, issue, option)
        other = Study(whole.case, whole.name, plan, whole.space, compile_rules(whole.space, plan), whole.compiled)
        # What the plan binds stays bound: a step left out is a step not taken, and not one left to anybody.
        without = Kernel(other, kernel.bound, kernel.material, kernel.trifling)
        before = {a: tempted(kernel, a) for a in kernel.breakers}
        changed = [
            a for a in kernel.breakers if _concerns(whole.rules, whole.space.issues.index(issue), a, whole.space)
        ]
        after = before | {a: tempted(without, a) for a in changed}
    except Refusal:
        return None
    return max(before.values(), default=0.0), max(after.values(), default=0.0)


def _concerns(rules: Rules, issue: int, actor: str, space: Space) -> bool:
    """Tell whether what is in force on an issue, which no rule reads, can matter to an actor's temptation.

    Points of one issue add to those of the others, so that it matters only to those who set it; unless a linkage or a
    constraint ties it to others, or what is seen, reacted to, or brought about by events could hang on it.
    """
    if rules.sets(space.actor(actor)).count(issue) or rules.machines:
        return True
    tied = any(issue in group for group in rules.coupled if len(group) > 1)
    barred = any(issue in mask.issues for mask in rules.allowed)
    return tied or barred or any(issue in rules.rows_ask(i) for i in range(len(space.issues)))


def _without(plan: Plan, issue: str, option: str) -> Plan:
    phases = {
        name: phase.model_copy(
            update={"package": {i: o for i, o in phase.package.items() if (i, o) != (issue, option)}}
        )
        for name, phase in plan.phases.items()
    }
    owed = tuple(
        o.model_copy(update={"does": {i: x for i, x in o.does.items() if i != issue}}) for o in plan.obligations
    )
    return plan.model_copy(update={"phases": phases, "obligations": owed})
