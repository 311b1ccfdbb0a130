"""The same plan under draws of its uncertain numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from halfway.case.conditions import Path
from halfway.case.estimates import Estimate
from halfway.conduct.game.compiled_plan import Study
from halfway.space.arrays import Linkage, Utilities
from halfway.space.plan.compile_rules import compile_rules
from halfway.space.utilities.draws import Draws


def uncertain(whole: Study) -> bool:
    """Tell whether anything that a plan's conduct depends on would differ between draws."""
    found = False

    def number(estimate: Estimate, path: Path) -> Any:
        nonlocal found
        found = found or not estimate.certain
        return estimate.mean

    from halfway.space.utilities.preferences import read_wants
    from halfway.space.utilities.space import preferences_of

    for actor, declared in whole.case.actors.items():
        for kind in (None, *declared.types):
            read_wants(whole.case, preferences_of(whole.case, actor, kind), number, ("actors", actor))
            own = declared.types[kind].patience if kind is not None else declared.patience
            found = found or (own is not None and not own.value.certain)
            found = found or any(not c.points.certain for c in whole.costs(actor, kind))
    for actor in whole.case.signatories(whole.plan):
        declared = whole.case.actors[actor]
        for body in declared.ratifies.values():
            read_wants(whole.case, body.over(declared), number, ("actors", actor))
            found = found or any(not e.certain for e in (body.threshold, body.turnover) if e is not None)
    return found or noisy_rules(whole)


def noisy_rules(whole: Study) -> bool:
    """Tell whether signals or transfers are uncertain, so that each draw has rules of its own."""
    shown = (
        e
        for issue in whole.case.issues.values()
        for option in issue.observed
        for row in issue.rows_of(option)
        for e in row.signals.values()
    )
    paid = (e for t in whole.plan.transfers for e in (t.amount, t.cost) if e is not None)
    return any(not e.certain for e in (*shown, *paid))


def studies(whole: Study, count: int, seed: int) -> Iterator[Study]:
    """Go through a plan under draws of its uncertain numbers.

    Automata are shared between draws where the rules are the same.

    Parameters
    ----------
    whole : Study
        With every estimate at its centre.
    count : int
        How many draws.
    seed : int
    """
    sets: dict[tuple[str | None, str | None], Draws] = {}

    def drawn(actor: str | None, kind: str | None) -> Draws:
        if (actor, kind) not in sets:
            types = {actor: kind} if actor is not None and kind is not None else None
            sets[(actor, kind)] = whole.compiled.draws(count, seed, types)
        return sets[(actor, kind)]

    own_rules = noisy_rules(whole)
    for d in range(count):

        def number(estimate: Estimate, path: Path, d: int = d) -> float:
            value = drawn(None, None).read(estimate, path)
            return float(value[d]) if isinstance(value, np.ndarray) else float(value)

        def utilities(actor: str | None, kind: str | None, d: int = d) -> Utilities:
            return _utilities(drawn(actor, kind), d)

        rules = compile_rules(whole.space, whole.plan, number) if own_rules else whole.rules
        yield Study(
            whole.case,
            whole.name,
            whole.plan,
            whole.space,
            rules,
            whole.compiled,
            number,
            utilities,
            {} if own_rules else whole._automata,
            priors=whole.priors,
        )


def _utilities(draws: Draws, d: int) -> Utilities:
    actors = len(draws.case.actors)
    linkages = []
    for actor, mask, points in draws.linkages:
        table = np.zeros((actors, *mask.table.shape))
        table[actor] = points[d] * mask.table
        linkages.append(Linkage(mask.issues, table))
    return Utilities(tuple(t[d] for t in draws.tables), tuple(linkages), np.ones(actors), exact=False)
