"""What a plan brings in each of many futures: compiled once, only the numbers are swapped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from halfway.case.truth import holds
from halfway.conduct.game.compiled_plan import Study, study
from halfway.conduct.verdicts.draw_shares import drawn_rules, numbers_of
from halfway.conduct.verdicts.grades import graded_points
from halfway.conduct.verdicts.temptation import Kernel, kernel
from halfway.explore.futures.design import futures
from halfway.explore.futures.findings import findings
from halfway.space.arrays import FloatArray, Mask
from halfway.space.compiled import CompiledCase
from halfway.space.packages.levels import drawn_ideals, level
from halfway.space.plan.outcomes import discount_factors, drawn_values
from halfway.space.utilities.draws import Draws

KERNEL = "outcomes-1"
"""Names what the columns mean; a store made with another is not mixed with this one."""


@dataclass(frozen=True)
class PlanInFutures:
    """One plan, compiled for many futures.

    Attributes
    ----------
    compiled : CompiledCase
    name : str
    study : Study
    kernel : Kernel
        For temptations and grades.
    """

    compiled: CompiledCase
    name: str
    study: Study
    kernel: Kernel

    @cached_property
    def size(self) -> int:
        """Entries of the chains that a verdict solves: its cost, whatever the machine."""
        space, judge = self.compiled.space(), self.kernel
        return sum(
            len(own.flat.chain.data) * len(judge.kinds(name))
            for name in judge.breakers
            for own in judge.moves(space.actor(name))
        )

    def columns(
        self, dimensions: tuple[str, ...], seed: int, span: range, audited: Sequence[str] = ()
    ) -> dict[str, NDArray[Any]]:
        """Return the outcomes of a block of futures, one row a future.

        Parameters
        ----------
        dimensions : tuple of str
            Those of the design, in its order.
        seed : int
        span : range
            Which futures.
        audited : sequence of str
            Codes of rules of the audit to be asked in every future.

        Returns
        -------
        dict of str to ndarray, shape (future,)
            ``future``; for every actor ``utility:A`` (long run, points), ``discounted:A``, ``over_today:A`` where there
            is a status quo, ``over_walk_away:A``; for every signatory ``accepts:A``; for the headline's pair
            ``level:A>B`` and ``movement:A>B`` in percent; ``aims`` where the plan states what must hold;
            ``grade`` (2, 3 or 5) and ``temptation:A`` and ``material:A``, averaged over types by priors;
            ``finding:CODE`` for every rule asked for.
        """
        drawn = futures(self.compiled.case, dimensions, seed, span)
        out = {"future": np.array(span, dtype=np.int64), **self.outcomes(drawn)}
        if audited:
            found = findings(self.compiled, self.name, drawn, audited)
            out.update({f"finding:{code}": rows for code, rows in found.items()})
        return out

    def outcomes(self, drawn: Draws, signals: bool = False) -> dict[str, NDArray[Any]]:
        """Return the outcomes at given points of the numbers: the columns of `columns`, but for ``future``.

        Parameters
        ----------
        drawn : Draws
        signals : bool
            Whether what signals show may differ between points even where the case is certain of it.
        """
        compiled, case = self.compiled, self.compiled.case
        space, plan = compiled.space(), case.plans[self.name]
        values = compiled.values(self.name)
        utility = drawn_values(space, plan, values, drawn)
        out: dict[str, NDArray[Any]] = {}
        discounted = self._discounted(drawn)
        today = None if space.status_quo is None else drawn.values(space.status_quo[None, :])[:, :, 0]
        for a, actor in enumerate(space.actors):
            out[f"utility:{actor}"] = utility[:, a]
            out[f"discounted:{actor}"] = discounted[:, a]
            if today is not None:
                out[f"over_today:{actor}"] = utility[:, a] - today[:, a]
            out[f"over_walk_away:{actor}"] = utility[:, a] - drawn.walk_away[:, a]
        for actor in case.signatories(plan):
            a = space.actor(actor)
            crossed = any(self._crosses(mask) for mask in space.bounds.red_lines[a])
            out[f"accepts:{actor}"] = (utility[:, a] >= drawn.walk_away[:, a] - 1e-9) & (not crossed)
        pair = case.pair(plan)
        if pair is not None:
            sides = [(space.actor(pair[0]), space.actor(pair[1]))]
            ideals = drawn_ideals(space, drawn, sides)
            reached = level(ideals, utility)
            before = None if today is None else level(ideals, today)
            for mover, towards in (pair, pair[::-1]):
                a, b = space.actor(mover), space.actor(towards)
                out[f"level:{mover}>{towards}"] = reached[:, a, b]
                if before is not None:
                    out[f"movement:{mover}>{towards}"] = reached[:, a, b] - before[:, a, b]
        musts = [aim.must for aim in plan.aims if aim.must is not None]
        if musts:
            met = all(holds(m, space.labels(p)) for m in musts for p in values.packages)
            out["aims"] = np.full(drawn.count, met)
        out.update(self._verdicts(drawn, signals))
        return out

    def _discounted(self, drawn: Draws) -> FloatArray:
        case, space = self.compiled.case, self.compiled.space()
        path = self.compiled.path(self.name)
        packages, where = np.unique(path.in_force, axis=0, return_inverse=True)
        worth = drawn.values(packages)
        out = np.zeros((drawn.count, len(space.actors)))
        centre = discount_factors(case)
        paid = self._paid(drawn)
        known: dict[float, FloatArray] = {}

        def phase_time(factor: float) -> FloatArray:
            return np.bincount(path.phase_of, weights=known[factor], minlength=len(path.phases)).astype(np.float64)

        for a, actor in enumerate(case.actors.values()):
            value = np.asarray(
                drawn.read(actor.discounting.value, ("actors", space.actors[a], "patience", "value")), dtype=np.float64
            )
            factors = (
                np.full(drawn.count, centre[a])
                if value.ndim == 0
                else np.array([actor.discounting.factor(case.period, float(v)) for v in value])
            )
            for d, factor in enumerate(factors.tolist()):
                if factor not in known:
                    known[factor] = path.occupancy(factor)
                time_in = np.bincount(where.ravel(), weights=known[factor], minlength=len(packages))
                out[d, a] = worth[d, a] @ time_in + paid[d, a] @ phase_time(factor)
        return out

    def _paid(self, drawn: Draws) -> FloatArray:
        """Return what each actor receives less what it pays, shape ``(future, actor, phase)``."""
        space, plan = self.compiled.space(), self.compiled.case.plans[self.name]
        out = np.zeros((drawn.count, len(space.actors), len(plan.phases)))
        for k, transfer in enumerate(plan.transfers):
            at = ("plans", self.name, "transfers", k)
            amount = np.asarray(drawn.read(transfer.amount, (*at, "amount")), dtype=np.float64)
            cost = amount
            if transfer.cost is not None:
                cost = np.asarray(drawn.read(transfer.cost, (*at, "cost")), dtype=np.float64)
            for p, phase in enumerate(plan.phases):
                if not transfer.phases or phase in transfer.phases:
                    out[:, space.actor(transfer.to), p] += amount
                    out[:, space.actor(transfer.from_), p] -= cost
        return out

    def _crosses(self, mask: Mask) -> bool:
        packages = self.compiled.values(self.name).packages
        return bool(mask.table[tuple(packages[:, i] for i in mask.issues)].any())

    def _verdicts(self, drawn: Draws, signals: bool) -> dict[str, NDArray[Any]]:
        rules = drawn_rules(self.kernel, drawn, always=signals)
        numbers = {
            (name, kind): numbers_of(self.kernel, name, kind, drawn, rules)
            for name in self.kernel.breakers
            for kind in self.kernel.kinds(name)
        }
        found = graded_points(self.kernel, numbers)
        out: dict[str, NDArray[Any]] = {"grade": np.broadcast_to(found.grade, (drawn.count,)).astype(np.int64)}
        for name in self.kernel.breakers:
            kinds = self.kernel.kinds(name)
            total = sum(kinds.values()) or 1.0
            for label, of in (("temptation", found.temptation), ("material", found.material)):
                out[f"{label}:{name}"] = np.asarray(
                    sum(p * np.broadcast_to(of[name, k], (drawn.count,)) for k, p in kinds.items()) / total
                )
        return out


def plan_in_futures(compiled: CompiledCase, name: str) -> PlanInFutures:
    """Compile one plan for many futures.

    Raises
    ------
    Refusal
        Where the plan cannot be judged, with the reason.
    """

    def make() -> PlanInFutures:
        whole = study(compiled, name)
        return PlanInFutures(compiled, name, whole, kernel(whole))

    return compiled.once(("plan in futures", name), make)


def outcome_columns(columns: Mapping[str, NDArray[Any]], kind: str) -> dict[str, NDArray[Any]]:
    """Return the columns of one kind by what follows its colon: ``outcome_columns(c, "utility")["moscow"]``."""
    return {name.partition(":")[2]: column for name, column in columns.items() if name.startswith(f"{kind}:")}
