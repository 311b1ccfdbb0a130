"""The design of an exploration: which estimates are uncertain, and what they are in each future."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from halfway.case.actors import BreachCost
from halfway.case.case import Case
from halfway.case.conditions import Path
from halfway.case.estimates import Estimate
from halfway.errors import Problem, Refusal, suggestion
from halfway.explore.futures.sobol import sobol_points
from halfway.space.arrays import FloatArray
from halfway.space.compiled import CompiledCase
from halfway.space.plan.compile_rules import compile_rules
from halfway.space.utilities.draws import Draws
from halfway.space.utilities.groups import walk_away_of, wants_of
from halfway.space.utilities.sobol import quantile
from halfway.space.utilities.space import preferences_of, status_quo_of

GROUPS = ("interests", "walk_away", "patience", "signals", "payments", "capability", "costs")
"""What can be left certain or explored, by the part of the case in which an estimate stands."""

PANEL = "experts"
"""The dimension that says which expert speaks, across all panels of the case."""


@dataclass(frozen=True)
class Dimension:
    """One uncertain estimate: a dimension of the futures.

    Attributes
    ----------
    name : str
        Its path in the case, steps joined by a slash.
    group : str
        One of `GROUPS`, or ``experts``.
    """

    name: str
    group: str


@dataclass(frozen=True)
class FutureDraws(Draws):
    """A case's uncertain numbers in some futures: what draws are to `compare`, points of the design are here.

    Parameters
    ----------
    columns : mapping from dimension to ndarray of float, shape (future,)
        Even numbers; estimates without a column stay at their centre.
    """

    columns: Mapping[str, FloatArray]

    def read(self, estimate: Estimate, path: Path) -> Any:
        """Return one estimate in every future, shape ``(future,)``; a certain number comes back as it is."""
        if estimate.certain:
            return estimate.mean
        name = name_of(path)
        if estimate.kind == "experts":
            return self._panel(estimate, path)
        return quantile(estimate, self.columns[name]) if name in self.columns else estimate.mean

    def _panel(self, estimate: Estimate, path: Path) -> Any:
        if PANEL not in self.columns:
            return estimate.mean
        order = list(self.case.experts) or [name for name, _ in estimate.experts]
        speaks = np.minimum((self.columns[PANEL] * len(order)).astype(np.int64), len(order) - 1)
        own = dict(estimate.experts)
        rows = {
            name: np.broadcast_to(np.asarray(self.read(e, (*path, name)), dtype=np.float64), self.count)
            for name, e in own.items()
        }
        # Where an expert said nothing, the centre of those who did stands in: no view is lent to anyone.
        silent = np.broadcast_to(np.float64(estimate.mean), self.count)
        table = np.stack([rows.get(name, silent) for name in order])
        return np.asarray(table[speaks, np.arange(self.count)])


def name_of(path: Iterable[str | int]) -> str:
    """Return a dimension's name."""
    return "/".join(str(step) for step in path)


def dimensions(
    compiled: CompiledCase, on: Collection[str] = GROUPS, known: Iterable[str] = ()
) -> tuple[Dimension, ...]:
    """List the uncertain estimates of a case: first those already known, in their order, then new ones.

    Parameters
    ----------
    compiled : CompiledCase
    on : collection of str
        Which groups to explore.
    known : iterable of str
        Names that have their dimension already.

    Raises
    ------
    Refusal
        Where a group is unknown.
    """
    for group in on:
        if group not in GROUPS:
            raise Refusal(
                [Problem("R620", f"nothing called '{group}' is uncertain", suggestion(group, GROUPS), "name others")]
            )
    found: dict[str, Dimension] = {}

    def note(estimate: Estimate, path: Path) -> Any:
        if estimate.kind == "experts":
            found.setdefault(PANEL, Dimension(PANEL, PANEL))
            for name, own in estimate.experts:
                note(own, (*path, name))
        elif not estimate.certain:
            group = group_of(path)
            if group in on:
                found.setdefault(name_of(path), Dimension(name_of(path), group))
        return estimate.mean

    read_everything(compiled, note)
    order = [*(n for n in known if n in found), *(n for n in found if n not in set(known))]
    return tuple(found[n] for n in order)


def group_of(path: Path) -> str:
    """Return in which part of a case an estimate stands."""
    steps = set(path)
    for step, group in (
        ("breach_costs", "costs"),
        ("walk_away", "walk_away"),
        ("patience", "patience"),
        ("observed", "signals"),
        ("transfers", "payments"),
        ("capability", "capability"),
    ):
        if step in steps:
            return group
    return "interests"


def read_everything(compiled: CompiledCase, read: Any, as_type: Any = None) -> None:
    """Let a reader see every estimate on which a plan's outcomes depend, each with its path.

    What a type of an actor wants has the path that the actor's own has, so that both lie alike in every future. A second
    reader, `as_type`, sees those of types with the actor and the type as further arguments; by default the first does.
    """
    case = compiled.case
    _read_wants(case, read, as_type)
    for plan in case.plans.values():
        compile_rules(compiled.space(), plan, lambda e, p: float(read(e, p)))


def _read_wants(case: Case, first: Any, as_type: Any) -> None:
    anchor = status_quo_of(case)
    package = None if anchor is None else tuple(int(x) for x in anchor)
    for actor, declared in case.actors.items():
        for kind in (None, *declared.types):
            read = first if kind is None or as_type is None else partial(as_type, actor, kind)
            preferences = preferences_of(case, actor, kind)
            _read_costs(declared.breach_costs if kind is None else declared.types[kind].breach_costs, actor, kind, read)
            walk_away_of(case, actor, wants_of(case, actor, preferences, read), preferences, package, read)
            own = declared.patience if kind is None else declared.types[kind].patience
            if own is not None:
                path: Path = ("actors", actor) if kind is None else ("actors", actor, "types", kind)
                read(own.value, (*path, "patience", "value"))
    for name, plan in case.plans.items():
        for i, transfer in enumerate(plan.transfers):
            for key, estimate in (("amount", transfer.amount), ("cost", transfer.cost)):
                if estimate is not None:
                    first(estimate, ("plans", name, "transfers", i, key))


def _read_costs(costs: Iterable[BreachCost] | None, actor: str, kind: str | None, read: Any) -> None:
    path: Path = ("actors", actor) if kind is None else ("actors", actor, "types", kind)
    for i, cost in enumerate(costs or ()):
        read(cost.points, (*path, "breach_costs", i, "points"))


def estimates(compiled: CompiledCase) -> dict[str, Estimate]:
    """Return every estimate that a plan's outcomes depend on, by path, certain ones too; panels stay out."""
    found: dict[str, Estimate] = {}

    def note(estimate: Estimate, path: Path) -> Any:
        if estimate.kind != "experts":
            found.setdefault(name_of(path), estimate)
        return estimate.mean

    read_everything(compiled, note)
    return found


def futures(
    case: Case, names: tuple[str, ...], seed: int, span: range, types: Mapping[str, str] | None = None
) -> FutureDraws:
    """Return a case's numbers in a block of futures.

    Parameters
    ----------
    case : Case
    names : tuple of str
        The dimensions, in the order of the design.
    seed : int
    span : range
        Which futures, from 0.
    types : mapping, optional
        Actors to be taken as one of their types.
    """
    points = sobol_points(names, seed, span.start, len(span))
    return FutureDraws(case, len(span), seed, dict(types or {}), {n: points[:, d] for d, n in enumerate(names)})
